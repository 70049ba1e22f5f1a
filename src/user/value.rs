//! One CRM value, read as the type the field map gives it, into what WordPress stores.

use crate::contact::{json, markup};
use crate::user::field_map::Type;
use crate::user::{date, number};
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

/// What WordPress stores: one text, or a list of texts (serialised by WordPress).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    List(Vec<String>),
}

impl Value {
    pub fn empty() -> Self {
        Self::Text(String::new())
    }
}

/// `None` if the type cannot read the value.
pub fn read(value: &str, kind: Type, zone: &TimeZone) -> Option<Value> {
    // No field of WordPress holds a NUL, and no form could send one.
    if value.contains('\0') {
        return None;
    }
    match kind {
        Type::Text => text(value),
        Type::Raw => Some(Value::Text(value.to_owned())),
        Type::Number => number::plain(value).map(Value::Text),
        Type::Checkbox => checkbox(value),
        Type::Date => date::read(value, zone).map(|day| Value::Text(day.strftime("%Y-%m-%d").to_string())),
        Type::Multiselect => list(value),
    }
}

/// The zone of a site from WordPress' `wp_timezone_string()`: `Europe/Madrid` or `+05:30`; UTC if it is neither.
pub fn zone(name: &str) -> TimeZone {
    let offset = || jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(name).ok();
    TimeZone::get(name).ok().or_else(offset).unwrap_or(TimeZone::UTC)
}

fn text(value: &str) -> Option<Value> {
    is_text(value).then(|| Value::Text(value.to_owned()))
}

fn is_text(value: &str) -> bool {
    !value.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn checkbox(value: &str) -> Option<Value> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    if is_one_of(["on", "true", "yes", "1"]) {
        Some(Value::Text("1".to_owned()))
    } else if is_one_of(["off", "false", "no", "0"]) {
        Some(Value::Text("0".to_owned()))
    } else {
        None
    }
}

/// A JSON array's texts and numbers, or what stands between commas, without markup; empty items are left out. A part of a list is not the list:
/// an array with an item that is neither, or one that was cut off, is none.
fn list(value: &str) -> Option<Value> {
    let items = match serde_json::from_str::<&RawValue>(value).ok().filter(|_| value.starts_with('[')) {
        Some(array) => json::items(array)?.into_iter().map(json::word).collect::<Option<Vec<String>>>()?,
        None if value.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('"')) => return None,
        None => value.split(',').map(str::to_owned).collect(),
    };
    // In JSON a NUL is escaped, and so was not seen above.
    if !items.iter().all(|item| is_text(item.trim())) {
        return None;
    }
    let items = items.iter().map(|item| markup::stripped(item).trim().to_owned());
    Some(Value::List(items.filter(|item| !item.is_empty()).collect()))
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
