use super::*;

#[expect(clippy::unnecessary_wraps, reason = "compared with what read() gives")]
fn contact(id: &str, kind: Option<&str>) -> Result<Event, &'static str> {
    Ok(Event::Contact { id: ContactId::parse(id).unwrap(), kind: kind.map(str::to_owned) })
}

#[test]
fn the_id_is_a_number_or_a_string_of_digits() {
    let person = br#"{"eventName":"Contact is Created","eventData":{"id":5667649732214784,"type":"PERSON","x":[{}]}}"#;
    assert_eq!(read(person), contact("5667649732214784", Some("PERSON")));
    assert_eq!(read(br#"{"eventData":{"id":"9223372036854775807"}}"#), contact("9223372036854775807", None));
    for id in ["1.0", "1e3", "-1", "0", "\"01\"", "9223372036854775808", "null", "[]", "true", "\" 1\""] {
        assert!(read(format!(r#"{{"eventData":{{"id":{id}}}}}"#).as_bytes()).is_err(), "{id}");
    }
}

#[test]
fn a_deal_is_a_deal_by_its_name_or_by_its_contact_ids() {
    assert_eq!(read(br#"{"eventName":"Opportunity is Created","eventData":{"id":5}}"#), Ok(Event::Deal));
    assert_eq!(read(br#"{"eventName":"Opportunity is Removed","eventData":{}}"#), Ok(Event::Deal));
    assert_eq!(read(br#"{"eventName":"Opportunity is Created"}"#), Ok(Event::Deal));
    assert_eq!(read(br#"{"eventName":"?","eventData":{"id":5,"contact_ids":["1"]}}"#), Ok(Event::Deal));
    assert_eq!(read(br#"{"eventData":{"id":5,"contact_ids":null}}"#), Ok(Event::Deal));
    for name in ["OPPORTUNITY IS CREATED", " opportunity is created", "\\tOpportunity", "\\u004fpportunity is Updated"]
    {
        let body = format!(r#"{{"eventName":"{name}","eventData":{{"id":5,"type":"PERSON"}}}}"#);
        assert_eq!(read(body.as_bytes()), Ok(Event::Deal), "{name}");
    }
}

#[test]
fn a_name_that_cannot_be_read_may_be_a_deals() {
    for name in ["5", "true", "[]", "{}", r#""\ud800""#, r#""a","eventName":"b""#] {
        assert!(read(format!(r#"{{"eventName":{name},"eventData":{{"id":5}}}}"#).as_bytes()).is_err(), "{name}");
    }
    for name in ["null", r#""""#, r#""Contact is Merged""#] {
        assert_eq!(read(format!(r#"{{"eventName":{name},"eventData":{{"id":5}}}}"#).as_bytes()), contact("5", None));
    }
    // What nobody reads may be as it likes, and of the type the fetched contact has a better one.
    for data in [r#""x":"\ud800""#, r#""\ud800":1"#, r#""type":5"#, r#""type":"\ud800""#] {
        assert_eq!(read(format!(r#"{{"eventData":{{"id":5,{data}}}}}"#).as_bytes()), contact("5", None), "{data}");
    }
}

#[test]
fn repeated_keys_are_refused_where_they_would_be_read() {
    assert!(read(br#"{"eventData":{"id":1,"id":2}}"#).is_err());
    assert!(read(br#"{"eventData":{"id":1,"\u0069d":2}}"#).is_err());
    assert!(read(br#"{"eventData":{"id":1},"eventData":{"id":1}}"#).is_err());
    assert!(read(br#"{"eventData":{"id":1,"x":1,"x":2}}"#).is_ok());
}

#[test]
fn depth_ends_at_128() {
    let nested = |n: usize| format!(r#"{{"eventData":{{"id":1,"x":{}1{}}}}}"#, "[".repeat(n), "]".repeat(n));
    assert!(read(nested(126).as_bytes()).is_ok());
    assert_eq!(read(nested(127).as_bytes()), Err("is nested deeper than 128 levels"));
    assert!(read(br#"{"eventData":{"id":1,"x":"[[[[\"[[["}}"#).is_ok());
}

#[test]
fn what_is_not_an_event_is_refused() {
    for body in [
        "",
        "[]",
        "1",
        "null",
        "{",
        "{}",
        r#"{"eventData":[]}"#,
        r#"{"eventData":[5]}"#,
        "[null,{\"id\":5}]",
        r#"{"eventData":null}"#,
        "{}{}",
    ] {
        assert!(read(body.as_bytes()).is_err(), "{body}");
    }
    assert!(read(b"{\"eventData\":{\"id\":1,\"x\":\"\xff\"}}").is_err());
}
