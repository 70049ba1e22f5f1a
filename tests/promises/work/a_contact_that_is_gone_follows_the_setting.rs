//! A contact that the CRM no longer has, while a user is linked to it: nothing happens, the link goes, or the user gets another
//! role, as the admin has chosen. Nobody is deleted, and the protected lose nothing but the link.

use crate::stage::look::look;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::Database;

fn linked(world: &World, email: &str, role: &str) -> (u64, String) {
    let user = world.existing_user(email, email, role);
    let (id, answer) = world.add(Contact::person(email).first_name("Jo").tag("Lead"));
    assert_eq!(answer.user_id(), Some(user), "{}", answer.json);
    (user, id)
}

fn the_setting_decides(database: Database) {
    let world = World::with(|site| site.database(database));
    let others = linked(&world, "other@example.com", "author");
    let other_before = world.user(others.0);
    for (number, (setting, role, roles, link)) in [
        (Value::Null, "author", "author", true),
        (json!("keep"), "author", "author", true),
        (json!("unlink"), "author", "author", false),
        (json!("unlink"), "administrator", "administrator", false),
        (json!("role:subscriber"), "author", "subscriber", true),
        (json!("role:subscriber"), "administrator", "administrator", true),
        // What no screen would save.
        (json!("role:administrator"), "author", "author", true),
        (json!("role:nobody"), "author", "author", true),
        (json!("delete"), "author", "author", true),
    ]
    .into_iter()
    .enumerate()
    {
        if !setting.is_null() {
            world.set(&json!({"gone_contacts": setting}));
        }
        let (user, contact) = linked(&world, &format!("p{number}@example.com"), role);
        world.crm.delete_contact(contact.parse().expect("a number"));
        let answer = world.site.webhook("update", &[("contact_id", &contact)]);
        world.expect(&answer, 404, "failed", "contact_not_found");
        world.expect_event(&world.event_of(&contact), "done", "failed", "contact_not_found");
        let now = world.user(user);
        assert_eq!(now["roles"], json!([roles]), "{setting} {role}: {now:#}");
        let has_link = now.get("agilecrm_contact_id") == Some(&json!(contact));
        assert_eq!(has_link, link, "{setting} {role}: {now:#}");
        assert_eq!((&now["first_name"], &now["agilecrm_tags"]), (&json!("Jo"), &json!(["Lead"])));
        assert_eq!(world.site.mails(), []);
    }
    assert_eq!(world.user(others.0), other_before);
}

#[test]
fn the_setting_decides_on_mariadb() {
    the_setting_decides(Database::MariaDb);
}

#[test]
fn the_setting_decides_on_sqlite() {
    the_setting_decides(Database::Sqlite);
}

/// Where another plugin does not let the role be set, that event has a problem, and no other event has one.
#[test]
fn a_role_that_cannot_be_set_holds_up_nobody_else() {
    let world = World::with(|site| {
        site.mu_plugin_file("others.php", "<?php add_action('set_user_role', fn($id, $role) => 'contributor' === $role && throw new Exception('no'), 10, 2);")
    });
    world.set(&json!({"gone_contacts": "role:contributor"}));
    let (user, contact) = linked(&world, "gone@example.com", "author");
    let before = world.user(user);
    world.crm.delete_contact(contact.parse().expect("a number"));
    world.pause(true);
    world.expect(&world.site.webhook("update", &[("contact_id", &contact)]), 202, "queued", "");
    let next = world.contact(ana());
    world.expect(&world.site.webhook("add", &[("contact_id", &next)]), 202, "queued", "");
    world.pause(false);
    let drained = world.site.try_wp("AgileBridge\\Plugin\\Work\\Drain::run(120000); return true;");
    world.expect_event(&world.event_of(&next), "done", "created", "");
    assert!(drained.is_ok(), "the drain broke off: {drained:?}");
    assert_eq!(world.user(user), before, "all or nothing");
    let event = world.event_of(&contact);
    assert!(
        event["state"] == "done" || world.due_in(&event) > 5.0,
        "it is not tried again at once, for ever: {event:#}"
    );
}

/// No webhook tells of a deleted contact, and no list of changes names it: where the admin wants to know, linked users are walked.
#[test]
fn the_hourly_look_finds_it() {
    let world = World::new();
    let (user, contact) = linked(&world, "gone@example.com", "author");
    let (other, _) = linked(&world, "other@example.com", "author");
    world.crm.delete_contact(contact.parse().expect("a number"));
    let asked = || {
        world.crm.reset_counts();
        look(&world);
        world.crm.counts().of("GET", "contacts/{id}")
    };
    assert_eq!(asked(), 0, "nobody wants to know");
    assert_eq!(world.user(user)["agilecrm_contact_id"], json!(contact));
    world.set(&json!({"gone_contacts": "unlink"}));
    assert_eq!(asked(), 2, "{:?}", world.crm.requests());
    assert_eq!(world.user(user).get("agilecrm_contact_id"), None);
    assert!(world.user(other)["agilecrm_contact_id"].is_string());
}

/// What other plugins want to say about a changed role is said, once it is certain, but not to the user; also where one of them
/// ends our transaction.
#[test]
fn the_mails_of_others_go_out() {
    let world = World::with(|site| {
        site.mu_plugin_file(
            "mail.php",
            "<?php add_action('set_user_role', function ($id, $role) {
            if ('contributor' !== $role) return;
            wp_mail(get_userdata($id)->user_email, 'Your membership', 'It ended.');
            wp_mail('boss@example.com', 'A membership', 'It ended.');
            $GLOBALS['wpdb']->dbh->query('START TRANSACTION');
            $GLOBALS['wpdb']->dbh->query('COMMIT');
        }, 10, 2);",
        )
    });
    world.set(&json!({"gone_contacts": "role:contributor"}));
    let (user, contact) = linked(&world, "gone@example.com", "author");
    world.crm.delete_contact(contact.parse().expect("a number"));
    let answer = world.site.webhook("update", &[("contact_id", &contact)]);
    world.expect(&answer, 404, "failed", "contact_not_found");
    assert_eq!(world.user(user)["roles"], json!(["contributor"]));
    let mails = world.site.mails();
    assert_eq!(
        mails.iter().map(|mail| (&*mail.to, &*mail.subject)).collect::<Vec<_>>(),
        [("boss@example.com", "A membership")]
    );
}
