//! What a settings screen asks for: the account's tags, its custom fields, and who we are.

use super::Asked;
use super::answer::Answer;
use crate::account::Account;
use serde_json::json;

pub(super) fn tags(account: &Account) -> Answer {
    Answer::List(account.store.lock().tags())
}

pub(super) fn custom_fields(account: &Account, asked: &Asked) -> Answer {
    let scope = asked.query("scope").unwrap_or_default();
    let fields = account.store.lock().custom_fields().iter().filter(|field| field["scope"] == scope).cloned().collect();
    Answer::List(fields)
}

/// The connection test.
pub(super) fn current_user(account: &Account) -> Answer {
    let owner = account.store.lock().owner().clone();
    Answer::One(
        "domainUser",
        json!({
            "id": owner["id"], "domain": owner["domain"], "email": owner["email"], "name": owner["name"],
            "is_admin": true, "is_account_owner": true, "is_disabled": false,
            "scopes": ["CREATE_CONTACT", "IMPORT_CONTACTS", "EXPORT_CONTACTS", "VIEW_CONTACTS"],
        }),
    )
}
