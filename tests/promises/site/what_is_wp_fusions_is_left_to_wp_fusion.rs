//! Beside the full WP Fusion that works with another CRM, a webhook of that CRM is WP Fusion's: what has none of our keys, or an
//! action that we do not know, is left to it untouched, and counted. All else is ours. If WP Fusion's files are gone, nobody is
//! there to leave anything to. And who waits because WP Fusion answers is told of.

use crate::site::wp_fusion_and_we_never_both_answer::{FULL, FUSIONS_KEY, as_neighbour, beside, heard};
use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use site::{ACCESS_KEY, Request, Response, form};

const FILE: &str = "wp-fusion/wp-fusion.php";
const FORM: &str = "application/x-www-form-urlencoded";
const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=webhooks";

fn target(action: &str, key: &str, contact: &str) -> String {
    format!("/?wpf_action={action}&access_key={key}&contact_id={contact}")
}

/// WP Fusion's page, and nothing of ours.
#[track_caller]
fn is_wp_fusions(world: &World, response: &Response, status: u16, text: &str) {
    assert_eq!(response.status, status, "{}\n{}", response.body(), world.site.log());
    assert!(response.body().contains(text) && response.body().contains("<html"), "{}", response.body());
    assert_eq!(heard(&world.take_notes(), "WP Fusion answers").len(), 1);
}

fn page(world: &World, path: &str) -> String {
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    world.site.send(&Request::new("GET", path).header("Cookie", &cookie)).body()
}

fn record(world: &World, kind: &str) -> Value {
    world.site.wp(&format!("return get_option('agile_bridge_stats', [])['{kind}'] ?? null;"))
}

#[test]
fn with_another_crm() {
    let world = beside(FILE, FULL, "hubspot", false);
    let id = world.contact(ana());
    world.take_notes();
    is_wp_fusions(&world, &world.site.get(&target("add", FUSIONS_KEY, "x-1")), 200, "Success");
    let fields = form(&[("wpf_action", "update"), ("access_key", FUSIONS_KEY), ("contact_id", "x-1")]);
    is_wp_fusions(&world, &world.site.post("/", FORM, fields), 200, "Success");
    // An action of theirs, whatever its key; and no key at all.
    is_wp_fusions(&world, &world.site.get(&target("add_tag", ACCESS_KEY, &id)), 403, "Invalid Access Key");
    is_wp_fusions(&world, &world.site.get("/?wpf_action=add"), 403, "Invalid Access Key");
    is_wp_fusions(
        &world,
        &world.site.send(&Request::new("PUT", &format!("/index.php{}", &target("add", FUSIONS_KEY, "x-1")[1..]))),
        200,
        "Success",
    );
    assert_eq!(record(&world, "refusal"), Value::Null, "a call to somebody else is no wrong key");
    assert_eq!(record(&world, "left_to_wp_fusion")["count"], 1, "at most one a minute");
    assert!(page(&world, SCREEN).contains("id=\"agile-bridge-left-to-wp-fusion\""), "the screen tells it");
    let with_our_key = world.await_refused_calls(1).remove(0);
    assert_eq!(
        [&with_our_key[1], &with_our_key[4]],
        ["left_to_wp_fusion", "GET"],
        "told as one with our key, and only that"
    );
    world.take_notes();

    // All else is ours.
    world.expect(
        &world.site.answer(&Request::new("PUT", &format!("/index.php{}", &target("add", ACCESS_KEY, &id)[1..]))),
        405,
        "rejected",
        "method_not_allowed",
    );
    world.expect(
        &world.site.answer(&Request::new("GET", &target("add", ACCESS_KEY, "x-1"))),
        400,
        "rejected",
        "invalid_request",
    );
    world.expect(&world.site.webhook_form("add", &[("contact_id", &id)]), 200, "created", "");
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    assert_eq!(heard(&world.take_notes(), "WP Fusion answers"), Vec::<String>::new());

    // Listed as active still, and deleted by hand.
    std::fs::remove_dir_all(world.site.root().join("wp-content/plugins/wp-fusion")).expect("its folder");
    let wrong = Request::new("GET", &target("add", FUSIONS_KEY, "x-1"));
    world.expect(&world.site.answer(&wrong), 403, "rejected", "invalid_access_key");
    world.site.wp("$options = get_option('wpf_options'); $options['crm'] = 'agilecrm'; return update_option('wpf_options', $options);");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
}

#[test]
fn without_the_extension() {
    let world = World::with(|site| as_neighbour(site.extension(false), FILE, FULL, "hubspot", false));
    world.take_notes();
    is_wp_fusions(&world, &world.site.get(&target("add", FUSIONS_KEY, "x-1")), 200, "Success");
    is_wp_fusions(&world, &world.site.get(&target("add_tag", ACCESS_KEY, "1")), 403, "Invalid Access Key");
    assert_eq!(record(&world, "left_to_wp_fusion")["count"], 1);
    let answer = world.site.answer(&Request::new("GET", &target("add", ACCESS_KEY, "1")));
    world.expect(&answer, 202, "queued", "");
}

#[test]
fn an_inbox_that_stands_still_says_why() {
    let world = beside(FILE, FULL, "agilecrm", true);
    world.pause(true);
    let id = world.contact(ana());
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    world.pause(false);
    let notice = "id=\"agile-bridge-wp-fusion\"";
    assert!(!page(&world, "/wp-admin/index.php").contains(notice));
    world.set(&json!({"answer_beside_wp_fusion": false}));
    let dashboard = page(&world, "/wp-admin/index.php");
    let text = dashboard.split(notice).nth(1).unwrap_or_else(|| panic!("no notice:\n{dashboard}"));
    assert!(text.contains("1 webhook waits"), "{}", &text[..500]);
    world.set(&json!({"answer_beside_wp_fusion": true}));
    world.drain_and_rest();
    assert_eq!(world.user_count(), 2);
    world.set(&json!({"answer_beside_wp_fusion": false}));
    assert!(!page(&world, "/wp-admin/index.php").contains(notice), "nothing waits");
}
