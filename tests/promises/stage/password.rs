//! A generated password: the field of the CRM that it goes to, whom it opens, and where it must not be.

use crate::stage::world::World;
use serde_json::{Value, json};

pub const FIELD: &str = "WP Password";
pub const PUT: &str = "contacts/edit-properties";

/// Whose user id these words open, by WordPress' own check; null for nobody.
pub fn who(world: &World, login: &str, password: &str) -> Value {
    world
        .site
        .wp(&format!("$user = wp_authenticate('{login}', '{password}'); return is_wp_error($user) ? null : $user->ID;"))
}

#[track_caller]
pub fn expect_nowhere(world: &World, password: &str) {
    for table in ["wp_agile_bridge_events", "wp_agile_bridge_leases", "wp_options", "wp_users", "wp_usermeta"] {
        let rows = json!(world.site.sql(&format!("SELECT * FROM {table}"))).to_string();
        assert!(!rows.contains(password), "the password is in {table}");
    }
    assert!(!world.site.logs().contains(password), "the password is in a log");
}
