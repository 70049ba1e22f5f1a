//! Method Two: the account's webhook. One URL, no secret, no signature, one attempt (section 5).

use crate::Error;
use crate::delivery::{Branch, Delivery, Sender};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// No honest answer is longer.
const LONGEST_ANSWER: usize = 1 << 20;

/// What the account's admin fills in: one URL and the module boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub url: String,
    #[serde(default = "ticked")]
    pub contact: bool,
    #[serde(default)]
    pub deal: bool,
}

impl Webhook {
    /// To this URL, with only the box Contact ticked.
    pub fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), contact: true, deal: false }
    }
}

fn ticked() -> bool {
    true
}

/// The client behind both methods.
///
/// It trusts every certificate: it only talks to a site under test, which may have made its own.
/// It follows no redirect and keeps no connection: each call of the real sender may come from another machine.
pub(crate) fn sender() -> Result<reqwest::Client, Error> {
    // An error says that the process has a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()?)
}

/// Sends a request and writes down all that came of it.
pub(crate) async fn deliver(
    request: reqwest::RequestBuilder,
    sender: Sender,
    method: &'static str,
    url: &str,
) -> Delivery {
    let start = Instant::now();
    let mut delivery = Delivery {
        sender,
        subject: String::new(),
        method,
        url: url.to_owned(),
        sent: String::new(),
        status: None,
        headers: Vec::new(),
        body: String::new(),
        branch: Branch::Failure,
        message: None,
        new_fields: Map::new(),
        error: None,
        elapsed: Duration::ZERO,
    };
    if let Err(error) = receive(request, &mut delivery).await {
        delivery.error = Some(whole_story(&error));
    }
    delivery.elapsed = start.elapsed();
    judge(&mut delivery);
    delivery
}

async fn receive(request: reqwest::RequestBuilder, delivery: &mut Delivery) -> Result<(), reqwest::Error> {
    let mut answer = request.send().await?;
    delivery.status = Some(answer.status().as_u16());
    for (name, value) in answer.headers() {
        delivery.headers.push((name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() >= LONGEST_ANSWER {
            body.truncate(LONGEST_ANSWER);
            break;
        }
    }
    delivery.body = String::from_utf8_lossy(&body).into_owned();
    Ok(())
}

/// The rule of section 6: reached without error and, for GET, valid JSON.
fn judge(delivery: &mut Delivery) {
    let answer: Option<Value> = serde_json::from_str(&delivery.body).ok();
    let reached = delivery.error.is_none() && delivery.status.is_some_and(|status| status < 400);
    if reached && (delivery.method == "POST" || answer.is_some()) {
        delivery.branch = Branch::Success;
        if let Some(Value::Object(fields)) = answer {
            delivery.new_fields = fields;
        }
    } else {
        delivery.message = answer.as_ref().and_then(|answer| answer["message"].as_str()).map(str::to_owned);
    }
}

/// reqwest's own words leave out the cause.
fn whole_story(error: &reqwest::Error) -> String {
    let mut story = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let _ = write!(story, ": {cause}");
        next = cause.source();
    }
    story
}
