use super::*;

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
    let values: Vec<_> = contact.properties.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    assert_eq!(
        values,
        [("last_name", "Ruiz"), ("email", "ana@example.com"), ("Seats", "12345678901234567890"), ("Nothing", "")]
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
    assert_eq!(Contact::from_json(br#"{"id":7,"type":"PERSON","tags":[1]}"#), None);
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
    for cursor in ["5", "null", "\"\"", "[]"] {
        assert_eq!(page(&format!(r#"[{{"id":7,"type":"PERSON","cursor":{cursor}}}]"#)), list("7", None));
    }
    assert_eq!((page("[]"), page(r#"[["b"]]"#)), (list("", None), list("", None)));
    for json in ["", "{}", "null", "[", "<html>", "\"[]\""] {
        assert_eq!(page(json), None, "{json}");
    }
    assert_eq!(Page::from_json(b"[\"\xff\"]"), None);
}

#[test]
fn ids_are_canonical() {
    assert!(ContactId::parse("9223372036854775807").is_some());
    for id in ["", "0", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "1e3", "\u{661}"] {
        assert_eq!(ContactId::parse(id), None, "{id:?}");
    }
}
