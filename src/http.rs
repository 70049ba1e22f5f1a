//! One kept-alive connection per PHP thread (under FPM: per worker process).
//!
//! PHP-FPM forks its workers after loading us, so nothing here exists before the first request. We drive the connection
//! from the PHP thread itself, on a tokio runtime without threads: the process never gains one, also not for names
//! (hickory resolves on the same runtime; `getaddrinfo` would block for 10 s and more on a dead name server).
//!
//! The price: between requests nobody watches the socket. A connection that the server closed meanwhile would fail the
//! next call, so we let the runtime look once before each send, and try a failed call once more.
//!
//! After a `fork` the child shares its parent's TLS stream and event queue. It must not touch either, not even to close
//! them: [`Http`] keeps the process id beside them and, in another process, forgets instead of dropping.

use reqwest::{Client, Method, Proxy, Request, Response, redirect};
use std::error::Error as _;
use std::mem::ManuallyDrop;
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use tokio::time::{Instant, timeout_at};

/// To open a connection, name look-up and TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);
/// The largest answer that is read, in bytes: a contact has some kilobytes.
pub const MAX_ANSWER: usize = 2 * 1024 * 1024;
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
    pid: u32,
    // In this order: dropping the client's connections needs the runtime's event queue.
    client: ManuallyDrop<Client>,
    runtime: ManuallyDrop<Runtime>,
}

/// A complete answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Why there is no complete answer. The text names no URL: an e-mail address may be in it.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    TimedOut(String),
    Failed(String),
}

/// One request, kept apart so that it can be sent twice.
pub struct Call {
    pub method: Method,
    pub url: reqwest::Url,
    pub user: String,
    pub password: String,
    /// `application/json; charset=UTF-8`; none for a GET.
    pub json: Option<String>,
}

impl Http {
    pub fn new(options: Options) -> Result<Self, String> {
        // Fails if there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("Bridge-for-Agile-CRM/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .https_only(!options.plain_http)
            .no_proxy();
        if let Some(proxy) = &options.proxy {
            builder = builder.proxy(Proxy::all(proxy).map_err(reason)?);
        }
        let client = builder.build().map_err(reason)?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let pid = std::process::id();
        Ok(Self { options, pid, client: ManuallyDrop::new(client), runtime: ManuallyDrop::new(runtime) })
    }

    /// Whether it was made for these options, in this process.
    pub fn serves(&self, options: &Options) -> bool {
        self.pid == std::process::id() && self.options == *options
    }

    /// Sends the call and reads the whole answer, all within `time`. Every call here may be repeated without harm, so a
    /// transport error or a 500, 502, 503 or 504 is tried once more.
    pub fn send(&self, call: &Call, time: Duration) -> Result<Answer, Failure> {
        self.runtime.block_on(async {
            let deadline = Instant::now() + time;
            // Lets the connection's task notice that the server has closed it.
            tokio::task::yield_now().await;
            let first = self.attempt(call, deadline).await;
            let again = matches!(first, Err(_) | Ok(Answer { status: 500 | 502..=504, .. }));
            if !again || deadline.saturating_duration_since(Instant::now()) < WORTH_A_RETRY {
                return first;
            }
            self.attempt(call, deadline).await
        })
    }

    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<Answer, Failure> {
        let exchange = async {
            let response = self.client.execute(self.request(call)?).await.map_err(failure)?;
            read(response).await
        };
        timeout_at(deadline, exchange)
            .await
            .unwrap_or_else(|_| Err(Failure::TimedOut("the time for the whole call is up".to_owned())))
    }

    fn request(&self, call: &Call) -> Result<Request, Failure> {
        let mut request = self
            .client
            .request(call.method.clone(), call.url.clone())
            // Marks the header as sensitive.
            .basic_auth(&call.user, Some(&call.password))
            .header("accept", "application/json");
        if let Some(json) = &call.json {
            request = request.header("content-type", "application/json; charset=UTF-8").body(json.clone());
        }
        request.build().map_err(failure)
    }
}

impl Drop for Http {
    #[expect(unsafe_code, reason = "both fields are dropped once, here, and used by nobody afterwards")]
    fn drop(&mut self) {
        if self.pid == std::process::id() {
            unsafe {
                ManuallyDrop::drop(&mut self.client);
                ManuallyDrop::drop(&mut self.runtime);
            }
        }
    }
}

async fn read(mut response: Response) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Failure::Failed("the answer is larger than 2 MiB".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

fn failure(error: reqwest::Error) -> Failure {
    if error.is_timeout() { Failure::TimedOut(reason(error)) } else { Failure::Failed(reason(error)) }
}

/// reqwest's own text hides the cause and shows the URL.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let detail = inner.to_string();
        if !text.contains(&detail) {
            text = format!("{text}: {detail}");
        }
        cause = inner.source();
    }
    text
}
