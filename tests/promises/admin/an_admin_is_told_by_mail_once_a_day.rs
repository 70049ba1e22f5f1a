//! If the admin wants it, a mail tells what is wrong: webhooks that were given up, one that has waited for more than an hour, an
//! account that Agile CRM refuses, an extension that is missing. One a day at most, to the address that was chosen, with what to do
//! and where, and with nothing of a contact and no key in it. The dashboard says when nobody processes what is due.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::{Contact, Faults, Form};
use serde_json::json;
use site::{ACCESS_KEY, Mail, Request};
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// WordPress' cron comes by.
fn cron(world: &World) {
    let code = "define('DOING_CRON', true); do_action('agile_bridge_drain'); return 1;";
    world.site.wp(code);
}

/// So much later: the mails that it sends.
fn mails_after(world: &World, seconds: u64) -> Vec<Mail> {
    world.site.forget_mails();
    world.advance(Duration::from_secs(seconds));
    cron(world);
    world.site.mails()
}

#[track_caller]
fn expect_one(world: &World, mails: &[Mail], to: &str, subject: &str, says: &[&str]) {
    assert_eq!(mails.len(), 1, "{mails:?}\n{}", world.site.log());
    let mail = &mails[0];
    assert!(mail.to == to && mail.subject.contains(subject), "{mail:?}");
    for text in says {
        assert!(mail.body.contains(text), "{text}: {mail:?}");
    }
    for secret in ["ana@example.com", "Ruiz", ACCESS_KEY, world.crm.api_key(), world.crm.email()] {
        assert!(!mail.body.contains(secret), "{secret}: {mail:?}");
    }
}

/// Contacts without an address are given up.
fn give_up(world: &World) {
    let id = world.contact(Contact::person("").first_name("Ana").last_name("Ruiz"));
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    assert_eq!(answer.status, 422, "{}", answer.json);
    let dead = format!("state = 'dead', open_key = NULL, updated_at = {}", world.now());
    world.site.sql(&format!("UPDATE wp_agile_bridge_events SET {dead} WHERE contact_id = '{id}'"));
}

#[test]
fn of_what_is_wrong_then() {
    let world = World::new();
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    give_up(&world);
    assert_eq!(mails_after(&world, 2 * HOUR), [], "nobody has asked for it");

    let page = world.save_settings(&cookie, &[("[alert_mails]", "1"), ("[alert_address]", "no address")]);
    assert!(page.contains("is not an e-mail address"), "{page}");
    world.save_settings(&cookie, &[("[alert_mails]", "1"), ("[alert_address]", "")]);
    let mails = mails_after(&world, 11 * MINUTE);
    let says = [
        "1 webhook was given up",
        "process it again",
        "tools.php?page=agile-bridge-activity&view=dead",
        "at most once a day",
    ];
    expect_one(&world, &mails, "admin@example.org", "[A WordPress] Bridge for Agile CRM", &says);

    // The next one is for the next day, whatever happens; and of what was told it does not tell again.
    give_up(&world);
    assert_eq!(mails_after(&world, HOUR), []);
    assert_eq!(mails_after(&world, 22 * HOUR), []);
    world.save_settings(&cookie, &[("[alert_address]", "boss@example.com")]);
    expect_one(&world, &mails_after(&world, 2 * HOUR), "boss@example.com", "1 webhook was given up", &[]);
    assert_eq!(mails_after(&world, 49 * HOUR), [], "all is told");

    a_webhook_that_waits(&world, &cookie);
    an_account_that_is_refused(&world);
    a_copy_sends_none(&world);
    a_missing_extension(&world);
    assert!(!world.site.log().contains("Fatal"), "{}", world.site.log());
}

fn a_webhook_that_waits(world: &World, cookie: &str) {
    let dashboard = || world.site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", cookie)).body();
    world.store(1);
    world.set(&json!({"paused": true}));
    assert_eq!(mails_after(world, 50 * MINUTE), [], "not for an hour yet");
    let mails = mails_after(world, 11 * MINUTE);
    expect_one(
        world,
        &mails,
        "boss@example.com",
        "waited for more than an hour",
        &["Processing is paused", "view=waiting"],
    );
    assert!(!dashboard().contains("agile-bridge-standstill"), "it is paused, and says so");
    // Nobody comes by to process it.
    world.set(&json!({"paused": false}));
    assert!(dashboard().contains("agile-bridge-standstill"), "{}", dashboard());
    world.drain_and_rest();
    assert!(!dashboard().contains("agile-bridge-standstill"));
}

fn an_account_that_is_refused(world: &World) {
    world.crm.set_faults(Faults { unauthorized: Some(Form::Html), ..Faults::default() });
    world.advance(Duration::from_secs(25 * HOUR));
    let id = world.contact(Contact::person("ana@example.com").last_name("Ruiz"));
    world.site.webhook("add", &[("contact_id", &id)]);
    let mails = mails_after(world, MINUTE);
    let says = ["none is lost", "Save and test connection", "options-general.php?page=bridge-for-agile-crm"];
    expect_one(world, &mails, "boss@example.com", "refuses the credentials", &says);
    world.crm.set_faults(Faults::default());
    world.catch_up();
}

fn a_copy_sends_none(world: &World) {
    give_up(world);
    let home = "AgileBridge\\Plugin\\Site\\Home";
    world.site.wp(&format!("{home}::be_a_copy(); return 1;"));
    assert_eq!(mails_after(world, 25 * HOUR), []);
    world.site.wp(&format!("{home}::be_here(); return 1;"));
    assert_eq!(mails_after(world, 11 * MINUTE).len(), 1);
}

/// Through the web, as an upgrade of PHP leaves it: PHP alone sends the mail.
fn a_missing_extension(world: &World) {
    world.has_extension(false);
    world.advance(Duration::from_secs(25 * HOUR));
    world.site.forget_mails();
    world.site.wp("wp_clear_scheduled_hook('agile_bridge_drain');
        return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
    world.site.get("/wp-cron.php?doing_wp_cron");
    let sent = site::await_until(Duration::from_secs(20), || !world.site.mails().is_empty());
    assert!(sent, "{}", world.site.log());
    expect_one(
        world,
        &world.site.mails(),
        "boss@example.com",
        "agile_bridge is not loaded",
        &["upgrade of PHP", "plugins.php"],
    );
    world.has_extension(true);
    assert!(number(&world.site.sql("SELECT COUNT(*) AS events FROM wp_agile_bridge_events")[0]["events"]) > 0);
}
