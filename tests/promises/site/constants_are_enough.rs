//! Four constants in `wp-config.php` and an active plugin: everything works, without a visit to a settings page. Each
//! constant wins over what is stored; where something is missing or wrong the webhook waits, and the site goes on.

use crate::stage::world::{CLOCK, World, ana};
use sandbox::Contact;
use serde_json::json;
use site::{Site, encode};
use std::time::Duration;

/// A webhook that the CRM refused is tried again then, if the settings are others; if not, in an hour.
const SOON: Duration = Duration::from_secs(10);

/// Stores an account, its API key sealed as the settings page seals it.
fn store(site: &Site, domain: &str, email: &str, api_key: &str) {
    site.wp(&format!(
        "update_option('agile_bridge_settings', array('domain' => '{domain}', 'email' => '{email}',
             'api_key' => AgileBridge\\Plugin\\Site\\Secret::seal('{api_key}', 'api_key'), 'api_url' => 'http://127.0.0.1:1/',
             'AGILE_BRIDGE_API_URL' => 'http://127.0.0.1:1/') + (array) get_option('agile_bridge_settings', array()));"
    ));
}

#[test]
fn constants_win_over_what_is_stored() {
    let world = World::with(|site| site.option("agile_bridge_settings", json!([])));
    let (site, id) = (&world.site, world.contact(ana()));
    // As after a `git clone` of a site: no activation, no tables.
    site.sql("DELETE FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    site.sql("DROP TABLE wp_agile_bridge_events, wp_agile_bridge_leases, wp_agile_bridge_identities");
    let answer = site.webhook("add", &[("contact_id", &id)]);
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    let stored = site.sql("SELECT option_name, option_value FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    assert_eq!(
        json!(stored),
        json!([{"option_name": "agile_bridge_schema", "option_value": "1.2"}]),
        "settings were stored"
    );

    store(site, "another", "nobody@example.com", "not-the-key-of-the-account");
    let answer = site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "unchanged", "");

    // Whatever is in the constant counts, also if it is of no use. What waits is done as soon as it is right again.
    for (number, (constant, value, right, status, code)) in [
        ("AGILE_BRIDGE_API_KEY", "not-the-key-of-the-account", world.crm.api_key(), 202, ""),
        ("AGILE_BRIDGE_API_KEY", "", world.crm.api_key(), 503, "not_configured"),
        ("AGILE_BRIDGE_EMAIL", "nobody@example.com", world.crm.email(), 202, ""),
        ("AGILE_BRIDGE_EMAIL", "", world.crm.email(), 503, "not_configured"),
        ("AGILE_BRIDGE_DOMAIN", "", "demo", 503, "not_configured"),
        ("AGILE_BRIDGE_DOMAIN", "not a subdomain!", "demo", 503, "not_configured"),
    ]
    .into_iter()
    .enumerate()
    {
        world.crm.set_property(id.parse().expect("an id"), "SYSTEM", "first_name", "", &format!("Ana {number}"));
        let before = world.user_tables();
        site.set_constant(constant, value);
        world.crm.reset_counts();
        let answer = site.webhook("update", &[("contact_id", &id)]);
        let got = (answer.status, answer.wp_code());
        assert_eq!(got, (status, code), "{constant}='{value}': {}\n{}", answer.json, site.log());
        assert_eq!(world.user_tables(), before, "{constant}='{value}'");
        // Asked once for the contact, and once whether it is only about this contact.
        let asked = if status == 202 { 2 } else { 0 };
        assert_eq!(world.crm.counts().total, asked, "{:?}", world.crm.requests());
        if status == 503 {
            assert!(answer.response.header("Retry-After").is_some(), "{:?}", answer.response.headers);
            // The key is valid all the same, and the site is not concerned.
            assert_eq!(site.webhook("test", &[]).wp_status(), "ok", "{constant}='{value}'");
            assert!(site.get("/").body().contains("</html>"));
        }
        assert_eq!(world.drain(), 0, "{constant}='{value}': {:?}", world.events());

        // Long before the CRM would be asked again for its own sake.
        site.set_constant(constant, right);
        world.advance(SOON);
        world.drain_and_rest();
        assert_eq!(world.user(user)["first_name"], format!("Ana {number}"), "{constant}='{value}'");
    }
    world.expect(&site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
}

#[test]
fn what_is_stored_counts_where_there_is_no_constant() {
    let crm = sandbox::Sandbox::start(sandbox::Options::default()).expect("the sandbox starts");
    let site = Site::builder().constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]).mu_plugin_file("clock.php", CLOCK);
    let world = World { crm, site: site.start().expect("the site starts") };
    let (site, id) = (&world.site, world.contact(ana()));
    world.expect(&site.webhook("add", &[("contact_id", &id)]), 503, "failed", "not_configured");

    let secret = "a-stored-API-key-0123456789";
    store(site, "demo", world.crm.email(), secret);
    let other = world.contact(Contact::person("bo@example.com").first_name("Bo"));
    world.expect(&site.webhook("add", &[("contact_id", &other)]), 202, "queued", "");
    let rows = json!(site.sql("SELECT * FROM wp_options WHERE option_name LIKE 'agile_bridge%'")).to_string();
    assert!(rows.contains("demo"), "{rows}");
    assert!(!rows.contains(secret) && !rows.contains(&encode(secret)), "the API key is stored in clear: {rows}");
    assert_eq!(world.user_count(), 1);

    // Nothing of what came before was lost.
    store(site, "demo", world.crm.email(), world.crm.api_key());
    world.advance(SOON);
    world.drain_and_rest();
    assert_eq!(world.user_count(), 3, "{:?}", world.events());
    for id in [id, other] {
        world.expect(&site.webhook("add", &[("contact_id", &id)]), 200, "unchanged", "");
    }
}
