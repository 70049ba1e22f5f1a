//! The handle: starts the server on threads of its own, and stops it when dropped.
//!
//! All methods are synchronous, so a test may be an ordinary function; they may be called from async code as well.

use crate::account::Account;
use crate::tls::Authority;
use crate::{
    Counts, Delivery, Error, Faults, Node, Property, Recorded, Webhook, contact, control, event, gate, listen, page,
};
use axum::Router;
use axum::routing::any;
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Where to listen and whose account it is.
#[derive(Debug, Clone)]
pub struct Options {
    /// None: no plain HTTP. Port 0: a free one.
    pub http: Option<SocketAddr>,
    pub https: Option<SocketAddr>,
    pub domain: String,
    pub email: String,
    pub api_key: String,
    /// When the account's webhook gives up. Nobody documents it; assumed 5 s.
    pub webhook_patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            http: Some(anywhere),
            https: Some(anywhere),
            domain: "demo".into(),
            email: "owner@example.com".into(),
            api_key: "sandbox-api-key".into(),
            webhook_patience: Duration::from_secs(5),
        }
    }
}

/// A running local Agile CRM.
pub struct Sandbox {
    account: Arc<Account>,
    authority: Authority,
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    /// Always there until dropped.
    runtime: Option<Runtime>,
}

impl Sandbox {
    pub fn start(options: Options) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()?;
        let authority = Authority::new(&options.domain)?;
        let (http, https) = (options.http, options.https);
        let account = Arc::new(Account::new(options, runtime.handle().clone())?);
        let mut crm = Self { account, authority, http: None, https: None, runtime: Some(runtime) };
        if let Some(address) = http {
            crm.http = Some(crm.listen(address, false)?);
        }
        if let Some(address) = https {
            crm.https = Some(crm.listen(address, true)?);
        }
        Ok(crm)
    }

    fn listen(&self, address: SocketAddr, tls: bool) -> Result<SocketAddr, Error> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let account = Arc::clone(&self.account);
        let acceptor = tls.then(|| self.authority.acceptor.clone());
        let router = router(Arc::clone(&account));
        if let Some(runtime) = &self.runtime {
            runtime.spawn(listen::serve(listener, acceptor, router, account));
        }
        Ok(address)
    }

    /// `http://127.0.0.1:PORT`, empty without HTTP. The API lies below `/dev/api/`.
    pub fn url(&self) -> String {
        self.http.map(|address| format!("http://{address}")).unwrap_or_default()
    }

    /// `https://localhost:PORT`, empty without HTTPS.
    pub fn https_url(&self) -> String {
        self.https.map(|address| format!("https://localhost:{}", address.port())).unwrap_or_default()
    }

    /// The certificate authority to trust, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.authority.pem
    }

    /// The same in a file, for `SSL_CERT_FILE`; removed with the sandbox.
    pub fn ca_pem_path(&self) -> &Path {
        self.authority.file.path()
    }

    pub fn domain(&self) -> &str {
        &self.account.domain
    }

    pub fn email(&self) -> &str {
        &self.account.email
    }

    pub fn api_key(&self) -> &str {
        &self.account.api_key
    }

    /// Creates a contact from JSON in the API's shape, or from a [`Contact`](crate::Contact). Fires the account's webhook.
    pub fn create_contact(&self, contact: impl Into<Value>) -> u64 {
        self.account.create(&contact.into())
    }

    /// The contact as the API answers it.
    pub fn contact(&self, id: u64) -> Option<Value> {
        self.account.store.lock().get(id).cloned()
    }

    /// The first contact with this address.
    pub fn contact_by_email(&self, email: &str) -> Option<Value> {
        self.account.store.lock().by_email(email, Duration::ZERO).cloned()
    }

    /// As an admin does in a form: `""` removes the property. Fires the webhook; false: no such contact.
    pub fn set_property(&self, id: u64, kind: &str, name: &str, subtype: &str, value: &str) -> bool {
        let property = Property { kind: kind.into(), name: name.into(), subtype: subtype.into(), value: value.into() };
        self.account.set_property(id, &property).is_some()
    }

    /// The value of the first property of this name.
    pub fn property(&self, id: u64, name: &str) -> Option<String> {
        let contact = self.contact(id)?;
        contact::properties(&contact).find(|held| held["name"] == name).map(|held| contact::text(held.get("value")))
    }

    /// Fires the webhook, as `Contact is Updated`.
    pub fn add_tag(&self, id: u64, tag: &str) -> bool {
        self.account.add_tags(id, std::iter::once(tag)).is_some()
    }

    pub fn remove_tag(&self, id: u64, tag: &str) -> bool {
        self.account.remove_tags(id, std::iter::once(tag)).is_some()
    }

    /// No webhook: the documents know none for this.
    pub fn delete_contact(&self, id: u64) -> bool {
        self.account.store.lock().delete(id)
    }

    /// Keeps any JSON under this id, for odd shapes, and answers it as it is. No webhook.
    pub fn replace_contact(&self, id: u64, contact: impl Into<Value>) {
        self.account.store.lock().put(id, contact.into());
    }

    /// A field that an admin defined; `kind` such as `TEXT`, `data` such as `gold;silver` for a `LIST`.
    pub fn define_custom_field(&self, label: &str, kind: &str, data: &str) {
        self.account.store.lock().define_custom_field(label, kind, data);
    }

    pub fn set_faults(&self, faults: Faults) {
        self.account.faults.set(faults);
    }

    pub fn faults(&self) -> Faults {
        self.account.faults.get()
    }

    pub fn counts(&self) -> Counts {
        self.account.ledger.counts()
    }

    /// Forgets the recorded requests too.
    pub fn reset_counts(&self) {
        self.account.ledger.reset();
    }

    /// The API requests since the start or the last reset, at most the newest 10,000.
    pub fn requests(&self) -> Vec<Recorded> {
        self.account.ledger.requests()
    }

    /// What clients did against the documents, though it was answered: see [`Recorded::complaints`].
    pub fn complaints(&self) -> Vec<String> {
        self.requests().into_iter().flat_map(|request| request.complaints).collect()
    }

    /// Method One: runs a campaign's JSON IO node and waits for the answer.
    pub fn run_node(&self, node: Node) -> Delivery {
        self.run_node_after(node, Map::new())
    }

    /// The same, later in a campaign: `earlier` are merge fields that earlier nodes brought ([`Delivery::new_fields`]).
    pub fn run_node_after(&self, node: Node, earlier: Map<String, Value>) -> Delivery {
        let account = Arc::clone(&self.account);
        self.wait(async move { account.run_node(&node, &earlier).await })
    }

    /// A campaign that reaches many contacts: all nodes, `at_once` at a time, answers in the nodes' order.
    pub fn run_nodes(&self, nodes: Vec<Node>, at_once: usize) -> Vec<Delivery> {
        use futures_util::StreamExt;
        let account = Arc::clone(&self.account);
        self.wait(async move {
            let runs = nodes.into_iter().map(|node| {
                let account = Arc::clone(&account);
                async move { account.run_node(&node, &Map::new()).await }
            });
            futures_util::stream::iter(runs).buffered(at_once.max(1)).collect().await
        })
    }

    /// Method Two: the account's webhook, or none. From now on each change of a contact is sent.
    pub fn set_webhook(&self, webhook: Option<Webhook>) {
        *self.account.webhook.lock() = webhook;
    }

    /// Sends this event now, to the account's webhook URL, whatever the boxes say.
    ///
    /// # Panics
    /// If no webhook is set.
    #[expect(clippy::expect_used, reason = "a test that forgot set_webhook must hear of it")]
    pub fn send_webhook(&self, event_name: &str, event_data: Value) -> Delivery {
        let (account, name) = (Arc::clone(&self.account), event_name.to_owned());
        let delivery = self.wait(async move { account.send_webhook(&name, event_data).await });
        delivery.expect("no webhook is set: call set_webhook first")
    }

    /// The event data of this contact as the webhook would send it, null keys and all.
    pub fn event_data(&self, id: u64) -> Value {
        self.contact(id).as_ref().map(event::contact).unwrap_or_default()
    }

    /// Announces a new deal of these contacts; returns the deal's id.
    pub fn create_deal(&self, name: &str, contacts: &[u64]) -> u64 {
        let id = self.account.store.lock().next_id();
        self.account.announce_deal(&event::deal(id, name, contacts));
        id
    }

    /// What the account's webhook has sent so far, answered or given up. Not those of `run_node` and `send_webhook`.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.account.log.wait_for_webhooks(0, Duration::ZERO)
    }

    /// The same, as soon as there are `n`; fewer when the time is up.
    pub fn wait_for_deliveries(&self, n: usize, timeout: Duration) -> Vec<Delivery> {
        self.account.log.wait_for_webhooks(n, timeout)
    }

    pub fn clear_deliveries(&self) {
        self.account.log.clear();
    }

    /// Runs something on our threads and waits for it, also where the caller is async and may not block on.
    #[expect(clippy::expect_used, reason = "the runtime lives as long as the handle")]
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let (done, waiting) = mpsc::channel();
        let runtime = self.runtime.as_ref().expect("the sandbox has stopped");
        runtime.spawn(async move {
            let _ = done.send(work.await);
        });
        waiting.recv().expect("the sandbox has stopped")
    }
}

/// Everything that is served: the API, and apart from it what the real service does not have.
fn router(account: Arc<Account>) -> Router {
    Router::new()
        .route("/dev/api/{*path}", any(gate::pass))
        .nest("/sandbox", control::router())
        .merge(page::router())
        .with_state(account)
}

impl Drop for Sandbox {
    /// On a thread of its own: a runtime must not be dropped inside another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            let stopping = std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(1)));
            let _ = stopping.join();
        }
    }
}
