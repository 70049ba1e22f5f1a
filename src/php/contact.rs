//! Contacts over the border, there and back: what nobody can read is null to PHP, and what is empty is ''.

use super::{Array, array, items, text_in, zval};
use crate::contact::json::Told;
use crate::contact::{Contact, ContactId, Property, UNREADABLE_KIND};
use crate::crm::fetch::Fetched;
use ext_php_rs::binary::Binary;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

pub fn contact_array(contact: Contact) -> PhpResult<Array> {
    let properties =
        contact.properties.map(|all| all.into_iter().map(property_array).collect::<PhpResult<Vec<Array>>>());
    array([
        ("id", zval(contact.id.to_string())?),
        ("type", zval(contact.kind)?),
        ("tags", zval(contact.tags)?),
        ("created_time", zval(contact.created_time)?),
        ("updated_time", zval(contact.updated_time)?),
        ("properties", zval(properties.transpose()?)?),
    ])
}

fn property_array(property: Property) -> PhpResult<Array> {
    let value = match property.value {
        Told::Missing => Some(String::new()),
        told => told.readable(),
    };
    array([
        ("type", zval(property.kind)?),
        ("name", zval(property.name)?),
        ("subtype", zval(property.subtype)?),
        ("value", zval(value)?),
    ])
}

pub fn fetched_array(fetched: Fetched) -> PhpResult<Array> {
    let key = ("key", zval(Binary::new(fetched.key))?);
    match fetched.result {
        Ok(contact) => array([key, ("contact", zval(contact_array(contact)?)?)]),
        Err(error) => array([
            key,
            ("error", zval(error.code())?),
            ("message", zval(error.to_string())?),
            ("status", zval(i64::from(error.http_status()))?),
            ("retry_after", zval(error.retry_after().map(i64::from))?),
            ("outage", zval(error.is_outage())?),
        ]),
    }
}

pub fn contact_from(array: &ZendHashTable) -> Option<Contact> {
    let properties = array.get("properties")?.dereference().array();
    let tags = array.get("tags").and_then(|tags| tags.dereference().array());
    Some(Contact {
        id: ContactId::parse(&text_in(array, "id")?)?,
        kind: text_in(array, "type")?,
        tags: tags.and_then(|tags| items(tags).map(Zval::string).collect()),
        created_time: array.get("created_time").and_then(Zval::long),
        updated_time: array.get("updated_time").and_then(Zval::long),
        properties: properties.map(|properties| items(properties).filter_map(property_from).collect()),
        // Those are never handed out.
        in_bin: false,
    })
}

fn property_from(property: &Zval) -> Option<Property> {
    let property = property.array()?;
    let told = |key| match property.get(ArrayKey::Str(key)) {
        Some(value) => value.dereference().string().map_or(Told::Unreadable, |text| Told::of_text(&text)),
        None => Told::Missing,
    };
    let subtype = match told("subtype") {
        Told::Missing => Some(String::new()),
        told => told.readable(),
    };
    let kind = match told("type") {
        Told::Unreadable => UNREADABLE_KIND.to_owned(),
        told => told.readable().unwrap_or_default(),
    };
    let name = text_in(property, "name")?;
    Some(Property { kind, name, subtype, value: told("value") })
}
