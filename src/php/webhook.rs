//! What becomes of a request, as PHP gets it.

use super::{Array, array, zval};
use crate::contact::Named;
use crate::request::webhook::{Received, Refusal, Webhook};
use ext_php_rs::exception::PhpResult;

pub fn verdict(received: Received) -> PhpResult<Array> {
    match received {
        Received::NotOurs => array([("ours", zval(false)?)]),
        Received::Refused(refusal) => {
            let authentic = !matches!(refusal.status, 405 | 403);
            array([("ours", zval(true)?), ("authentic", zval(authentic)?), ("refusal", zval(refused(refusal)?)?)])
        }
        Received::Accepted(webhook) => {
            array([("ours", zval(true)?), ("authentic", zval(true)?), ("webhook", zval(accepted(webhook)?)?)])
        }
    }
}

fn refused(refusal: Refusal) -> PhpResult<Array> {
    array([
        ("status", zval(i64::from(refusal.status))?),
        ("code", zval(refusal.code)?),
        ("message", zval(refusal.message)?),
    ])
}

fn accepted(webhook: Webhook) -> PhpResult<Array> {
    let (id, address) = match webhook.contact {
        Some(Named::Id(id)) => (Some(id.to_string()), None),
        Some(Named::Email(address)) => (None, Some(address)),
        None => (None, None),
    };
    array([
        ("action", zval(webhook.action.name())?),
        ("contact_id", zval(id)?),
        ("email", zval(address)?),
        ("role", zval(webhook.role)?),
        ("send_notification", zval(webhook.send_notification)?),
        ("async", zval(webhook.is_async)?),
        ("ignored", zval(webhook.ignored)?),
    ])
}
