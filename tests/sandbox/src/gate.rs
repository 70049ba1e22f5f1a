//! What every API request passes: it is recorded, meets its faults, shows its credentials, and is answered.

use crate::account::Account;
use crate::api::answer::{Answer, Reply};
use crate::api::{self, Asked, Call, listing};
use crate::counts::Recorded;
use crate::faults::{Faults, Form};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::stream;
use hyper::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, SERVER};
use hyper::{HeaderMap, StatusCode};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

/// No honest request is longer.
const LONGEST_REQUEST: usize = 4 << 20;

/// Marks a response whose connection is to be closed instead.
#[derive(Clone)]
pub(crate) struct HangUp;

pub(crate) async fn pass(State(account): State<Arc<Account>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_REQUEST).await else {
        return hang_up();
    };
    let path = parts.uri.path().trim_start_matches("/dev/api").trim_start_matches('/');
    let call = Call::read(&parts.method, path);
    let number = account.ledger.arrived(Recorded {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        route: call.route().to_owned(),
        headers: without_secrets(&parts.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
        status: 0,
        at: SystemTime::now(),
        complaints: Vec::new(),
    });
    let faults = account.faults.take(&format!("{} {}", parts.method, call.route()), call.contact());
    // A sleep of nothing would still take the timer's millisecond.
    if !faults.latency.is_zero() {
        tokio::time::sleep(faults.latency).await;
    }
    if faults.stalled_headers {
        return std::future::pending().await;
    }
    if faults.hang_up {
        return hang_up();
    }
    let asked = Asked {
        call,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        faults,
        complaints: parking_lot::Mutex::default(),
    };
    if asked.faults.longest_page.is_some_and(|longest| listing::page_size(&asked).is_some_and(|size| size > longest)) {
        return std::future::pending().await;
    }
    let accept = asked.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let wants_json = accept.contains("application/json");
    if !wants_json {
        asked.complain("no Accept: application/json");
    }
    let mut reply = fault(&asked.faults)
        .or_else(|| refuse(&account, &asked.headers))
        .unwrap_or_else(|| after(&asked.faults, api::answer(&account, &asked)))
        .reply(wants_json);
    spoil(&asked.faults, &mut reply);
    account.ledger.answered(number, reply.status.as_u16(), std::mem::take(&mut asked.complaints.lock()));
    send(&asked.faults, reply)
}

/// The faults that answer in place of the CRM.
fn fault(faults: &Faults) -> Option<Answer> {
    if let Some(limit) = &faults.rate_limit {
        return Some(Answer::TooMany(limit.retry_after.clone()));
    }
    if let Some(form) = faults.unauthorized {
        return Some(Answer::Unauthorized(form));
    }
    if let Some(to) = &faults.redirect {
        return Some(Answer::Moved(to.clone()));
    }
    if let Some(status) = faults.status {
        return Some(Answer::Status(status));
    }
    let error = faults.error_500.as_ref().filter(|error| !error.after_write)?;
    Some(Answer::Failed(error.form, error.message.clone()))
}

/// The fault that comes when all is done: a 500 'also on writes that succeeded'.
fn after(faults: &Faults, answer: Answer) -> Answer {
    match &faults.error_500 {
        Some(error) => Answer::Failed(error.form, error.message.clone()),
        None => answer,
    }
}

/// Both recorded forms of a 401: no credentials bring the page, wrong ones the JSON.
fn refuse(account: &Account, headers: &HeaderMap) -> Option<Answer> {
    let Some(sent) = headers.get(AUTHORIZATION) else {
        return Some(Answer::Unauthorized(Form::Html));
    };
    let expected = BASE64_STANDARD.encode(format!("{}:{}", account.email, account.api_key));
    let sent = sent.to_str().unwrap_or_default().strip_prefix("Basic ").unwrap_or_default();
    (sent != expected).then_some(Answer::Unauthorized(Form::Json))
}

/// The faults that spoil a good answer.
fn spoil(faults: &Faults, reply: &mut Reply) {
    if reply.status != StatusCode::OK {
        return;
    }
    if faults.html_200 {
        *reply = Reply::html_200();
    }
    if faults.wrong_id
        && let Ok(mut answer) = serde_json::from_slice::<serde_json::Value>(&reply.body)
        && let Some(id) = answer.get("id").and_then(serde_json::Value::as_u64)
    {
        answer["id"] = (id + 1).into();
        reply.body = answer.to_string().into_bytes();
    }
    if faults.truncated_json {
        reply.body.truncate(reply.body.len() / 2);
    }
}

/// Bodies are chunked, without `Content-Length`, and there is no `ETag` (section 1): so they are streamed,
/// in two pieces, that no client relies on getting an answer in one read.
fn send(faults: &Faults, reply: Reply) -> Response {
    let end = match (faults.half_body, faults.endless_body) {
        (true, _) => End::Break,
        (_, true) => End::Never,
        _ => End::Clean,
    };
    let mut response = if reply.status == StatusCode::NO_CONTENT {
        Response::new(Body::empty())
    } else {
        let body = Bytes::from(reply.body);
        let mut pieces = VecDeque::from([body.slice(..body.len() / 2), body.slice(body.len() / 2..)]);
        if end != End::Clean {
            pieces.truncate(1);
        }
        Response::new(Body::from_stream(stream::unfold((pieces, end), next_piece)))
    };
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("Google Frontend"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    if !reply.content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    }
    if let Some((name, value)) = reply.header
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        headers.insert(name, value);
    }
    response
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Clean,
    Break,
    Never,
}

type Pieces = (VecDeque<Bytes>, End);

async fn next_piece((mut pieces, end): Pieces) -> Option<(io::Result<Bytes>, Pieces)> {
    if let Some(piece) = pieces.pop_front() {
        return Some((Ok(piece), (pieces, end)));
    }
    match end {
        End::Clean => None,
        End::Break => {
            // Let the first half leave before the connection breaks.
            tokio::task::yield_now().await;
            Some((Err(io::ErrorKind::ConnectionAborted.into()), (pieces, end)))
        }
        End::Never => {
            tokio::task::yield_now().await;
            Some((Ok(Bytes::from_static(&[b' '; 4096])), (pieces, end)))
        }
    }
}

fn hang_up() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HangUp);
    response
}

fn without_secrets(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = if name == AUTHORIZATION {
                "(not kept)".into()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.to_string(), value)
        })
        .collect()
}
