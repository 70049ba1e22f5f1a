//! Agile CRM: the account, the connection to it, the calls that the bridge needs, and what goes wrong with them.

pub mod account;
pub mod agile_crm;
pub mod call;
pub mod current_user;
pub mod custom_field;
pub mod error;
pub mod fetch;
pub mod http;
mod machine;
mod names;
pub mod retry;
pub mod worker;
