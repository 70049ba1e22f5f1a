//! Every type of the field map: what is read is a value of that type, and reading it again changes nothing.

use crate::config;
use crate::json::any_text;
use agile_bridge::contact::email;
use agile_bridge::user::field_map::Type;
use agile_bridge::user::value::{Value, read, zone};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const TYPES: [Type; 6] = [Type::Text, Type::Date, Type::Checkbox, Type::Number, Type::Multiselect, Type::Raw];
const ZONES: [&str; 4] = ["UTC", "America/Lima", "Asia/Kolkata", "Pacific/Kiritimati"];

fn number_like() -> impl Strategy<Value = String> {
    prop_oneof!["-?[0-9]{1,14}(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", "[-+.eE0-9]{0,12}"]
}

fn date_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( [AP]M)?)?",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
        "(Mon|Fri) (Nov|Feb) [0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2} [A-Z]{3} [0-9]{4}",
    ]
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_read_reads_again_as_the_same(
        value in prop_oneof![any_text(), number_like(), date_like()], kind in select(&TYPES[..]), zone_name in select(&ZONES[..]),
    ) {
        let zone = zone(zone_name);
        let once = read(&value, kind, &zone);
        match &once {
            Some(Value::Text(text)) => {
                prop_assert_eq!(kind == Type::Multiselect, false);
                prop_assert!(!text.contains('\0'));
                prop_assert_eq!(&read(text, kind, &zone), &once, "{:?} {}", kind, value);
            }
            Some(Value::List(items)) => {
                prop_assert_eq!(kind, Type::Multiselect);
                prop_assert!(items.iter().all(|item| !item.trim().is_empty() && item.trim() == item));
                let again = serde_json::to_string(items).expect("JSON");
                prop_assert_eq!(&read(&again, kind, &zone), &once, "{}", value);
            }
            None => {}
        }
    }

    #[test]
    fn a_number_is_the_same_number(value in number_like()) {
        if let Some(digits) = text(read(&value, Type::Number, &zone("UTC"))) {
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
            prop_assert!(is_plain && digits.parse::<f64>().is_ok(), "{} {}", value, digits);
            let (written, read): (f64, f64) = (value.parse().expect("a number"), digits.parse().expect("a number"));
            prop_assert!((written - read).abs() <= written.abs() * 1e-12, "{} {}", value, digits);
        }
    }

    #[test]
    fn a_day_that_is_written_is_the_day_in_every_zone(
        year in 1900..2200_i16, month in 1..=12_i8, day in 1..=31_i8, hour in 0..24_i8, form in select(&FORMS[..]),
    ) {
        let Ok(date) = jiff::civil::Date::new(year, month, day) else { return Ok(()) };
        let written = date.at(hour, 59, 59, 0).strftime(form).to_string();
        for zone_name in ZONES {
            let got = text(read(&written, Type::Date, &zone(zone_name)));
            prop_assert_eq!(got, Some(date.to_string()), "{} {}", written, zone_name);
        }
    }

    #[test]
    fn whatever_looks_like_a_date_is_one_day_or_none(value in prop_oneof![date_like(), any_text()]) {
        let days = ZONES.map(|name| text(read(&value, Type::Date, &zone(name))));
        if value.contains(['/', ':', ' ']) {
            prop_assert!(days.iter().all(|day| *day == days[0]), "{} {:?}", value, days);
        }
        for day in days.into_iter().flatten() {
            prop_assert!(day.parse::<jiff::civil::Date>().is_ok() && day.len() == 10, "{}", day);
        }
    }

    /// Of a plausible year in seconds or in milliseconds; and no number is read as a day that no clock shows for it.
    #[test]
    fn an_epoch_is_its_moment(seconds in -2_208_988_800_i64..7_289_654_400) {
        let day = |value: &str| text(read(value, Type::Date, &zone("UTC")));
        let expected = jiff::Timestamp::from_second(seconds).expect("a moment").to_zoned(zone("UTC")).date().to_string();
        let in_seconds = day(&seconds.to_string());
        prop_assert!(in_seconds.is_none() || in_seconds.as_deref() == Some(&*expected), "{}", seconds);
        prop_assert!(in_seconds.is_some() || seconds.unsigned_abs() < 100_000_000, "{}", seconds);
        // As seconds it would be beyond the year 2200.
        if seconds.unsigned_abs() > 7_289_654 {
            prop_assert_eq!(day(&(seconds * 1000).to_string()), Some(expected), "{}", seconds);
        }
    }

    #[test]
    fn a_list_is_the_same_by_commas_and_as_json(items in vec("[a-zA-Z0-9ü]{1,6}( [a-z]{1,4})?", 0..6)) {
        let expected = Some(Value::List(items.clone()));
        prop_assert_eq!(&read(&items.join(", "), Type::Multiselect, &zone("UTC")), &expected);
        let json = serde_json::to_string(&items).expect("JSON");
        prop_assert_eq!(&read(&json, Type::Multiselect, &zone("UTC")), &expected);
        // Cut off it is not another list.
        if !items.is_empty() {
            prop_assert_eq!(read(&json[..json.len() - 1], Type::Multiselect, &zone("UTC")), None);
        }
    }

    #[test]
    fn an_address_is_plain_and_stays_as_it_is(value in prop_oneof![any_text(), "[ \u{200b}]?[a-zA-Z+.']{1,9}@[a-z.-]{1,12}[ \u{200e}]?"]) {
        if let Some(address) = email::normalize(&value) {
            prop_assert!(address.is_ascii() && address.len() <= 100 && !address.contains(char::is_whitespace));
            prop_assert_eq!(email::normalize(&address), Some(address.clone()));
        }
    }
}

const FORMS: [&str; 12] = [
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S.000Z",
    "%Y-%m-%dT%H:%M:%S+05:30",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%b %d, %Y %I:%M:%S %p",
    "%d %B %Y",
    "%a %b %d %H:%M:%S PST %Y",
    "%a, %d %b %Y %H:%M:%S -0800",
];
