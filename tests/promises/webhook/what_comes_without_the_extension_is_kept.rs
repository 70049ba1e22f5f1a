//! While the extension is missing, a webhook with the right key is kept as it came, but for the key, and answered 202. When the
//! extension is back it is what it would have been: an event, in the order of arrival, or refused with the reason.

use crate::site::it_says_how_to_install_it::NO_UPDATE_CHECKS;
use crate::stage::broken_database::{MENDED, failing, while_broken};
use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Answer, Database, Request, encode};
use std::time::Duration;

const FORM: &str = "application/x-www-form-urlencoded";

#[track_caller]
fn kept(world: &World, answer: &Answer) {
    world.expect(answer, 202, "queued", "");
    assert_eq!(answer.json["success"], true);
}

fn rows(world: &World) -> Vec<Value> {
    world.site.sql("SELECT * FROM wp_agile_bridge_intake ORDER BY arrived_at, id")
}

/// The names of what was stored, in the order in which the inbox holds it.
fn told(world: &World) -> Vec<(String, String, String)> {
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let events = world.events();
    events.iter().map(|event| (text(event, "contact_id"), text(event, "status"), text(event, "code"))).collect()
}

/// No table and no file of ours is there yet: the first webhook of a site that constants alone configure.
fn with_nothing_there(database: Database) -> World {
    let quiet = ("no-update-checks-by-cron.php", NO_UPDATE_CHECKS);
    let world = World::with(|site| site.database(database).extension(false).mu_plugin_file(quiet.0, quiet.1));
    for table in ["events", "leases", "identities", "links", "intake"] {
        world.wp_given(
            &json!(table),
            "global $wpdb; $wpdb->query(\"DROP TABLE IF EXISTS {$wpdb->prefix}agile_bridge_$given\");",
        );
    }
    world.site.sql("DELETE FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    world
}

fn what_is_kept_is_read(database: Database) {
    let world = with_nothing_there(database);
    let site = &world.site;
    let people: Vec<String> =
        (0..4).map(|person| world.contact(Contact::person(&format!("p{person}@example.com")))).collect();

    // All ways to call, and twice the same.
    kept(&world, &site.webhook("add", &[("contact_id", &people[0]), ("role", "author")]));
    kept(&world, &site.webhook_form("add", &[("contact_id", &people[1])]));
    kept(&world, &site.webhook("add", &[]));
    let event = json!({"eventName": "Contact is Created", "eventData": {"id": people[2].parse::<u64>().unwrap(), "type": "PERSON"}});
    kept(&world, &site.webhook_json("add", &[], &event));
    kept(&world, &site.webhook_json("add", &[], &event));
    let deal = json!({"eventName": "Opportunity is Created", "eventData": {"id": 7}});
    kept(&world, &site.webhook_json("add", &[], &deal));
    kept(&world, &site.webhook("nonsense", &[]));
    kept(&world, &site.webhook("add", &[("email", "p3@example.com"), ("role", "author")]));
    kept(&world, &site.webhook("update", &[("contact_id", &people[0]), ("role", "contributor")]));
    // A proof of the key proves nothing here.
    world.expect(&site.webhook("test", &[]), 503, "failed", "extension_missing");
    world.expect(&site.webhook("TEST", &[("role", "x")]), 503, "failed", "extension_missing");

    let stored = rows(&world);
    assert_eq!(stored.len(), 8, "one for each: {stored:#?}");
    let hidden = site.wp(&format!(
        "global $wpdb; $all = ''; foreach ($wpdb->get_col(\"SELECT request FROM {{$wpdb->prefix}}agile_bridge_intake\") as $row) {{
            $row = base64_decode($row); $all .= 'z' === $row[0] ? gzinflate(substr($row, 1)) : $row; }}
         return [str_contains($all, '{ACCESS_KEY}'), str_contains($all, 'access_key'), str_contains($all, 'Opportunity')];"
    ));
    assert_eq!(hidden, json!([false, false, true]), "what is kept holds all but the key");

    // One is damaged, and one ends PHP whenever it is read.
    site.sql(&format!("UPDATE wp_agile_bridge_intake SET request = 'eJx' WHERE id = {}", number(&stored[1]["id"])));
    site.sql(&format!("UPDATE wp_agile_bridge_intake SET tries = 5 WHERE id = {}", number(&stored[3]["id"])));

    world.has_extension(true);
    // WP-Cron comes by, and nobody else.
    site.wp("wp_clear_scheduled_hook('agile_bridge_drain'); return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
    assert_eq!(site.get("/wp-cron.php?doing_wp_cron").status, 200);
    world.catch_up();
    assert_eq!(rows(&world), [] as [Value; 0]);

    let events = told(&world);
    let is = |contact: &str, status: &str, code: &str| (contact.to_owned(), status.to_owned(), code.to_owned());
    assert_eq!(
        events,
        [
            is(&people[0], "created", ""),
            is("", "rejected", "invalid_request"),
            is("", "rejected", "invalid_request"),
            is("", "rejected", "invalid_request"),
            is("", "ignored", "deal_event"),
            is("", "rejected", "invalid_request"),
            // (By its address, which is all that it names.)
            is("", "created", ""),
        ],
        "{}",
        site.log()
    );
    let messages: Vec<String> = world.events().iter().map(|event| event["message"].to_string()).collect();
    for (place, words) in
        [(1, "cannot be read"), (2, "No contact is named"), (3, "PHP ended"), (5, "wpf_action must be")]
    {
        assert!(messages[place].contains(words), "'{words}' is missing: {messages:#?}");
    }
    assert!(world.events().iter().all(|event| event["origin"] == "webhook"));
    let roles = |person: usize| world.user_with(&format!("p{person}@example.com"))["roles"].clone();
    assert_eq!((roles(0), roles(3)), (json!(["contributor"]), json!(["author"])), "the last that was said counts");
    assert_eq!(world.user_count(), 3);

    // The screen shows why.
    let cookie = site.login("admin", "password");
    let screen = Request::new("GET", "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced");
    let page = site.send(&screen.header("Cookie", &cookie)).body();
    let list = page.split("id=\"agile-bridge-refused\"").nth(1).unwrap_or_else(|| panic!("no list:\n{page}"));
    assert!(list.contains("No contact is named") && list.contains("cannot be read"), "{list}");
    assert_eq!(site.log(), "");
}

#[test]
fn what_is_kept_is_read_on_mariadb() {
    what_is_kept_is_read(Database::MariaDb);
}

#[test]
fn what_is_kept_is_read_on_sqlite() {
    what_is_kept_is_read(Database::Sqlite);
}

/// What a later webhook has said stands, though it was quicker: a role, a mail.
#[test]
fn the_next_webhook_reads_them_and_nothing_of_the_past_undoes_it() {
    let world = World::with(|site| site.extension(false));
    let id = world.contact(ana());
    kept(&world, &world.site.webhook("add", &[("contact_id", &id), ("role", "author")]));
    let other = world.contact(Contact::person("other@example.com"));
    kept(&world, &world.site.webhook("add", &[("contact_id", &other)]));
    world.has_extension(true);
    world.expect(&world.site.webhook("add", &[("contact_id", &id), ("role", "contributor")]), 200, "created", "");
    // The worker that answered goes on with it.
    assert!(site::await_until(Duration::from_secs(20), || rows(&world).is_empty()), "{:#?}", rows(&world));
    world.await_all_done();
    assert_eq!(world.user_with("ana@example.com")["roles"], json!(["contributor"]), "{:#?}", world.events());
    assert_eq!(world.user_with("other@example.com")["agilecrm_contact_id"], json!(other));
    assert_eq!(world.site.log(), "");
}

#[test]
fn there_is_an_end_to_what_is_kept() {
    let world = World::with(|site| site.extension(false));
    let site = &world.site;
    kept(&world, &site.webhook("add", &[("contact_id", "7")]));
    // Random, so that no compression makes it small.
    let noise = |bytes: usize| -> String {
        let code = format!(
            "mt_srand(7); $all = ''; while (strlen($all) < {bytes}) {{ $all .= base64_encode(random_bytes(99)); }} return $all;"
        );
        encode(site.wp(&code).as_str().expect("a text"))
    };
    let post = |body: &str| {
        let target = site.webhook_target("add", &[("contact_id", "8")]);
        site.answer(&Request::new("POST", &target).body(FORM, format!("x={body}")))
    };
    kept(&world, &post(&noise(60_000)));
    world.expect(&post(&noise(120_000)), 503, "failed", "extension_missing");
    kept(&world, &post(&"a lot of the same ".repeat(20_000)));
    // 100 MiB of it.
    site.sql("UPDATE wp_agile_bridge_intake SET bytes = 104857000 WHERE id = 1");
    world.expect(&site.webhook("add", &[("contact_id", "9")]), 503, "failed", "extension_missing");
    kept(&world, &site.webhook("add", &[("contact_id", "7")]));
    assert_eq!(rows(&world).len(), 3);
    assert_eq!(site.log(), "");
}

/// Readers that die at the first of them: it is read alone from then on, and after five deaths no more.
#[test]
fn one_that_ends_php_holds_up_nobody() {
    let world = World::with(|site| site.extension(false));
    let ids: Vec<String> =
        (0..3).map(|person| world.contact(Contact::person(&format!("p{person}@example.com")))).collect();
    for id in &ids {
        kept(&world, &world.site.webhook("add", &[("contact_id", id)]));
    }
    let begun: Vec<Value> =
        (0..5).map(|_| world.site.wp("return count(AgileBridge\\Plugin\\Inbox\\KeptRequests::next(20));")).collect();
    assert_eq!(begun, [3, 1, 1, 1, 1].map(Value::from));
    world.has_extension(true);
    world.drain_and_rest();
    let statuses: Vec<String> = told(&world).into_iter().map(|(_, status, _)| status).collect();
    assert_eq!(statuses, ["rejected", "created", "created"], "{:#?}", world.events());
    assert_eq!(rows(&world), [] as [Value; 0]);
}

#[test]
fn what_cannot_be_kept_is_not_said_to_be() {
    let world = World::with(|site| site.extension(false));
    let full = failing("INSERT", "wp_agile_bridge_intake", "");
    let answer = while_broken(&world, (&full, MENDED), || world.site.webhook("add", &[("contact_id", "7")]));
    world.expect(&answer, 503, "failed", "site_unavailable");
    kept(&world, &world.site.webhook("add", &[("contact_id", "7")]));
    assert_eq!(rows(&world).len(), 1);
}
