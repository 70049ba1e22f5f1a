//! A raw request becomes a webhook, or the reason why it is refused (contract, sections 2 to 4).
//!
//! Nothing here needs WordPress: the plugin passes in what the web server gave, and gets the whole verdict in one call.
//! What was wrong is told by the parameter's name, never by its value.

use crate::contact::email;
use crate::contact::{ContactId, Named};
use crate::request::access_key;
use crate::request::event::{self, Event};
use crate::request::parameters::Parameters;

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// What the web server received, byte for byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    pub method: &'a [u8],
    pub query: &'a [u8],
    pub content_type: &'a [u8],
    /// At most one byte more than [`MAX_BODY`], which is how a longer one is told.
    pub body: &'a [u8],
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// No parameter is named exactly `wpf_action`: the site's own business.
    NotOurs,
    Refused(Refusal),
    Accepted(Webhook),
}

/// Why a request is refused, as it is answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Add,
    Update,
    UpdateTags,
    Test,
}

/// A request whose key is valid and whose parameters make sense.
#[derive(Debug, PartialEq, Eq)]
pub struct Webhook {
    pub action: Action,
    /// Whom it is about; `None` only for `test` and for what is ignored.
    pub contact: Option<Named>,
    pub role: Option<String>,
    /// None where the webhook does not say: merged into another, it then leaves what that one said.
    pub send_notification: Option<bool>,
    pub is_async: bool,
    /// Why there is nothing to do: `deal_event` or `not_a_person`.
    pub ignored: Option<&'static str>,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::UpdateTags => "update_tags",
            Self::Test => "test",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Add, Self::Update, Self::UpdateTags, Self::Test]
            .into_iter()
            .find(|a| a.name().eq_ignore_ascii_case(text))
    }
}

/// How a body is to be read.
#[derive(PartialEq, Eq)]
enum Body {
    None,
    Form,
    Json,
    TooLarge,
    Unsupported,
}

/// The whole verdict. The refusals come in the contract's order: method, key, size, type, the rest.
pub fn receive<'a>(request: &Request<'_>, key_digests: impl IntoIterator<Item = &'a str>) -> Received {
    let body = body_of(request);
    let form = if body == Body::Form { request.body } else { b"" };
    let parameters = Parameters::read(request.query, form);
    // A form that is too large is read as far as to tell that it is ours, but not for its key.
    let named = |form| Parameters::read(b"", form).has("wpf_action");
    let is_ours = parameters.has("wpf_action") || body == Body::TooLarge && is_form(request) && named(request.body);
    if !is_ours {
        return Received::NotOurs;
    }
    match verdict(request, &body, &parameters, key_digests) {
        Ok(webhook) => Received::Accepted(webhook),
        Err(refusal) => Received::Refused(refusal),
    }
}

fn verdict<'a>(
    request: &Request<'_>,
    body: &Body,
    parameters: &Parameters<'_>,
    key_digests: impl IntoIterator<Item = &'a str>,
) -> Result<Webhook, Refusal> {
    if !matches!(request.method, b"GET" | b"POST") {
        return Err(refusal(405, "method_not_allowed", "Only GET and POST are answered here."));
    }
    let key = parameters.one("access_key").ok().flatten().unwrap_or_default();
    if !access_key::is_valid(key.as_bytes(), key_digests) {
        return Err(refusal(403, "invalid_access_key", "The access key is not valid."));
    }
    match body {
        Body::TooLarge => Err(refusal(413, "body_too_large", "The body is larger than 1 MiB.")),
        Body::Unsupported => Err(refusal(
            415,
            "unsupported_media_type",
            "The body must be application/json or application/x-www-form-urlencoded.",
        )),
        Body::Json => webhook(parameters, Some(request.body)),
        Body::None | Body::Form => webhook(parameters, None),
    }
}

fn webhook(parameters: &Parameters<'_>, json: Option<&[u8]>) -> Result<Webhook, Refusal> {
    let action = one(parameters, "wpf_action")?.unwrap_or_default();
    let action = Action::parse(action)
        .ok_or_else(|| invalid("The parameter wpf_action must be add, update, update_tags or test."))?;
    let id = one(parameters, "contact_id")?
        .map(|id| ContactId::parse(id).ok_or_else(|| invalid("The parameter contact_id is not a contact's id.")))
        .transpose()?;
    let address = one(parameters, "email")?.map(email_parameter).transpose()?;
    let mut webhook = Webhook {
        action,
        contact: None,
        role: one(parameters, "role")?.map(str::to_owned),
        send_notification: one(parameters, "send_notification")?.map(|value| is_on(Some(value))),
        is_async: is_on(one(parameters, "async")?),
        ignored: None,
    };
    if action == Action::Test {
        return Ok(webhook);
    }
    let event = json.map(event::read).transpose().map_err(|reason| invalid(&format!("The JSON body {reason}.")))?;
    let (event_id, kind) = match event {
        Some(Event::Deal) => {
            webhook.ignored = Some("deal_event");
            return Ok(webhook);
        }
        Some(Event::Contact { id, kind }) => (Some(id), kind),
        None => (None, None),
    };
    if id.zip(event_id).is_some_and(|(parameter, body)| parameter != body) {
        return Err(invalid("The parameter contact_id and the JSON body name two different contacts."));
    }
    if kind.is_some_and(|kind| kind != "PERSON") {
        webhook.ignored = Some("not_a_person");
    }
    webhook.contact = match (id, address, event_id) {
        (Some(id), _, _) | (None, None, Some(id)) => Some(Named::Id(id)),
        (None, Some(address), _) => Some(Named::Email(address)),
        (None, None, None) => {
            return Err(invalid(
                "No contact is named: give contact_id, email or the JSON body of an Agile CRM webhook.",
            ));
        }
    };
    Ok(webhook)
}

/// Merge fields of a campaign arrive HTML-escaped (`o&#39;brien@example.com`), so entities are decoded once.
fn email_parameter(text: &str) -> Result<String, Refusal> {
    email::normalize(&html_escape::decode_html_entities(text))
        .ok_or_else(|| invalid("The parameter email is not a plain e-mail address."))
}

fn body_of(request: &Request<'_>) -> Body {
    if request.method != b"POST" || request.body.is_empty() && request.content_type.is_empty() {
        return Body::None;
    }
    if request.body.len() > MAX_BODY {
        return Body::TooLarge;
    }
    let essence = essence(request);
    let is = |name: &[u8]| essence.eq_ignore_ascii_case(name);
    match essence {
        // A sender that names no type: Agile's own webhooks are JSON objects, everything else was a form for ages.
        b"" if request.body.trim_ascii_start().starts_with(b"{") => Body::Json,
        b"" => Body::Form,
        _ if is(FORM) => Body::Form,
        _ if is(b"application/json") && request.body.is_empty() => Body::None,
        _ if is(b"application/json") => Body::Json,
        _ => Body::Unsupported,
    }
}

fn is_form(request: &Request<'_>) -> bool {
    essence(request).is_empty() || essence(request).eq_ignore_ascii_case(FORM)
}

/// The content type without its parameters.
fn essence<'a>(request: &Request<'a>) -> &'a [u8] {
    request.content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

fn is_on(value: Option<&str>) -> bool {
    value.is_some_and(|value| ["true", "1", "yes", "on"].iter().any(|on| value.eq_ignore_ascii_case(on)))
}

fn one<'p>(parameters: &'p Parameters<'_>, name: &str) -> Result<Option<&'p str>, Refusal> {
    parameters.one(name).map_err(|malformed| invalid(&format!("The parameter {name} {}.", malformed.reason())))
}

fn invalid(message: &str) -> Refusal {
    refusal(400, "invalid_request", message)
}

fn refusal(status: u16, code: &'static str, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned() }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
