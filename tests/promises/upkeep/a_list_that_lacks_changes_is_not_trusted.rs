//! Nobody documents what the CRM's filter compares. A contact that was fetched by itself, whose last change lies in the look's
//! window and at least two minutes back, is on a complete list. One that lacks it twice running is not trusted: linked users are
//! walked instead, and the screen says so, until the list is whole again.

use crate::stage::look::{MINUTE, change, linked, look, look_now};
use crate::stage::world::World;
use sandbox::Faults;
use site::Request;
use std::time::Duration;

const DISTRUST: &str = "cannot be trusted";

fn screen(world: &World) -> String {
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = Request::new("GET", "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced")
        .header("Cookie", &cookie);
    let page = world.site.send(&page).body();
    page.split("id=\"agile-bridge-look\">")
        .nth(1)
        .and_then(|rest| rest.split("</p>").next())
        .unwrap_or_default()
        .to_owned()
}

/// A webhook tells a change, and half an hour later is a look.
fn told_change(world: &World, contact: u64, name: &str) {
    world.advance(Duration::from_secs(30 * MINUTE));
    change(world, contact, name);
    let answer = world.site.webhook("update", &[("contact_id", &contact.to_string())]);
    world.expect(&answer, 200, "updated", "");
    world.advance(Duration::from_secs(30 * MINUTE));
}

/// The index is a day late.
fn lagging() -> Faults {
    Faults { search_lag: Duration::from_secs(86_400), ..Faults::default() }
}

#[test]
fn twice_running_and_users_are_walked() {
    let world = World::new();
    let (told, _) = linked(&world, 0);
    let (silent, user) = linked(&world, 1);
    assert_eq!(look(&world), 0);
    world.crm.set_faults(lagging());
    change(&world, silent, "New");
    told_change(&world, told, "One");
    look_now(&world);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "Old", "once may be chance");
    assert!(!screen(&world).contains(DISTRUST), "{}", screen(&world));
    told_change(&world, told, "Two");
    for _ in 0..2 {
        look_now(&world);
        world.drain();
        world.advance(Duration::from_secs(56 * MINUTE));
    }
    assert_eq!(world.user(user)["first_name"], "New", "{:?}", world.crm.requests());
    assert!(screen(&world).contains(DISTRUST), "{}", screen(&world));

    // The index has caught up.
    world.crm.set_faults(Faults::default());
    told_change(&world, told, "Three");
    look_now(&world);
    assert!(!screen(&world).contains(DISTRUST), "{}", screen(&world));
    world.crm.reset_counts();
    look(&world);
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 0, "{:?}", world.crm.requests());
}

/// Who was not changed, or only just now, or is no person, is missing with good reason; and between two doubts may lie a whole list.
#[test]
fn who_need_not_be_listed_is_no_reason() {
    let world = World::new();
    let (told, _) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    for number in 0..3 {
        // Told, and not changed.
        world.advance(Duration::from_secs(30 * MINUTE));
        let answer = world.site.webhook("update", &[("contact_id", &told.to_string())]);
        world.expect(&answer, 200, "unchanged", "");
        // A minute before the look.
        world.advance(Duration::from_secs(29 * MINUTE));
        world.crm.set_faults(lagging());
        change(&world, told, &format!("Young{number}"));
        let answer = world.site.webhook("update", &[("contact_id", &told.to_string())]);
        world.expect(&answer, 200, "updated", "");
        world.advance(Duration::from_secs(MINUTE));
        look_now(&world);
        world.crm.set_faults(Faults::default());
        told_change(&world, told, &format!("Listed{number}"));
        look_now(&world);
    }
    assert!(!screen(&world).contains(DISTRUST), "{}", screen(&world));
    for number in 0..3 {
        world.crm.set_faults(lagging());
        told_change(&world, told, &format!("Missing{number}"));
        look_now(&world);
        assert!(!screen(&world).contains(DISTRUST), "{}", screen(&world));
        world.crm.set_faults(Faults::default());
        told_change(&world, told, &format!("Found{number}"));
        look_now(&world);
    }
    assert!(!screen(&world).contains(DISTRUST), "{}", screen(&world));
}

/// Also where nobody told a change, and the walk for deleted contacts meets one.
#[test]
fn the_walk_is_a_witness_too() {
    let world = World::new();
    let (silent, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    world.set(&serde_json::json!({"gone_contacts": "unlink"}));
    world.crm.set_faults(lagging());
    for number in 0..4 {
        change(&world, silent, &format!("New{number}"));
        world.advance(Duration::from_secs(3 * MINUTE));
        look(&world);
        world.drain();
    }
    assert_ne!(world.user(user)["first_name"], "Old");
    assert!(screen(&world).contains(DISTRUST), "{}", screen(&world));
}

/// Whatever the document means by `AFTER`: the look does not ask by it.
#[test]
fn after_that_day_or_after_that_moment() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    world.crm.set_faults(Faults { after_means_day: true, ..Faults::default() });
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    assert_eq!(look(&world), 1, "{:?}", world.crm.requests());
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New");
}
