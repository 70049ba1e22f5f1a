//! What the account holds: contacts, the tags ever used, the custom fields that an admin defined.

use crate::contact::{self, Property};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Ids have 16 digits as a rule (section 3); this one is the first of the document's sample.
const FIRST_ID: u64 = 5_667_649_732_214_784;
const FIRST_FIELD_ID: u64 = 5_100_000_000_000_000;
/// Datastore ids are spread, not counted; the step keeps them 16 digits long for a hundred million contacts.
const ID_STEP: u64 = 8_388_608;

pub(crate) struct Store {
    contacts: BTreeMap<u64, Held>,
    tags: BTreeMap<String, u64>,
    custom_fields: Vec<Value>,
    owner: Value,
    next_id: u64,
}

struct Held {
    contact: Value,
    /// Searches by text trail behind writes: from here on the waiting counts.
    written: Instant,
}

impl Store {
    pub(crate) fn new(domain: &str, email: &str) -> Self {
        let owner = json!({"id": 5_105_650_963_054_592_u64, "domain": domain, "email": email, "name": "Owner"});
        Self { contacts: BTreeMap::new(), tags: BTreeMap::new(), custom_fields: Vec::new(), owner, next_id: FIRST_ID }
    }

    pub(crate) fn owner(&self) -> &Value {
        &self.owner
    }

    /// Takes what a client sent and gives it the shape of section 3.
    pub(crate) fn create(&mut self, sent: &Value) -> u64 {
        let id = self.next_id();
        let contact = self.shape(id, sent, seconds());
        self.put(id, contact);
        id
    }

    /// Never given twice, be it for a contact or a deal.
    pub(crate) fn next_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += ID_STEP;
        id
    }

    /// `PUT contacts`: what is not sent is lost (section 2).
    pub(crate) fn replace(&mut self, id: u64, sent: &Value) -> Option<()> {
        let created = self.get(id)?["created_time"].as_u64().unwrap_or_else(seconds);
        let mut contact = self.shape(id, sent, created);
        contact["updated_time"] = seconds().into();
        self.put(id, contact);
        Some(())
    }

    /// Any JSON at all, kept and answered as it is.
    pub(crate) fn put(&mut self, id: u64, contact: Value) {
        let now = milliseconds();
        for tag in contact::tags(&contact) {
            self.tags.entry(tag.to_owned()).or_insert(now);
        }
        self.contacts.insert(id, Held { contact, written: Instant::now() });
    }

    /// Changes a contact in place and sets its `updated_time`; `None` if there is no such contact.
    pub(crate) fn edit(&mut self, id: u64, change: impl FnOnce(&mut Value)) -> Option<Value> {
        let mut contact = self.get(id)?.clone();
        change(&mut contact);
        if let Some(map) = contact.as_object_mut() {
            map.insert("updated_time".into(), seconds().into());
        }
        self.put(id, contact.clone());
        Some(contact)
    }

    pub(crate) fn delete(&mut self, id: u64) -> bool {
        self.contacts.remove(&id).is_some()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Value> {
        self.contacts.get(&id).map(|held| &held.contact)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (u64, &Value)> {
        self.contacts.iter().map(|(id, held)| (*id, &held.contact))
    }

    /// What the text index knows: contacts not written within the last `lag`.
    pub(crate) fn indexed(&self, lag: Duration) -> impl Iterator<Item = (u64, &Value)> {
        let known = self.contacts.iter().filter(move |(_, held)| held.written.elapsed() >= lag);
        known.map(|(id, held)| (*id, &held.contact))
    }

    /// Case is no difference between addresses, here as in the CRM's own duplicate check (assume).
    pub(crate) fn by_email(&self, email: &str, lag: Duration) -> Option<&Value> {
        let mut contacts = self.indexed(lag).map(|(_, contact)| contact);
        contacts.find(|contact| contact::emails(contact).any(|held| held.eq_ignore_ascii_case(email)))
    }

    pub(crate) fn tags(&self) -> Vec<Value> {
        self.tags
            .iter()
            .map(
                |(tag, created)| json!({"tag": tag, "createdTime": created, "availableCount": 0, "entity_type": "tag"}),
            )
            .collect()
    }

    pub(crate) fn custom_fields(&self) -> &[Value] {
        &self.custom_fields
    }

    pub(crate) fn define_custom_field(&mut self, label: &str, kind: &str, data: &str) {
        let position = self.custom_fields.len() + 1;
        let id = FIRST_FIELD_ID + position as u64;
        self.custom_fields.retain(|field| field["field_label"] != label);
        self.custom_fields.push(json!({
            "id": id, "field_label": label, "field_type": kind, "field_description": "", "field_data": data,
            "is_required": false, "searchable": true, "position": position, "scope": "CONTACT",
        }));
    }

    fn shape(&self, id: u64, sent: &Value, created: u64) -> Value {
        let mut contact = json!({
            "id": id,
            "type": sent["type"].as_str().unwrap_or("PERSON"),
            "created_time": created,
            // 0 until the first update (section 3).
            "updated_time": 0,
            "star_value": sent["star_value"].as_u64().unwrap_or(0),
            "lead_score": sent["lead_score"].as_u64().unwrap_or(0),
            "klout_score": "",
            "tags": [],
            "tagsWithTime": [],
            "properties": [],
            "campaignStatus": [],
            "entity_type": "contact_entity",
        });
        for property in contact::properties(sent).filter_map(Property::read) {
            if !property.value.is_empty() {
                push_property(&mut contact, &property);
            }
        }
        let now = milliseconds();
        for tag in contact::tags(sent) {
            contact::add_tag(&mut contact, tag, now);
        }
        if let Some(map) = contact.as_object_mut() {
            keep(map, sent, "contact_company_id");
            map.insert("owner".into(), self.owner.clone());
        }
        contact
    }
}

/// At creation nothing is merged: two e-mails of one subtype stay two.
fn push_property(contact: &mut Value, property: &Property) {
    let mut one = json!({"properties": []});
    contact::set_property(&mut one, property);
    if let (Some(Value::Array(all)), Some(Value::Array(new))) =
        (contact.get_mut("properties"), one.get_mut("properties"))
    {
        all.append(new);
    }
}

fn keep(map: &mut Map<String, Value>, sent: &Value, key: &str) {
    if let Some(value) = sent.get(key).filter(|value| !value.is_null()) {
        map.insert(key.into(), value.clone());
    }
}

/// Now, as `created_time` and `updated_time` count.
pub(crate) fn seconds() -> u64 {
    since_epoch().as_secs()
}

/// Now, as `tagsWithTime` and filters count.
pub(crate) fn milliseconds() -> u64 {
    u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX)
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
