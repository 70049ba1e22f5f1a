//! Four constants in `wp-config.php` and an active plugin: everything works, without a visit to a settings page. Each
//! constant wins over what is stored; where something is missing the webhook says so and the site goes on.

use crate::world::{World, ana};
use serde_json::json;
use site::{Site, encode};

/// Stores an account, its API key sealed as the settings page seals it.
fn store(site: &Site, domain: &str, email: &str, api_key: &str) {
    site.wp(&format!(
        "require_once WP_PLUGIN_DIR . '/bridge-for-agile-crm/inc/secret.php';
         update_option('agile_bridge_settings', array('domain' => '{domain}', 'email' => '{email}',
             'api_key' => AgileBridge\\Plugin\\seal('{api_key}', 'api_key'), 'api_url' => 'http://127.0.0.1:1/',
             'AGILE_BRIDGE_API_URL' => 'http://127.0.0.1:1/') + (array) get_option('agile_bridge_settings', array()));"
    ));
}

#[test]
fn constants_win_over_what_is_stored() {
    let world = World::with(|site| site.option("agile_bridge_settings", json!([])));
    let (site, id) = (&world.site, world.contact(ana()));
    site.sql("DELETE FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    let answer = site.webhook("add", &[("contact_id", &id)]);
    world.expect(&answer, 200, "created", "");
    let stored = site.sql("SELECT option_name FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    assert!(stored.is_empty(), "a webhook has stored settings: {stored:?}");

    store(site, "another", "nobody@example.com", "not-the-key-of-the-account");
    let answer = site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "unchanged", "");

    // Whatever is in the constant counts, also if it is of no use.
    for (constant, value, status, code) in [
        ("AGILE_BRIDGE_API_KEY", "not-the-key-of-the-account", 502, "crm_unauthorized"),
        ("AGILE_BRIDGE_API_KEY", "", 503, "not_configured"),
        ("AGILE_BRIDGE_API_KEY", world.crm.api_key(), 200, ""),
        ("AGILE_BRIDGE_EMAIL", "nobody@example.com", 502, "crm_unauthorized"),
        ("AGILE_BRIDGE_EMAIL", "", 503, "not_configured"),
        ("AGILE_BRIDGE_EMAIL", world.crm.email(), 200, ""),
        ("AGILE_BRIDGE_DOMAIN", "", 503, "not_configured"),
        ("AGILE_BRIDGE_DOMAIN", "not a subdomain!", 503, "not_configured"),
        ("AGILE_BRIDGE_DOMAIN", "demo", 200, ""),
    ] {
        site.set_constant(constant, value);
        world.crm.reset_counts();
        let answer = site.webhook("update", &[("contact_id", &id)]);
        let got = (answer.status, answer.wp_code());
        assert_eq!(got, (status, code), "{constant}='{value}': {}\n{}", answer.json, site.log());
        if status == 503 {
            assert!(answer.response.header("Retry-After").is_some(), "{:?}", answer.response.headers);
            assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());
            // The key is valid all the same, and the site is not concerned.
            assert_eq!(site.webhook("test", &[]).wp_status(), "ok", "{constant}='{value}'");
            assert!(site.get("/").body().contains("</html>"));
        }
    }
}

#[test]
fn what_is_stored_counts_where_there_is_no_constant() {
    let crm = sandbox::Sandbox::start(sandbox::Options::default()).expect("the sandbox starts");
    let site = Site::builder().constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]).start().expect("the site starts");
    let world = World { crm, site };
    let (site, id) = (&world.site, world.contact(ana()));
    world.expect(&site.webhook("add", &[("contact_id", &id)]), 503, "failed", "not_configured");

    let secret = "a-stored-API-key-0123456789";
    store(site, "demo", world.crm.email(), secret);
    world.expect(&site.webhook("add", &[("contact_id", &id)]), 502, "failed", "crm_unauthorized");
    let rows = json!(site.sql("SELECT * FROM wp_options WHERE option_name LIKE 'agile_bridge%'")).to_string();
    assert!(rows.contains("demo"), "{rows}");
    assert!(!rows.contains(secret) && !rows.contains(&encode(secret)), "the API key is stored in clear: {rows}");

    store(site, "demo", world.crm.email(), world.crm.api_key());
    world.expect(&site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
}
