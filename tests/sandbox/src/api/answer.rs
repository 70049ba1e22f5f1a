//! Answers in the words of the CRM, and how each looks on the wire (sections 1 and 4).

use super::xml;
use crate::faults::Form;
use hyper::StatusCode;
use hyper::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};

/// Stands for half a character in a text of a contact, and is sent as `\ud800`: what a text that was cut between the two
/// halves of an emoji looks like.
pub const LONE_SURROGATE: char = '\u{fdd0}';
/// The same for a byte that is no UTF-8.
pub const NOT_UTF8: char = '\u{fdd1}';

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "application/xml";

/// What a call leads to.
#[derive(Debug)]
pub(crate) enum Answer {
    /// One thing; its name is the root element of the XML form.
    One(&'static str, Value),
    List(Vec<Value>),
    /// 204 with an empty body: a miss, or deleted.
    Nothing,
    /// Bare text, whatever the content type says.
    BadRequest(&'static str),
    /// A JSON body where a form is wanted, or the other way round.
    WrongType,
    NoSuchPage,
    Unauthorized(Form),
    Failed(Form, String),
    TooMany(Option<String>),
    Moved(String),
    /// Any other status, with an HTML page.
    Status(u16),
}

/// An answer ready to be sent, or to be spoiled first.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) header: Option<(HeaderName, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The default representation is XML: only `Accept: application/json` brings JSON (section 1).
    pub(crate) fn reply(self, wants_json: bool) -> Reply {
        match self {
            Self::One(_, value) if wants_json => Reply::json(&value),
            Self::One(root, value) => Reply::new(200, XML, xml::document(root, &value)),
            Self::List(items) if wants_json => Reply::json(&Value::Array(items)),
            // Recorded: a list that is not asked for as JSON ends in a 500 page.
            Self::List(_) => Self::Failed(Form::Html, String::new()).reply(wants_json),
            Self::Nothing => Reply::new(204, "", String::new()),
            Self::BadRequest(text) => Reply::new(400, JSON, text.to_owned()),
            Self::WrongType => Reply::new(415, HTML, html("415 Unsupported Media Type", "")),
            Self::NoSuchPage => {
                Reply::new(404, HTML, html("404 Not Found", "The requested URL was not found on this server."))
            }
            Self::Unauthorized(Form::Json) => {
                Reply::new(401, JSON, json!({"status": "401", "exception message": "authentication issue"}).to_string())
            }
            Self::Unauthorized(Form::Html) => Reply::new(401, HTML, html("401 Unauthorized", ""))
                .with(WWW_AUTHENTICATE, "Basic realm=\"agilecrm\"".into()),
            Self::Failed(Form::Json, message) => {
                Reply::new(500, JSON, json!({"status": "500", "exception message": message}).to_string())
            }
            Self::Failed(Form::Html, _) => Reply::new(500, HTML, html("Error: Server Error", TRY_AGAIN)),
            Self::TooMany(after) => {
                let reply = Reply::new(429, HTML, html("429 Too Many Requests", ""));
                match after {
                    Some(after) => reply.with(RETRY_AFTER, after),
                    None => reply,
                }
            }
            Self::Moved(to) => Reply::new(302, HTML, html("302 Found", "")).with(LOCATION, to),
            Self::Status(status) => Reply::new(status, HTML, html(&format!("Error {status}"), "")),
        }
    }
}

const TRY_AGAIN: &str =
    "The server encountered an error and could not complete your request. Please try again in 30 seconds.";

impl Reply {
    fn new(status: u16, content_type: &'static str, body: String) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, content_type, header: None, body: body.into_bytes() }
    }

    /// What is kept, and what no JSON value of ours can hold: see [`LONE_SURROGATE`] and [`NOT_UTF8`].
    fn json(value: &Value) -> Self {
        let text = value.to_string().replace(LONE_SURROGATE, "\\ud800");
        let mut reply = Self::new(200, JSON, String::new());
        for (at, part) in text.split(NOT_UTF8).enumerate() {
            reply.body.extend((at > 0).then_some(0xff));
            reply.body.extend_from_slice(part.as_bytes());
        }
        reply
    }

    fn with(self, name: HeaderName, value: String) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// 200 with a page, as a maintenance notice or a login form would be.
    pub(crate) fn html_200() -> Self {
        Self::new(200, HTML, html("Agile CRM", "We will be back shortly."))
    }
}

fn html(title: &str, text: &str) -> String {
    format!("<html><head><title>{title}</title></head>\n<body><h1>{title}</h1>\n<h2>{text}</h2></body></html>\n")
}
