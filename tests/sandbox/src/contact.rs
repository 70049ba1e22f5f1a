//! A contact as the CRM keeps it: JSON in the API's own shape, so that an odd shape can be kept as well.

use serde_json::{Map, Value, json};

/// One entry of a contact's `properties`. Subtype `""` is the same as none (section 3).
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Property {
    /// `SYSTEM` or `CUSTOM`; `""` is decided by the name.
    #[serde(rename = "type", default)]
    pub kind: String,
    pub name: String,
    #[serde(default)]
    pub subtype: String,
    #[serde(default)]
    pub value: String,
}

/// Builds a contact in the shape that `POST contacts` takes.
///
/// ```
/// let ana = sandbox::Contact::person("ana@example.com").first_name("Ana").tag("Lead").custom("Plan", "gold");
/// assert_eq!(serde_json::Value::from(ana)["properties"][0]["subtype"], "work");
/// ```
#[derive(Debug, Clone)]
pub struct Contact(Map<String, Value>);

impl Contact {
    /// A person with this work e-mail; with `""`, one without any e-mail.
    pub fn person(email: &str) -> Self {
        let contact = Self::of_type("PERSON");
        if email.is_empty() { contact } else { contact.email("work", email) }
    }

    pub fn company(name: &str) -> Self {
        Self::of_type("COMPANY").property("SYSTEM", "name", "", name)
    }

    /// `PERSON`, `COMPANY`, `LEAD` or what the future brings.
    pub fn of_type(kind: &str) -> Self {
        let mut map = Map::new();
        map.insert("type".into(), kind.into());
        map.insert("tags".into(), json!([]));
        map.insert("properties".into(), json!([]));
        Self(map)
    }

    #[must_use]
    pub fn first_name(self, value: &str) -> Self {
        self.property("SYSTEM", "first_name", "", value)
    }

    #[must_use]
    pub fn last_name(self, value: &str) -> Self {
        self.property("SYSTEM", "last_name", "", value)
    }

    #[must_use]
    pub fn email(self, subtype: &str, value: &str) -> Self {
        self.property("SYSTEM", "email", subtype, value)
    }

    #[must_use]
    pub fn phone(self, subtype: &str, value: &str) -> Self {
        self.property("SYSTEM", "phone", subtype, value)
    }

    /// The CRM keeps an address as JSON in a string.
    #[must_use]
    pub fn address(self, subtype: &str, address: &Value) -> Self {
        self.property("SYSTEM", "address", subtype, &address.to_string())
    }

    #[must_use]
    pub fn custom(self, label: &str, value: &str) -> Self {
        self.property("CUSTOM", label, "", value)
    }

    #[must_use]
    pub fn property(mut self, kind: &str, name: &str, subtype: &str, value: &str) -> Self {
        let property = Property { kind: kind.into(), name: name.into(), subtype: subtype.into(), value: value.into() };
        if let Some(Value::Array(all)) = self.0.get_mut("properties") {
            all.push(property.to_json());
        }
        self
    }

    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        if let Some(Value::Array(all)) = self.0.get_mut("tags") {
            all.push(tag.into());
        }
        self
    }
}

impl From<Contact> for Value {
    fn from(contact: Contact) -> Self {
        Self::Object(contact.0)
    }
}

impl Property {
    /// Reads what a client sent: a number becomes a string, as in every recorded answer; null is `""`.
    pub(crate) fn read(sent: &Value) -> Option<Self> {
        let name = sent.get("name")?.as_str()?.to_owned();
        let word = |key: &str| sent.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { kind: word("type"), name, subtype: word("subtype"), value: text(sent.get("value")) })
    }

    pub(crate) fn kind(&self) -> &str {
        match (self.kind.as_str(), self.name.as_str()) {
            (
                "",
                "first_name" | "last_name" | "company" | "title" | "image" | "email" | "phone" | "website" | "address",
            ) => "SYSTEM",
            ("", _) => "CUSTOM",
            (kind, _) => kind,
        }
    }

    fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("type".into(), self.kind().into());
        map.insert("name".into(), self.name.clone().into());
        // Null keys are left out of API answers (section 3); an empty subtype is no subtype.
        if !self.subtype.is_empty() {
            map.insert("subtype".into(), self.subtype.clone().into());
        }
        map.insert("value".into(), self.value.clone().into());
        Value::Object(map)
    }

    fn is(&self, other: &Value) -> bool {
        let word = |key: &str| other.get(key).and_then(Value::as_str).unwrap_or_default();
        word("name") == self.name
            && word("subtype") == self.subtype
            && matches!(word("type"), kind if kind.is_empty() || kind == self.kind())
    }
}

/// A scalar as the string the CRM keeps.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Sets exactly the property of this type, name and subtype; every other one stays as it is.
pub(crate) fn set_property(contact: &mut Value, property: &Property) {
    if let Some(all) = list(contact, "properties") {
        match all.iter_mut().find(|held| property.is(held)) {
            Some(held) => *held = property.to_json(),
            None => all.push(property.to_json()),
        }
    }
}

/// A field without a value is absent (section 3).
pub(crate) fn remove_property(contact: &mut Value, property: &Property) {
    if let Some(all) = list(contact, "properties") {
        all.retain(|held| !property.is(held));
    }
}

pub(crate) fn add_tag(contact: &mut Value, tag: &str, now_ms: u64) {
    if tags(contact).any(|held| held == tag) {
        return;
    }
    if let Some(all) = list(contact, "tags") {
        all.push(tag.into());
    }
    if let Some(all) = list(contact, "tagsWithTime") {
        // Milliseconds here, seconds everywhere else (section 3).
        all.push(json!({"tag": tag, "createdTime": now_ms, "availableCount": 0, "entity_type": "tag"}));
    }
}

pub(crate) fn remove_tag(contact: &mut Value, tag: &str) {
    if let Some(all) = list(contact, "tags") {
        all.retain(|held| held != tag);
    }
    if let Some(all) = list(contact, "tagsWithTime") {
        all.retain(|held| held["tag"] != tag);
    }
}

pub(crate) fn tags(contact: &Value) -> impl Iterator<Item = &str> {
    items(contact, "tags").filter_map(Value::as_str)
}

pub(crate) fn properties(contact: &Value) -> impl Iterator<Item = &Value> {
    items(contact, "properties")
}

/// Every address of a contact, trimmed: the vendor's own sample has blanks behind one.
pub(crate) fn emails(contact: &Value) -> impl Iterator<Item = &str> {
    properties(contact)
        .filter(|property| property["name"] == "email")
        .filter_map(|property| property["value"].as_str())
        .map(str::trim)
        .filter(|email| !email.is_empty())
}

fn items<'a>(contact: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    contact.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The list under `key`, made if it is missing: a contact put in raw may be any shape.
fn list<'a>(contact: &'a mut Value, key: &str) -> Option<&'a mut Vec<Value>> {
    let held = contact.as_object_mut()?.entry(key).or_insert_with(|| json!([]));
    if held.is_null() {
        *held = json!([]);
    }
    held.as_array_mut()
}
