//! A front-end request is ours when a parameter is named exactly `wpf_action`; everything else is the site's own business
//! and costs it one file and no query.

use crate::stage::world::World;
use serde_json::json;
use site::{ACCESS_KEY, Request, Site};

/// Tells which of our files a request that asks for it has loaded, when it is over.
const WITNESS: &str = r"<?php
isset( $_SERVER['HTTP_X_WITNESS'] ) && register_shutdown_function( static function () {
	$ours = preg_grep( '~/plugins/bridge-for-agile-crm/~', get_included_files() );
	file_put_contents( WP_CONTENT_DIR . '/included.json', json_encode( array_map( 'basename', array_values( $ours ) ) ) );
} );";

const FORM: &str = "application/x-www-form-urlencoded";

fn our_files(site: &Site) -> serde_json::Value {
    let path = site.root().join("wp-content/included.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let _ = std::fs::remove_file(path);
    serde_json::from_str(&text).unwrap_or_default()
}

#[test]
fn the_name_is_exact_and_any_page_of_the_front_end_will_do() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    let site = &world.site;
    let ours = format!("wpf_action=test&access_key={ACCESS_KEY}");

    for target in [
        format!("/?{ours}"),
        format!("/index.php?{ours}"),
        format!("/sample-page/?{ours}"),
        format!("/no/such/page?{ours}"),
        format!("/feed/?{ours}"),
        format!("/?p=1&{ours}"),
        format!("/?%77pf%5Faction=test&access_key={ACCESS_KEY}"),
        format!("/?wpf.action=nonsense&{ours}"),
    ] {
        let answer = site.answer(&Request::new("GET", &target));
        assert_eq!((answer.status, answer.wp_status()), (200, "ok"), "{target}: {}\n{}", answer.json, site.log());
    }
    let answer = site.answer(&Request::new("POST", "/sample-page/").body(FORM, ours.clone()));
    assert_eq!((answer.status, answer.wp_status()), (200, "ok"), "form body: {}\n{}", answer.json, site.log());

    // PHP makes `wpf_action` of the first seven and of the last but one; that costs a look, by more than one file of ours.
    let key = format!("access_key={ACCESS_KEY}");
    let get = |query: &str| Request::new("GET", &format!("/?{query}&{key}"));
    let post = |kind, body: &str| Request::new("POST", &format!("/?{key}")).body(kind, body);
    for (folded, request) in [
        (true, get("wpf.action=test")),
        (true, get("wpf%20action=test")),
        (true, get("wpf+action=test")),
        (true, get("%20wpf_action=test")),
        (true, get("wpf[action=test")),
        (true, get("wpf_action[]=test")),
        (true, get("wpf_action%5Bx%5D=test")),
        (false, get("x=1").header("Cookie", "wpf_action=test")),
        (false, get("WPF_ACTION=test")),
        (false, get("wpf_action2=test")),
        (false, get("x=wpf_action%3Dtest")),
        (true, post(FORM, "wpf.action=test")),
        (false, post("application/json", r#"{"wpf_action": "test"}"#)),
    ] {
        let page = site.send(&request.clone().header("X-Witness", "yes"));
        let what = format!("{} {} {}", request.method, request.target, String::from_utf8_lossy(&request.body));
        assert_eq!(page.status, 200, "{what}\n{}", site.log());
        assert!(page.body().contains("</html>"), "{what} is not the home page:\n{}", page.body());
        let files = our_files(site);
        assert!(folded || files == json!(["bridge-for-agile-crm.php"]), "{what} loads {files}");
    }
    assert_eq!(world.crm.counts().total, 0);
}

/// Each login writes user meta, and hardly any of it is a link to a contact.
#[test]
fn a_login_loads_one_file_too() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    let form = site::form(&[("log", site::ADMIN.0), ("pwd", site::ADMIN.1), ("testcookie", "1")]);
    let request = Request::new("POST", "/wp-login.php")
        .header("Cookie", "wordpress_test_cookie=WP%20Cookie%20check")
        .header("X-Witness", "yes");
    assert_eq!(world.site.send(&request.body(FORM, form)).status, 302, "{}", world.site.log());
    assert_eq!(our_files(&world.site), json!(["bridge-for-agile-crm.php"]));
}

#[test]
fn elsewhere_the_parameter_means_nothing() {
    let world = World::new();
    let site = &world.site;
    let ours = format!("wpf_action=test&access_key={ACCESS_KEY}");
    let get = |path: &str| Request::new("GET", &format!("{path}{}{ours}", if path.contains('?') { '&' } else { '?' }));
    let post = |path: &str, kind: &str, body: &str| Request::new("POST", &format!("{path}?{ours}")).body(kind, body);
    let call = r"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName></methodCall>";
    let cookie = site.login("admin", "password");

    for (request, status, sign) in [
        (get("/wp-admin/"), 302, ""),
        (get("/wp-admin/").header("Cookie", &cookie), 200, "id=\"wpadminbar\""),
        (get("/wp-admin/admin-ajax.php"), 400, "0"),
        (post("/wp-admin/admin-ajax.php", FORM, &ours), 400, "0"),
        (get("/wp-login.php"), 200, "id=\"loginform\""),
        (get("/wp-json/"), 200, "\"namespaces\""),
        (get("/index.php/wp-json/"), 200, "\"namespaces\""),
        (get("/wp-json/wp/v2/posts"), 200, "hello-world"),
        (get("/?rest_route=/"), 200, "\"namespaces\""),
        (get("/?rest.route=/"), 200, "\"namespaces\""),
        (post("/xmlrpc.php", "text/xml", call), 200, "Hello!"),
        (get("/wp-cron.php"), 200, ""),
        (get("/wp-links-opml.php"), 200, "<opml"),
    ] {
        let page = site.send(&request);
        let what = format!("{} {}", request.method, request.target);
        assert_eq!(page.status, status, "{what}\n{}\n{}", page.body(), site.log());
        assert!(page.body().contains(sign), "{what}: no '{sign}' in\n{}", page.body());
        assert!(!page.body().contains("wp_status"), "{what} was taken for a webhook:\n{}", page.body());
    }

    // As a command line that has read a URL, like `wp --url=`.
    let code = format!(
        "define('WP_CLI', true); $_SERVER += array('HTTP_HOST' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', \
         'REQUEST_URI' => '/?{ours}', 'QUERY_STRING' => '{ours}'); parse_str('{ours}', $_GET); $_REQUEST = $_GET; \
         require '{}/wp-load.php'; echo 'done';",
        site.root().display()
    );
    let output = site.php().args(["-r", &code]).output().expect("php runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done", "{}", site.log());
}

#[test]
fn a_page_makes_no_query_for_us() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    let site = &world.site;
    let pages = ["/", "/sample-page/", "/no/such/page"];
    let queries = || {
        // Once before: WordPress fills its transients at the first visit.
        let visit = || pages.map(|page| site.send(&Request::new("GET", page).header("X-Witness", "yes")).status);
        visit();
        let (statuses, queries) = site.queries_during(visit);
        assert_eq!(statuses, [200, 200, 404], "{}", site.log());
        assert!(queries.len() > 10, "the log of queries is too short to be true: {queries:#?}");
        queries
    };

    let with_us = queries();
    assert_eq!(our_files(site), json!(["bridge-for-agile-crm.php"]));
    site.wp("require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins('bridge-for-agile-crm/bridge-for-agile-crm.php');");
    let without_us = queries();
    assert_eq!(our_files(site), json!([]));

    assert_eq!(with_us, without_us);
}
