//! Whoever has the access key cannot make the CRM look for unknown addresses without end: so many an hour are looked for, four
//! times each, and webhooks that name others wait until the hour is over. None is lost, and nobody else waits: not who is named
//! by an id, not who is linked. An address that is found does not count, also where a search finds it late.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use std::time::Duration;

const SEARCH: &str = "contacts/search/email/{email}";

fn named(world: &World, email: &str) -> (u16, String) {
    let answer = world.site.webhook("add", &[("email", email)]);
    world.await_rest();
    (answer.status, answer.wp_status().to_owned())
}

fn searches(world: &World) -> u64 {
    world.crm.counts().of("GET", SEARCH)
}

fn pass(world: &World, seconds: u64) {
    world.advance(Duration::from_secs(seconds));
    world.drain_and_rest();
}

fn spent(world: &World) -> i64 {
    let rows = world.site.sql("SELECT failures FROM wp_agile_bridge_leases WHERE name = 'searches'");
    rows.first().map_or(0, |row| number(&row["failures"]))
}

#[test]
fn a_leaked_key() {
    // One at a time: those that are under way at once may all be unknown.
    let five = "<?php add_filter('agile_bridge_hourly_searches', fn() => 5);
        add_filter('agile_bridge_concurrent_fetches', fn() => 1);";
    let world = World::with(|site| site.mu_plugin_file("five.php", five));
    let queued = (202, "queued".to_owned());
    for person in 0..7 {
        let email = format!("p{person}@example.com");
        world.contact(Contact::person(&email));
        assert_eq!(named(&world, &email), (200, "created".to_owned()), "what is found does not count");
    }
    world.crm.reset_counts();
    for attack in 0..12 {
        assert_eq!(named(&world, &format!("a{attack}@nowhere.example")), queued);
    }
    assert_eq!((searches(&world), spent(&world)), (5, 5), "{:?}", world.crm.requests());

    // Who is honest and new waits now; all others do not.
    world.contact(Contact::person("new@example.com"));
    assert_eq!(named(&world, "new@example.com"), queued);
    assert_eq!(named(&world, "p0@example.com"), (200, "unchanged".to_owned()), "she is linked");
    world.expect(&world.add(Contact::person("by-id@example.com")).1, 200, "created", "");
    assert_eq!(searches(&world), 5, "{:?}", world.crm.requests());

    // One of the five was new, and the search late: that makes room for one more.
    world.contact(Contact::person("a0@nowhere.example"));
    pass(&world, 13);
    assert_eq!((searches(&world), spent(&world)), (10, 4), "{:?}", world.crm.requests());
    for attack in 20..23 {
        assert_eq!(named(&world, &format!("a{attack}@nowhere.example")), queued);
    }
    assert_eq!((searches(&world), spent(&world)), (11, 5), "{:?}", world.crm.requests());
    for seconds in [75, 400, 400] {
        pass(&world, seconds);
    }
    assert_eq!((searches(&world), spent(&world)), (2 + 5 * 4, 5), "four times each: {:?}", world.crm.requests());

    // The hour is over: the next five, and who is honest among them. None is lost.
    let mut hours = 0;
    while world.events().iter().any(|event| event["state"] == "waiting") {
        hours += 1;
        assert!(hours < 8, "{:#?}", world.events());
        pass(&world, 3601);
        for seconds in [13, 75, 400] {
            pass(&world, seconds);
        }
    }
    assert_eq!((world.user_count(), hours), (1 + 7 + 1 + 2, 2), "{:#?}", world.events());
    assert_eq!(searches(&world), 2 + 5 * 4 + 1 + 9 * 4, "{:?}", world.crm.requests());
    assert!(world.site.log().contains("replace the access key"), "{}", world.site.log());
}
