//! Which new users get WordPress' welcome mail is the admin's choice: those for whom the webhook asks, all whom a webhook makes, or
//! none. Whom the hourly look, an admin or a replay makes gets none by "always".

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::json;

fn choose(world: &World, choice: &str) {
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = world.save_settings(&cookie, &[("[welcome_mails]", choice)]);
    assert!(page.contains("Settings saved"), "{page}");
}

/// Who was mailed for a user made by a webhook that asks for it, and one by a webhook that does not.
fn mailed(world: &World, choice: &str) -> Vec<String> {
    world.site.forget_mails();
    for asks in ["true", "", "false"] {
        let name = if asks.is_empty() { "silent" } else { asks };
        let id = world.contact(Contact::person(&format!("{choice}-{name}@example.com")));
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", asks)]);
        world.expect(&answer, 200, "created", "");
    }
    let mut mails: Vec<String> = world.site.mails().into_iter().map(|mail| mail.to).collect();
    mails.sort_unstable();
    mails
}

#[test]
fn only_if_asked_always_or_never() {
    let world = World::new();
    assert_eq!(mailed(&world, "default"), ["default-true@example.com"]);
    choose(&world, "never");
    assert_eq!(mailed(&world, "never"), [""; 0]);
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    assert!(world.settings_tab(&cookie, "webhooks").contains("None of them gets it"), "the builder says so");
    choose(&world, "always");
    let all = ["always-false@example.com", "always-silent@example.com", "always-true@example.com"];
    assert_eq!(mailed(&world, "always"), all);
    nobody_who_came_otherwise(&world);
    choose(&world, "no such choice");
    assert_eq!(world.site.wp("return get_option('agile_bridge_settings')['welcome_mails'];"), "always");
    choose(&world, "asked");
    assert_eq!(mailed(&world, "asked"), ["asked-true@example.com"]);
}

fn nobody_who_came_otherwise(world: &World) {
    world.site.forget_mails();
    for (number, origin) in ["reconcile", "admin"].iter().enumerate() {
        let id = world.contact(Contact::person(&format!("other-{number}@example.com")));
        world.wp_given(
            &json!([id, origin]),
            "AgileBridge\\Plugin\\Inbox\\Inbox::store(new AgileBridge\\Plugin\\Inbox\\Webhook('add', $given[0], origin: $given[1])); return 1;",
        );
    }
    // An update of somebody who is there already, and one who was given up and is replayed.
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let (_, answer) = world.add(Contact::person("bob@example.com").first_name("Bob"));
    assert_eq!(answer.user_id(), Some(bob));
    let id = world.contact(Contact::person("replayed@example.com"));
    world.crm.set_faults(Faults { status: Some(400), ..Faults::default() });
    world.site.webhook("add", &[("contact_id", &id)]);
    let dead = world.event_of(&id);
    let dead = number(&dead["id"]);
    world.site.sql(&format!("UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL WHERE id = {dead}"));
    world.crm.set_faults(Faults::default());
    let code = format!("return AgileBridge\\Plugin\\Inbox\\Replay::replay_event({dead});");
    assert_eq!(world.site.wp(&code), true);
    world.catch_up();
    for email in ["replayed@example.com", "other-0@example.com", "other-1@example.com"] {
        assert!(!world.user_with(email).is_null(), "{email}: {:#?}", world.events());
    }
    assert_eq!(world.site.mails(), []);
}
