//! Agile CRM's REST API: the calls the bridge needs, and what each answer means.
//!
//! Source of the facts: the vendor's `rest-api` documentation and recorded calls. XML is the default representation, so
//! JSON is asked for every time; an unknown contact is 204 with an empty body; an unknown subdomain redirects to a page.

use crate::contact::email;
use crate::contact::page::Page;
use crate::contact::{Contact, ContactId, limits};
use crate::crm::account::Account;
use crate::crm::call::{Answer, Call, Content, Failure};
use crate::crm::current_user::CurrentUser;
use crate::crm::custom_field::{self, CustomField};
use crate::crm::error::Error;
use crate::crm::http::Sender;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One whole call, its retry included.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);
/// The same for a page of contacts: large ones have met the CRM's own cap of 60 s (recorded), and nobody waits at a screen.
pub const PAGE_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes: a contact has some kilobytes.
pub const MAX_ANSWER: usize = limits::CONTACT_BYTES;
/// The same for a page of contacts.
pub const MAX_PAGE: usize = 16 << 20;
/// The most contacts on a page; more have ended in a 500 (recorded).
pub const PAGE_SIZE: u32 = 200;

/// What may stand unescaped in a path segment (RFC 3986 `unreserved`); Agile wants `+` as `%2B`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// One call on behalf of an account. Its time counts from here.
pub struct AgileCrm {
    sender: Sender,
    account: Arc<Account>,
    begun: Instant,
    /// When it has ended, whatever its own time says.
    deadline: Option<Instant>,
}

/// What is asked.
struct Question<'a> {
    method: Method,
    path: &'a str,
    content: Content,
    time: Duration,
    max_answer: usize,
}

impl AgileCrm {
    pub fn new(sender: Sender, account: Arc<Account>, deadline: Option<Instant>) -> Self {
        Self { sender, account, begun: Instant::now(), deadline }
    }

    pub async fn contact(&self, id: ContactId) -> Result<Contact, Error> {
        let contact = contact_in(&self.get(&format!("contacts/{id}")).await?)?;
        if contact.id != id {
            return Err(Error::unusable("it answered with another contact than the one asked for"));
        }
        not_in_bin(contact)
    }

    /// `address` is normalised; the contact found must carry it.
    pub async fn contact_by_email(&self, address: &str) -> Result<Contact, Error> {
        let segment = utf8_percent_encode(address, SEGMENT);
        let contact = contact_in(&self.get(&format!("contacts/search/email/{segment}")).await?)?;
        if !email::carries(&contact, address) {
            return Err(Error::unusable("it answered with a contact that does not carry the address asked for"));
        }
        not_in_bin(contact)
    }

    /// A page of the people changed between two moments (epoch milliseconds), from where `cursor` says, at most
    /// [`PAGE_SIZE`] of them.
    ///
    /// The filter takes a form; JSON ends in a 500 (recorded). It is documented with this order, which no change of a
    /// contact disturbs. `BETWEEN` and not `AFTER`, which may mean *after that day*; only milliseconds work there
    /// (recorded). Who has never been changed since they were created has an `updated_time` of 0 and is not listed.
    pub async fn changed_between(
        &self,
        from: i64,
        until: i64,
        cursor: Option<&str>,
        page_size: u32,
    ) -> Result<Page, Error> {
        let filter = serde_json::json!({
            "rules": [{ "LHS": "updated_time", "CONDITION": "BETWEEN", "RHS": from, "RHS_NEW": until }],
            "or_rules": [],
            "contact_type": "PERSON",
        });
        let path = "filters/filter/dynamic-filter";
        let form = list_query(cursor, page_size, Some(&filter.to_string()));
        let answer = self.list(Method::POST, path, Content::Form(form)).await?;
        let status = answer.status;
        if refuses_filter(&answer) { Err(Error::FilterRefused { status }) } else { page_in(answer) }
    }

    /// A page of all contacts, who was created last first, from where `cursor` says.
    pub async fn newest(&self, cursor: Option<&str>, page_size: u32) -> Result<Page, Error> {
        let path = format!("contacts?{}", list_query(cursor, page_size, None));
        page_in(self.list(Method::GET, &path, Content::None).await?)
    }

    /// The connection test.
    pub async fn current_user(&self) -> Result<CurrentUser, Error> {
        let answer = self.get("users/current-user").await?;
        CurrentUser::from_json(&answer.body).ok_or_else(|| Error::unusable("its answer is not the JSON of a user"))
    }

    /// The custom fields of contacts, in the order of the account. It may refuse to tell (its user may lack the right).
    pub async fn custom_fields(&self) -> Result<Vec<CustomField>, Error> {
        match self.get("custom-fields/scope/position?scope=CONTACT").await {
            // 204 is how other lists say that they are empty.
            Err(Error::ContactNotFound) => Ok(Vec::new()),
            answer => custom_field::list(&answer?.body)
                .ok_or_else(|| Error::unusable("its answer is not the JSON of a list of fields")),
        }
    }

    /// Sets one custom field and leaves all else as it is. Agile stores a name it does not know without complaint, and
    /// null or empty values have damaged contacts, so those are never sent.
    pub async fn set_custom_field(&self, id: ContactId, name: &str, value: &str) -> Result<(), Error> {
        if name.is_empty() || value.is_empty() {
            return Err(Error::unusable("a custom field needs a name and a value"));
        }
        let property = serde_json::json!({ "type": "CUSTOM", "name": name, "value": value });
        let body = format!(r#"{{"id":{id},"properties":[{property}]}}"#);
        let question = Question {
            method: Method::PUT,
            path: "contacts/edit-properties",
            content: Content::Json(ascii(&body)),
            time: CALL_TIMEOUT,
            max_answer: MAX_ANSWER,
        };
        let answer = meaning(self.ask(question).await?)?;
        if contact_in(&answer)?.id == id { Ok(()) } else { Err(Error::unusable("it changed another contact")) }
    }

    async fn get(&self, path: &str) -> Result<Answer, Error> {
        let (time, max_answer) = (CALL_TIMEOUT, MAX_ANSWER);
        meaning(self.ask(Question { method: Method::GET, path, content: Content::None, time, max_answer }).await?)
    }

    async fn list(&self, method: Method, path: &str, content: Content) -> Result<Answer, Error> {
        self.ask(Question { method, path, content, time: PAGE_TIMEOUT, max_answer: MAX_PAGE }).await
    }

    /// Any complete answer, whatever it means.
    async fn ask(&self, question: Question<'_>) -> Result<Answer, Error> {
        let Question { method, path, content, time, max_answer } = question;
        let url = self.account.base.join(path).map_err(|_| Error::unusable("its URL cannot be formed"))?;
        let own = self.begun + time;
        let end = self.deadline.map_or(own, |deadline| deadline.min(own));
        if end <= Instant::now() {
            return Err(Error::timed_out("the time for this webhook was up before it was asked", false));
        }
        let (user, password) = (self.account.email.clone(), self.account.api_key.clone());
        let call = Call { method, url, user, password, content, max_answer };
        self.sender.send(&call, end.into()).await.map_err(|failure| match failure {
            Failure::TimedOut(detail) => Error::timed_out(detail, true),
            Failure::Failed(detail) => Error::outage(detail, None),
            Failure::TooLarge(detail) => Error::TooLarge(detail),
        })
    }
}

fn meaning(answer: Answer) -> Result<Answer, Error> {
    let retry_after = answer.retry_after;
    match answer.status {
        200 => Ok(answer),
        204 => Err(Error::ContactNotFound),
        status @ (401 | 403 | 300..=399) => Err(Error::Unauthorized { status }),
        429 => Err(Error::outage("it says that there were too many requests (status 429)", retry_after)),
        // RFC 9110 knows Retry-After for this one besides.
        503 => Err(Error::outage("it answered with status 503", retry_after)),
        status @ 500.. => Err(Error::outage(format!("it answered with status {status}"), None)),
        status => Err(Error::unusable(format!("it answered with status {status}"))),
    }
}

/// Whether the account will not have this filter. Nobody documents how it would say so. A 500 counts (it was tried twice),
/// as that is how a filter in the wrong form was refused (recorded); but one that speaks of calls per day is a used-up
/// quota.
fn refuses_filter(answer: &Answer) -> bool {
    match answer.status {
        401 | 403 | 429 => false,
        400..=499 => true,
        500 => !String::from_utf8_lossy(&answer.body).to_ascii_lowercase().contains("per day"),
        _ => false,
    }
}

fn list_query(cursor: Option<&str>, page_size: u32, filter: Option<&str>) -> String {
    let mut query = format!("page_size={}&global_sort_key=-created_time", page_size.clamp(1, PAGE_SIZE));
    for (name, value) in [("filterJson", filter), ("cursor", cursor)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query = format!("{query}&{name}={}", utf8_percent_encode(value, SEGMENT));
        }
    }
    query
}

fn page_in(answer: Answer) -> Result<Page, Error> {
    // 204 is how other lists say that they are empty.
    if answer.status == 204 {
        return Ok(Page::default());
    }
    let page = Page::from_json(&meaning(answer)?.body);
    let page = page.ok_or_else(|| Error::unusable("its answer is not the JSON of a list"))?;
    if page.properties() > limits::PAGE_PROPERTIES {
        return Err(Error::TooLarge("the contacts of one page have too many fields".to_owned()));
    }
    Ok(page)
}

fn contact_in(answer: &Answer) -> Result<Contact, Error> {
    Contact::from_json(&answer.body).ok_or_else(|| Error::unusable("its answer is not the JSON of a contact"))
}

/// The API answers what was thrown away (recorded). To its account it is gone.
fn not_in_bin(contact: Contact) -> Result<Contact, Error> {
    if contact.in_bin { Err(Error::ContactNotFound) } else { Ok(contact) }
}

/// JSON with everything beyond ASCII escaped: which charset the server takes for its default is unknown.
fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            escaped.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

#[cfg(test)]
#[path = "agile_crm_tests.rs"]
mod tests;
