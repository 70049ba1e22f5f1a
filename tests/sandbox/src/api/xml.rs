//! The XML form of an answer, which a client gets that forgot `Accept: application/json`.

use serde_json::Value;

pub(super) fn document(root: &str, value: &Value) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    element(&mut xml, root, value);
    xml
}

/// A list is its element repeated, as JAXB writes it.
fn element(xml: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| element(xml, name, item)),
        Value::Object(map) => wrapped(xml, name, |xml| map.iter().for_each(|(key, value)| element(xml, key, value))),
        Value::String(text) => wrapped(xml, name, |xml| escape(xml, text)),
        scalar => wrapped(xml, name, |xml| xml.push_str(&scalar.to_string())),
    }
}

fn wrapped(xml: &mut String, name: &str, inner: impl FnOnce(&mut String)) {
    xml.extend(["<", name, ">"]);
    inner(xml);
    xml.extend(["</", name, ">"]);
}

fn escape(xml: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            letter => xml.push(letter),
        }
    }
}
