use super::*;

fn told(object: &str, key: &str) -> Told<String> {
    Object::read(object).unwrap().get(key).and_then(text)
}

#[test]
fn missing_unreadable_and_text_are_three_things() {
    let read = |text: &str| Told::Read(text.to_owned());
    assert_eq!(told(r#"{"a":"x"}"#, "a"), read("x"));
    assert_eq!(told(r#"{"a":1.50,"b":{}}"#, "a"), read("1.50"));
    assert_eq!(told(r#"{"\u0061":"x","\ud800":1}"#, "a"), read("x"));
    for nothing in ["{}", r#"{"a":null}"#, r#"{"A":"x"}"#, r#"{"b":{"a":"x"}}"#] {
        assert_eq!(told(nothing, "a"), Told::Missing, "{nothing}");
    }
    for unreadable in [r#"{"a":"\ud800"}"#, r#"{"a":"x\udc00"}"#, r#"{"a":"x","a":"x"}"#, r#"{"a":1,"\u0061":null}"#] {
        assert_eq!(told(unreadable, "a"), Told::Unreadable, "{unreadable}");
    }
    assert_eq!(read(" \n").trimmed(), Told::Missing);
}

#[test]
fn only_an_object_is_an_object() {
    for json in ["", "null", "[]", "[1,2]", "5", "\"{}\"", "{", "{}{}", "{\"a\":}", "{\"a\":tru}"] {
        assert!(Object::read(json).is_none(), "{json}");
    }
    let deep = format!(r#"{{"a":{}1{},"b":"x"}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(told(&deep, "b"), Told::Read("x".to_owned()));
}

#[test]
fn what_is_no_utf8_is_unreadable_where_it_stands() {
    for bytes in [
        b"{\"a\":\"x\",\"b\":\"y\xff\"}".as_slice(),
        b"{\"a\":\"x\",\"b\":\"\\ud83d\xff\xfe\\udc00\"}",
        b"{\"a\":\"x\",\"b\":\"\\\\\xff\"}",
        b"{\"a\":\"x\",\"b\":\"\xe2\x82\"}",
    ] {
        let text = utf8(bytes).unwrap();
        assert_eq!((told(&text, "a"), told(&text, "b")), (Told::Read("x".to_owned()), Told::Unreadable), "{text}");
    }
    assert_eq!(utf8(b"{\"a\":\"\\\xff\"}"), None);
    assert!(Object::read(&utf8(b"{\"a\":\xff1}").unwrap()).is_none());
    assert!(matches!(utf8("{\"a\":\"é\"}".as_bytes()), Some(Cow::Borrowed(_))));
}
