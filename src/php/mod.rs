//! The border: PHP values in and out, exceptions, and the worker's HTTP client.
//!
//! Only `lib.rs` and this room name `ext_php_rs`. Arguments are read into Rust values first, work is done on those, and
//! PHP values are made last: no borrow is held while one is made, because PHP's memory limit jumps over destructors.
//!
//! Arguments of a call show in the trace of an exception it throws. So what takes an access key, an API key or a
//! password never throws: it answers with a value.

#[allow(unsafe_code, reason = "the macros of ext-php-rs write unsafe functions for PHP to call")]
#[allow(clippy::needless_pass_by_value, reason = "PHP hands arguments over by value")]
pub mod agile_crm;
pub mod contact;
pub mod webhook;

use crate::crm::error::Error;
use crate::crm::worker::Worker;
use crate::user::field_map::{Entry, Refused, Stored};
use crate::user::value::Value;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};
use ext_php_rs::zend::{ClassEntry, ModuleGlobal, ModuleGlobals, ce};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub type Array = ZBox<ZendHashTable>;
pub type Bytes<'a> = BinarySlice<'a, u8>;

impl ModuleGlobal for Worker {}

pub static WORKER: ModuleGlobals<Worker> = ModuleGlobals::new();

/// A moment given as PHP's `microtime(true)`, on our own clock.
pub fn instant(unix_seconds: f64) -> Instant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Nobody waits a day; a huge number must not overflow the clock. (NaN is no time at all.)
    let left = (unix_seconds - now.as_secs_f64()).clamp(0.0, 86_400.0);
    Instant::now() + Duration::try_from_secs_f64(left).unwrap_or_default()
}

/// `AgileBridge\Exception`, which classes cannot be asked for by name yet while PHP starts.
static BASE: AtomicPtr<ClassEntry> = AtomicPtr::new(std::ptr::null_mut());
/// `AgileBridge\CrmUnavailable`, the same.
static UNAVAILABLE: AtomicPtr<ClassEntry> = AtomicPtr::new(std::ptr::null_mut());

/// Registers the exception classes. A `#[php_class]` exception would have no file, line or trace; these are plain
/// subclasses, thrown by name.
pub fn register_exceptions() -> ext_php_rs::error::Result<()> {
    let class = |name: &str| ClassBuilder::new(format!("AgileBridge\\{name}"));
    let keep = |class: &'static mut ClassEntry, _| BASE.store(class, Ordering::Release);
    class("Exception").extends((ce::exception, "\\Exception")).registration(keep).register()?;
    for name in ["NotConfigured", "ContactNotFound", "CrmUnauthorized", "FilterRefused", "PageTooHeavy"] {
        class(name).extends((base, "\\AgileBridge\\Exception")).registration(|_, _| {}).register()?;
    }
    let keep = |class: &'static mut ClassEntry, _| UNAVAILABLE.store(class, Ordering::Release);
    class("CrmUnavailable").extends((base, "\\AgileBridge\\Exception")).registration(keep).register()?;
    class("AnswerTooLarge").extends((unavailable, "\\AgileBridge\\CrmUnavailable")).registration(|_, _| {}).register()
}

fn base() -> &'static ClassEntry {
    kept(&BASE)
}

fn unavailable() -> &'static ClassEntry {
    kept(&UNAVAILABLE)
}

#[expect(unsafe_code, reason = "PHP keeps a registered class for the life of the process")]
fn kept(class: &AtomicPtr<ClassEntry>) -> &'static ClassEntry {
    unsafe { class.load(Ordering::Acquire).as_ref() }.unwrap_or_else(|| ce::exception())
}

pub fn exception(class: &str, message: &str, code: u16) -> PhpException {
    let class = ClassEntry::try_find(&format!("AgileBridge\\{class}")).unwrap_or_else(|| ce::exception());
    // A NUL byte would turn the exception into an `\Error`.
    PhpException::new(message.replace('\0', ""), i32::from(code), class)
}

/// The exception for an error: a class by what the caller does next, the status to answer as its code.
pub fn thrown(error: &Error) -> PhpException {
    let class = match error {
        Error::NotConfigured(_) => "NotConfigured",
        Error::ContactNotFound => "ContactNotFound",
        Error::Unauthorized { .. } => "CrmUnauthorized",
        Error::FilterRefused { .. } => "FilterRefused",
        Error::TooLarge(_) => "AnswerTooLarge",
        Error::Unavailable { .. } => "CrmUnavailable",
    };
    exception(class, &error.to_string(), error.http_status())
}

pub fn no_random_numbers() -> PhpException {
    exception("Exception", "the operating system gave no random numbers", 503)
}

pub fn array<const N: usize>(pairs: [(&str, Zval); N]) -> PhpResult<Array> {
    let mut array = ZendHashTable::new();
    for (key, value) in pairs {
        array.insert(key, value)?;
    }
    Ok(array)
}

pub fn zval(value: impl IntoZval) -> PhpResult<Zval> {
    Ok(value.into_zval(false)?)
}

pub fn values(data: BTreeMap<String, Value>) -> PhpResult<Array> {
    let mut array = ZendHashTable::new();
    for (key, value) in data {
        match value {
            Value::Text(text) => array.insert(key.as_str(), text)?,
            Value::List(items) => array.insert(key.as_str(), items)?,
        }
    }
    Ok(array)
}

/// The pairs of an array; the key is `None` where it is not valid UTF-8. (ext-php-rs' own iterators panic at such a key.)
pub fn pairs(array: &ZendHashTable) -> impl Iterator<Item = (Option<String>, &Zval)> {
    let mut pairs = array.iter();
    std::iter::from_fn(move || {
        let (key, value) = pairs.next_zval()?;
        let key = key.long().map_or_else(|| key.string(), |index| Some(index.to_string()));
        Some((key, value.dereference()))
    })
}

/// The values of an array, in its order.
pub fn items(array: &ZendHashTable) -> impl Iterator<Item = &Zval> {
    pairs(array).map(|(_, value)| value)
}

/// A text or a list of texts; numbers and booleans as PHP writes them; anything else is no value.
pub fn value_from(value: &Zval) -> Option<Value> {
    if let Some(list) = value.array() {
        return items(list).map(text_from).collect::<Option<_>>().map(Value::List);
    }
    text_from(value).map(Value::Text)
}

fn text_from(value: &Zval) -> Option<String> {
    if value.is_string() || value.is_long() || value.is_double() || value.is_bool() {
        return value.coerce_to_string();
    }
    None
}

pub fn entry_array(entry: Entry) -> PhpResult<Array> {
    array([
        ("crm", zval(entry.crm)?),
        ("wp", zval(entry.wp)?),
        ("type", zval(entry.kind.name())?),
        ("when_empty", zval(if entry.clear { "clear" } else { "keep" })?),
    ])
}

pub fn refused_array(refused: Refused) -> PhpResult<Array> {
    let index = i64::try_from(refused.index).unwrap_or(i64::MAX);
    array([("index", zval(index)?), ("wp", zval(refused.wp)?), ("reason", zval(refused.reason)?)])
}

pub fn stored_map(map: &ZendHashTable) -> Vec<Stored> {
    items(map)
        .map(|rule| {
            let rule = rule.array();
            let text = |key| rule.and_then(|rule| text_in(rule, key)).unwrap_or_default();
            // What is there and cannot be read is not what stands for nothing: no type, and no way to take an empty value.
            let choice = |key| match rule.and_then(|rule| rule.get(key)) {
                Some(value) => value.dereference().string().unwrap_or_else(|| "?".to_owned()),
                None => String::new(),
            };
            Stored { crm: text("crm"), wp: text("wp"), kind: choice("type"), when_empty: choice("when_empty") }
        })
        .collect()
}

fn text_in(array: &ZendHashTable, key: &str) -> Option<String> {
    array.get(ArrayKey::Str(key)).and_then(|value| value.dereference().string())
}
