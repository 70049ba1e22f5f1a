//! The promises, each in a file of its name, kept by the real thing: a real WordPress on PHP-FPM, nginx and MariaDB, the
//! extension as it is released, the plugin as a user installs it. Only Agile CRM is a stand-in (`tests/sandbox`).
//!
//! They stand in folders by the rooms of the plugin (ARCHITECTURE.md); what they share is in `stage`. Every test stands up a
//! world of its own: a CRM and a site. `make test` builds the extension first.

mod stage;

mod admin;
mod crm;
mod inbox;
mod site;
mod soak;
mod story;
mod upkeep;
mod user;
mod webhook;
mod work;
