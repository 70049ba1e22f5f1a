//! Plugin and extension are updated one after the other, by whoever comes first: an extension that is newer fits as long as it
//! serves the plugin's interface, one of the release before fits too, and an admin is told what the older one leaves off.

use crate::stage::world::World;
use serde_json::json;
use site::{Request, Site};

/// What stands in for an extension of other interface numbers: the newest that it serves, and the oldest if it says so.
const STAND_IN: &str = r"<?php
namespace AgileBridge;
$numbers = array_filter( explode( ' ', (string) @file_get_contents( WP_CONTENT_DIR . '/numbers' ) ) );
if ( array() !== $numbers ) {
	\define( 'AgileBridge\INTERFACE_NUMBER', (int) $numbers[0] );
	\define( 'AgileBridge\VERSION', '0.0.0' );
	if ( isset( $numbers[1] ) ) {
		\define( 'AgileBridge\OLDEST_INTERFACE', (int) $numbers[1] );
	}
	function receive_webhook( string $method, string $query, string $content_type, string $body, array $key_digests ): array {
		return array( 'ours' => true, 'authentic' => true, 'webhook' => array( 'action' => 'test', 'contact_id' => null, 'email' => null,
			'role' => null, 'send_notification' => false, 'async' => false, 'ignored' => null ) );
	}
}";

/// The notice about the extension on the dashboard: its kind and its text.
fn notice(site: &Site) -> Option<(String, String)> {
    let cookie = site.login("admin", "password");
    let body = site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", &cookie)).body();
    assert!(body.contains("</html>"), "{body}\n{}", site.log());
    let at = body.find("id=\"agile-bridge-extension\"")?;
    let kind = body[at..].split("notice-").nth(1)?.split(['"', ' ']).next()?.to_owned();
    Some((kind, body[at..].split("</div>").next()?.to_owned()))
}

#[test]
fn its_own_interface_and_all_that_are_still_served() {
    let world = World::with(|site| site.extension(false).mu_plugin_file("stand-in.php", STAND_IN));
    let site = &world.site;
    let ours = site.wp("return AgileBridge\\Plugin\\Site\\Extension::INTERFACE_NUMBER;");
    let ours = ours.as_i64().expect("a number");
    let older = Some(("warning", "is a release older than this plugin"));
    let old = Some(("error", "is too old for this plugin"));
    let new = Some(("error", "no longer serves this plugin"));
    for (newest, oldest, said) in [
        (ours, Some(ours), None),
        (ours, Some(1), None),
        (ours + 1, Some(ours), None),
        (ours + 7, Some(ours - 1), None),
        (ours + 1, Some(ours + 1), new),
        (ours + 7, Some(ours + 1), new),
        (ours - 1, Some(ours - 1), older),
        (ours - 2, Some(1), old),
        // One of the time before extensions said so serves its own number.
        (ours, None, None),
        (ours + 1, None, new),
        (ours - 1, None, older),
        (ours - 2, None, old),
    ] {
        let numbers = oldest.map_or(newest.to_string(), |oldest| format!("{newest} {oldest}"));
        std::fs::write(site.root().join("wp-content/numbers"), &numbers).expect("the numbers are written");
        let answer = site.webhook("test", &[]);
        if said.is_some_and(|(kind, _)| kind == "error") {
            world.expect(&answer, 503, "failed", "extension_missing");
        } else {
            world.expect(&answer, 200, "ok", "");
        }
        match (notice(site), said) {
            (None, None) => {}
            (Some((kind, text)), Some((wanted, words))) if kind == wanted && text.contains(words) => {}
            (got, _) => panic!("{numbers}, and ours is {ours}: {got:?}, not {said:?}"),
        }
    }
    // Site Health and the command of cron say so too.
    std::fs::write(site.root().join("wp-content/numbers"), (ours - 1).to_string()).expect("the number is written");
    let health = site.wp("return AgileBridge\\Plugin\\Admin\\Health\\ExtensionHealth::result();");
    assert_eq!(health["status"], json!("recommended"), "{health}");
    let advice = site.wp("return AgileBridge\\Plugin\\Site\\Advice::current()?->plain_text();");
    let text = advice.as_str().expect("a text");
    assert!(
        text.contains("Webhooks are processed as ever. Off until it is updated: ") && text.contains("agile-bridge"),
        "{text}"
    );
    assert!(site.get("/").body().contains("</html>"));
    assert_eq!(site.log(), "");
}
