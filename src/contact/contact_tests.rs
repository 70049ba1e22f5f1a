use super::*;
use crate::contact::page::Page;

#[test]
fn the_vendors_sample_is_read() {
    let contact = Contact::from_json(
        br#"{"id": 5667649732214784, "type": "PERSON", "created_time": 1455855737, "updated_time": 0,
            "tags": ["Lead", "lead", "Lead"], "unknown": {"x": []},
            "properties": [
              {"type": "SYSTEM", "name": "last_name", "value": "Ruiz "},
              {"type": "SYSTEM", "name": "email", "subtype": "work", "value": "ana@example.com  "},
              {"name": "Seats", "subtype": null, "value": 12345678901234567890},
              {"type": "CUSTOM", "name": "Nothing", "value": null}]}"#,
    )
    .unwrap();
    assert_eq!(contact.id.to_string(), "5667649732214784");
    assert_eq!(contact.tags, Some(vec!["Lead".to_owned(), "lead".to_owned()]));
    assert_eq!((contact.created_time, contact.updated_time), (Some(1_455_855_737), Some(0)));
    let properties = contact.properties.unwrap();
    let values: Vec<_> = properties.iter().map(|p| (p.name.as_str(), p.value.clone())).collect();
    let read = |text: &str| Told::Read(text.to_owned());
    assert_eq!(
        values,
        [
            ("last_name", read("Ruiz")),
            ("email", read("ana@example.com")),
            ("Seats", read("12345678901234567890")),
            ("Nothing", Told::Missing)
        ]
    );
}

#[test]
fn null_and_missing_are_the_same() {
    let contact = Contact::from_json(br#"{"id":"7","type":"PERSON","tags":null,"properties":null}"#).unwrap();
    assert_eq!(contact, Contact::from_json(br#"{"id":7,"type":"PERSON"}"#).unwrap());
    assert_eq!(contact.tags, None);
    assert_eq!(Contact::from_json(br#"{"id":7,"type":"PERSON","tags":[]}"#).unwrap().tags, Some(vec![]));
}

#[test]
fn the_crms_own_properties_are_so_in_any_case() {
    let json = br#"{"id":7,"type":"PERSON","properties":[{"type":"System","name":"email","value":"a@b.co"}]}"#;
    assert!(!Contact::from_json(json).unwrap().values("email").next().unwrap().is_custom());
}

#[test]
fn what_is_no_contact_is_none() {
    for json in [
        "",
        "[]",
        r#"[7,"PERSON"]"#,
        "null",
        "{}",
        r#"{"id":7}"#,
        r#"{"type":"PERSON"}"#,
        r#"{"id":7.5,"type":"PERSON"}"#,
    ] {
        assert_eq!(Contact::from_json(json.as_bytes()), None, "{json}");
    }
}

#[test]
fn one_unreadable_part_spoils_no_other() {
    let contact = |more: &str| Contact::from_json(format!(r#"{{"id":7,"type":"PERSON",{more}}}"#).as_bytes()).unwrap();
    for tags in [r#"["A",1]"#, r#"["A",{"name":"B"}]"#, r#"["A","\ud800"]"#, r#""A""#, r#"["A"],"tags":["A"]"#] {
        assert_eq!(contact(&format!(r#""tags":{tags}"#)).tags, None, "{tags}");
    }
    let tags = contact(r#""tags":["A",null,{"tag":"B","createdTime":1},"A"]"#).tags;
    assert_eq!(tags, Some(vec!["A".to_owned(), "B".to_owned()]));

    let only =
        |json: &str| contact(&format!(r#""\ud800":1,"properties":[null,{json}],"x":[{{"y":"\ud800"}}]"#)).properties;
    let one = |json: &str| only(json).unwrap().pop().unwrap();
    for none in
        [r#"{"value":"x"}"#, r#"{"name":null}"#, r#"{"name":"\ud800"}"#, "5", r#"["name"]"#, r#""name""#, "true"]
    {
        assert_eq!(only(none), Some(vec![]), "{none}");
    }
    assert_eq!((one(r#"{"name":5}"#).name, one(r#"{"name":"a"}"#).value), ("5".to_owned(), Told::Missing));
    for value in [r#""\ud800""#, r#""a","value":"b""#] {
        assert_eq!(one(&format!(r#"{{"name":"a","value":{value}}}"#)).value, Told::Unreadable, "{value}");
    }
    assert_eq!(one(r#"{"name":"a","subtype":{},"value":"x"}"#).subtype, None);
    // Whose name anybody may have chosen.
    assert!(one(r#"{"type":"\ud800","name":"email","value":"x"}"#).is_custom());
    for list in ["5", "{}", r#""[]""#, r#"[],"properties":[]"#] {
        assert_eq!(contact(&format!(r#""properties":{list}"#)).properties, None, "{list}");
    }
}

#[test]
fn what_was_thrown_away_and_not_taken_back_lies_in_the_bin() {
    let contact = |times: &str| Contact::from_json(format!(r#"{{"id":7,"type":"PERSON"{times}}}"#).as_bytes()).unwrap();
    for gone in
        [r#","trashed_time":5"#, r#","trashed_time":"5","restored_time":0"#, r#","trashed_time":5,"restored_time":4"#]
    {
        assert!(contact(gone).in_bin, "{gone}");
    }
    for there in [
        "",
        r#","trashed_time":0"#,
        r#","trashed_time":null"#,
        r#","trashed_time":-1"#,
        r#","trashed_time":5,"restored_time":5"#,
        r#","trashed_time":5,"restored_time":6"#,
        r#","trashed_time":5,"restored_time":"soon""#,
        r#","trashed_time":"yes""#,
        r#","trashed_time":5,"trashed_time":6"#,
    ] {
        assert!(!contact(there).in_bin, "{there}");
    }
}

#[test]
fn a_page_is_what_is_whole_of_it_and_the_last_items_cursor() {
    let page = |json: &str| {
        let page = Page::from_json(json.as_bytes())?;
        let ids: Vec<String> = page.contacts.iter().map(|contact| contact.id.to_string()).collect();
        Some((ids.join(" "), page.cursor))
    };
    let list = |ids: &str, cursor: Option<&str>| Some((ids.to_owned(), cursor.map(str::to_owned)));
    assert_eq!(
        page(r#"[{"id":7,"type":"PERSON","cursor":"a"},5,null,{"id":8},{"id":9,"type":"LEAD"}]"#),
        list("7 9", None)
    );
    assert_eq!(page(r#"[{"id":7,"type":"PERSON"},{"id":8,"cursor":"b\u002f"}]"#), list("7", Some("b/")));
    for cursor in ["null", "\"\""] {
        assert_eq!(page(&format!(r#"[{{"id":7,"type":"PERSON","cursor":{cursor}}}]"#)), list("7", None));
    }
    // Whether there is more nobody can tell.
    for cursor in ["5", "[]", r#""\ud800""#, r#""a","cursor":"b""#] {
        assert_eq!(page(&format!(r#"[{{"id":7,"type":"PERSON","cursor":{cursor}}}]"#)), None, "{cursor}");
    }
    assert_eq!(page(r#"[{"id":7,"type":"PERSON","trashed_time":5},{"id":8,"type":"PERSON"}]"#), list("8", None));
    assert_eq!((page("[]"), page(r#"[["b"]]"#)), (list("", None), list("", None)));
    for json in ["", "{}", "null", "[", "<html>", "\"[]\""] {
        assert_eq!(page(json), None, "{json}");
    }
    assert_eq!(Page::from_json(b"[\"\xff\"]"), Some(Page::default()));
}

#[test]
fn ids_are_canonical() {
    assert!(ContactId::parse("9223372036854775807").is_some());
    for id in ["", "0", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "1e3", "\u{661}"] {
        assert_eq!(ContactId::parse(id), None, "{id:?}");
    }
}

#[test]
fn what_is_too_much_cannot_be_read_and_spoils_nothing_else() {
    let property = |name: &str, value: &str| format!(r#"{{"name":"{name}","value":"{value}"}}"#);
    let contact = |tags: &str, properties: &[String]| {
        let json = format!(r#"{{"id":1,"type":"PERSON","tags":[{tags}],"properties":[{}]}}"#, properties.join(","));
        Contact::from_json(json.as_bytes()).unwrap()
    };
    let values = [property("Bio", &"x".repeat(limits::TEXT_BYTES + 1)), property("Plan", "gold")];
    let values = contact("", &values).properties.unwrap().into_iter().map(|property| property.value);
    assert_eq!(values.collect::<Vec<_>>(), [Told::Unreadable, Told::Read("gold".to_owned())]);
    assert_eq!(contact("", &vec![property("n", "v"); limits::PROPERTIES]).properties.map(|all| all.len()), Some(2000));
    assert_eq!(contact("", &vec![property("n", "v"); limits::PROPERTIES + 1]).properties, None);
    let long = property(&"n".repeat(limits::WORD_BYTES + 1), "v");
    assert_eq!(contact("", &[long]).properties, Some(Vec::new()));

    let tag = |bytes: usize| format!("\"{}\"", "t".repeat(bytes));
    assert_eq!(contact(&tag(limits::TAG_BYTES), &[]).tags.map(|tags| tags.len()), Some(1));
    assert_eq!(contact(&tag(limits::TAG_BYTES + 1), &[]).tags, None);
    assert_eq!(contact(&vec![tag(1); limits::TAGS + 1].join(","), &[]).tags, None);

    // One address more than count is kept, so that it shows; what is no address is none of them.
    let mut many = vec![property("email", "a@b.co"); 5000];
    many.extend([property("Plan", "gold"), r#"{"type":"CUSTOM","name":"email","value":"x"}"#.to_owned()]);
    assert_eq!(contact("", &many).properties.map(|all| all.len()), Some(limits::ADDRESSES + 3));
}

#[test]
fn a_contact_that_is_too_large_is_left_out_of_a_page_and_named() {
    let large = format!(r#"{{"id":2,"type":"PERSON","x":"{}"}}"#, "x".repeat(limits::CONTACT_BYTES));
    let json = format!(r#"[{{"id":1,"type":"PERSON"}},{large},{{"id":3,"type":"PERSON","cursor":"c"}}]"#);
    let page = Page::from_json(json.as_bytes()).unwrap();
    let ids: Vec<String> = page.contacts.iter().map(|contact| contact.id.to_string()).collect();
    assert_eq!(
        (ids, page.skipped, page.cursor.as_deref()),
        (vec!["1".to_owned(), "3".to_owned()], vec![ContactId(2)], Some("c"))
    );
}
