use super::*;

fn contact(emails: &[(&str, &str)]) -> Contact {
    let emails = emails.iter().map(|(subtype, value)| {
        format!(r#"{{"type":"SYSTEM","name":"email","subtype":"{subtype}","value":"{value}"}}"#)
    });
    let emails = emails.collect::<Vec<_>>().join(",");
    Contact::from_json(format!(r#"{{"id":1,"type":"PERSON","properties":[{emails}]}}"#).as_bytes()).unwrap()
}

#[test]
fn the_order_of_preference_decides() {
    let all = [
        ("x", "x@e.co"),
        ("home", "h@e.co"),
        ("personal", "p@e.co"),
        ("primary", "m@e.co"),
        ("", "n@e.co"),
        ("work", "W@e.co "),
    ];
    for (left, expected) in [(6, "w@e.co"), (5, "n@e.co"), (4, "m@e.co"), (3, "p@e.co"), (2, "h@e.co"), (1, "x@e.co")] {
        assert_eq!(choose(&contact(&all[..left])).chosen.as_deref(), Ok(expected));
    }
    assert_eq!(choose(&contact(&all)).all.len(), 6);
}

#[test]
fn the_first_that_is_there_decides_even_if_it_is_wrong() {
    let choice = choose(&contact(&[("home", "h@e.co"), ("work", "broken"), ("work", "")]));
    assert_eq!(choice, Choice { chosen: Err(Problem::Invalid), all: vec!["h@e.co".to_owned()], is_whole: true });
    assert_eq!(choose(&contact(&[("work", " ")])).chosen, Err(Problem::Missing));
    assert_eq!(choose(&contact(&[("work", ""), ("home", "h@e.co")])).chosen.as_deref(), Ok("h@e.co"));
}

#[test]
fn a_custom_field_of_that_name_is_no_address() {
    let json = br#"{"id":1,"type":"PERSON","properties":[{"type":"CUSTOM","name":"email","value":"evil@e.co"},
        {"name":"email","subtype":"home","value":"h@e.co"}]}"#;
    let choice = choose(&Contact::from_json(json).unwrap());
    assert_eq!(choice, Choice { chosen: Ok("h@e.co".to_owned()), all: vec!["h@e.co".to_owned()], is_whole: true });
}

#[test]
fn an_address_that_cannot_be_read_decides_as_a_wrong_one_does() {
    let choice = choose(&contact(&[("home", "h@e.co"), ("work", "w\\ud800@e.co")]));
    assert_eq!(choice, Choice { chosen: Err(Problem::Invalid), all: vec!["h@e.co".to_owned()], is_whole: false });
    assert_eq!(choose(&contact(&[("work", "\u{200b}"), ("home", "h@e.co")])).chosen.as_deref(), Ok("h@e.co"));
    assert_eq!(choose(&contact(&[("work", "\u{feff} ")])).chosen, Err(Problem::Missing));
}

#[test]
fn what_nobody_sees_around_an_address_is_trimmed() {
    let marks = "\u{200b}\u{200f}\u{202a}\u{2068}\u{feff}\u{a0}\u{61c}\u{ad}";
    assert_eq!(normalize(&format!("{marks}Ana@Example.com{marks}")).as_deref(), Some("ana@example.com"));
    assert_eq!(normalize("an\u{200b}a@example.com"), None);
}

#[test]
fn plain_addresses_pass_and_others_do_not() {
    for good in ["a@b.co", "jane+news@example.com", "o'brien@x-y.example", "a.b@c.d.e"] {
        assert_eq!(normalize(good).as_deref(), Some(good));
    }
    assert_eq!(normalize(" Ana@Example.COM\t").as_deref(), Some("ana@example.com"));
    let long = format!("{}@{}.co", "a".repeat(64), "b".repeat(33));
    assert!(normalize(&long).is_none() && normalize(&long.replacen('a', "", 1)).is_some());
    for bad in [
        "",
        "a",
        "@b.co",
        "a@",
        "a@b",
        "a@b.",
        "a@.co",
        "a@-b.co",
        "a@b-.co",
        "a b@c.co",
        "a@b@c.co",
        ".a@b.co",
        "a..b@c.co",
        "a.@b.co",
        "\u{e1}dmin@example.com",
        "a@ex\u{e4}mple.com",
        "\u{ff41}@b.co",
        "\"a\"@b.co",
        "a@[127.0.0.1]",
        "a@b_c.co",
    ] {
        assert_eq!(normalize(bad), None, "{bad:?}");
    }
}

#[test]
fn twenty_addresses_count_and_one_more_may_be_any() {
    let with = |count: usize| {
        let email = |number: usize| format!(r#"{{"name":"email","subtype":"home","value":"a{number}@e.co"}}"#);
        let emails: Vec<String> = (0..count).map(email).collect();
        let json = format!(r#"{{"id":1,"type":"PERSON","properties":[{}]}}"#, emails.join(","));
        Contact::from_json(json.as_bytes()).unwrap()
    };
    let (twenty, more) = (with(20), with(30));
    assert_eq!((choose(&twenty).all.len(), choose(&twenty).is_whole, are_too_many(&twenty)), (20, true, false));
    assert_eq!((choose(&more).all.len(), choose(&more).is_whole, are_too_many(&more)), (20, false, true));
    assert!(carries(&more, "a29@e.co") && !carries(&twenty, "a29@e.co") && carries(&twenty, "a19@e.co"));
}
