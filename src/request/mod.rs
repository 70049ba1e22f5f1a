//! The request: a raw one becomes a webhook, or the reason why it is refused; and the access key that it has to show.

pub mod access_key;
mod event;
mod parameters;
pub mod raw;
pub mod webhook;
