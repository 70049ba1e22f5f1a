//! Whoever looks at the activity sees what was given up before anything else, what to do about it and how; each number above the list is
//! the number of the rows behind it; and nothing has to be hovered over, or read twice, to be understood. In a real browser
//! (`tests/browser/what-is-wrong.mjs`).

use crate::stage::inbox::number;
use crate::stage::users_screen::NO_LANGUAGES;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use site::{Database, Server};

#[test]
fn on_a_desk_and_on_a_phone() {
    let world = World::with(|site| {
        site.database(Database::Sqlite)
            .server(Server::BuiltIn)
            .mu_plugin_file("no-languages.php", NO_LANGUAGES)
            .mu_plugin_file(
                "rtl.php",
                "<?php isset($_GET['rtl']) && add_action('init', fn() => $GLOBALS['wp_locale']->text_direction = 'rtl', PHP_INT_MIN);",
            )
    });
    let contact = ana().tag("Membership-Gold").tag("Newsletter-Weekly").tag("R&D");
    world.expect(&world.add(contact).1, 200, "created", "");
    world.expect(&world.add(ana()).1, 422, "failed", "email_conflict");
    given_up_and_processed_again(&world);
    world.site.sql(
        "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, code, user_id, created_at, updated_at, message)
         SELECT subject_key, 'dead', 'return_password', contact_id, 'failed', 'password_not_returned', user_id, created_at, updated_at, ''
         FROM wp_agile_bridge_events WHERE id = 1",
    );
    world.give_up(Contact::person("late@example.org"));
    world.play("what-is-wrong.mjs", "all");
}

/// With success: it is given up no more, and was never refused.
fn given_up_and_processed_again(world: &World) {
    world.pause(true);
    world.expect(&world.add(Contact::person("bea@example.com").first_name("Bea")).1, 202, "queued", "");
    let id = number(&world.events().pop().expect("an event")["id"]);
    world.site.sql(&format!(
        "UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL, status = 'failed', code = 'crm_unavailable' WHERE id = {id}"
    ));
    world.pause(false);
    assert_eq!(world.site.wp(&format!("return AgileBridge\\Plugin\\Inbox\\Replay::replay_event({id});")), true);
    world.drain_and_rest();
    let event = world.events().pop().expect("an event");
    world.expect_event(&event, "done", "created", "");
}
