//! One request and its complete answer, or why there is none.

use crate::crm::retry;
use jiff::Timestamp;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, Request, Response};
use std::error::Error as _;

/// A complete answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Seconds, from `Retry-After`.
    pub retry_after: Option<u32>,
    pub body: Vec<u8>,
}

/// Why there is no complete answer. The text names no URL: an e-mail address may be in it.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    TimedOut(String),
    Failed(String),
    TooLarge(String),
}

/// One request, kept apart so that it can be sent twice.
pub struct Call {
    pub method: Method,
    pub url: reqwest::Url,
    pub user: String,
    pub password: String,
    pub content: Content,
    /// The largest answer that is read, in bytes.
    pub max_answer: usize,
}

/// The body of a request, and so its content type.
pub enum Content {
    /// For a GET.
    None,
    /// `application/json; charset=UTF-8`
    Json(String),
    /// `application/x-www-form-urlencoded`, already encoded.
    Form(String),
}

impl Call {
    pub fn request(&self, client: &Client) -> Result<Request, Failure> {
        let mut request = client
            .request(self.method.clone(), self.url.clone())
            // Marks the header as sensitive.
            .basic_auth(&self.user, Some(&self.password))
            .header("accept", "application/json");
        let content = match &self.content {
            Content::None => None,
            Content::Json(json) => Some(("application/json; charset=UTF-8", json)),
            Content::Form(form) => Some(("application/x-www-form-urlencoded", form)),
        };
        if let Some((kind, body)) = content {
            request = request.header("content-type", kind).body(body.clone());
        }
        request.build().map_err(Failure::of)
    }

    /// Reads the whole answer.
    pub async fn read(&self, mut response: Response) -> Result<Answer, Failure> {
        let status = response.status().as_u16();
        let asked = response.headers().get(RETRY_AFTER).and_then(|header| header.to_str().ok());
        let retry_after = asked.and_then(|header| retry::retry_after(header, Timestamp::now()));
        let too_large = || Failure::TooLarge(format!("the answer is larger than {} MiB", self.max_answer >> 20));
        if response.content_length().is_some_and(|length| length > self.max_answer as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Failure::of)? {
            if body.len() + chunk.len() > self.max_answer {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, retry_after, body })
    }
}

impl Failure {
    pub fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut(reason(error)) } else { Self::Failed(reason(error)) }
    }
}

/// reqwest's own text hides the cause and shows the URL.
pub fn reason(error: reqwest::Error) -> String {
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
