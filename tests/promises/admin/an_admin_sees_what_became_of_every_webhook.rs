//! Under Tools an admin sees every event: when, whom it was about, what came of it in words; finds one among many; and has those
//! that were given up processed again. In a real browser (`tests/browser/activity.mjs`).

use crate::stage::world::{World, ana};
use sandbox::Contact;
use site::{Database, Server};

fn world(database: Database) -> World {
    World::with(|site| site.database(database).server(Server::BuiltIn))
}

#[test]
fn before_the_first_webhook_it_says_where_to_begin() {
    world(Database::Sqlite).play("activity.mjs", "empty");
}

#[test]
fn what_came_of_each_and_what_to_do() {
    let world = world(Database::MariaDb);
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    let number = id.parse().expect("a number");
    world.crm.set_property(number, "SYSTEM", "last_name", "", "Ruiz Gil");
    world.crm.add_tag(number, "Gold");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let (_, answer) = world.add(ana());
    world.expect(&answer, 422, "failed", "email_conflict");
    let nobody = world.contact(Contact::person("nobody@example.org"));
    world.expect(&world.site.webhook("update", &[("contact_id", &nobody)]), 200, "ignored", "no_matching_user");
    world.give_up(Contact::person("late@example.org"));
    world.play("activity.mjs", "events");
}
