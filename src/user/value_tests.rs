use super::*;

fn one(value: &str, kind: Type, zone_name: &str) -> Option<String> {
    match read(value, kind, &zone(zone_name)) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

#[test]
fn dates_are_days_in_the_sites_zone() {
    // 2016-11-19 18:30:00 UTC, midnight in India: the vendor's own sample.
    for value in ["1479580200", "1479580200000", "2016-11-19T18:30:00Z", "Sat, 19 Nov 2016 18:30:00 +0000"] {
        assert_eq!(one(value, Type::Date, "Asia/Kolkata").as_deref(), Some("2016-11-20"), "{value}");
        assert_eq!(one(value, Type::Date, "+05:30").as_deref(), Some("2016-11-20"), "{value}");
        assert_eq!(one(value, Type::Date, "UTC").as_deref(), Some("2016-11-19"), "{value}");
    }
    for value in ["2016-11-20", "2016/11/20", "11/20/2016", "November 20, 2016", "20 Nov 2016", "2016-11-20 23:59:00"] {
        assert_eq!(one(value, Type::Date, "America/Lima").as_deref(), Some("2016-11-20"), "{value}");
    }
    assert_eq!(one("-86400", Type::Date, "UTC").as_deref(), Some("1969-12-31"));
    for value in
        ["soon", "11/20/16", "-99999999999999", "20/11/2016", "2016-13-01", "99999999999999999999", "9999999999999999"]
    {
        assert_eq!(one(value, Type::Date, "UTC"), None, "{value}");
    }
}

#[test]
fn an_unknown_zone_is_utc() {
    assert_eq!(one("1479580200", Type::Date, "Nowhere/At all").as_deref(), Some("2016-11-19"));
}

#[test]
fn checkboxes_are_one_or_zero() {
    assert_eq!(one("on", Type::Checkbox, "UTC").as_deref(), Some("1"));
    assert_eq!(one("OFF", Type::Checkbox, "UTC").as_deref(), Some("0"));
    assert_eq!(one("maybe", Type::Checkbox, "UTC"), None);
}

#[test]
fn numbers_are_kept_as_written() {
    for good in ["0", "-1", "12345678901234567890", "1.50"] {
        assert_eq!(one(good, Type::Number, "UTC").as_deref(), Some(good));
    }
    for bad in ["", "-", "1,000", "1.", ".5", "1e3", "0x1", "1.2.3", "--1"] {
        assert_eq!(one(bad, Type::Number, "UTC"), None, "{bad}");
    }
}

#[test]
fn lists_come_from_commas_or_json() {
    let list = |value| read(value, Type::Multiselect, &TimeZone::UTC);
    let expected = |items: &[&str]| Some(Value::List(items.iter().map(|i| (*i).to_owned()).collect()));
    assert_eq!(list("a, b,,c "), expected(&["a", "b", "c"]));
    assert_eq!(list(r#"["a, b", 5, null, " "]"#), expected(&["a, b", "5"]));
    assert_eq!(list("[broken"), expected(&["[broken"]));
}

#[test]
fn text_keeps_line_breaks_and_refuses_control_characters() {
    assert_eq!(one("a\r\n\tb", Type::Text, "UTC").as_deref(), Some("a\r\n\tb"));
    assert_eq!(one("a\u{1}b", Type::Text, "UTC"), None);
    assert_eq!(one("a\u{1}b", Type::Raw, "UTC").as_deref(), Some("a\u{1}b"));
    assert_eq!(one("a\0b", Type::Raw, "UTC"), None);
}
