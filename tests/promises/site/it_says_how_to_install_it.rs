//! Where the extension is missing, the plugin names the command for this very server: by the notice, by Site Health and by
//! `drain.php`, in the same words. Also where only the other one of the web's and the command line's PHP lacks it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::stage::world::World;
use serde_json::{Value, json};
use site::{Request, Site, await_until};

const DASHBOARD: &str = "/wp-admin/index.php";

/// WP-Cron would do more than our part, and log that there is no world outside.
pub const NO_UPDATE_CHECKS: &str = "<?php
    add_action('init', fn() => array_map('remove_all_actions', ['wp_version_check', 'wp_update_plugins', 'wp_update_themes']), 99);";

/// A notice as it stands in a page, from its first letter on.
fn notice(site: &Site, page: &str) -> Option<String> {
    let cookie = site.login("admin", "password");
    let page = site.send(&Request::new("GET", page).header("Cookie", &cookie));
    assert_eq!(page.status, 200, "{}", site.log());
    let body = page.body();
    assert!(body.contains("</html>"), "{body}");
    let at = body.find("id=\"agile-bridge-extension\"")?;
    body[at..].split("</div>").next().map(str::to_owned)
}

/// The script of a system cron, run by a PHP of the command line that has this line in an ini file, and lacks the site's own.
fn drain_by(site: &Site, extension: Option<&Path>) -> (String, String, Option<i32>) {
    let folder = site.dir().join("another-php");
    fs::create_dir_all(&folder).expect("a folder");
    let line = extension.map(|file| format!("extension = {}\n", file.display())).unwrap_or_default();
    fs::write(folder.join("agile.ini"), format!("display_errors = stderr\n{line}")).expect("an ini file");
    let script = site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
    let output = site.php().env("PHP_INI_SCAN_DIR", format!(":{}", folder.display())).arg(script).output();
    let output = output.expect("php runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// As tests/site gives it to a site.
fn the_extension() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| site::repository().join("target"), PathBuf::from);
    target.join("release/libagile_bridge.so")
}

/// A minute is over for what was noted of the PHPs.
fn a_minute_passes(site: &Site) {
    site.wp("$stats = get_option('agile_bridge_stats');
         foreach ($stats['php'] as &$php) $php['time'] -= 61;
         return update_option('agile_bridge_stats', $stats);");
}

fn seen(site: &Site) -> Value {
    site.wp("return (get_option('agile_bridge_stats') ?: [])['php'] ?? [];")
}

fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }
}

pub fn version(site: &Site) -> String {
    let version = site.wp("require_once ABSPATH . 'wp-admin/includes/plugin.php';
         return get_plugin_data(WP_PLUGIN_DIR . '/bridge-for-agile-crm/bridge-for-agile-crm.php')['Version'];");
    version.as_str().expect("a version").to_owned()
}

/// Everything here starts from a server that has nothing of it yet.
#[track_caller]
fn nothing_is_installed_on_this_machine() {
    for folder in ["/usr/lib/agile-bridge", "/usr/local/lib/agile-bridge"] {
        assert!(!Path::new(folder).exists(), "{folder} is on this machine, so this test would see another case");
    }
}

/// The minor version of the PHP that tests run.
pub fn minor() -> String {
    let output = Command::new("php").args(["-n", "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"]).output();
    String::from_utf8_lossy(&output.expect("php runs").stdout).into_owned()
}

#[test]
fn on_the_screens_where_it_is_looked_for() {
    nothing_is_installed_on_this_machine();
    let world = World::with(|site| site.extension(false));
    let site = &world.site;
    let command = format!("<code>sudo apt-get install ./agile-bridge_{}_{}.deb</code>", version(site), architecture());
    for page in [DASHBOARD, "/wp-admin/plugins.php", "/wp-admin/options-general.php?page=bridge-for-agile-crm"] {
        let notice = notice(site, page).unwrap_or_else(|| panic!("no notice on {page}"));
        assert!(notice.contains("notice-error") && notice.contains("agile_bridge is not loaded."), "{page}: {notice}");
        let found = format!("No build for PHP {} of the web server was found on this server.", minor());
        assert!(notice.contains(&command) && notice.contains(&found), "{page}: {notice}");
    }
    assert_eq!(notice(site, "/wp-admin/edit.php"), None);
    // Who can do nothing about it.
    world.existing_user("editor", "editor@example.com", "editor");
    let cookie = site.login("editor", "a-long-password");
    let page = site.send(&Request::new("GET", DASHBOARD).header("Cookie", &cookie)).body();
    assert!(page.contains("</html>") && !page.contains("agile-bridge-extension"), "{page}");

    let (out, err, status) = world.drain_php(&[]);
    assert_eq!((&*out, status), ("", Some(1)), "{err}");
    for words in [
        "Bridge for Agile CRM: the PHP extension agile_bridge is not loaded.\n",
        "Webhooks that wait stay stored.",
        &format!("No build for PHP {} of the command line was found on this server.", minor()),
        &format!("\n  sudo apt-get install ./agile-bridge_{}_{}.deb\n", version(site), architecture()),
    ] {
        assert!(err.contains(words), "'{words}' is missing: {err}");
    }
    assert!(!err.contains('<'), "{err}");
    assert_eq!(site.log(), "");
}

#[test]
fn the_screen_says_that_crons_php_does_not_have_it() {
    nothing_is_installed_on_this_machine();
    let world = World::new();
    let (site, minor) = (&world.site, minor());
    // Neither a page of the site nor a webhook is worth a note.
    site.get("/");
    assert_eq!(site.webhook("test", &[]).status, 200, "{}", site.log());
    assert_eq!(seen(site), json!([]));
    assert_eq!(notice(site, DASHBOARD), None);
    let noted = seen(site);
    let record =
        |side: &str| (noted[side]["build"].clone(), noted[side]["sapi"].clone(), noted[side]["is_loaded"].clone());
    assert_eq!(record("web"), (json!(format!("{minor}-nts")), json!("fpm-fcgi"), json!(true)));
    assert_eq!(noted["cli"], Value::Null);

    let (out, err, status) = drain_by(site, None);
    assert_eq!((&*out, status), ("", Some(1)), "{err}");
    let has_it = format!("PHP {minor} of the web server has it (seen on ");
    let not_here = format!("No build for PHP {minor} of the command line was found");
    assert!(err.contains(&has_it) && err.contains(&not_here), "{err}");

    let said = notice(site, DASHBOARD).expect("a notice");
    for words in [
        "notice-warning",
        &format!(
            "PHP {minor} of the web server has the PHP extension agile_bridge, and PHP {minor} of the command line does not have it."
        ),
        "Webhooks are received as ever",
        &not_here,
        &format!("<code>sudo apt-get install ./agile-bridge_{}_{}.deb</code>", version(site), architecture()),
    ] {
        assert!(said.contains(words), "'{words}' is missing: {said}");
    }
    assert_eq!(health(site)["status"], "recommended");

    // Noted anew when it has changed.
    a_minute_passes(site);
    assert_eq!(world.drain_php(&[]), ("0 events were processed\n".into(), String::new(), Some(0)));
    assert_eq!(notice(site, DASHBOARD), None);
    // And not again on the same day.
    let noted = seen(site);
    a_minute_passes(site);
    let aged = seen(site);
    assert_ne!(aged, noted);
    world.drain_php(&[]);
    notice(site, DASHBOARD);
    assert_eq!(seen(site), aged);

    // What ran once and never came again is no news after two days.
    assert_eq!(drain_by(site, None).2, Some(1));
    assert!(notice(site, DASHBOARD).is_some());
    site.wp("$stats = get_option('agile_bridge_stats'); $stats['php']['cli']['time'] -= 2 * DAY_IN_SECONDS; update_option('agile_bridge_stats', $stats);");
    assert_eq!(notice(site, DASHBOARD), None);
    assert_eq!(site.log(), "");
}

#[test]
fn the_command_says_that_the_webs_php_does_not_have_it() {
    nothing_is_installed_on_this_machine();
    let world =
        World::with(|site| site.extension(false).mu_plugin_file("no-update-checks-by-cron.php", NO_UPDATE_CHECKS));
    let (site, minor) = (&world.site, minor());
    let extension = the_extension();
    // WP-Cron is the web's PHP too, and comes by where no admin does.
    site.wp("wp_clear_scheduled_hook('agile_bridge_drain'); return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
    assert_eq!(site.get("/wp-cron.php?doing_wp_cron").status, 200);
    assert!(await_until(Duration::from_secs(10), || seen(site)["web"]["is_loaded"] == false), "{}", seen(site));

    let (out, err, status) = drain_by(site, Some(&extension));
    assert_eq!((&*out, status), ("0 events were processed\n", Some(0)), "{err}");
    for words in [
        &format!(
            "PHP {minor} of the command line has the PHP extension agile_bridge, and PHP {minor} of the web server does not have it."
        ),
        "webhooks that come by it are kept and answered 202",
        &format!("\n  sudo apt-get install ./agile-bridge_{}_{}.deb\n", version(site), architecture()),
    ] {
        assert!(err.contains(words), "'{words}' is missing: {err}");
    }
    // Once a day, because cron mails what it says.
    assert_eq!(drain_by(site, Some(&extension)), ("0 events were processed\n".into(), String::new(), Some(0)));
    // The web's own notice knows who has it.
    let said = notice(site, DASHBOARD).expect("a notice");
    assert!(
        said.contains("notice-error") && said.contains(&format!("PHP {minor} of the command line has it")),
        "{said}"
    );
    assert_eq!(site.log(), "");
}

/// Our line of Site Health, as the screen gets it.
fn health(site: &Site) -> Value {
    let cookie = site.login("admin", "password");
    let page = site.send(&Request::new("GET", "/wp-admin/site-health.php").header("Cookie", &cookie)).body();
    let from = page.find("var SiteHealth = ").map(|at| &page[at + "var SiteHealth = ".len()..]);
    let data = from.and_then(|text| text.split(";\n").next()).unwrap_or_else(|| panic!("{page}"));
    let data: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
    let tests = data["site_status"]["direct"].as_array().cloned().unwrap_or_default();
    let ours = tests.into_iter().find(|test| test["test"] == "agile_bridge_extension");
    ours.unwrap_or_else(|| panic!("Site Health does not know it: {data:#}"))
}

#[test]
fn site_health_says_it_in_the_same_words() {
    nothing_is_installed_on_this_machine();
    let with = World::new();
    let said = health(&with.site);
    assert_eq!(said["status"], "good", "{said:#}");
    assert_eq!(said["label"], "Bridge for Agile CRM: the PHP extension agile_bridge is loaded.");
    assert!(said["description"].as_str().is_some_and(|text| text.contains(&minor())), "{said:#}");

    let without = World::with(|site| site.extension(false));
    let said = health(&without.site);
    assert_eq!(said["status"], "critical", "{said:#}");
    let notice = notice(&without.site, DASHBOARD).expect("a notice");
    for key in ["label", "description"] {
        let text = said[key].as_str().unwrap_or_default();
        assert!(text.len() > 40 && notice.contains(text), "{key} is not the notice's: {text}\n{notice}");
    }
    assert_eq!(without.site.log(), "");
}
