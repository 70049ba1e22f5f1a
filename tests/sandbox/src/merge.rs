//! Merge fields: `{{first_name}}` is HTML-escaped, `{{{first_name}}}` is not (section 6).

use crate::contact;
use serde_json::{Map, Value};

/// What a node can name: the contact's id, its properties by name or label, and what earlier nodes brought.
pub(crate) fn fields(contact: &Value, earlier: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for key in ["id", "type", "lead_score", "created_time", "updated_time"] {
        if let Some(value) = contact.get(key) {
            fields.insert(key.into(), value.clone());
        }
    }
    let tags: Vec<_> = contact::tags(contact).collect();
    fields.insert("tags".into(), tags.join(", ").into());
    for property in contact::properties(contact) {
        let value = contact::text(property.get("value"));
        if let Some(name) = property["name"].as_str() {
            // Of several e-mails or phones, the first.
            fields.entry(name).or_insert(value.into());
        }
    }
    // Keys of an answer overwrite fields of the same name.
    fields.extend(earlier.clone());
    fields
}

/// Fills a template; an unknown field leaves nothing.
pub(crate) fn fill(template: &str, fields: &Map<String, Value>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        filled.push_str(before);
        let (raw, behind, end) = match behind.strip_prefix('{') {
            Some(behind) => (true, behind, "}}}"),
            None => (false, behind, "}}"),
        };
        let Some((name, after)) = behind.split_once(end) else {
            // Not a merge field after all.
            filled.push_str(if raw { "{{{" } else { "{{" });
            rest = behind;
            continue;
        };
        let value = look_up(name.trim(), fields);
        filled.push_str(&if raw { value } else { escape(&value) });
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A name as it stands, or a path such as `main.humidity`.
fn look_up(name: &str, fields: &Map<String, Value>) -> String {
    if let Some(value) = fields.get(name) {
        return contact::text(Some(value));
    }
    let mut parts = name.split('.');
    let first = parts.next().and_then(|part| fields.get(part));
    contact::text(parts.fold(first, |value, part| value.and_then(|value| value.get(part))))
}

fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
