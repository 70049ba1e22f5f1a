//! Deleting the plugin takes what it has stored with users along if the admin has said so: links, tags and its own marks, on each
//! site of a network by that site's choice. Links and tags stay while WP Fusion is active, whose keys they are too; the users, their
//! roles and their fields stay always.

use crate::stage::world::{World, ana};
use serde_json::json;
use site::Request;

/// As WordPress deletes a plugin: its hooks are not there any more, only `uninstall.php` is run.
const DELETE: &str = "require_once ABSPATH . 'wp-admin/includes/plugin.php';
    deactivate_plugins('bridge-for-agile-crm/bridge-for-agile-crm.php');
    uninstall_plugin('bridge-for-agile-crm/bridge-for-agile-crm.php');";

/// WP Fusion Lite, active while a file is there.
const WP_FUSION: &str = "<?php if (is_file(WP_CONTENT_DIR . '/wp-fusion-is-active')) { class WP_Fusion_Lite {} }";

const ON: &str = "update_option('agile_bridge_settings', array('removes_user_data' => true) + (array) get_option('agile_bridge_settings'));";

/// Every key of user meta that could be ours.
fn keys(world: &World) -> Vec<String> {
    let sql = "SELECT DISTINCT meta_key AS name FROM wp_usermeta WHERE meta_key LIKE '%agile%' ORDER BY meta_key";
    world.site.sql(sql).iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn links_tags_and_marks() {
    let world = World::with(|site| site.mu_plugin_file("fusion.php", WP_FUSION).field_map(&[("Plan", "plan")]));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let rule = [("[tag_roles][0][tag]", "Lead"), ("[tag_roles][0][role]", "contributor"), ("[removes_user_data]", "1")];
    world.save_settings(&cookie, &rule);
    let (_, answer) = world.add(ana().custom("Plan", "gold"));
    let user = answer.user_id().unwrap_or_else(|| panic!("no user: {}\n{}", answer.json, world.site.log()));
    world.site.wp(&format!(
        "update_user_meta({user}, '_agile_bridge_creating', '1'); update_user_meta(1, 'agile_bridge_activity_per_page', 50);
         update_user_meta(1, 'managetools_page_agile-bridge-activitycolumnshidden', array('took'));"
    ));
    let (marks, shared) = (
        ["_agile_bridge_created", "_agile_bridge_creating", "_agile_bridge_tag_role", "agile_bridge_activity_per_page"],
        ["agilecrm_contact_id", "agilecrm_tags"],
    );
    let hidden = ["managetools_page_agile-bridge-activitycolumnshidden"];
    assert_eq!(keys(&world), [&marks[..], &shared, &hidden].concat());

    let flag = world.site.root().join("wp-content/wp-fusion-is-active");
    std::fs::write(&flag, "").expect("a file");
    world.site.wp(DELETE);
    assert_eq!(keys(&world), shared, "what is WP Fusion's too stays");
    std::fs::remove_file(&flag).expect("a file");

    // Installed once more, and without it.
    world.site.wp(&format!("{ON} {DELETE}"));
    assert_eq!(keys(&world), [""; 0]);
    let user = world.user(user);
    assert_eq!(
        (&user["user_email"], &user["first_name"], &user["plan"], &user["roles"]),
        (&json!("ana@example.com"), &json!("Ana"), &json!("gold"), &json!(["contributor"]))
    );
    for (table, column) in [("wp_options", "option_name"), ("information_schema.tables", "table_name")] {
        let sql = format!("SELECT {column} AS name FROM {table} WHERE {column} LIKE '%agile\\_bridge%'");
        assert_eq!(world.site.sql(&sql), [] as [serde_json::Value; 0]);
    }
    assert_eq!(world.site.log(), "");
}

#[test]
fn each_site_of_a_network_by_its_own_choice() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp(&format!(
        "$id = wp_insert_site(array('domain' => get_network()->domain, 'path' => '/other/'));
         switch_to_blog($id); update_option('agile_bridge_settings', array('domain' => 'demo')); {ON} return $id;"
    ));
    let target = world.site.webhook_target("add", &[("contact_id", &world.contact(ana()))]);
    for path in ["", "/other"] {
        let answer = world.site.answer(&Request::new("GET", &format!("{path}{target}")));
        assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
    }
    let has = |key: &str| keys(&world).contains(&key.to_owned());
    let of_other = format!("wp_{other}_agilecrm_contact_id");
    assert!(has("agilecrm_contact_id") && has(&of_other), "{:?}", keys(&world));

    world.site.wp(DELETE);
    assert_eq!(keys(&world), ["_agile_bridge_created", "agilecrm_contact_id", "agilecrm_tags"]);
    world.site.wp(&format!("{ON} {DELETE}"));
    assert_eq!(keys(&world), [""; 0]);
}
