//! Whatever bytes come: no panic, nothing stored that was not readable, and the second delivery finds nothing to do.
//!
//! The extension's own code without PHP, held against plain models, on some hundred random inputs each. That the same holds for
//! what WordPress stores is a promise: `whatever_a_contact_holds_the_second_webhook_is_unchanged`.

mod contact;
mod json;
mod list;
mod request;
mod value;

use proptest::test_runner::Config;

/// No file is written about what failed: the case is printed, and belongs into a unit test.
fn config() -> Config {
    Config { cases: 300, failure_persistence: None, ..Config::default() }
}
