//! The day that a CRM value names: an epoch, as Agile CRM keeps its dates, or a text, as imports have left it there.
//!
//! Nobody's birthday moves with the server's time zone: of a text the day that is written is the day, whatever time and zone
//! stand beside it. Only an epoch names a moment, which is shown in the site's zone.

use crate::user::number;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

/// Years of which a date in a CRM can be. As seconds and as milliseconds a number is a thousandfold apart, so hardly one is
/// both.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Forms of a day that a time may follow. The American one is Agile CRM's own, and WP Fusion's.
const FORMS: [&str; 8] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%d %b %Y",
    // As JavaScript prints it.
    "%a %b %d %Y",
];

/// `None` if the value names no day, or may name two.
pub fn read(value: &str, zone: &TimeZone) -> Option<Date> {
    if value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'))
        && !value.get(1..).is_some_and(|rest| rest.contains('-'))
    {
        return of_epoch(value, zone);
    }
    // A year of two digits, or none that a calendar of people has, is a slip and not a date.
    of_text(value).filter(|day| day.year() >= 1000)
}

/// Seconds or milliseconds, by which of them is in a plausible year.
fn of_epoch(value: &str, zone: &TimeZone) -> Option<Date> {
    let digits = number::plain(value)?;
    let digits = digits
        .split_once('.')
        .map_or(digits.as_str(), |(whole, zeros)| if zeros.bytes().all(|zero| zero == b'0') { whole } else { "" });
    let number: i64 = digits.parse().ok().filter(|_| !is_calendar(digits))?;
    let day = |moment: Result<Timestamp, jiff::Error>| {
        let day = moment.ok()?.to_zoned(zone.clone()).date();
        YEARS.contains(&day.year()).then_some(day)
    };
    day(Timestamp::from_second(number)).or_else(|| day(Timestamp::from_millisecond(number)))
}

/// `2016`, `201611` and `20161120` look like a year, a month and a day, and as seconds they are in 1970. Which of the two is
/// meant nobody can tell; the CRM's own epochs are midnights, and end in `00`.
fn is_calendar(value: &str) -> bool {
    let part = |from: usize, to: usize| value.get(from..to).and_then(|digits| digits.parse::<i16>().ok());
    let is = |from, to, range: std::ops::RangeInclusive<i16>| part(from, to).is_some_and(|part| range.contains(&part));
    match value.len() {
        4 => is(0, 4, YEARS),
        6 => is(0, 4, YEARS) && is(4, 6, 1..=12),
        8 => is(0, 4, YEARS) && is(4, 6, 1..=12) && is(6, 8, 1..=31),
        _ => false,
    }
}

fn of_text(value: &str) -> Option<Date> {
    let day = || FORMS.iter().find_map(|form| day_and_time(form, value));
    // ISO 8601, with an offset or a zone or without.
    let iso = || Some(Pieces::parse(value).ok()?.date());
    let mail = || Some(jiff::fmt::rfc2822::parse(value).ok()?.date());
    day().or_else(|| of_java(value)).or_else(iso).or_else(mail)
}

/// `Fri Nov 20 00:00:00 UTC 2026`: the year comes last, after the zone.
fn of_java(value: &str) -> Option<Date> {
    let (rest, year) = value.rsplit_once(' ')?;
    let mut words = rest.splitn(4, ' ');
    let (weekday, month, day) = (words.next()?, words.next()?, words.next()?);
    let time = words.next()?;
    if year.len() != 4 || !is_time(time) {
        return None;
    }
    Date::strptime("%a %b %d %Y", format!("{weekday} {month} {day} {year}")).ok()
}

fn day_and_time(form: &str, value: &str) -> Option<Date> {
    let (day, length) = BrokenDownTime::parse_prefix(form, value).ok()?;
    let rest = value.get(length..)?;
    let rest_is_time =
        rest.is_empty() || rest.strip_prefix([' ', ',', 'T', 't']).is_some_and(|time| is_time(time.trim()));
    rest_is_time.then(|| day.to_date().ok())?
}

/// `12:00`, `12:00:00.000`, `12:00 PM`, and a zone after it.
fn is_time(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.splitn(3, ':');
    let mut part = |most: u8| -> Option<u8> {
        let part = parts.next()?;
        (part.len() <= 2).then(|| part.parse::<u8>().ok())?.filter(|part| *part <= most)
    };
    let Some(hour) = part(23) else { return false };
    if part(59).is_none() {
        return false;
    }
    let second_fits = parts.next().is_none_or(|second| {
        let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A leap second is a second.
        digits(fraction) && whole.len() <= 2 && whole.parse::<u8>().is_ok_and(|second| second <= 60)
    });
    let mut words = rest.split_whitespace().peekable();
    let half = words.next_if(|word| ["am", "pm", "a.m.", "p.m."].iter().any(|half| word.eq_ignore_ascii_case(half)));
    second_fits && (half.is_none() || (1..=12).contains(&hour)) && words.all(is_zone)
}

/// `Z`, `UTC`, `CEST`, `+0100`, `GMT+01:00`, `(CET)`.
fn is_zone(word: &str) -> bool {
    if word.len() > 2 && word.starts_with('(') && word.ends_with(')') {
        return true;
    }
    let (name, offset) = word.find(['+', '-']).map_or((word, ""), |sign| word.split_at(sign));
    let offset = offset.get(1..).unwrap_or_default();
    name.len() <= 5
        && name.bytes().all(|byte| byte.is_ascii_alphabetic())
        && offset.len() <= 5
        && offset.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
