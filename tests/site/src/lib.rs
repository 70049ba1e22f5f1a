//! Stands up a real WordPress on this machine, for the demo and the tests: MariaDB or SQLite, nginx with PHP-FPM or
//! PHP's built-in server, a single site or a network, each in a temporary folder of its own
//! (in memory where there is room), in less than a second.
//! `tests/site/setup.sh` brings what it needs.
//!
//! ```no_run
//! use site::{Database, Server, Site};
//!
//! let site = Site::builder()
//!     .database(Database::Sqlite)
//!     .server(Server::BuiltIn)
//!     .crm("http://127.0.0.1:8090", "admin@example.com", "an API key")
//!     .field_map(&[("Plan", "plan")])
//!     .start()?;
//! let answer = site.webhook("add", &[("contact_id", "5667649732214784")]);
//! assert_eq!(answer.wp_status(), "created");
//! assert_eq!(site.wp("return get_user_by('id', 2)->roles;")[0], "subscriber");
//! # Ok::<(), site::Error>(())
//! ```
//!
//! A [`Site`] may be shared between threads and kept in a `static`: when its process ends, however it ends, a guard
//! kills its servers and removes its folder. Files of WordPress' core are links into a cache: replace, never write them.
//!
//! Reading order: [`Builder`] says what is wanted, `start` stands it up, [`Site`] is what tests hold, [`Pool`] one more web server
//! of it, [`Apache`] another, [`Cluster`] three with a database each; `template` is an installed
//! database, `wordpress` the files; `command_line` runs code in it, `look` reads its database; `mariadb` (or the server that `sql_server` says), `fpm`, `nginx`, `builtin` are the servers, each a `process`.

mod answer;
mod apache;
mod builder;
mod builtin;
mod command_line;
mod error;
mod fpm;
mod galera;
mod guard;
mod http;
mod layout;
mod look;
mod mail;
mod mariadb;
mod nginx;
mod php;
mod pool;
mod process;
mod redis;
mod servers;
mod shelf;
mod site;
mod sql_server;
mod start;
mod template;
mod wordpress;

pub use answer::Answer;
pub use apache::{Apache, Way};
pub use builder::{ACCESS_KEY, Builder, Database, Server};
pub use error::{Error, Result};
pub use galera::Cluster;
pub use http::{Request, Response, encode, form};
pub use layout::{cache, extension, repository};
pub use mail::Mail;
pub use pool::Pool;
pub use process::await_until;
pub use site::{ADMIN, Site};
