//! The one account: its credentials, its contacts, and what happens when one changes.
//!
//! The API, the page and the library's methods all change contacts through here, so that each change
//! fires the account's webhook, whoever made it (section 5).

use crate::contact::{self, Property};
use crate::counts::Ledger;
use crate::delivery::{Delivery, Log, Sender};
use crate::faults::Switchboard;
use crate::node::{self, Node};
use crate::store::{self, Store};
use crate::{Error, Options};
use crate::{event, webhook};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

pub(crate) struct Account {
    pub(crate) domain: String,
    pub(crate) email: String,
    pub(crate) api_key: String,
    pub(crate) store: Mutex<Store>,
    pub(crate) faults: Switchboard,
    pub(crate) ledger: Ledger,
    pub(crate) log: Log,
    pub(crate) webhook: Mutex<Option<webhook::Webhook>>,
    sender: reqwest::Client,
    patience: Duration,
    runtime: Handle,
}

impl Account {
    pub(crate) fn new(options: Options, runtime: Handle) -> Result<Self, Error> {
        Ok(Self {
            store: Mutex::new(Store::new(&options.domain, &options.email)),
            domain: options.domain,
            email: options.email,
            api_key: options.api_key,
            patience: options.webhook_patience,
            faults: Switchboard::new(),
            ledger: Ledger::default(),
            log: Log::default(),
            webhook: Mutex::new(None),
            sender: webhook::sender()?,
            runtime,
        })
    }

    pub(crate) fn create(self: &Arc<Self>, sent: &Value) -> u64 {
        let id = self.store.lock().create(sent);
        self.announce(event::CONTACT_CREATED, id);
        id
    }

    /// What the API does: no second contact with the same address. Looked up and created under one lock.
    pub(crate) fn create_once(self: &Arc<Self>, sent: &Value) -> Option<u64> {
        let id = {
            let mut store = self.store.lock();
            if contact::emails(sent).any(|email| store.by_email(email, Duration::ZERO).is_some()) {
                return None;
            }
            store.create(sent)
        };
        self.announce(event::CONTACT_CREATED, id);
        Some(id)
    }

    pub(crate) fn replace(self: &Arc<Self>, id: u64, sent: &Value) -> Option<Value> {
        let contact = {
            let mut store = self.store.lock();
            store.replace(id, sent)?;
            store.get(id).cloned()
        };
        self.announce(event::CONTACT_UPDATED, id);
        contact
    }

    /// What an admin does in a form: a cleared field is gone.
    pub(crate) fn set_property(self: &Arc<Self>, id: u64, property: &Property) -> Option<Value> {
        self.edit(id, |contact| {
            if property.value.is_empty() {
                contact::remove_property(contact, property);
            } else {
                contact::set_property(contact, property);
            }
        })
    }

    /// What the API does: an empty value is stored, and harm is done (section 2).
    pub(crate) fn edit_properties(self: &Arc<Self>, id: u64, properties: &[Property]) -> Option<Value> {
        self.edit(id, |contact| properties.iter().for_each(|property| contact::set_property(contact, property)))
    }

    pub(crate) fn add_tags<'a>(self: &Arc<Self>, id: u64, tags: impl Iterator<Item = &'a str>) -> Option<Value> {
        let now = store::milliseconds();
        self.edit(id, |contact| tags.for_each(|tag| contact::add_tag(contact, tag, now)))
    }

    pub(crate) fn remove_tags<'a>(self: &Arc<Self>, id: u64, tags: impl Iterator<Item = &'a str>) -> Option<Value> {
        self.edit(id, |contact| tags.for_each(|tag| contact::remove_tag(contact, tag)))
    }

    fn edit(self: &Arc<Self>, id: u64, change: impl FnOnce(&mut Value)) -> Option<Value> {
        let contact = self.store.lock().edit(id, change)?;
        self.announce(event::CONTACT_UPDATED, id);
        Some(contact)
    }

    /// Method Two: in the background, and the change does not wait for it.
    fn announce(self: &Arc<Self>, name: &'static str, id: u64) {
        let Some(data) = self.store.lock().get(id).map(event::contact) else { return };
        if let Some(hook) = self.webhook.lock().clone().filter(|hook| hook.contact) {
            self.send_in_background(&hook.url, name, &data);
        }
    }

    /// A deal is not kept, only announced: the client must not touch it.
    pub(crate) fn announce_deal(self: &Arc<Self>, data: &Value) {
        if let Some(hook) = self.webhook.lock().clone().filter(|hook| hook.deal) {
            self.send_in_background(&hook.url, event::DEAL_CREATED, data);
        }
    }

    fn send_in_background(self: &Arc<Self>, url: &str, name: &'static str, data: &Value) {
        let faults = self.faults.get();
        for _ in 0..=faults.webhook_duplicates {
            let (account, url, data) = (Arc::clone(self), url.to_owned(), data.clone());
            self.runtime.spawn(async move {
                tokio::time::sleep(faults.webhook_delay).await;
                let delivery = account.deliver(&url, name, data, Sender::Webhook).await;
                account.log.add(delivery);
            });
        }
    }

    pub(crate) async fn send_webhook(&self, name: &str, data: Value) -> Option<Delivery> {
        let url = self.webhook.lock().as_ref().map(|hook| hook.url.clone())?;
        let delivery = self.deliver(&url, name, data, Sender::Hand).await;
        self.log.add(delivery.clone());
        Some(delivery)
    }

    async fn deliver(&self, url: &str, name: &str, data: Value, by: Sender) -> Delivery {
        let body = event::body(name, data).to_string();
        let request = self.sender.post(url).header("Content-Type", "application/json");
        let request = request.body(body.clone()).timeout(self.patience);
        let mut delivery = webhook::deliver(request, by, "POST", url).await;
        name.clone_into(&mut delivery.subject);
        delivery.sent = body;
        delivery
    }

    /// Method One. `earlier` are the fields that earlier nodes of the campaign brought.
    pub(crate) async fn run_node(&self, node: &Node, earlier: &Map<String, Value>) -> Delivery {
        let contact = self.store.lock().get(node.contact).cloned().unwrap_or_default();
        let delivery = node::run(&self.sender, node, &contact, earlier).await;
        self.log.add(delivery.clone());
        delivery
    }
}
