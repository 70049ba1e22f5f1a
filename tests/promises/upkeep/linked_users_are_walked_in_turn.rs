//! Where the account refuses to list what has changed, linked users are walked: all of them in turn, the longest unseen first, within
//! a daily budget of requests.

use crate::stage::look::{MINUTE, change, linked, look};
use crate::stage::world::World;
use sandbox::Faults;
use serde_json::json;
use site::Database;
use std::time::Duration;

fn refused() -> Faults {
    Faults { refuse_updated_time_filter: true, ..Faults::default() }
}

/// Budget of a day, a 24th of it at each look.
fn with_budget(database: Database, requests: u64) -> World {
    let filter = format!("<?php add_filter('agile_bridge_daily_requests', fn() => {requests});");
    let world = World::with(|site| site.database(database).mu_plugin_file("budget.php", &filter));
    world.crm.set_faults(refused());
    world
}

fn where_the_filter_is_refused_linked_users_are_walked(database: Database) {
    let world = with_budget(database, 48);
    let people: Vec<_> = (0..5).map(|number| linked(&world, number)).collect();
    let gets = || i64::try_from(world.crm.counts().of("GET", "contacts/{id}")).expect("a small number");
    // A first lap, so that all have been seen.
    for _ in 0..4 {
        look(&world);
    }
    for (contact, _) in &people {
        change(&world, *contact, "New");
    }
    let mut queued = 0;
    for _ in 0..5 {
        world.crm.reset_counts();
        queued += look(&world).as_i64().expect("a number");
        assert!(gets() <= 2, "two requests an hour are 48 a day: {:?}", world.crm.counts());
        world.drain();
    }
    assert_eq!(queued, 5);
    assert!(people.iter().all(|(_, user)| world.user(*user)["first_name"] == "New"));
}

#[test]
fn where_the_filter_is_refused_linked_users_are_walked_on_mariadb() {
    where_the_filter_is_refused_linked_users_are_walked(Database::MariaDb);
}

#[test]
fn where_the_filter_is_refused_linked_users_are_walked_on_sqlite() {
    where_the_filter_is_refused_linked_users_are_walked(Database::Sqlite);
}

/// One at each look, so that their order shows. Whom an event has seen since the lap began need not be asked for.
#[test]
fn the_longest_unseen_are_walked_first_and_the_seen_are_left_out() {
    let world = with_budget(Database::MariaDb, 24);
    let people: Vec<_> = (0..4).map(|number| linked(&world, number).0).collect();
    let asked = || {
        world.crm.reset_counts();
        assert_eq!(look(&world), 0);
        let requests = world.crm.requests().into_iter().filter(|request| request.route == "contacts/{id}");
        let id = |path: &str| path.rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
        let contacts: Vec<_> = requests.filter_map(|request| id(&request.path)).collect();
        contacts
    };
    let lap = |seen: &[usize]| {
        for (number, contact) in people.iter().enumerate() {
            let expected = if seen.contains(&number) { vec![] } else { vec![*contact] };
            assert_eq!(asked(), expected, "the {number}th of {people:?}, seen: {seen:?}");
        }
        // One more finds the end, and a new lap begins.
        assert_eq!(asked(), Vec::<u64>::new());
    };
    // That they were made is before the first lap.
    lap(&[]);
    for number in [1, 3] {
        let answer = world.site.webhook("update", &[("contact_id", &people[number].to_string())]);
        world.expect(&answer, 200, "unchanged", "");
    }
    world.await_all_done();
    lap(&[1, 3]);
    lap(&[]);
}

/// WP Fusion leaves an empty link where it found no contact.
#[test]
fn links_that_name_no_contact_do_not_stop_the_walk() {
    let world = with_budget(Database::MariaDb, 24);
    for (number, link) in ["", "0", "abc"].into_iter().enumerate() {
        let user = world.existing_user(&format!("u{number}"), &format!("u{number}@example.net"), "subscriber");
        world.wp_given(&json!([user, link]), "return update_user_meta($given[0], 'agilecrm_contact_id', $given[1]);");
    }
    let (contact, user) = linked(&world, 0);
    look(&world);
    change(&world, contact, "New");
    for _ in 0..8 {
        look(&world);
        world.drain();
    }
    assert_eq!(
        world.user(user)["first_name"],
        "New",
        "{:?}",
        world.site.sql("SELECT * FROM wp_agile_bridge_leases WHERE name = 'reconcile'")
    );
}

/// While the CRM fails nobody counts as seen.
#[test]
fn a_walk_that_the_crm_does_not_answer_is_walked_again() {
    let world = with_budget(Database::MariaDb, 24 * 4);
    let (contact, user) = linked(&world, 0);
    // One look walks all, the next begins anew.
    look(&world);
    look(&world);
    change(&world, contact, "New");
    let (status, only_route) = (Some(503), Some("GET contacts/{id}".to_owned()));
    world.crm.set_faults(Faults { status, only_route, ..refused() });
    look(&world);
    world.crm.set_faults(refused());
    look(&world);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New", "{:?}", world.site.sql("SELECT * FROM wp_agile_bridge_leases"));
}

#[test]
fn the_budget_of_a_day_is_kept() {
    let world = with_budget(Database::MariaDb, 3);
    for number in 0..6 {
        linked(&world, number);
    }
    world.crm.reset_counts();
    // From midnight on, a whole day.
    let to_midnight = 86_400_000 - world.now() % 86_400_000;
    world.advance(Duration::from_millis(to_midnight.unsigned_abs()));
    for _ in 0..20 {
        look(&world);
    }
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 3);
    world.advance(Duration::from_secs(6 * 60 * MINUTE));
    look(&world);
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 4, "the next day has a budget of its own");
}
