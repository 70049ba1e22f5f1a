//! Kept-alive connections, one set per PHP thread (under FPM: per worker process): one connection for who asks one thing
//! at a time, as many as are in flight at once for who asks several (`worker.rs` says how long).
//!
//! PHP-FPM forks its workers after loading us, so nothing here exists before the first request. We drive the connection
//! from the PHP thread itself, on a tokio runtime without threads: the process never gains one, also not for names
//! (hickory resolves on the same runtime, `names.rs`; `getaddrinfo` would block for 10 s and more on a dead name server).
//!
//! The price: between requests nobody watches the socket. A connection that the server closed meanwhile would fail the
//! next call, so we let the runtime look once before each send, and try a failed call once more. And what was begun with
//! [`Http::begin`] stands still while PHP does other things: its request has left if a connection was free, its answer
//! waits in the socket, but its clock runs on. So whoever is out of time looks once more before giving up ([`by`]).
//!
//! Name servers and root certificates are read when a client is made. So one serves only as long as their files are as
//! they were, and until it has failed to connect: a worker may have begun before the network was up.
//!
//! After a `fork` the child shares its parent's TLS stream and event queue. It must not touch either, not even to close
//! them: [`Http`] keeps the process id beside them and, in another process, forgets instead of dropping.

use crate::crm::call::{Answer, Call, Failure, reason};
use crate::crm::machine::Machine;
use crate::crm::names::Names;
use reqwest::{Client, Proxy, redirect};
use std::future::poll_fn;
use std::mem::ManuallyDrop;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use tokio::task::{self, JoinSet};
use tokio::time::{Instant, timeout_at};

/// To open a connection, name look-up and TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);
/// How often the runtime looks at its sockets and tasks to bring things as far as they go without waiting. Measured: an
/// answer of 400 KB is in after 10 such turns. All cost 0.2 ms.
const TURNS: usize = 100;
/// The same where a request has only to leave. Measured: it is out through a free connection after 3 turns.
const TURNS_TO_SEND: usize = 5;
/// Below this much time left a second attempt is not begun.
const WORTH_A_RETRY: Duration = Duration::from_millis(200);

/// What a client is made for; another one is made where these differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Unencrypted URLs are allowed: for development against a local server only.
    pub plain_http: bool,
    /// The URL of an HTTP proxy, if the site uses one. The environment's proxies are not used.
    pub proxy: Option<String>,
}

/// A client and the runtime that drives it.
pub struct Http {
    options: Options,
    machine: Machine,
    pid: u32,
    // In this order: dropping the client's connections needs the runtime's event queue.
    sender: ManuallyDrop<Sender>,
    runtime: ManuallyDrop<Runtime>,
}

/// The client alone, for work that the runtime drives. All share the connections.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    /// Whether one of them could not connect.
    failed: Arc<AtomicBool>,
}

impl Http {
    pub fn new(options: Options) -> Result<Self, String> {
        // Fails if there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Before they are read: what changes meanwhile is then a change.
        let machine = Machine::now();
        let mut builder = Client::builder()
            .user_agent(concat!("Bridge-for-Agile-CRM/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .https_only(!options.plain_http)
            .dns_resolver(Names::default())
            .no_proxy();
        if let Some(proxy) = &options.proxy {
            builder = builder.proxy(Proxy::all(proxy).map_err(reason)?);
        }
        let sender = Sender { client: builder.build().map_err(reason)?, failed: Arc::default() };
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let pid = std::process::id();
        Ok(Self { options, machine, pid, sender: ManuallyDrop::new(sender), runtime: ManuallyDrop::new(runtime) })
    }

    /// Whether it was made for these options, in this process, from what this machine says still; and can connect.
    pub fn serves(&self, options: &Options) -> bool {
        self.pid == std::process::id()
            && self.options == *options
            && !self.sender.failed.load(Ordering::Relaxed)
            && self.machine.is_unchanged()
    }

    pub fn sender(&self) -> Sender {
        Sender::clone(&self.sender)
    }

    /// Waits for this work. All that was begun goes on meanwhile.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Begins this work, as far as it goes without waiting. It goes on whenever something is waited for.
    pub fn begin<T: Send + 'static>(
        &self,
        tasks: &mut JoinSet<T>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> task::Id {
        let id = tasks.spawn_on(work, self.runtime.handle()).id();
        self.wait(async {
            for _ in 0..TURNS_TO_SEND {
                task::yield_now().await;
            }
        });
        id
    }
}

impl Sender {
    /// Sends the call and reads the whole answer, all by the deadline. Every call here may be repeated without harm, so a
    /// transport error or a 500, 502, 503 or 504 is tried once more, unless the server says when to come back.
    pub async fn send(&self, call: &Call, deadline: Instant) -> Result<Answer, Failure> {
        // Lets the connection's task notice that the server has closed it.
        task::yield_now().await;
        let first = self.attempt(call, deadline).await;
        let again = matches!(
            first,
            Err(Failure::TimedOut(_) | Failure::Failed(_))
                | Ok(Answer { status: 500 | 502..=504, retry_after: None, .. })
        );
        if !again || deadline.saturating_duration_since(Instant::now()) < WORTH_A_RETRY {
            return first;
        }
        self.attempt(call, deadline).await
    }

    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<Answer, Failure> {
        let exchange = async {
            let response = self.client.execute(call.request(&self.client)?).await.map_err(|error| {
                if error.is_connect() {
                    self.failed.store(true, Ordering::Relaxed);
                }
                Failure::of(error)
            })?;
            call.read(response).await
        };
        by(deadline, exchange)
            .await
            .unwrap_or_else(|| Err(Failure::TimedOut("the time for the whole call is up".to_owned())))
    }
}

/// The work's result if it is there by the deadline; `None` if not. An answer may have come in time while nobody looked,
/// so what has arrived is read before the time counts.
async fn by<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    if let Ok(done) = timeout_at(deadline, work.as_mut()).await {
        return Some(done);
    }
    for _ in 0..TURNS {
        task::yield_now().await;
        if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
            return Some(done);
        }
    }
    None
}

impl Drop for Http {
    #[expect(unsafe_code, reason = "both fields are dropped once, here, and used by nobody afterwards")]
    fn drop(&mut self) {
        if self.pid == std::process::id() {
            unsafe {
                ManuallyDrop::drop(&mut self.sender);
                ManuallyDrop::drop(&mut self.runtime);
            }
        }
    }
}
