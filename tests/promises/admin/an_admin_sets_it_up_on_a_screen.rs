//! Everything can be set, tested and understood on one screen, in a real browser (`tests/browser/settings.mjs`).

use crate::stage::world::{World, ana};
use serde_json::json;
use site::{Builder, Server};

/// A site that knows where the CRM is and nothing else.
fn unconfigured(builder: Builder, url: &str) -> Builder {
    builder.access_key(None).constants(&[("AGILE_BRIDGE_API_URL", url)])
}

/// The browser is what takes time here; the database and the web server are the quick ones.
fn quick(builder: Builder) -> Builder {
    builder.database(site::Database::Sqlite).server(Server::BuiltIn)
}

fn new_site(change: impl FnOnce(Builder) -> Builder) -> World {
    let crm = sandbox::Sandbox::start(sandbox::Options::default()).expect("the sandbox starts");
    let site = change(quick(unconfigured(site::Site::builder(), &crm.url()))).start().expect("the site starts");
    World { crm, site }
}

#[test]
fn from_a_new_site_to_working_webhooks() {
    let world = new_site(|site| site);
    world.play("settings.mjs", "stored");

    let options = world.site.sql("SELECT option_value FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    let stored = serde_json::to_string(&options).unwrap();
    for secret in [world.crm.api_key(), "short-but-works"] {
        assert!(!stored.contains(secret), "no secret is stored in clear");
    }

    world.site.set_constant("AUTH_KEY", "another secret key than the one the site was set up with");
    world.play("settings.mjs", "salts");
}

#[test]
fn what_wp_config_sets_is_shown_and_left_alone() {
    let world = World::with(|site| quick(site).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Password")]));
    world.play("settings.mjs", "constants");
}

#[test]
fn what_new_users_get_is_chosen_there() {
    let plugin = "<?php add_filter('password_reset_expiration', fn() => 2 * DAY_IN_SECONDS);";
    let world = World::with(|site| quick(site).mu_plugin_file("lifetime.php", plugin));
    world.site.wp("add_role('gold', 'Gold & \"Silver\"', array('read' => true)); return 1;");
    world.play("settings.mjs", "users");
    // Just as the screen says it.
    let id = world.contact(ana());
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", "gold")]);
    world.expect(&answer, 200, "created", "");
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!((&user["user_login"], &user["roles"]), (&json!("ana.ruiz"), &json!(["author"])));
    assert_eq!(answer.notes(), ["role_refused"]);
    let returned = world.crm.property(id.parse().expect("a number"), "WP Password").expect("the link");
    assert!(returned.contains("action=rp"), "{returned}");
}

#[test]
fn what_waits_and_what_was_given_up_is_told_and_processed() {
    let world = World::with(quick);
    world.give_up(ana());

    world.play("settings.mjs", "inbox");

    world.catch_up();
    for email in ["ana@example.com", "paused@example.com", "later@example.com", "refused@example.com"] {
        assert_eq!(world.user_with(email)["roles"], json!(["subscriber"]), "{email}: {:?}", world.events());
    }
    assert_eq!(world.user_count(), 5);
}

#[test]
fn without_the_extension_the_screen_says_what_to_do() {
    new_site(|site| site.extension(false)).play("settings.mjs", "no-extension");
}

#[test]
fn beside_wp_fusion_the_admin_decides_who_answers() {
    let wp_fusion = "<?php class WP_Fusion {}
        add_action('init', function () { if (isset($_GET['wpf_action'])) { http_response_code(299); exit; } });";
    let world = new_site(|site| {
        site.plugin_file("wp-fusion/wp-fusion.php", wp_fusion)
            .option("wpf_options", serde_json::json!({"crm": "agilecrm"}))
    });
    world.play("settings.mjs", "wp-fusion");
}
