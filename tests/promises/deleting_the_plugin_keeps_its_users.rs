//! Deleting the plugin removes what is ours and keeps what other code may use: the users, with contact ids and tags.

use crate::world::{World, ana};
use serde_json::json;

/// As WordPress deletes a plugin: its hooks are not there any more, only `uninstall.php` is run.
const DELETE: &str = "require_once ABSPATH . 'wp-admin/includes/plugin.php';
    deactivate_plugins('bridge-for-agile-crm/bridge-for-agile-crm.php');
    uninstall_plugin('bridge-for-agile-crm/bridge-for-agile-crm.php');";

#[test]
fn options_go_and_users_stay() {
    let world = World::with(|site| site.option("agile_bridge_field_map", json!([])));
    let answer = world.site.webhook("add", &[("contact_id", &world.contact(ana()))]);
    let user = answer.user_id().unwrap_or_else(|| panic!("no user was made: {}\n{}", answer.json, world.site.log()));
    world.site.get("/?wpf_action=test&access_key=wrong");
    assert_eq!(options(&world, "wp_options").len(), 3, "settings, field map and counters are there");

    world.site.wp(DELETE);

    assert_eq!(options(&world, "wp_options"), [""; 0]);
    let user = world.user(user);
    assert_eq!((&user["user_email"], &user["agilecrm_tags"]), (&json!("ana@example.com"), &json!(["Lead"])));
}

#[test]
fn on_every_site_of_a_network() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp("$id = wp_insert_site(array('domain' => get_network()->domain, 'path' => '/other/'));
         switch_to_blog($id); update_option('agile_bridge_settings', array('domain' => 'demo')); return $id;");
    let table = format!("wp_{other}_options");
    assert_eq!(options(&world, &table).len(), 1);

    world.site.wp(DELETE);

    for table in ["wp_options", &table] {
        assert_eq!(options(&world, table), [""; 0], "{table}");
    }
}

fn options(world: &World, table: &str) -> Vec<String> {
    let rows = world.site.sql(&format!("SELECT option_name FROM {table} WHERE option_name LIKE 'agile_bridge%'"));
    rows.iter().map(|row| row["option_name"].to_string()).collect()
}
