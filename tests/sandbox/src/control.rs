//! `/sandbox/…`: what the page and a demo's `curl` may do. JSON in, JSON out.
//!
//! There are no credentials: it listens on this machine only. Bodies must be `application/json`, which a foreign
//! web page cannot send here without being allowed to. Ids travel as strings: a browser rounds large numbers.

use crate::account::Account;
use crate::contact::Property;
use crate::faults::Faults;
use crate::node::Node;
use crate::webhook::Webhook;
use crate::{event, store};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

type Crm = State<Arc<Account>>;

pub(crate) fn router() -> Router<Arc<Account>> {
    Router::new()
        .route("/account", get(account))
        .route("/contacts", get(contacts).post(create_contact))
        .route("/contacts/{id}", get(contact).put(put_contact).delete(delete_contact))
        .route("/contacts/{id}/property", post(set_property))
        .route("/contacts/{id}/tags/{tag}", axum::routing::put(add_tag).delete(remove_tag))
        .route("/custom-fields", get(custom_fields).post(define_custom_field))
        .route("/webhook", get(webhook).put(set_webhook).delete(unset_webhook))
        .route("/faults", get(faults).put(set_faults).delete(clear_faults))
        .route("/counts", get(counts).delete(reset_counts))
        .route("/requests", get(requests))
        .route("/deliveries", get(deliveries).delete(clear_deliveries))
        .route("/node", post(run_node))
        .route("/event", post(send_event))
        .route("/deal", post(create_deal))
}

async fn account(State(crm): Crm) -> Json<Value> {
    Json(json!({"domain": crm.domain, "email": crm.email, "api_key": crm.api_key, "now": store::seconds()}))
}

async fn contacts(State(crm): Crm) -> Json<Value> {
    let store = crm.store.lock();
    let all: Vec<_> = store.all().map(|(id, contact)| json!({"id": id.to_string(), "contact": contact})).collect();
    Json(all.into())
}

async fn create_contact(State(crm): Crm, Json(sent): Json<Value>) -> Json<Value> {
    Json(json!({"id": crm.create(&sent).to_string()}))
}

async fn contact(State(crm): Crm, Path(id): Path<u64>) -> Response {
    changed(crm.store.lock().get(id).cloned())
}

/// Raw, for odd shapes; no webhook.
async fn put_contact(State(crm): Crm, Path(id): Path<u64>, Json(raw): Json<Value>) -> StatusCode {
    crm.store.lock().put(id, raw);
    StatusCode::NO_CONTENT
}

async fn delete_contact(State(crm): Crm, Path(id): Path<u64>) -> StatusCode {
    if crm.store.lock().delete(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn set_property(State(crm): Crm, Path(id): Path<u64>, Json(property): Json<Property>) -> Response {
    changed(crm.set_property(id, &property))
}

async fn add_tag(State(crm): Crm, Path((id, tag)): Path<(u64, String)>) -> Response {
    changed(crm.add_tags(id, std::iter::once(tag.as_str())))
}

async fn remove_tag(State(crm): Crm, Path((id, tag)): Path<(u64, String)>) -> Response {
    changed(crm.remove_tags(id, std::iter::once(tag.as_str())))
}

fn changed(contact: Option<Value>) -> Response {
    match contact {
        Some(contact) => Json(contact).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn custom_fields(State(crm): Crm) -> Json<Value> {
    Json(crm.store.lock().custom_fields().into())
}

#[derive(Deserialize)]
struct CustomField {
    label: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: String,
}

async fn define_custom_field(State(crm): Crm, Json(field): Json<CustomField>) -> StatusCode {
    crm.store.lock().define_custom_field(&field.label, &field.kind, &field.data);
    StatusCode::NO_CONTENT
}

async fn webhook(State(crm): Crm) -> Json<Option<Webhook>> {
    Json(crm.webhook.lock().clone())
}

async fn set_webhook(State(crm): Crm, Json(webhook): Json<Webhook>) -> StatusCode {
    *crm.webhook.lock() = Some(webhook);
    StatusCode::NO_CONTENT
}

async fn unset_webhook(State(crm): Crm) -> StatusCode {
    *crm.webhook.lock() = None;
    StatusCode::NO_CONTENT
}

async fn faults(State(crm): Crm) -> Json<Faults> {
    Json(crm.faults.get())
}

async fn set_faults(State(crm): Crm, Json(faults): Json<Faults>) -> StatusCode {
    crm.faults.set(faults);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(crm): Crm) -> StatusCode {
    crm.faults.set(Faults::default());
    StatusCode::NO_CONTENT
}

async fn counts(State(crm): Crm) -> Json<Value> {
    Json(crm.ledger.counts().to_json())
}

async fn reset_counts(State(crm): Crm) -> StatusCode {
    crm.ledger.reset();
    StatusCode::NO_CONTENT
}

async fn requests(State(crm): Crm) -> Response {
    Json(crm.ledger.requests()).into_response()
}

async fn deliveries(State(crm): Crm) -> Response {
    Json(crm.log.all()).into_response()
}

async fn clear_deliveries(State(crm): Crm) -> StatusCode {
    crm.log.clear();
    StatusCode::NO_CONTENT
}

async fn run_node(State(crm): Crm, Json(node): Json<Node>) -> Response {
    Json(crm.run_node(&node, &Map::new()).await).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_name: String,
    event_data: Value,
}

async fn send_event(State(crm): Crm, Json(event): Json<Event>) -> Response {
    match crm.send_webhook(&event.event_name, event.event_data).await {
        Some(delivery) => Json(delivery).into_response(),
        None => (StatusCode::CONFLICT, "no webhook is set").into_response(),
    }
}

#[derive(Deserialize)]
struct Deal {
    name: String,
    #[serde(default)]
    contacts: Vec<String>,
}

async fn create_deal(State(crm): Crm, Json(deal): Json<Deal>) -> Json<Value> {
    let id = crm.store.lock().next_id();
    let contacts: Vec<u64> = deal.contacts.iter().filter_map(|id| id.parse().ok()).collect();
    crm.announce_deal(&event::deal(id, &deal.name, &contacts));
    Json(json!({"id": id.to_string()}))
}
