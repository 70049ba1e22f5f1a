//! A raw request becomes a webhook, or the reason why it is refused (contract, sections 2 to 4).
//!
//! Nothing here needs WordPress: the plugin passes in what the web server gave, and gets the whole verdict in one call.
//! What was wrong is told by the parameter's name, never by its value.

use crate::contact::email;
use crate::contact::{ContactId, Named};
use crate::request::access_key;
use crate::request::event::{self, Event};
use crate::request::parameters::Parameters;
use crate::request::raw::{Body, Request};

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

/// The whole verdict. The refusals come in the contract's order: method, key, size, type, the rest.
pub fn receive<'a>(request: &Request<'_>, key_digests: impl IntoIterator<Item = &'a str>) -> Received {
    read(request, |parameters| {
        let key = parameters.one("access_key").ok().flatten().unwrap_or_default();
        access_key::is_valid(key.as_bytes(), key_digests)
    })
}

/// The verdict on a request whose key the plugin has checked and taken out, while this extension was missing: the same as on the
/// request as it came.
pub fn receive_kept(request: &Request<'_>) -> Received {
    read(request, |_| true)
}

fn read(request: &Request<'_>, opens: impl FnOnce(&Parameters) -> bool) -> Received {
    let body = request.read_body();
    let form = if body == Body::Form { request.body } else { b"" };
    let parameters = Parameters::read(request.query, form);
    // A form that is too large is read as far as to tell that it is ours, but not for its key.
    let named = |form| Parameters::read(b"", form).has("wpf_action");
    let is_ours = parameters.has("wpf_action") || body == Body::TooLarge && request.is_form() && named(request.body);
    if !is_ours {
        return Received::NotOurs;
    }
    match verdict(request, &body, &parameters, opens) {
        Ok(webhook) => Received::Accepted(webhook),
        Err(refusal) => Received::Refused(refusal),
    }
}

fn verdict(
    request: &Request<'_>,
    body: &Body<'_>,
    parameters: &Parameters,
    opens: impl FnOnce(&Parameters) -> bool,
) -> Result<Webhook, Refusal> {
    if !matches!(request.method, b"GET" | b"POST") {
        return Err(refusal(405, "method_not_allowed", "Only GET and POST are answered here."));
    }
    if !opens(parameters) {
        return Err(refusal(403, "invalid_access_key", "The access key is not valid."));
    }
    let event = match body {
        Body::TooLarge => return Err(refusal(413, "body_too_large", "The body is larger than 1 MiB.")),
        Body::Unsupported if !url_says_all(request) => {
            return Err(refusal(
                415,
                "unsupported_media_type",
                "The body must be application/json or application/x-www-form-urlencoded.",
            ));
        }
        Body::Json(json) => match event::read(json) {
            Err(_) if url_says_all(request) => None,
            event => Some(event),
        },
        Body::None | Body::Form | Body::Unsupported => None,
    };
    let is_bare = request.method == b"GET" || request.body.is_empty();
    webhook(parameters, event, is_bare)
}

/// Whether the URL names the contact. What a body says besides, if it is no event, is somebody else's: a sender's own data.
/// (The key is there as well: the body, which is no form, cannot have brought it.)
fn url_says_all(request: &Request<'_>) -> bool {
    let query = Parameters::read(request.query, b"");
    ["wpf_action", "contact_id"].iter().all(|name| matches!(query.one(name), Ok(Some(_))))
}

/// `is_bare`: the request came without a body.
fn webhook(
    parameters: &Parameters,
    event: Option<Result<Event, &'static str>>,
    is_bare: bool,
) -> Result<Webhook, Refusal> {
    let action = one(parameters, "wpf_action")?.unwrap_or_default();
    let action = Action::parse(action)
        .ok_or_else(|| invalid("The parameter wpf_action must be add, update, update_tags or test."))?;
    let id = one(parameters, "contact_id")?
        .map(|id| ContactId::parse(id).ok_or_else(|| invalid("The parameter contact_id is not a contact's id.")))
        .transpose()?;
    // The id says it all: campaigns send an address along whatever it is.
    let address = if id.is_none() { one(parameters, "email")?.map(email_parameter).transpose()? } else { None };
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
    let event = event.transpose().map_err(|reason| invalid(&format!("The JSON body {reason}.")))?;
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
        (None, None, None) => return Err(nobody_is_named(is_bare)),
    };
    Ok(webhook)
}

fn nobody_is_named(is_bare: bool) -> Refusal {
    let hint =
        " It came without a body: if one was sent, a redirect has dropped it; call the final address of the site.";
    let what = "No contact is named: give contact_id, email or the JSON body of an Agile CRM webhook.";
    invalid(&format!("{what}{}", if is_bare { hint } else { "" }))
}

/// Merge fields of a campaign arrive HTML-escaped (`o&#39;brien@example.com`), so entities are decoded once.
fn email_parameter(text: &str) -> Result<String, Refusal> {
    email::normalize(&html_escape::decode_html_entities(text))
        .ok_or_else(|| invalid("The parameter email is not a plain e-mail address."))
}

fn is_on(value: Option<&str>) -> bool {
    value.is_some_and(|value| ["true", "1", "yes", "on"].iter().any(|on| value.eq_ignore_ascii_case(on)))
}

fn one<'p>(parameters: &'p Parameters, name: &str) -> Result<Option<&'p str>, Refusal> {
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
