//! Deleting the plugin removes what is ours, tables and scheduled events with it, and keeps what other code may use: the
//! users, with contact ids and tags.

use crate::stage::world::{World, ana};
use serde_json::json;
use site::Request;

/// As WordPress deletes a plugin: its hooks are not there any more, only `uninstall.php` is run.
const DELETE: &str = "require_once ABSPATH . 'wp-admin/includes/plugin.php';
    deactivate_plugins('bridge-for-agile-crm/bridge-for-agile-crm.php');
    uninstall_plugin('bridge-for-agile-crm/bridge-for-agile-crm.php');";

#[test]
fn options_go_and_users_stay() {
    let world =
        World::with(|site| site.option("agile_bridge_field_map", json!([])).option("agile_bridge_syncs", json!({})));
    let answer = world.site.webhook("add", &[("contact_id", &world.contact(ana()))]);
    let user = answer.user_id().unwrap_or_else(|| panic!("no user was made: {}\n{}", answer.json, world.site.log()));
    world.site.get("/?wpf_action=test&access_key=wrong");
    let all = ["field_map", "home", "schema", "settings", "stats", "syncs"].map(|name| format!("agile_bridge_{name}"));
    assert_eq!(options(&world, "wp_options"), all);
    for transient in ["agile_bridge_crm_fields", "agile_bridge_sample_contact"] {
        world.site.wp(&format!("return set_transient('{transient}', 'x', 60);"));
    }
    let all = [
        "wp_agile_bridge_events",
        "wp_agile_bridge_identities",
        "wp_agile_bridge_intake",
        "wp_agile_bridge_leases",
        "wp_agile_bridge_links",
    ];
    assert_eq!(tables(&world), all);
    assert_eq!(scheduled(&world, 1), ["agile_bridge_drain", "agile_bridge_reconcile"]);

    world.site.wp(DELETE);

    assert_eq!(options(&world, "wp_options"), [""; 0]);
    let kept = "SELECT option_name AS name FROM wp_options WHERE option_name LIKE '%agile\\_bridge%'";
    assert_eq!(names(&world, kept), [""; 0]);
    assert_eq!(tables(&world), [""; 0]);
    assert_eq!(scheduled(&world, 1), [""; 0]);
    let user = world.user(user);
    assert_eq!((&user["user_email"], &user["agilecrm_tags"]), (&json!("ana@example.com"), &json!(["Lead"])));
    assert_eq!(world.site.log(), "");
}

#[test]
fn on_every_site_of_a_network() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp("$id = wp_insert_site(array('domain' => get_network()->domain, 'path' => '/other/'));
         switch_to_blog($id); update_option('agile_bridge_settings', array('domain' => 'demo')); return $id;");
    let other = other.as_u64().expect("a site");
    let target = world.site.webhook_target("add", &[("contact_id", &world.contact(ana()))]);
    for path in ["", "/other"] {
        let answer = world.site.answer(&Request::new("GET", &format!("{path}{target}")));
        assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
    }
    let table = format!("wp_{other}_options");
    assert_eq!(options(&world, &table), ["agile_bridge_schema", "agile_bridge_settings"]);
    // The locks are the network's.
    let mut all = [
        "wp_agile_bridge_events",
        "wp_agile_bridge_identities",
        "wp_agile_bridge_intake",
        "wp_agile_bridge_leases",
        "wp_agile_bridge_links",
    ]
    .map(str::to_owned)
    .to_vec();
    all.splice(0..0, ["events", "intake", "leases"].map(|table| format!("wp_{other}_agile_bridge_{table}")));
    assert_eq!(tables(&world), all);
    assert_eq!(scheduled(&world, other), ["agile_bridge_drain", "agile_bridge_reconcile"]);

    world.site.wp(DELETE);

    for table in ["wp_options", &table] {
        assert_eq!(options(&world, table), [""; 0], "{table}");
    }
    for site in [1, other] {
        assert_eq!(scheduled(&world, site), [""; 0], "{site}");
    }
    assert_eq!(tables(&world), [""; 0]);
}

fn options(world: &World, table: &str) -> Vec<String> {
    names(
        world,
        &format!("SELECT option_name AS name FROM {table} WHERE option_name LIKE 'agile\\_bridge%' ORDER BY 1"),
    )
}

fn tables(world: &World) -> Vec<String> {
    let all = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'wordpress'";
    names(world, &format!("{all} AND table_name LIKE '%agile\\_bridge%' ORDER BY 1"))
}

fn names(world: &World, query: &str) -> Vec<String> {
    world.site.sql(query).iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// WP-Cron's events of ours on a site.
fn scheduled(world: &World, site: u64) -> Vec<String> {
    let hooks = world.site.wp(&format!(
        "is_multisite() && switch_to_blog({site});
         $hooks = array_merge(...array_map('array_keys', array_values(array_filter(_get_cron_array(), 'is_array'))));
         return array_values(array_filter($hooks, fn($hook) => str_contains($hook, 'agile')));"
    ));
    let mut hooks: Vec<String> = serde_json::from_value(hooks).expect("a list of hooks");
    hooks.sort_unstable();
    hooks
}
