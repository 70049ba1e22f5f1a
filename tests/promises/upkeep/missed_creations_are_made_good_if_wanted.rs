//! A switch, off by default: contacts that were created since it was set, and whose webhook never came, become users at the hourly
//! look, as by `add`: with the default role, and without a mail. Never those that are older than the switch.

use crate::stage::look::{MINUTE, change, look, look_now};
use crate::stage::world::{World, nonce};
use sandbox::{Contact, Faults, Form};
use serde_json::{Value, json};
use site::{Request, form};
use std::time::Duration;

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";
const FORM: &str = "application/x-www-form-urlencoded";

/// An admin saves the switch.
fn switch(world: &World, on: bool) {
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let send = |request: Request| world.site.send(&request.header("Cookie", &cookie));
    let page = send(Request::new("GET", SCREEN)).body();
    let nonce = nonce(&page, "name='option_page'");
    let fields = [
        ("option_page", "agile_bridge"),
        ("action", "update"),
        ("_wpnonce", &nonce),
        ("agile_bridge_settings[complete]", "1"),
        ("agile_bridge_settings[missed_creations]", if on { "1" } else { "0" }),
    ];
    let answer = send(Request::new("POST", "/wp-admin/options.php").body(FORM, form(&fields)));
    assert_eq!(answer.status, 302, "{}", answer.body());
}

/// Somebody is created now, by the clock of the inbox, and nobody tells.
fn create(world: &World, contact: Contact) -> u64 {
    let id = world.crm.create_contact(contact);
    let mut now = world.crm.contact(id).expect("the contact");
    now["created_time"] = json!(world.now() / 1000);
    world.crm.replace_contact(id, now);
    id
}

fn person(name: &str) -> Contact {
    Contact::person(&format!("{name}@example.com")).first_name("Jo").tag("Lead")
}

fn exists(world: &World, name: &str) -> bool {
    world.user_with(&format!("{name}@example.com")) != Value::Null
}

#[test]
fn only_while_it_is_on_and_only_who_came_since() {
    let world = World::new();
    create(&world, person("off"));
    assert_eq!(look(&world), 0);
    assert_eq!(world.crm.counts().of("GET", "contacts"), 0, "off by default: {:?}", world.crm.counts());

    let older = create(&world, person("older"));
    world.advance(Duration::from_secs(5));
    switch(&world, true);
    world.advance(Duration::from_secs(5));
    let missed = create(&world, person("missed")).to_string();
    create(&world, Contact::company("ACME"));
    let nobody = create(&world, Contact::person(""));
    // Somebody's webhook came.
    let told = create(&world, person("told")).to_string();
    world.expect(&world.site.webhook("add", &[("contact_id", &told)]), 200, "created", "");
    world.advance(Duration::from_secs(20 * MINUTE));
    change(&world, older, "Changed");
    let events = world.events().len();
    assert_eq!(look(&world), 2, "{:?}", world.crm.requests().last());
    let event = world.event_of(&missed);
    let got = (&event["action"], &event["origin"], &event["state"], &event["role"]);
    assert_eq!(got, (&json!("add"), &json!("reconcile"), &json!("waiting"), &json!("")), "{event:#}");
    world.drain();
    let user = world.user_with("missed@example.com");
    assert_eq!((&user["roles"], &user["agilecrm_tags"]), (&json!(["subscriber"]), &json!(["Lead"])));
    assert_eq!(world.site.mails().len(), 0, "{:?}", world.site.mails());
    world.expect_event(&world.event_of(&nobody.to_string()), "done", "failed", "email_missing");
    assert!(!exists(&world, "off") && !exists(&world, "older"));

    // Younger than two minutes: its webhook may be on its way.
    world.advance(Duration::from_secs(55 * MINUTE));
    create(&world, person("young"));
    assert_eq!(look_now(&world), 0);
    assert_eq!(look(&world), 1);
    world.drain();
    assert!(exists(&world, "young"));
    assert_eq!(look(&world), 0, "each once, also who cannot be a user");
    assert_eq!(world.events().len(), events + 3);

    // Off, and on again: who came meanwhile is older than the switch.
    switch(&world, false);
    create(&world, person("between"));
    world.advance(Duration::from_secs(5));
    switch(&world, true);
    world.advance(Duration::from_secs(5));
    create(&world, person("after"));
    // Saved once more while it is on, it is as old as it was.
    world.advance(Duration::from_secs(5));
    switch(&world, true);
    assert_eq!(look(&world), 1);
    world.drain();
    assert!(exists(&world, "after") && !exists(&world, "between"));
}

#[test]
fn over_many_pages_and_also_where_they_are_refused() {
    let world = World::new();
    switch(&world, true);
    world.advance(Duration::from_secs(60));
    for number in 0..230 {
        create(&world, person(&format!("p{number}")));
    }
    let refused =
        Faults { unauthorized: Some(Form::Json), only_route: Some("GET contacts".into()), ..Faults::default() };
    world.crm.set_faults(refused);
    assert_eq!(look(&world), 0);
    let crm = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'crm'");
    assert_eq!(crm, [json!({"details": ""})], "one list that is refused stops nothing");
    // The second page fails, and is asked for anew.
    let fails = Faults { status: Some(503), spares: 1, only_route: Some("GET contacts".into()), ..Faults::default() };
    world.crm.set_faults(fails);
    look(&world);
    let first = world.events().len();
    world.crm.set_faults(Faults::default());
    world.crm.reset_counts();
    assert_eq!(look(&world).as_u64().expect("a number") + u64::try_from(first).expect("a number"), 230);
    assert_eq!((first, world.crm.counts().of("GET", "contacts")), (200, 1), "it goes on with the second page");
}

/// All sites of a network were in maintenance, whichever of them the update was made on.
#[test]
fn right_after_maintenance_of_a_network() {
    let world = World::with(|site| site.multisite(true));
    let second = world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    let scheduled = world.wp_given(
        &second,
        "switch_to_blog($given); AgileBridge\\Plugin\\Inbox\\Schema::install(); restore_current_blog();
         foreach (['wp_version_check', 'wp_update_plugins', 'wp_update_themes'] as $asks_wordpress_org) {
             remove_action('upgrader_process_complete', $asks_wordpress_org);
         }
         remove_action('upgrader_process_complete', ['Language_Pack_Upgrader', 'async_upgrade'], 20);
         do_action('upgrader_process_complete', new stdClass(), ['action' => 'update', 'type' => 'plugin']);
         $is_soon = fn() => false !== wp_next_scheduled('agile_bridge_reconcile', ['update']);
         $soon = [$is_soon()]; switch_to_blog($given); $soon[] = $is_soon(); restore_current_blog();
         return $soon;",
    );
    assert_eq!(scheduled, json!([true, true]), "{}", world.site.log());
}

/// What a site in maintenance answers itself, 503, nobody can store. Three minutes after an update is a look.
#[test]
fn right_after_maintenance() {
    let world = World::new();
    switch(&world, true);
    assert_eq!(look(&world), 0);
    world.advance(Duration::from_secs(10 * MINUTE));
    let maintenance = world.site.root().join(".maintenance");
    std::fs::write(&maintenance, "<?php $upgrading = time();").expect("a file");
    let lost = create(&world, person("lost")).to_string();
    let answer = world.site.get(&world.site.webhook_target("add", &[("contact_id", &lost)]));
    assert_eq!((answer.status, world.events().len()), (503, 0), "{}", answer.body());
    std::fs::remove_file(&maintenance).expect("the file");
    assert_eq!(look_now(&world), Value::Null, "the hour is not over");
    // As WordPress' upgraders end; a language pack needs no maintenance.
    let done = |kind: &str| {
        world.wp_given(
            &json!(kind),
            "do_action('upgrader_process_complete', new stdClass(), ['action' => 'update', 'type' => $given]);
             return wp_next_scheduled('agile_bridge_reconcile', ['update']) ? 1 : 0;",
        )
    };
    assert_eq!((done("translation"), done("plugin")), (json!(0), json!(1)));
    assert_eq!(look_now(&world), Value::Null, "webhooks may be on their way");
    world.advance(Duration::from_secs(3 * MINUTE + 1));
    assert_eq!(look_now(&world), 1);
    world.drain();
    assert!(exists(&world, "lost"));
    world.advance(Duration::from_secs(50 * MINUTE));
    assert_eq!(look_now(&world), Value::Null, "and then every hour");

    // Also where the hour is over by then: a look before the three minutes would leave the youngest to the next one.
    world.advance(Duration::from_secs(10 * MINUTE));
    create(&world, person("late"));
    done("core");
    assert_eq!(look_now(&world), Value::Null);
    world.advance(Duration::from_secs(3 * MINUTE + 1));
    assert_eq!(look_now(&world), 1);
}
