//! The PHP extension of Bridge for Agile CRM.
//!
//! A webhook names a contact (`request`); the contact (`contact`) is fetched from Agile CRM (`crm`); the contact becomes user
//! data (`user`). WordPress does the rest. What PHP sees is below, in the module `agile_bridge`; `php` carries values over the
//! border; all else is plain Rust, built and tested without PHP (`cargo test --no-default-features`). Which room may use which
//! stands in ARCHITECTURE.md.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable)
)]

pub mod contact;
pub mod crm;
#[cfg(feature = "php")]
mod php;
pub mod request;
pub mod user;

/// What PHP sees, in the namespace `AgileBridge`; its class is in `php/agile_crm.rs`. `php/agile_bridge.stub.php` says the
/// shapes.
#[cfg(feature = "php")]
#[allow(unsafe_code, reason = "the macros of ext-php-rs write unsafe functions for PHP to call")]
#[allow(clippy::needless_pass_by_value, reason = "PHP hands arguments over by value")]
#[allow(clippy::redundant_closure_for_method_calls, reason = "a method's path is not general enough over lifetimes")]
mod agile_bridge {
    use crate::contact::email;
    use crate::crm::agile_crm::{CALL_TIMEOUT, MAX_ANSWER};
    use crate::crm::http::CONNECT_TIMEOUT;
    use crate::crm::retry;
    use crate::php::agile_crm::PhpAgileCrm;
    use crate::php::{self, Array, Bytes, array, exception, zval};
    use crate::request::access_key;
    use crate::request::raw::{MAX_BODY, Request};
    use crate::request::webhook;
    use crate::user::value::Value;
    use crate::user::{field_map, identity, mapping, password};
    use ext_php_rs::prelude::*;
    use ext_php_rs::types::ZendHashTable;
    use ext_php_rs::zend::ModuleEntry;
    use ext_php_rs::{info_table_end, info_table_row, info_table_start};
    use std::collections::BTreeMap;

    /// The newest interface of a plugin that is served. Raised when callers see a change; `php/interfaces.txt` has them all.
    const INTERFACE_NUMBER: i64 = 4;

    /// The oldest one. Raised when something is taken away that it calls or reads.
    const OLDEST_INTERFACE: i64 = 3;

    /// The table of contents.
    #[php_module]
    pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
        module
            .name("agile_bridge")
            .globals(&php::WORKER)
            .startup_function(start)
            .info_function(information)
            .constant(("AgileBridge\\VERSION", env!("CARGO_PKG_VERSION"), &[]))
            .constant(("AgileBridge\\INTERFACE_NUMBER", INTERFACE_NUMBER, &[]))
            .constant(("AgileBridge\\OLDEST_INTERFACE", OLDEST_INTERFACE, &[]))
            .class::<PhpAgileCrm>()
            .function(wrap_function!(generate_access_key))
            .function(wrap_function!(generate_password))
            .function(wrap_function!(receive_webhook))
            .function(wrap_function!(read_kept_webhook))
            .function(wrap_function!(user_data))
            .function(wrap_function!(guard_user_data))
            .function(wrap_function!(check_field_map))
            .function(wrap_function!(login_candidates))
            .function(wrap_function!(display_name))
            .function(wrap_function!(normalize_email))
            .function(wrap_function!(retry_delay))
            .function(wrap_function!(not_found_delay))
    }

    /// A new access key: 43 URL-safe characters, 256 bits from the operating system.
    #[php_function]
    #[php(name = "AgileBridge\\generate_access_key")]
    pub fn generate_access_key() -> PhpResult<String> {
        access_key::generate().ok_or_else(php::no_random_numbers)
    }

    /// A new password: 24 letters and digits from the operating system.
    #[php_function]
    #[php(name = "AgileBridge\\generate_password")]
    pub fn generate_password() -> PhpResult<String> {
        password::generate().ok_or_else(php::no_random_numbers)
    }

    /// Reads a raw request. Never throws.
    #[php_function]
    #[php(name = "AgileBridge\\receive_webhook")]
    pub fn receive_webhook(
        method: Bytes,
        query: Bytes,
        content_type: Bytes,
        body: Bytes,
        key_digests: &ZendHashTable,
    ) -> PhpResult<Array> {
        let request = Request { method: *method, query: *query, content_type: *content_type, body: *body };
        let digests = php::items(key_digests).filter_map(|digest| digest.str());
        php::webhook::verdict(webhook::receive(&request, digests))
    }

    /// Reads a request that the plugin has kept, without its key. Never throws.
    #[php_function]
    #[php(name = "AgileBridge\\read_kept_webhook")]
    pub fn read_kept_webhook(method: Bytes, query: Bytes, content_type: Bytes, body: Bytes) -> PhpResult<Array> {
        let request = Request { method: *method, query: *query, content_type: *content_type, body: *body };
        php::webhook::verdict(webhook::receive_kept(&request))
    }

    /// Contact + field map = user data.
    #[php_function]
    #[php(name = "AgileBridge\\user_data")]
    pub fn user_data(contact: &ZendHashTable, field_map: &ZendHashTable, time_zone: &str) -> PhpResult<Array> {
        let contact = php::contact::contact_from(contact)
            .ok_or_else(|| exception("Exception", "this array is not a contact of AgileCrm::contact()", 500))?;
        let user = mapping::user_data(&contact, &php::stored_map(field_map), time_zone);
        let refused = user.refused.iter().map(|key| format!("value_refused:{key}"));
        let notes: Vec<String> = refused.chain(user.password_refused.then(|| "password_refused".to_owned())).collect();
        array([
            ("data", zval(php::values(user.data)?)?),
            // For a plugin of interface 3, which reads it.
            ("text", zval(Vec::<String>::new())?),
            ("emails", zval(user.emails)?),
            ("emails_whole", zval(user.emails_whole)?),
            ("email_problem", zval(user.email_problem.map(email::Problem::code))?),
            ("notes", zval(notes)?),
        ])
    }

    /// The guards of the field map, for what a filter of the site returns.
    #[php_function]
    #[php(name = "AgileBridge\\guard_user_data")]
    pub fn guard_user_data(data: &ZendHashTable) -> PhpResult<Array> {
        // A key that is no text at all is refused under a name that shows nothing of it.
        let name = |key: Option<String>| key.unwrap_or_else(|| "?".to_owned());
        let data: BTreeMap<String, Option<Value>> =
            php::pairs(data).map(|(key, value)| (name(key), php::value_from(value))).collect();
        let (kept, refused) = mapping::guard(data);
        let notes: Vec<String> = refused.iter().map(|key| format!("value_refused:{key}")).collect();
        array([("data", zval(php::values(kept)?)?), ("notes", zval(notes)?)])
    }

    /// The rules of a field map that work, and those that are left out, with reasons.
    #[php_function]
    #[php(name = "AgileBridge\\check_field_map")]
    pub fn check_field_map(map: &ZendHashTable) -> PhpResult<Array> {
        let (entries, refused) = field_map::check(&php::stored_map(map));
        let entries: PhpResult<Vec<Array>> = entries.into_iter().map(php::entry_array).collect();
        let refused: PhpResult<Vec<Array>> = refused.into_iter().map(php::refused_array).collect();
        array([("entries", zval(entries?)?), ("refused", zval(refused?)?)])
    }

    /// Logins to try in order when the e-mail cannot be the login.
    #[php_function]
    #[php(name = "AgileBridge\\login_candidates")]
    pub fn login_candidates(email: &str, contact_id: &str) -> Vec<String> {
        identity::login_candidates(email, contact_id)
    }

    /// The name the public sees; it never shows the e-mail.
    #[php_function]
    #[php(name = "AgileBridge\\display_name")]
    pub fn display_name(first_name: &str, last_name: &str, login: &str) -> String {
        identity::display_name(first_name, last_name, login)
    }

    /// The address trimmed and lower-cased, or null if it is not a plain ASCII address.
    #[php_function]
    #[php(name = "AgileBridge\\normalize_email")]
    pub fn normalize_email(email: &str) -> Option<String> {
        email::normalize(email)
    }

    /// Seconds until an event that failed so often is tried again; null if it is dead.
    #[php_function]
    #[php(name = "AgileBridge\\retry_delay")]
    pub fn retry_delay(attempts: i64, retry_after: Option<i64>) -> Option<f64> {
        retry::delay(attempts, retry_after)
    }

    /// The same for a contact named by an e-mail address that the search does not find.
    #[php_function]
    #[php(name = "AgileBridge\\not_found_delay")]
    pub fn not_found_delay(attempts: i64) -> Option<f64> {
        retry::not_found_delay(attempts)
    }

    extern "C" fn start(_kind: i32, _module: i32) -> i32 {
        // 0 and -1 are the engine's SUCCESS and FAILURE.
        if php::register_exceptions().is_ok() { 0 } else { -1 }
    }

    /// `php --ri agile_bridge`.
    extern "C" fn information(_module: *mut ModuleEntry) {
        info_table_start!();
        info_table_row!("version", env!("CARGO_PKG_VERSION"));
        info_table_row!("interface number", INTERFACE_NUMBER.to_string());
        info_table_row!("oldest interface number", OLDEST_INTERFACE.to_string());
        info_table_row!("TLS library", "rustls with ring, root certificates of the system");
        info_table_row!("largest webhook body", format!("{MAX_BODY} bytes"));
        info_table_row!("largest answer of Agile CRM", format!("{MAX_ANSWER} bytes"));
        info_table_row!("shortest access key", format!("{} bytes", access_key::MIN_BYTES));
        info_table_row!("time to connect", format!("{CONNECT_TIMEOUT:?}"));
        info_table_row!("time for a call, one retry included", format!("{CALL_TIMEOUT:?}"));
        info_table_end!();
    }
}
