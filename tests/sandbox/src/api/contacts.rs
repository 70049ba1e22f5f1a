//! Calls about one contact.

use super::Asked;
use super::answer::Answer;
use crate::account::Account;
use crate::contact::{self, Property};
use serde_json::Value;
use std::sync::Arc;

/// The CRM's own words, its spelling included (recorded).
const NO_ID: &str = "Please check id value should not be null.";
const NO_CONTACT: &str = "Contact is not availabe for given id.";
const DUPLICATE: &str = "Sorry, duplicate contact found with the same email address.";

pub(super) fn get(account: &Account, id: &str) -> Answer {
    // A path that names no number names no page.
    let Ok(id) = id.parse() else { return Answer::NoSuchPage };
    found(account.store.lock().get(id).cloned())
}

pub(super) fn search_by_email(account: &Account, asked: &Asked, email: &str) -> Answer {
    found(account.store.lock().by_email(email.trim(), asked.faults.search_lag).cloned())
}

fn found(contact: Option<Value>) -> Answer {
    // An unknown id is 204, not 404.
    contact.map_or(Answer::Nothing, |contact| Answer::One("contact", contact))
}

/// Changes the properties named and no other.
pub(super) fn edit_properties(account: &Arc<Account>, asked: &Asked) -> Answer {
    with_id(asked, |id, sent| {
        let properties: Vec<_> = contact::properties(sent).filter_map(Property::read).collect();
        for empty in properties.iter().filter(|property| property.value.is_empty()) {
            asked.complain(format!("an empty value for {}: it has damaged contacts", empty.name));
        }
        account.edit_properties(id, &properties)
    })
}

pub(super) fn edit_tags(account: &Arc<Account>, asked: &Asked) -> Answer {
    with_id(asked, |id, sent| account.add_tags(id, contact::tags(sent)))
}

pub(super) fn delete_tags(account: &Arc<Account>, asked: &Asked) -> Answer {
    with_id(asked, |id, sent| account.remove_tags(id, contact::tags(sent)))
}

pub(super) fn create(account: &Arc<Account>, asked: &Asked) -> Answer {
    let sent = match asked.json() {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    match account.create_once(&sent) {
        None => Answer::BadRequest(DUPLICATE),
        // 200, not 201 (recorded).
        Some(id) => found(account.store.lock().get(id).cloned()),
    }
}

pub(super) fn replace(account: &Arc<Account>, asked: &Asked) -> Answer {
    asked.complain("PUT contacts: it replaces the whole contact");
    with_id(asked, |id, sent| account.replace(id, sent))
}

pub(super) fn delete(account: &Account, id: &str) -> Answer {
    let Ok(id) = id.parse() else { return Answer::NoSuchPage };
    account.store.lock().delete(id);
    Answer::Nothing
}

fn with_id(asked: &Asked, change: impl FnOnce(u64, &Value) -> Option<Value>) -> Answer {
    let sent = match asked.json() {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    match contact::text(sent.get("id")).parse() {
        Err(_) => Answer::BadRequest(NO_ID),
        Ok(id) => match change(id, &sent) {
            None => Answer::BadRequest(NO_CONTACT),
            Some(contact) => Answer::One("contact", contact),
        },
    }
}
