//! A local Agile CRM, 'the sandbox': for tests in their process, for the demo and for curious people as a process of its own.
//!
//! There is no access to the real service. This server is modelled on what `tests/sandbox/agile-crm-api.md` collects from the vendor's
//! documents and from recorded calls; it is **not certified** by anybody. Where that text says 'assume', the
//! harsher reading was built, so that a client that passes here is right either way. `tests/facts.rs` pins the answers,
//! fact by fact.
//!
//! ```
//! let crm = sandbox::Sandbox::start(sandbox::Options::default())?;
//! let id = crm.create_contact(sandbox::Contact::person("ana@example.com").first_name("Ana").tag("Lead"));
//! assert_eq!(crm.contact(id).unwrap()["tags"][0], "Lead");
//! assert!(crm.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), sandbox::Error>(())
//! ```
//!
//! Reading order: [`Sandbox`] is the handle; `listen` accepts connections, `gate` is what every API request passes
//! (count, fault, credentials), `api` answers it from the `store`; `webhook` and `node` are the two ways the CRM calls a site.

mod account;
mod api;
mod contact;
mod control;
mod counts;
mod delivery;
mod error;
pub mod event;
mod faults;
mod gate;
mod listen;
mod merge;
mod node;
mod page;
mod sandbox;
mod store;
mod tls;
mod webhook;

pub use api::answer::{LONE_SURROGATE, NOT_UTF8};
pub use contact::{Contact, Property};
pub use counts::{Counts, Recorded};
pub use delivery::{Branch, Delivery, Sender};
pub use error::Error;
pub use faults::{Error500, Faults, Form, RateLimit};
pub use node::{Method, Node};
pub use sandbox::{Options, Sandbox};
pub use webhook::Webhook;
