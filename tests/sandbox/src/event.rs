//! The bodies of account webhooks (section 5).

use serde_json::{Map, Value, json};

pub const CONTACT_CREATED: &str = "Contact is Created";
pub const CONTACT_UPDATED: &str = "Contact is Updated";
pub const DEAL_CREATED: &str = "Opportunity is Created";
pub const DEAL_UPDATED: &str = "Opportunity is Updated";

/// Keys that an API answer leaves out and a webhook sends as null.
const NULL_KEYS: [&str; 7] =
    ["contact_company_id", "first_name", "last_name", "email", "source", "guid", "lead_source_id"];

/// The event data of a contact or company: its API shape with the null keys back in.
pub fn contact(contact: &Value) -> Value {
    let mut data = contact.clone();
    if let Some(Value::Array(properties)) = data.get_mut("properties") {
        for property in properties.iter_mut().filter_map(Value::as_object_mut) {
            property.entry("subtype").or_insert(Value::Null);
        }
    }
    if let Some(map) = data.as_object_mut() {
        for key in NULL_KEYS {
            map.entry(key).or_insert(Value::Null);
        }
    }
    data
}

/// The event data of a deal. Its `id` is the deal's; the contacts' ids are strings, as in the vendor's sample.
pub fn deal(id: u64, name: &str, contacts: &[u64]) -> Value {
    let ids: Vec<_> = contacts.iter().map(u64::to_string).collect();
    json!({
        "id": id, "name": name, "contact_ids": ids, "custom_data": [], "description": null,
        "expected_value": 500.0, "milestone": "Proposal", "probability": 50, "close_date": null,
        "created_time": crate::store::seconds(), "milestone_changed_time": 0, "entity_type": "deal",
        "notes": [], "note_ids": [], "pipeline_id": null, "apply_discount": false, "currency_type": null,
    })
}

/// The whole body.
pub(crate) fn body(name: &str, data: Value) -> Value {
    let mut body = Map::new();
    body.insert("eventName".into(), name.into());
    body.insert("eventData".into(), data);
    Value::Object(body)
}
