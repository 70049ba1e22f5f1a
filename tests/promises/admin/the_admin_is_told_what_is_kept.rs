//! From the first webhook on that is kept for want of the extension, the dashboard says how many there are, since when, and what to
//! type on this server. Where the extension is there, opening the dashboard has them read; where it is too old for that, it says so.

use crate::stage::inbox::number;
use crate::stage::world::World;
use serde_json::json;
use site::Request;

/// What stands in for an extension of the release before.
const STAND_IN: &str = r"<?php
if ( is_file( WP_CONTENT_DIR . '/number' ) ) {
	\define( 'AgileBridge\INTERFACE_NUMBER', (int) file_get_contents( WP_CONTENT_DIR . '/number' ) );
	\define( 'AgileBridge\VERSION', '0.0.0' );
}";

/// The notices of ours on the dashboard.
fn notices(world: &World) -> String {
    let cookie = world.site.login("admin", "password");
    let page = world.site.send(&Request::new("GET", "/wp-admin/").header("Cookie", &cookie)).body();
    assert!(page.contains("</html>"), "{page}\n{}", world.site.log());
    let ours = page.split("<div id=\"agile-bridge-").skip(1).map(|notice| notice.split("</div>").next().unwrap_or(""));
    ours.collect::<Vec<_>>().join("\n")
}

#[test]
fn how_many_since_when_and_what_to_do() {
    let world = World::with(|site| site.extension(false).mu_plugin_file("stand-in.php", STAND_IN));
    let site = &world.site;
    let said = notices(&world);
    assert!(said.contains("<code>") && !said.contains("agile-bridge-kept"), "{said}");

    for (id, words) in [("7", "1 webhook is kept, since "), ("8", "2 webhooks are kept, since ")] {
        world.expect(&site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
        let said = notices(&world);
        assert!(said.contains("id=\"agile-bridge-kept\"") && said.contains(words), "'{words}' is missing: {said}");
        let year = site.wp("return wp_date('Y');");
        assert!(said.contains(year.as_str().unwrap_or("?")), "since when? {said}");
        assert!(said.contains("<code>"), "no command: {said}");
    }

    // One that is a release behind serves webhooks, and knows nothing of these.
    let ours = number(&site.wp("return AgileBridge\\Plugin\\Site\\Extension::INTERFACE_NUMBER;"));
    std::fs::write(site.root().join("wp-content/number"), (ours - 1).to_string()).expect("a file");
    let said = notices(&world);
    assert!(said.contains("2 webhooks are kept unread") && said.contains("a release older"), "{said}");
    assert_eq!(site.wp("return AgileBridge\\Plugin\\Inbox\\Reading::run( 1000 );"), json!(0));
    std::fs::remove_file(site.root().join("wp-content/number")).expect("a file");

    world.pause(true);
    world.has_extension(true);
    assert_eq!(notices(&world).matches("kept").count(), 0, "{}", notices(&world));
    let events = world.events();
    assert_eq!(events.len(), 2, "{events:#?}");
    assert!(events.iter().all(|event| event["state"] == "waiting"), "{events:#?}");
    assert_eq!(site.log(), "");
}
