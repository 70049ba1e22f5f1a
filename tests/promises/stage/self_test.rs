//! The self-test on the settings screen, as an admin runs it, and who may swallow what it sends.

use crate::stage::world::{World, nonce};
use serde_json::Value;
use site::{Request, Response, form};
use std::fs;

pub const SELF_TEST: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=webhooks";

/// Stands in for the web server, other plugins and a firewall, whichever the file names: to visitors, not to the dashboard.
pub const SWALLOWER: &str = r#"<?php
function lead_to( $place, $status = 302 ) { header( "Location: $place", true, $status ); exit; }
if ( defined( 'WP_USE_THEMES' ) ) {
	$here    = $_SERVER['HTTP_HOST'] . $_SERVER['REQUEST_URI'];
	$is_post = 'POST' === $_SERVER['REQUEST_METHOD'];
	switch ( (string) @file_get_contents( WP_CONTENT_DIR . '/swallower' ) ) {
		case 'https':
			lead_to( "https://$here", 301 );
		case 'www':
			lead_to( "http://www.$here", 301 );
		case 'login wall':
			lead_to( '/wp-login.php?redirect_to=' . rawurlencode( "http://$here" ) );
		case 'language':
			if ( ! $is_post ) {
				header( 'X-Redirect-By: Babel' );
				lead_to( '/de/' );
			}
			break;
		case 'coming soon':
			http_response_code( 503 );
			exit( '<!DOCTYPE html><html><head><title>Coming soon &amp; new</title></head></html>' );
		case 'firewall':
			if ( $is_post ) {
				http_response_code( 403 );
				exit( '<h1>Forbidden</h1>This request was refused by Mod_Security.' );
			}
			break;
		case 'printing':
			echo '<p>Counted</p>';
			while ( ob_get_level() > 0 ) { ob_end_flush(); }
			flush();
			break;
		case 'code at init':
			add_action( 'init', static function () { wp_redirect( wp_login_url() ); exit; }, 1 );
	}
}"#;

impl World {
    /// From here on, with [`SWALLOWER`].
    pub fn let_swallow(&self, who: &str) {
        fs::write(self.site.root().join("wp-content/swallower"), who).expect("a file");
    }

    pub fn log_in_as_admin(&self) -> String {
        self.site.login(site::ADMIN.0, site::ADMIN.1)
    }

    /// Presses the button of the self-test; `turn` is empty where it begins.
    pub fn press_self_test(&self, cookie: &str, nonce: &str, turn: &str) -> Response {
        let fields = [("agile_bridge_action", "self_test"), ("_wpnonce", nonce), ("agile_bridge_turn", turn)];
        let request = Request::new("POST", SELF_TEST).header("Cookie", cookie);
        self.site.send(&request.body("application/x-www-form-urlencoded", form(&fields)))
    }

    /// Presses it until there is no next step: what is said then, as text.
    pub fn self_test(&self, cookie: &str) -> String {
        let mut page = self.settings_tab(cookie, "webhooks");
        for _ in 0..10 {
            let pressed = self.press_self_test(cookie, &nonce_of(&page), &turn(&page));
            assert_eq!(pressed.status, 302, "{}\n{}", pressed.body(), self.site.log());
            page = self.settings_tab(cookie, "webhooks");
            if !section(&page).contains("data-agile-bridge-goes-on") {
                return section(&page).replace("&quot;", "\"").replace("&#039;", "'").replace("&amp;", "&");
            }
        }
        panic!("it does not end: {}", section(&page));
    }

    /// Our line of it in Site Health.
    pub fn self_test_in_health(&self) -> Value {
        self.site.wp("wp_set_current_user(1); return AgileBridge\\Plugin\\Admin\\Health\\SelfTestHealth::result();")
    }
}

/// What the page says of the self-test.
pub fn section(page: &str) -> &str {
    let from = page.split("id=\"agile-bridge-self-test\"").nth(1).unwrap_or_else(|| panic!("no self-test:\n{page}"));
    from.split("<form id=").next().unwrap_or_default()
}

/// What the button has to send, as this page has it.
pub fn turn(page: &str) -> String {
    let from = section(page).split("name=\"agile_bridge_turn\" value=\"").nth(1).expect("a button");
    from.split('"').next().unwrap_or_default().to_owned()
}

pub fn nonce_of(page: &str) -> String {
    nonce(page, "id=\"agile-bridge-self_test-form\"")
}
