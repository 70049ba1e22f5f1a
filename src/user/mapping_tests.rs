use super::*;

fn contact() -> Contact {
    Contact::from_json(
        br#"{"id":1,"type":"PERSON","properties":[
          {"type":"SYSTEM","name":"first_name","value":"Ana"},
          {"type":"SYSTEM","name":"email","subtype":"personal","value":"Ana.R@example.org"},
          {"type":"SYSTEM","name":"email","subtype":"work","value":"ana@example.com"},
          {"type":"SYSTEM","name":"phone","subtype":"home fax","value":"1"},
          {"type":"SYSTEM","name":"phone","subtype":"work","value":"2"},
          {"type":"SYSTEM","name":"address","subtype":"home","value":"plain text"},
          {"type":"SYSTEM","name":"address","value":"{\"zip\":41001,\"city\":\"Sevilla \",\"state\":\"\"}"},
          {"type":"CUSTOM","name":"Plan","value":"gold"},
          {"type":"CUSTOM","name":"A+B","value":"sum"},
          {"type":"CUSTOM","name":"Secret","value":"short"},
          {"type":"CUSTOM","name":"Empty","value":" "},
          {"type":"CUSTOM","name":"Birthday","value":"soon"}]}"#,
    )
    .unwrap()
}

fn rule(crm: &str, wp: &str) -> Stored {
    Stored { crm: crm.to_owned(), wp: wp.to_owned(), ..Stored::default() }
}

fn mapped(map: &[Stored]) -> UserData {
    user_data(&contact(), map, "UTC")
}

fn text(user: &UserData, key: &str) -> Option<String> {
    match user.data.get(key) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

#[test]
fn without_a_map_the_defaults_are_mapped() {
    let user = mapped(&[]);
    assert_eq!(user.data.keys().collect::<Vec<_>>(), ["first_name", "user_email"]);
    assert_eq!(text(&user, "user_email").as_deref(), Some("ana@example.com"));
    assert_eq!(user.emails, ["ana.r@example.org", "ana@example.com"]);
}

#[test]
fn properties_are_named_in_wp_fusions_notation() {
    for (crm, expected) in [
        ("phone+home fax", Some("1")),
        ("phone", Some("1")),
        ("phone+mobile", None),
        ("address+city", Some("Sevilla")),
        ("address+zip", Some("41001")),
        ("address+state", None),
        ("Plan", Some("gold")),
        ("plan", None),
        ("A+B", Some("sum")),
        ("email", Some("ana@example.com")),
        ("email+personal", Some("Ana.R@example.org")),
    ] {
        assert_eq!(text(&mapped(&[rule(crm, "x")]), "x").as_deref(), expected, "{crm}");
    }
}

#[test]
fn an_explicit_email_has_no_fallback() {
    let user = mapped(&[rule("email+personal", "user_email")]);
    assert_eq!(text(&user, "user_email").as_deref(), Some("ana.r@example.org"));
    let user = mapped(&[rule("email+home", "user_email")]);
    assert_eq!((text(&user, "user_email"), user.email_problem), (None, Some(Problem::Missing)));
    let user = mapped(&[rule("Plan", "user_email")]);
    assert_eq!((text(&user, "user_email"), user.email_problem), (None, Some(Problem::Invalid)));
}

#[test]
fn empty_values_keep_or_clear() {
    let clear = Stored { when_empty: "clear".to_owned(), ..rule("Empty", "cleared") };
    let user = mapped(&[clear, rule("Empty", "kept")]);
    assert_eq!(text(&user, "cleared").as_deref(), Some(""));
    assert!(!user.data.contains_key("kept"));
}

#[test]
fn an_empty_list_is_an_empty_value() {
    let json = br#"{"id":1,"type":"PERSON","properties":[{"type":"CUSTOM","name":"Friends","value":"[]"}]}"#;
    let contact = Contact::from_json(json).unwrap();
    let list = |wp: &str, when_empty: &str| Stored {
        kind: "multiselect".to_owned(),
        when_empty: when_empty.to_owned(),
        ..rule("Friends", wp)
    };
    let user = user_data(&contact, &[list("kept", "keep"), list("cleared", "clear")], "UTC");
    assert_eq!(user.data.into_iter().collect::<Vec<_>>(), [("cleared".to_owned(), Value::empty())]);
}

#[test]
fn what_cannot_be_read_or_held_is_named() {
    let date = Stored { kind: "date".to_owned(), ..rule("Birthday", "birthday") };
    let user = mapped(&[date, rule("Secret", "user_pass"), rule("Plan", "plan")]);
    assert_eq!((user.refused, user.password_refused), (vec!["birthday".to_owned()], true));
}

#[test]
fn filters_pass_the_same_guards() {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let list = || Some(Value::List(vec!["a".to_owned()]));
    let data = [
        ("user_email", text("Ana@Example.com")),
        ("first_name", list()),
        ("plan", list()),
        ("wp_capabilities", list()),
        ("user_pass", text("short")),
        ("user_login", text(&"x".repeat(61))),
        ("nul", text("a\0")),
        ("object", None),
    ];
    let (kept, refused) = guard(data.map(|(key, value)| (key.to_owned(), value)).into());
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["plan", "user_email"]);
    assert_eq!(kept.get("user_email"), text("ana@example.com").as_ref());
    assert_eq!(refused.len(), 6);
}

#[test]
fn what_cannot_be_read_is_refused_and_not_emptied() {
    let of = |properties: &str, rules: &[(&str, &str)]| {
        let json = format!(r#"{{"id":1,"type":"PERSON","properties":{properties}}}"#);
        let clear = |(crm, kind): &(&str, &str)| Stored {
            kind: (*kind).to_owned(),
            when_empty: "clear".to_owned(),
            ..rule(crm, "x")
        };
        let map: Vec<Stored> = rules.iter().map(clear).collect();
        let user = user_data(&Contact::from_json(json.as_bytes()).unwrap(), &map, "UTC");
        (text(&user, "x"), user.refused.contains(&"x".to_owned()))
    };
    let (empty, refused) = ((Some(String::new()), false), (None, true));
    for (properties, crm, kind, expected) in [
        ("[]", "Plan", "", &empty),
        (r#"[{"name":"Plan","value":"\ud800"}]"#, "Plan", "", &refused),
        (r#"[{"name":"Plan","value":"\ud800"}]"#, "plan", "", &empty),
        (r#"[{"name":"phone","subtype":5.5,"value":"1"}]"#, "phone+work", "", &empty),
        (r#"[{"name":"phone","subtype":[],"value":"1"}]"#, "phone+work", "", &refused),
        (r#"[{"name":"address","value":"Calle 1"}]"#, "address+city", "", &refused),
        (r#"[{"name":"address","value":"{\"zip\":1}"}]"#, "address+city", "", &empty),
        (r#"[{"name":"address","value":"{\"city\":[]}"}]"#, "address+city", "", &refused),
        (r#"[{"name":"address","value":"{\"city\":null}"}]"#, "address+city", "", &empty),
        (r#"[{"name":"email","value":"nonsense"}]"#, "email", "", &refused),
        (r#"[{"name":"email","value":" "}]"#, "email", "", &empty),
        (r#"[{"name":"L","value":"[\"a\",{}]"}]"#, "L", "multiselect", &refused),
        (r#"[{"name":"L","value":"[]"}]"#, "L", "multiselect", &empty),
        ("null", "Plan", "", &refused),
        ("5", "Plan", "", &refused),
    ] {
        assert_eq!(&of(properties, &[(crm, kind)]), expected, "{properties} {crm}");
    }
    let address = r#"[{"name":"address","value":"{\"city\":\"Sevilla\",\"zip\":\"\\ud800\"}"}]"#;
    assert_eq!(of(address, &[("address+city", "")]), (Some("Sevilla".to_owned()), false));
}
