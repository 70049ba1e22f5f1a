//! Anybody may put an administrator's address into a contact, which is then linked to them and gives it nothing of the account. The
//! administrator's own contact, should it come later, is not shut out by that: the link moves, and the admin reads of it.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Request;

const BOSS: &str = "boss@example.com";

fn notice(world: &World) -> Option<String> {
    let cookie = world.site.login("admin", "password");
    let page = world.site.send(&Request::new("GET", "/wp-admin/users.php").header("Cookie", &cookie)).body();
    page.split("agile-bridge-protected-links").nth(1).and_then(|rest| rest.split("</div>").next()).map(str::to_owned)
}

#[test]
fn whichever_came_first() {
    let world = World::new();
    let boss = world.existing_user("boss", BOSS, "administrator");
    let account = || -> Value {
        let rights =
            format!("SELECT meta_value FROM wp_usermeta WHERE user_id = {boss} AND meta_key LIKE '%capabilities'");
        json!([world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {boss}")), world.site.sql(&rights)])
    };
    let before = account();
    let session = world.site.login("boss", "a-long-password");
    assert_eq!(notice(&world), None);

    let (theirs, answer) = world.add(Contact::person(BOSS).first_name("Mallory").tag("Theirs"));
    world.expect(&answer, 200, "updated", "");
    let text = notice(&world).expect("the admin is told");
    assert!(text.contains("1 protected user") && text.contains(&format!("boss (contact {theirs})")), "{text}");

    for action in ["add", "update", "update_tags"] {
        // Whichever of the two comes is let in: neither has proved more than the other.
        for (tag, name) in [("Own", "Boss"), ("Theirs", "Mallory")] {
            let id = if tag == "Own" {
                world.contact(Contact::person(BOSS).first_name(name).tag(tag))
            } else {
                theirs.clone()
            };
            world.crm.reset_counts();
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            world.expect(&answer, 200, "updated", "");
            assert_eq!(answer.user_id(), Some(boss), "{}", answer.json);
            assert!(answer.notes().contains(&"relinked".to_owned()), "{}", answer.json);
            assert_eq!(world.crm.counts().total, 2, "the other contact is asked once");
            let stored = world.user(boss);
            assert_eq!(
                (&stored["agilecrm_contact_id"], &stored["agilecrm_tags"]),
                (&json!(id), &json!([tag])),
                "{action}"
            );
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            world.expect(&answer, 200, "unchanged", "");
            assert_eq!(account(), before, "{action}");
            if tag == "Own" {
                let text = notice(&world).expect("the admin is told");
                assert!(text.contains(&format!("boss (contact {id}, until then {theirs})")), "{text}");
            }
        }
    }
    let page = world.site.send(&Request::new("GET", "/wp-admin/profile.php").header("Cookie", &session));
    assert_eq!(page.status, 200, "nobody is put out of an account that was nobody's to hand over");
}

/// Whom a webhook has made is their contact's, whatever the site has made of them since.
#[test]
fn but_the_contact_that_made_them_is_theirs() {
    let world = World::new();
    let (own, answer) = world.add(Contact::person(BOSS).first_name("Boss"));
    world.expect(&answer, 200, "created", "");
    world.site.wp(&format!("(new WP_User({}))->set_role('editor'); return 1;", answer.user_id().expect("a user")));
    let (_, answer) = world.add(Contact::person(BOSS).first_name("Mallory"));
    world.expect(&answer, 422, "failed", "email_conflict");
    let answer = world.site.webhook("update", &[("contact_id", &own)]);
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(notice(&world), None);
}
