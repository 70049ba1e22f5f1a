use super::*;

fn one<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Malformed> {
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

#[test]
fn a_plus_inside_of_an_address_is_one() {
    let email =
        |query: &str| one(&Parameters::read(query.as_bytes(), b""), "email").map(|value| value.map(str::to_owned));
    for (query, address) in [
        ("email=jane+news@example.com", "jane+news@example.com"),
        ("email=jane%2Bnews@example.com&email=jane+news%40example.com", "jane+news@example.com"),
        ("email=a+b+c@example.com", "a+b+c@example.com"),
        ("email=%61+%62@example.com", "a+b@example.com"),
        ("email=+ana@example.com+", " ana@example.com "),
        ("email=jane%20news@example.com", "jane news@example.com"),
        ("email=jane+%20news@example.com", "jane  news@example.com"),
        ("email=a++b@example.com", "a  b@example.com"),
        ("email=ana+@example.com", "ana @example.com"),
        ("email=ana@exa+mple.com", "ana@exa mple.com"),
    ] {
        assert_eq!(email(query), Ok(Some(address.to_owned())), "{query}");
    }
    assert_eq!(email("email=a+b@c.co&email=a%20b@c.co"), Err(Malformed::TwoValues));
    assert_eq!(one(&Parameters::read(b"role=Shop+Manager", b""), "role"), Ok(Some("Shop Manager")));
}

/// What a stranger sends costs no more than reading it.
#[test]
fn nothing_is_kept_of_what_nobody_knows() {
    let long = format!("send_notification{}=x&{}", "x".repeat(1000), "access_key=12345678&".repeat(50_000));
    let parameters = Parameters::read(long.as_bytes(), &b"+&".repeat(500_000));
    assert!(!parameters.has("send_notification"));
    assert_eq!(one(&parameters, "access_key"), Ok(Some("12345678")));
    assert_eq!(parameters.get("access_key").and_then(|parameter| parameter.value.as_ref()).map(Vec::len), Some(8));
    assert!(size_of::<Parameters>() < 500);
}
