//! One CRM value, read as the type the field map gives it, into what WordPress stores.

use crate::user::field_map::Type;
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

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

/// Epoch numbers from here on are milliseconds: as seconds they would be the year 5138. (Old imports left such values.)
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Date texts seen in imports: Agile CRM's own form is the American one.
const DATE_FORMS: [&str; 7] = ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y"];

/// `None` if the type cannot read the value.
pub fn read(value: &str, kind: Type, zone: &TimeZone) -> Option<Value> {
    // No field of WordPress holds a NUL, and no form could send one.
    if value.contains('\0') {
        return None;
    }
    match kind {
        Type::Text => text(value),
        Type::Raw => Some(Value::Text(value.to_owned())),
        Type::Number => number(value),
        Type::Checkbox => checkbox(value),
        Type::Date => date(value, zone),
        Type::Multiselect => Some(list(value)),
    }
}

/// The zone of a site from WordPress' `wp_timezone_string()`: `Europe/Madrid` or `+05:30`; UTC if it is neither.
pub fn zone(name: &str) -> TimeZone {
    let offset = || jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(name).ok();
    TimeZone::get(name).ok().or_else(offset).unwrap_or(TimeZone::UTC)
}

fn text(value: &str) -> Option<Value> {
    let unreadable = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!value.contains(unreadable)).then(|| Value::Text(value.to_owned()))
}

/// A decimal number as it is written; thousands separators are not guessed at.
fn number(value: &str) -> Option<Value> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction)).then(|| Value::Text(value.to_owned()))
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

fn date(value: &str, zone: &TimeZone) -> Option<Value> {
    // A year of two digits, or none that a calendar of people has, is a slip and not a date.
    let day = epoch_day(value, zone).or_else(|| day_of_text(value, zone)).filter(|day| day.year() >= 1000)?;
    Some(Value::Text(day.strftime("%Y-%m-%d").to_string()))
}

fn epoch_day(value: &str, zone: &TimeZone) -> Option<civil::Date> {
    let number: i64 = value.parse().ok()?;
    let instant = if number.unsigned_abs() >= MILLISECONDS_FROM.unsigned_abs() {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    Some(instant.ok()?.to_zoned(zone.clone()).date())
}

/// A text with an offset names an instant and is shown in the site's zone; one without names a day.
fn day_of_text(value: &str, zone: &TimeZone) -> Option<civil::Date> {
    let in_zone = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let instant = value.parse::<Timestamp>().ok().map(in_zone);
    let rfc_2822 = || jiff::fmt::rfc2822::parse(value).ok().map(|zoned: Zoned| in_zone(zoned.timestamp()));
    let day = || DATE_FORMS.iter().find_map(|form| civil::Date::strptime(form, value).ok());
    let day_and_time = || value.parse::<civil::DateTime>().ok().map(civil::DateTime::date);
    instant.or_else(rfc_2822).or_else(day).or_else(day_and_time)
}

/// A JSON array's texts and numbers, or what stands between commas; empty items are left out.
fn list(value: &str) -> Value {
    let json: Option<Vec<serde_json::Value>> = serde_json::from_str(value).ok();
    let items: Vec<String> = match json {
        Some(items) => items.into_iter().filter_map(item).collect(),
        None => value.split(',').map(str::to_owned).collect(),
    };
    Value::List(items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

fn item(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
