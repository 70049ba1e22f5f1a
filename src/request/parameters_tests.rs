use super::*;

fn one<'a>(parameters: &'a Parameters<'a>, name: &str) -> Result<Option<&'a str>, Malformed> {
    parameters.one(name)
}

#[test]
fn names_are_exact() {
    let parameters = Parameters::read(b"wpf.action=add&wpf%20action=add&WPF_ACTION=add", b"");
    assert!(!parameters.has("wpf_action"));
    assert!(Parameters::read(b"a=1&wpf%5Faction", b"").has("wpf_action"));
    assert!(Parameters::read(b"", b"wpf_action=").has("wpf_action"));
}

#[test]
fn the_same_value_twice_is_one_and_empty_is_absent() {
    let parameters = Parameters::read(b"role=a+b&role=a%20b&role=&email=", b"role=a b");
    assert_eq!(one(&parameters, "role"), Ok(Some("a b")));
    assert_eq!(one(&parameters, "email"), Ok(None));
    assert_eq!(one(&parameters, "x"), Ok(None));
}

#[test]
fn ambiguous_values_are_malformed() {
    for (query, reason) in [
        ("role=a&role=b", Malformed::TwoValues),
        ("role[]=a", Malformed::Array),
        ("role=a&role%5Bx%5D=a", Malformed::Array),
        ("role=%ff", Malformed::NotUtf8),
        ("role=a%00", Malformed::ControlCharacter),
        ("role=a%0a", Malformed::ControlCharacter),
        ("role=%c2%85", Malformed::ControlCharacter),
    ] {
        assert_eq!(one(&Parameters::read(query.as_bytes(), b""), "role"), Err(reason), "{query}");
    }
    assert_eq!(one(&Parameters::read(b"role=a", b"role=b"), "role"), Err(Malformed::TwoValues));
}

#[test]
fn broken_percent_signs_stay_as_they_are() {
    assert_eq!(one(&Parameters::read(b"role=100%&x=%zz", b""), "role"), Ok(Some("100%")));
}
