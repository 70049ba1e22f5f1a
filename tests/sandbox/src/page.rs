//! The page at `/`: contacts, a campaign node, the webhook and what was sent. Three files, no build step.

use crate::account::Account;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;

/// The icon is an empty `data:` URL, so that the browser asks for none.
const POLICY: &str = "default-src 'self'; img-src data:; frame-ancestors 'none'";

pub(crate) fn router() -> Router<Arc<Account>> {
    Router::new()
        .route("/", get(|| async { file("text/html; charset=utf-8", include_str!("page/index.html")) }))
        .route("/page.css", get(|| async { file("text/css; charset=utf-8", include_str!("page/page.css")) }))
        .route("/page.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/page.js")) }))
}

/// Contacts hold whatever somebody typed: the script writes text only, and the policy runs nothing else.
fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, POLICY)], text)
}
