use super::*;

fn one(value: &str, kind: Type, zone_name: &str) -> Option<String> {
    match read(value, kind, &zone(zone_name)) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
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
fn lists_come_from_commas_or_json() {
    let list = |value| read(value, Type::Multiselect, &TimeZone::UTC);
    let expected = |items: &[&str]| Some(Value::List(items.iter().map(|i| (*i).to_owned()).collect()));
    assert_eq!(list("a, b,,c "), expected(&["a", "b", "c"]));
    assert_eq!(list(r#"["a, b", 5, null, " "]"#), expected(&["a, b", "5"]));
    assert_eq!(list("[broken"), expected(&["[broken"]));
    assert_eq!(list("[VIP], gold"), expected(&["[VIP]", "gold"]));
    assert_eq!(list("[5667649732214784000123, 1.50]"), expected(&["5667649732214784000123", "1.50"]));
    for cut in [
        r#"["a", "b"#,
        r#"["a", {"b": 1}]"#,
        r#"["a", true]"#,
        r#"["a", "\ud800"]"#,
        r#"[ "a""#,
        r#"["a\u0000b"]"#,
        "a\u{1}, b",
    ] {
        assert_eq!(list(cut), None, "{cut}");
    }
}

#[test]
fn text_keeps_line_breaks_and_refuses_control_characters() {
    assert_eq!(one("a\r\n\tb", Type::Text, "UTC").as_deref(), Some("a\r\n\tb"));
    assert_eq!(one("a\u{1}b", Type::Text, "UTC"), None);
    assert_eq!(one("a\u{1}b", Type::Raw, "UTC").as_deref(), Some("a\u{1}b"));
    assert_eq!(one("a\0b", Type::Raw, "UTC"), None);
}
