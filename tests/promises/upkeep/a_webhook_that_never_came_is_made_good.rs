//! Every hour the CRM is asked what has changed: a change that no webhook told is queued, applied and counted. WP-Cron
//! looks, and so does the script of a system cron.

use crate::stage::inbox::number;
use crate::stage::look::{MINUTE, change, linked, look, look_now};
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Database, await_until};
use std::time::Duration;

fn repaired(world: &World) -> Value {
    world.site.wp("return get_option('agile_bridge_stats')['repaired'] ?? 0;")
}

fn a_change_is_found_queued_applied_and_counted(database: Database) {
    let world = World::with(|site| site.database(database));
    let people: Vec<_> = (0..3).map(|number| linked(&world, number)).collect();
    let stranger = world.crm.create_contact(Contact::person("stranger@example.com"));
    assert_eq!(look(&world), 0, "nothing has changed");
    assert_eq!(look_now(&world), Value::Null, "an hour has not passed");
    let known = world.events().len();

    change(&world, people[1].0, "New");
    change(&world, stranger, "Nobody");
    // Younger than two minutes: its webhook may be on its way.
    world.advance(Duration::from_secs(55 * MINUTE));
    change(&world, people[2].0, "Young");
    assert_eq!(look_now(&world), 1, "{:?}", world.crm.requests().last());
    assert_eq!(repaired(&world), 1);
    let event = world.event_of(&people[1].0.to_string());
    assert_eq!(
        (&event["state"], &event["origin"], &event["action"]),
        (&json!("waiting"), &json!("reconcile"), &json!("update"))
    );
    assert_eq!(world.drain(), 1);
    assert_eq!(world.user(people[1].1)["first_name"], "New");
    assert_eq!(world.user(people[2].1)["first_name"], "Old");
    assert_eq!(look(&world), 1, "now it is old enough");
    world.drain();
    assert_eq!(world.user(people[2].1)["first_name"], "Young");
    assert_eq!(repaired(&world), 2);
    assert_eq!(look(&world), 0);
    assert_eq!(world.events().len(), known + 2);
    assert_eq!(world.user_count(), 4, "no user is made this way");
}

#[test]
fn a_change_is_found_queued_applied_and_counted_on_mariadb() {
    a_change_is_found_queued_applied_and_counted(Database::MariaDb);
}

#[test]
fn a_change_is_found_queued_applied_and_counted_on_sqlite() {
    a_change_is_found_queued_applied_and_counted(Database::Sqlite);
}

/// A change that nobody told, and an hour in which a look is due.
fn changed(world: &World) -> (u64, u64) {
    let (contact, user) = linked(world, 0);
    assert_eq!(look(world), 0);
    change(world, contact, "New");
    world.advance(Duration::from_secs(56 * MINUTE));
    (contact, user)
}

/// It is queued, though no webhook came.
fn expect_queued(world: &World, contact: u64) {
    let is_queued = || world.events().iter().any(|event| event["origin"] == "reconcile");
    assert!(await_until(Duration::from_secs(20), is_queued), "{:#?}\n{}", world.events(), world.site.log());
    let event = world.event_of(&contact.to_string());
    assert_eq!((&event["origin"], &event["action"]), (&json!("reconcile"), &json!("update")), "{event:#}");
    assert_eq!((world.events().len(), repaired(world)), (2, json!(1)));
}

#[test]
fn wp_cron_looks() {
    let world = World::new();
    let (contact, user) = changed(&world);
    world.site.wp("wp_clear_scheduled_hook('agile_bridge_reconcile');
         return wp_schedule_event(time() - 1, 'hourly', 'agile_bridge_reconcile');");
    assert_eq!(world.site.get("/wp-cron.php?doing_wp_cron").status, 200);
    expect_queued(&world, contact);
    let next = world.site.wp("return wp_next_scheduled('agile_bridge_reconcile') - time();");
    assert!((3500..=3600).contains(&next.as_i64().expect("it is scheduled again")), "{next}");
    world.drain_and_rest();
    assert_eq!(world.user(user)["first_name"], "New");
}

#[test]
fn the_script_for_a_system_cron_looks() {
    let world = World::new();
    let (contact, user) = changed(&world);
    assert_eq!(world.drain_php(&[]), ("0 events were processed\n".into(), String::new(), Some(0)));
    expect_queued(&world, contact);
    assert_eq!(world.drain_php(&[]).0, "1 event was processed\n");
    assert_eq!(world.user(user)["first_name"], "New");
}

const FILTER: &str = "filters/filter/dynamic-filter";

/// The CRM lists 200 at a time, who was created last first: the first and the last of each page.
const PLACES: [u64; 6] = [0, 199, 200, 399, 400, 449];

/// Somebody there is changed and is at this place of the CRM's list.
fn change_at(world: &World, place: u64, contact: u64, name: &str) {
    change(world, contact, name);
    let mut now = world.crm.contact(contact).expect("the contact");
    now["created_time"] = json!(2_000_000_000 - place);
    world.crm.replace_contact(contact, now);
}

#[test]
fn a_look_over_several_pages_misses_nobody_also_where_it_is_cut_off() {
    let world = World::new();
    let people = PLACES.map(|place| linked(&world, usize::try_from(place).expect("a small number")));
    assert_eq!(look(&world), 0);
    let strangers = (0..450).filter(|place| !PLACES.contains(place)).map(|place| {
        let stranger = Contact::person(&format!("stranger{place}@example.com"));
        (place, world.crm.create_contact(stranger))
    });
    let all: Vec<_> = PLACES.into_iter().zip(people.map(|(contact, _)| contact)).chain(strangers).collect();
    let change_all = |name: &str| all.iter().for_each(|(place, contact)| change_at(&world, *place, *contact, name));
    let names = || people.map(|(_, user)| world.user(user)["first_name"].as_str().map(str::to_owned));
    let pages = || world.crm.counts().of("POST", FILTER);
    change_all("New");
    world.crm.reset_counts();
    assert_eq!((look(&world), pages()), (json!(6), 3));
    world.drain();
    assert_eq!(names(), [(); 6].map(|()| Some("New".to_owned())));

    // The CRM goes away after the first page. (503 and not 500: that may mean that it refuses the filter.)
    change_all("Newer");
    let cut = Faults { status: Some(503), spares: 1, only_route: Some(format!("POST {FILTER}")), ..Faults::default() };
    world.crm.set_faults(cut);
    look(&world);
    world.crm.set_faults(Faults::default());
    assert_eq!(world.drain(), 2, "the first page is not lost: {:#?}", world.events());
    // While nobody looks somebody of that page changes once more.
    change_at(&world, PLACES[0], people[0].0, "Newest");
    world.crm.reset_counts();
    assert_eq!((look(&world), pages()), (json!(4), 2), "it goes on with the second page");
    world.drain();
    let newer = Some("Newer".to_owned());
    assert_eq!(names(), [(); 6].map(|()| newer.clone()));
    assert_eq!(look(&world), 1, "the next one begins where the one that was cut off began");
    world.drain();
    assert_eq!(names()[0], Some("Newest".to_owned()));
    assert_eq!(repaired(&world), 6 + 6 + 1);
}

#[test]
fn not_while_it_is_off_or_paused() {
    let world = World::new();
    let (contact, _) = linked(&world, 0);
    look(&world);
    change(&world, contact, "New");
    for settings in [json!({"reconcile": false}), json!({"reconcile": true, "paused": true})] {
        world.set(&settings);
        world.crm.reset_counts();
        assert_eq!(look(&world), Value::Null);
        assert_eq!(world.crm.counts().total, 0);
    }
    world.set(&json!({"paused": false}));
    assert_eq!(look(&world), 1, "what changed meanwhile is not forgotten");
}

#[test]
fn a_copy_under_another_address_keeps_still() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    let home = world.site.url();
    let moved = "http://localhost:".to_owned() + &world.site.port().to_string();
    let move_to = |url: &str| {
        world.wp_given(&json!(url), "update_option('siteurl', $given); return update_option('home', $given);")
    };
    move_to(&moved);
    world.crm.reset_counts();
    assert_eq!(look(&world), Value::Null);
    assert_eq!(world.crm.counts().total, 0, "a copy asks nothing");
    // The same with www or https is no other address.
    move_to(&home.replace("http://", "https://"));
    assert_eq!(look(&world), 1);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New");
    move_to(&moved);
    assert_eq!(look(&world), Value::Null);
    world.site.wp("AgileBridge\\Plugin\\Site\\Home::be_here(); return 1;");
    change(&world, contact, "Newer");
    assert_eq!(look(&world), 1, "the admin has said that this is the site");
    assert!(number(&world.event_of(&contact.to_string())["id"]) > 0);
}
