//! The class `AgileBridge\AgileCrm`: calls that PHP waits for, and fetches that it begins and takes.
//!
//! All arguments of `begin` are bytes: whatever stands there, the fetch is answered for by `next`, never by an exception.

use super::contact::{contact_array, fetched_array};
use super::{Array, Bytes, WORKER, array, exception, instant, thrown, zval};
use crate::contact::ContactId;
use crate::contact::Named;
use crate::contact::email;
use crate::contact::page::Page;
use crate::crm::account::{Account, Settings};
use crate::crm::agile_crm::{AgileCrm, PAGE_SIZE};
use crate::crm::error::Error;
use crate::crm::fetch::Fetches;
use crate::crm::http::Http;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use once_cell::unsync::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

const NO_ID: &str = "this is not a contact's id";
const NO_ADDRESS: &str = "this is not an e-mail address";

/// One account of Agile CRM.
#[php_class]
#[php(name = "AgileBridge\\AgileCrm", flags = ClassFlags::Final)]
pub struct PhpAgileCrm {
    settings: Settings,
    deadline: Option<Instant>,
    account: OnceCell<Arc<Account>>,
    fetches: Fetches,
}

#[php_impl]
impl PhpAgileCrm {
    /// Never throws: what is wrong with the settings is told by the first call.
    pub fn __construct(settings: &ZendHashTable) -> Self {
        let text = |key: &str| settings.get(key).and_then(|value| value.dereference().string()).unwrap_or_default();
        let deadline = settings.get("deadline").and_then(|value| value.dereference().coerce_to_double());
        Self {
            settings: Settings {
                domain: text("domain"),
                email: text("email"),
                api_key: text("api_key"),
                api_url: text("api_url"),
                proxy: text("proxy"),
            },
            deadline: deadline.map(instant),
            account: OnceCell::new(),
            fetches: Fetches::default(),
        }
    }

    /// The contact with this id.
    pub fn contact(&self, id: &str) -> PhpResult<Array> {
        let id = ContactId::parse(id).ok_or_else(|| thrown(&Error::unusable(NO_ID)))?;
        contact_array(self.call(async |crm| crm.contact(id).await).map_err(|error| thrown(&error))?)
    }

    /// The contact that carries this address.
    pub fn contact_by_email(&self, email: &str) -> PhpResult<Array> {
        let address = email::normalize(email).ok_or_else(|| thrown(&Error::unusable(NO_ADDRESS)))?;
        contact_array(self.call(async |crm| crm.contact_by_email(&address).await).map_err(|error| thrown(&error))?)
    }

    /// Begins to fetch a contact and returns at once. Never throws: what is wrong is told by `next`.
    pub fn begin(&mut self, key: Bytes, contact_id: Option<Bytes>, email: Option<Bytes>) {
        let key = key.to_vec();
        let ready = named(contact_id.as_deref().copied(), email.as_deref().copied())
            .map_err(Error::unusable)
            .and_then(|named| self.ready().map(|(account, http)| (named, account, http)));
        match ready {
            Ok((named, account, http)) => self.fetches.begin(key, named, &account, self.deadline, &http),
            Err(error) => self.fetches.fail(key, error),
        }
    }

    /// Waits for whichever begun fetch is complete first; null if none is in flight. Never throws.
    pub fn next(&mut self) -> PhpResult<Option<Array>> {
        self.fetches.take().map(fetched_array).transpose()
    }

    /// How many fetches were begun and not returned by `next` yet.
    pub fn pending(&mut self) -> i64 {
        i64::try_from(self.fetches.pending()).unwrap_or(i64::MAX)
    }

    /// A page of the people changed between two moments.
    pub fn changed_between(
        &self,
        from: i64,
        until: i64,
        cursor: Option<&str>,
        page_size: Option<i64>,
    ) -> PhpResult<Array> {
        let size = contacts_on_page(page_size);
        page_array(self.call(async |crm| crm.changed_between(from, until, cursor, size).await))
    }

    /// A page of all contacts, who was created last first.
    pub fn newest_contacts(&self, cursor: Option<&str>, page_size: Option<i64>) -> PhpResult<Array> {
        let size = contacts_on_page(page_size);
        page_array(self.call(async |crm| crm.newest(cursor, size).await))
    }

    /// The user whose API key it is: the connection test.
    pub fn current_user(&self) -> PhpResult<Array> {
        let user = self.call(async |crm| crm.current_user().await).map_err(|error| thrown(&error))?;
        array([("email", zval(user.email)?), ("name", zval(user.name)?), ("domain", zval(user.domain)?)])
    }

    /// The custom fields that the account has for contacts.
    pub fn custom_fields(&self) -> PhpResult<Vec<Array>> {
        let fields = self.call(async |crm| crm.custom_fields().await).map_err(|error| thrown(&error))?;
        fields.into_iter().map(|field| array([("label", zval(field.label)?), ("type", zval(field.kind)?)])).collect()
    }

    /// Null when stored, otherwise what went wrong. Never throws: the value is a password.
    pub fn set_custom_field(&self, id: Bytes, name: Bytes, value: Bytes) -> Option<String> {
        let (Some(id), Some(name), Some(value)) = (text(&id), text(&name), text(&value)) else {
            return Some("the name or the value of the field is not valid UTF-8".to_owned());
        };
        let Some(id) = ContactId::parse(id) else { return Some(NO_ID.to_owned()) };
        let stored = self.call(async |crm| crm.set_custom_field(id, name, value).await);
        stored.err().map(|error| error.to_string())
    }
}

impl PhpAgileCrm {
    /// Waits for one call.
    fn call<T>(&self, call: impl AsyncFnOnce(AgileCrm) -> Result<T, Error>) -> Result<T, Error> {
        let (account, http) = self.ready()?;
        http.wait(call(AgileCrm::new(http.sender(), account, self.deadline)))
    }

    /// The account, and the worker's client made for it.
    fn ready(&self) -> Result<(Arc<Account>, Rc<Http>), Error> {
        let account = self.account.get_or_try_init(|| Account::new(&self.settings).map(Arc::new))?;
        Ok((Arc::clone(account), WORKER.get().http(account.options())?))
    }
}

fn contacts_on_page(size: Option<i64>) -> u32 {
    size.and_then(|size| u32::try_from(size).ok()).unwrap_or(PAGE_SIZE)
}

fn page_array(page: Result<Page, Error>) -> PhpResult<Array> {
    let page = page.map_err(|error| {
        let too_much = error.is_too_much_at_once();
        if too_much { exception("PageTooHeavy", &error.to_string(), error.http_status()) } else { thrown(&error) }
    })?;
    let contacts: PhpResult<Vec<Array>> = page.contacts.into_iter().map(contact_array).collect();
    let skipped: Vec<String> = page.skipped.iter().map(ToString::to_string).collect();
    array([("contacts", zval(contacts?)?), ("skipped", zval(skipped)?), ("cursor", zval(page.cursor)?)])
}

impl Drop for PhpAgileCrm {
    fn drop(&mut self) {
        if self.fetches.was_a_crowd() {
            WORKER.get().keep_none();
        }
    }
}

/// The id wins over the address and an empty text is none, as in a webhook.
fn named(contact_id: Option<&[u8]>, email: Option<&[u8]>) -> Result<Named, &'static str> {
    if let Some(id) = contact_id.filter(|id| !id.is_empty()) {
        return text(id).and_then(ContactId::parse).map(Named::Id).ok_or(NO_ID);
    }
    let email =
        email.filter(|email| !email.is_empty()).ok_or("neither a contact's id nor an e-mail address is given")?;
    text(email).and_then(email::normalize).map(Named::Email).ok_or(NO_ADDRESS)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
