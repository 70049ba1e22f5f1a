//! The custom fields that the account's admin has defined for contacts.
//!
//! Source: the vendor's Node SDK and staff. A field is known by its label, in whose letters and blanks its contacts have it.

use crate::contact::json::{self, Object};
use serde_json::value::RawValue;

/// More than any account has; the rest is left out.
const MOST: usize = 1000;
/// Of a label, in bytes; one that is longer is no property that could be mapped.
const MOST_BYTES: usize = 255;

/// One field: `kind` is Agile's word for its type, such as `DATE`; empty where nobody can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    pub label: String,
    pub kind: String,
}

/// Reads the API's bare array; `None` if it is none. Items without a label are left out.
pub fn list(json: &[u8]) -> Option<Vec<CustomField>> {
    let json = json::utf8(json)?;
    let items: Vec<&RawValue> = serde_json::from_str(&json).ok()?;
    Some(items.into_iter().filter_map(read).take(MOST).collect())
}

fn read(item: &RawValue) -> Option<CustomField> {
    let field = Object::of(item)?;
    let text = |key| field.get(key).and_then(json::string).readable();
    let is_name =
        |label: &String| !label.trim().is_empty() && label.len() <= MOST_BYTES && !label.chars().any(char::is_control);
    let label = text("field_label").filter(is_name)?;
    Some(CustomField { label, kind: text("field_type").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(json: &str) -> Option<Vec<(String, String)>> {
        list(json.as_bytes()).map(|fields| fields.into_iter().map(|field| (field.label, field.kind)).collect())
    }

    #[test]
    fn what_has_a_label_is_a_field() {
        let json = r#"[{"field_label":"Plan \"Plus\" ","field_type":"LIST","field_data":"a;b"},
            {"field_label":"Birthday","field_type":null}, {"field_label":"  "}, {"field_label":7}, {"field_label":"a\nb"}, null, "x",
            {"field_type":"DATE"}]"#;
        let expected = [("Plan \"Plus\" ", "LIST"), ("Birthday", "")];
        let expected = expected.map(|(label, kind)| (label.to_owned(), kind.to_owned())).to_vec();
        assert_eq!(labels(json), Some(expected));
        assert_eq!(labels("[]"), Some(vec![]));
    }

    #[test]
    fn what_is_no_list_is_no_answer() {
        for json in ["", "{}", "null", "<html>", "[{"] {
            assert_eq!(labels(json), None, "{json}");
        }
    }

    #[test]
    fn an_account_may_have_any_number_of_them() {
        let many: Vec<String> = (0..2000).map(|number| format!(r#"{{"field_label":"F{number}"}}"#)).collect();
        assert_eq!(labels(&format!("[{}]", many.join(","))).map(|fields| fields.len()), Some(MOST));
        assert_eq!(labels(&format!(r#"[{{"field_label":"{}"}}]"#, "x".repeat(256))), Some(vec![]));
    }
}
