//! A page of contacts: who can be read is on it, and it never looks like the last one by mistake.

use crate::config;
use crate::json::{Text, any_bytes, enclosed, readable_text, unreadable_text};
use agile_bridge::contact::page::Page;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Its JSON without the end, and its id if it counts.
fn item() -> impl Strategy<Value = (Vec<u8>, Option<u32>)> {
    let whole = (1..9_u32).prop_map(|id| (format!(r#"{{"id":{id},"type":"PERSON""#).into_bytes(), Some(id)));
    let odd = select(&ODD[..]).prop_map(|json| (json.as_bytes().to_vec(), None));
    let unreadable = (1..9_u32, unreadable_text()).prop_map(|(id, text)| {
        let json = [format!(r#"{{"id":{id},"type":"PERSON","tags":["#).as_bytes(), &*text.json, b"]"].concat();
        (json, Some(id))
    });
    prop_oneof![whole, odd, unreadable]
}

fn cursor() -> impl Strategy<Value = Option<Text>> {
    proptest::option::of(prop_oneof![
        readable_text(),
        unreadable_text(),
        select(&["5", "[]", "{}", "true"][..]).prop_map(|json| Text { json: json.as_bytes().to_vec(), reading: None }),
    ])
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_make_it_panic(bytes in any_bytes()) {
        prop_assert_eq!(Page::from_json(&bytes), Page::from_json(&bytes));
    }

    #[test]
    fn who_can_be_read_is_on_it(items in vec(item(), 1..6), cursor in cursor()) {
        let last = items.len() - 1;
        let json: Vec<Vec<u8>> = items.iter().enumerate().map(|(at, (json, _))| match &cursor {
            Some(cursor) if at == last => [&**json, b",\"cursor\":", &*cursor.json, b"}"].concat(),
            _ => [&**json, b"}"].concat(),
        }).collect();
        let page = Page::from_json(&enclosed(b"[", &json, b"]"));
        if cursor.as_ref().is_some_and(|cursor| cursor.reading.is_none()) {
            prop_assert_eq!(page, None);
            return Ok(());
        }
        let page = page.expect("a list");
        let ids: Vec<String> = page.contacts.iter().map(|contact| contact.id.to_string()).collect();
        let expected: Vec<String> = items.iter().filter_map(|(_, id)| id.map(|id| id.to_string())).collect();
        prop_assert_eq!(ids, expected);
        prop_assert_eq!(page.cursor, cursor.and_then(|cursor| cursor.reading).filter(|cursor| !cursor.is_empty()));
    }
}

const ODD: [&str; 4] =
    ["{\"id\":0,\"type\":\"PERSON\"", "{\"id\":5", "{\"id\":5,\"type\":\"PERSON\",\"trashed_time\":5", "{\"x\":1"];
