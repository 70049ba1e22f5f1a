//! A wrong key meets nothing of the site: no theme, no plugin that loads after ours, no CRM, no user; and leaves at most
//! one write a minute to the one record that an admin can look at.

use std::thread;

use crate::stage::world::{World, ana};
use site::{Answer, Request, Site, await_until, form};
use std::time::Duration;

/// Writes down how far a request gets.
const MILESTONES: &str = r"<?php
function milestone( $name ) { file_put_contents( WP_CONTENT_DIR . '/milestones', $name . ' ', FILE_APPEND ); }
foreach ( [ 'plugins_loaded', 'setup_theme', 'after_setup_theme', 'init', 'wp_loaded' ] as $hook ) {
	add_action( $hook, static fn() => milestone( $hook ), 0 );
}";

const WRONG: [&str; 3] = ["a-wrong-key-of-some-length", "another-wrong-key", "short"];

fn milestones(site: &Site) -> String {
    let path = site.root().join("wp-content/milestones");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(path);
    text
}

fn knock(site: &Site, key: &str, contact: &str) -> Answer {
    let parameters = [("wpf_action", "add"), ("access_key", key), ("contact_id", contact)];
    site.answer(&Request::new("GET", &format!("/?{}", form(&parameters))))
}

fn assert_refused(answer: &Answer, site: &Site) {
    assert_eq!((answer.status, answer.wp_code()), (403, "invalid_access_key"), "{}\n{}", answer.json, site.log());
}

/// What the queries write to, those that write.
fn writes(queries: &[String]) -> Vec<&String> {
    let reads = |query: &&String| {
        ["SELECT", "SET ", "SHOW", "DESCRIBE"].iter().any(|verb| query.trim_start().starts_with(verb))
    };
    queries.iter().filter(|query| !reads(query)).collect()
}

#[test]
fn nothing_that_loads_after_us_hears_of_it() {
    let world = World::with(|site| {
        site.mu_plugin_file("milestones.php", MILESTONES)
            .plugin_file("aaa-before.php", "<?php milestone( 'before' );")
            .plugin_file("zzz-after.php", "<?php milestone( 'after' );")
    });
    let (site, id) = (&world.site, world.contact(ana()));

    // That the witness sees what it should see, and forgets how the site was set up.
    milestones(site);
    let answer = site.webhook("test", &[]);
    assert_eq!(answer.status, 200, "{}\n{}", answer.json, site.log());
    assert_eq!(milestones(site), "before after plugins_loaded setup_theme after_setup_theme init ");

    for key in WRONG {
        assert_refused(&knock(site, key, &id), site);
        assert_eq!(milestones(site), "before ", "with the key '{key}'");
    }
    // Nor by the other way in, and not for what is broken besides.
    let body = form(&[("wpf_action", "nonsense"), ("access_key", WRONG[0]), ("contact_id", "x")]);
    let answer = site.answer(&Request::new("POST", "/").body("application/x-www-form-urlencoded", body));
    assert_refused(&answer, site);
    assert_eq!(milestones(site), "before ");
    assert_eq!(world.crm.counts().total, 0);
    assert_eq!(world.user_count(), 1);
}

#[test]
fn it_costs_at_most_one_write_a_minute() {
    let world = World::new();
    let (site, id) = (&world.site, world.contact(ana()));
    let options = "SELECT option_name, MD5(option_value) AS content FROM wp_options WHERE option_name <> 'agile_bridge_stats' ORDER BY 1";
    let before = site.sql(options);
    let knocks = |times: usize| {
        site.queries_during(|| (0..times).for_each(|_| assert_refused(&knock(site, WRONG[0], &id), site))).1
    };
    let record = || site.sql("SELECT option_value FROM wp_options WHERE option_name = 'agile_bridge_stats'");

    let queries = knocks(5);
    let written = writes(&queries);
    assert_eq!(written.len(), 1, "{written:#?}");
    assert!(written[0].contains("agile_bridge_stats"), "{written:#?}");
    assert!(!queries.iter().any(|query| query.contains("wp_users") || query.contains("wp_usermeta")), "{queries:#?}");
    let first = record();
    assert_eq!(first.len(), 1, "no record was made");

    // A minute later, once more, though many come at the same moment.
    site.wp(
        "$stats = get_option('agile_bridge_stats');
         array_walk_recursive($stats, fn(&$value) => $value = is_int($value) && abs($value - time()) < 60 ? $value - 61 : $value);
         update_option('agile_bridge_stats', $stats);",
    );
    let aged = record();
    let ((), queries) = site.queries_during(|| {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_refused(&knock(site, WRONG[1], &id), site));
            }
        });
    });
    let written = writes(&queries);
    assert!(!written.is_empty() && written.iter().all(|query| query.contains("agile_bridge_stats")), "{written:#?}");
    let second = record();
    assert!(second != aged && second != first, "a minute later nothing was recorded: {second:?}");
    let queries = knocks(3);
    assert!(writes(&queries).is_empty(), "{:#?}", writes(&queries));
    assert_eq!(record(), second);

    assert_eq!(site.sql(options), before, "another option was written");
    let told = format!("{first:?} {second:?}");
    assert!(told.contains("invalid_access_key"), "the record does not tell the reason: {told}");
    assert!(!WRONG.iter().any(|key| told.contains(key)), "the record holds a key: {told}");
    assert_eq!(site.log(), "");
}

/// Writes down which of our files a request has loaded, when it is over.
const WITNESS: &str = r"<?php
register_shutdown_function( static function () {
	$ours = preg_grep( '~/plugins/bridge-for-agile-crm/~', get_included_files() );
	file_put_contents( WP_CONTENT_DIR . '/included.json', json_encode( array_map( 'basename', array_values( $ours ) ) ) );
} );";

/// The files of ours that a request loads.
fn loaded(site: &Site, request: impl FnOnce()) -> Vec<String> {
    let path = site.root().join("wp-content/included.json");
    // Setting up the site has left one.
    let _ = std::fs::remove_file(&path);
    request();
    let mut files: Vec<String> = Vec::new();
    // The answer is out before the request is over.
    await_until(Duration::from_secs(10), || {
        files = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        !files.is_empty()
    });
    files.sort();
    files
}

const LOADED: [&str; 8] = [
    "bridge-for-agile-crm.php",
    "extension.php",
    "host.php",
    "output.php",
    "request.php",
    "settings.php",
    "stats.php",
    "wp-fusion.php",
];

#[test]
fn it_loads_eight_files_of_ours() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    let id = world.contact(ana());
    assert_eq!(loaded(&world.site, || assert_refused(&knock(&world.site, WRONG[0], &id), &world.site)), LOADED);
}

/// One more file, no more of the site, and fewer questions to the database than a page.
#[test]
fn nor_does_it_cost_more_while_the_extension_is_missing() {
    let world = World::with(|site| {
        site.extension(false).mu_plugin_file("witness.php", WITNESS).mu_plugin_file("milestones.php", MILESTONES)
    });
    let site = &world.site;
    let files = loaded(site, || assert_refused(&knock(site, WRONG[0], "7"), site));
    let mut expected = LOADED.to_vec();
    expected.push("intake.php");
    expected.sort_unstable();
    assert_eq!(files, expected);
    let page = || assert_eq!(site.get("/").status, 200);
    assert_eq!(loaded(site, page), ["bridge-for-agile-crm.php"]);

    milestones(site);
    let ((), queries) = site.queries_during(|| assert_refused(&knock(site, WRONG[0], "7"), site));
    assert_eq!(milestones(site), "");
    assert!(writes(&queries).is_empty(), "within the minute: {:#?}", writes(&queries));
    let ((), of_page) = site.queries_during(page);
    assert!(queries.len() < of_page.len(), "{} queries, a page {}", queries.len(), of_page.len());
    assert_eq!(site.log(), "");
}
