//! Nobody has this plugin's name on wordpress.org, so anybody may take it. Whoever does ships no code to a site: an update comes
//! with the extension, by the package or the archive, and WordPress offers none.

use serde_json::{Value, json};
use site::{Database, Server, Site};

const OURS: &str = "bridge-for-agile-crm/bridge-for-agile-crm.php";
const THEIRS: &str = "aaa-other/aaa-other.php";

/// WordPress asks, and gets an answer that offers version 99 of ours and of another plugin. A server that heeds the header `Update URI`
/// leaves out those that have it, as wordpress.org does (changeset 50921).
const ASK: &str = r#"
    $asked = 0;
    add_filter('pre_http_request', function ($before, $arguments, $url) use (&$asked, $given) {
        if (!str_contains($url, 'api.wordpress.org/plugins/update-check')) {
            return $before;
        }
        ++$asked;
        $offers = [];
        foreach (json_decode($arguments['body']['plugins'], true)['plugins'] as $file => $plugin) {
            $is_wanted = in_array($file, $given['plugins'], true);
            if ($is_wanted && ($plugin['UpdateURI'] === '' || !$given['heeds_the_header'])) {
                $offers[$file] = ['id' => "w.org/plugins/$file", 'slug' => dirname($file), 'plugin' => $file, 'new_version' => '99.0',
                    'url' => 'https://wordpress.org/', 'package' => 'https://downloads.wordpress.org/plugin/stranger.zip'];
            }
        }
        return ['headers' => [], 'cookies' => [], 'filename' => null, 'response' => ['code' => 200, 'message' => 'OK'],
            'body' => json_encode(['plugins' => $offers, 'no_update' => [], 'translations' => []])];
    }, 10, 3);
    require_once ABSPATH . 'wp-admin/includes/plugin.php';
    require_once ABSPATH . 'wp-admin/includes/update.php';
    delete_site_transient('update_plugins');
    wp_update_plugins();
    return [$asked, array_keys(get_site_transient('update_plugins')->response), array_keys(get_plugin_updates())];"#;

/// What the Plugins screen and the automatic updates are offered.
fn offered(site: &Site, heeds_the_header: bool) -> Vec<String> {
    let given = json!({"heeds_the_header": heeds_the_header, "plugins": [OURS, THEIRS]}).to_string();
    let answer = site.wp(&format!("$given = json_decode('{given}', true); {ASK}"));
    assert_eq!(answer[0], 1, "WordPress asked somebody else: {answer}");
    assert_eq!(answer[1], answer[2]);
    serde_json::from_value(answer[1].clone()).expect("names")
}

fn header(site: &Site) -> Value {
    site.wp(&format!(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; return get_plugin_data(WP_PLUGIN_DIR . '/{OURS}')['UpdateURI'];"
    ))
}

#[test]
fn none_is_offered_whoever_answers() {
    for version in ["6.8", "latest"] {
        let site = Site::builder().wordpress(version).database(Database::Sqlite).server(Server::BuiltIn);
        let site = site.plugin_file(THEIRS, "<?php").start().expect("the site starts");
        assert_eq!(header(&site), "false");
        assert_eq!(offered(&site, true), [THEIRS]);
        // Some sites ask a mirror, and not every mirror knows the header. WordPress leaves it to the server.
        assert_eq!(offered(&site, false), [THEIRS]);

        let inactive = format!("require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins('{OURS}');");
        site.wp(&inactive);
        assert_eq!(offered(&site, true), [THEIRS], "while it is not active");
        // What this test would see without the header: the fake does offer it.
        assert_eq!(offered(&site, false), [THEIRS, OURS]);
        assert_eq!(site.log(), "");
    }
}
