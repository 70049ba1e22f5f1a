//! Who only looks at the settings understands them: what a page is for, what it saves, what would change; nothing sticks together or is
//! cut, at a desk and on a phone, in both directions (`tests/browser/glance.mjs`).

use crate::stage::world::World;
use serde_json::json;
use site::{Database, Request, Server};

/// A page that is asked for with `rtl` is as a translation that is read from right to left has it.
const BOTH_DIRECTIONS: &str = "<?php
    isset($_GET['rtl']) && add_action('init', fn() => $GLOBALS['wp_locale']->text_direction = 'rtl', PHP_INT_MIN);";

#[test]
fn on_every_tab() {
    let world = World::with(|site| {
        site.database(Database::Sqlite).server(Server::BuiltIn).mu_plugin_file("directions.php", BOTH_DIRECTIONS)
    });
    world.store_field_map(&json!([{"crm": "Plan", "wp": "plan", "type": "text", "when_empty": "keep"}]));
    let contact = sandbox::Contact::person("try@example.com").first_name("Tess").custom("Size", "XL");
    let (id, answer) = world.add(contact);
    world.expect(&answer, 200, "created", "");
    assert!(world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Plan", "", "gold"));
    // A call that is no event, and one that is given up.
    world.site.answer(&Request::new("POST", &world.site.webhook_target("add", &[])).body("application/json", "{"));
    world.give_up(sandbox::Contact::person("late@example.org"));
    world.site.forget_log();
    world.play("glance.mjs", "tabs");
}

#[test]
fn with_two_access_keys() {
    let world = World::with(|site| site.database(Database::Sqlite).server(Server::BuiltIn).access_key(None));
    world.play("glance.mjs", "keys");
}
