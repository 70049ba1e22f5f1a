//! Where the database fails in the middle of our work, the sender is told to come again, and neither half a user nor a
//! wrong conclusion ("no such user") is left.

use crate::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::Answer;

fn comes_again(answer: &Answer, world: &World, what: &str) {
    let got = (answer.status, answer.wp_status(), answer.wp_code());
    assert_eq!(got, (503, "failed", "site_unavailable"), "{what}: {}\n{}", answer.json, world.site.log());
    assert!(answer.response.header("Retry-After").is_some(), "{what}: {:?}", answer.response.headers);
    assert_eq!(answer.response.header("Set-Cookie"), None, "{what}");
}

/// Runs it while these statements hold, and takes them back.
fn while_broken<T>(world: &World, (broken, mended): (&str, &str), work: impl FnOnce() -> T) -> T {
    world.site.sql(broken);
    let result = work();
    world.site.sql(mended);
    result
}

fn failing(event: &str, table: &str, key: &str) -> String {
    let condition = if key.is_empty() { "TRUE".to_owned() } else { format!("NEW.meta_key = '{key}'") };
    format!(
        "CREATE TRIGGER broken BEFORE {event} ON {table} FOR EACH ROW BEGIN \
         IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF; END"
    )
}

const MENDED: &str = "DROP TRIGGER broken";

#[test]
fn a_new_user_is_whole_or_not_there() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]));
    let id = world.contact(ana().custom("Plan", "gold"));
    let add = || world.site.webhook("add", &[("contact_id", &id)]);
    let before = world.user_tables();

    let keys = ["", "wp_capabilities", "nickname", "last_name", "agilecrm_contact_id", "agilecrm_tags", "plan"];
    let triggers =
        keys.map(|key| failing("INSERT", "wp_usermeta", key)).into_iter().chain([failing("INSERT", "wp_users", "")]);
    for trigger in triggers {
        let answer = while_broken(&world, (&trigger, MENDED), add);
        comes_again(&answer, &world, &trigger);
        assert_eq!(world.user_tables(), before, "half a user is left by {trigger}");
    }
    for (broken, mended) in [
        ("RENAME TABLE wp_usermeta TO away", "RENAME TABLE away TO wp_usermeta"),
        ("RENAME TABLE wp_users TO away", "RENAME TABLE away TO wp_users"),
        ("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"),
    ] {
        comes_again(&while_broken(&world, (broken, mended), add), &world, broken);
        assert_eq!(world.user_tables(), before, "half a user is left by {broken}");
    }
    assert_eq!(world.site.mails(), []);

    let answer = add();
    world.expect(&answer, 200, "created", "");
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!(
        (&user["plan"], &user["roles"], &user["agilecrm_tags"]),
        (&json!("gold"), &json!(["subscriber"]), &json!(["Lead"]))
    );
}

#[test]
fn a_failing_look_up_is_not_taken_for_nobody() {
    let world = World::new();
    let id = world.contact(ana());
    let number: u64 = id.parse().expect("an id");
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
    let by_address = world.contact(Contact::person("bo@example.com").first_name("Bo"));
    world.existing_user("bo", "bo@example.com", "subscriber");
    world.crm.add_tag(number, "Customer");
    let before = world.user_tables();

    for (broken, mended) in [
        ("RENAME TABLE wp_usermeta TO away", "RENAME TABLE away TO wp_usermeta"),
        ("RENAME TABLE wp_users TO away", "RENAME TABLE away TO wp_users"),
        ("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"),
    ] {
        for action in ["add", "update", "update_tags"] {
            for contact in [[("contact_id", &*id)], [("contact_id", &*by_address)], [("email", "ana@example.com")]] {
                let answer = while_broken(&world, (broken, mended), || world.site.webhook(action, &contact));
                comes_again(&answer, &world, &format!("{broken}, {action} {contact:?}"));
            }
        }
        assert_eq!(world.user_tables(), before, "{broken}");
        // A wrong key is told so, whether or not that can be recorded.
        let target = "/?wpf_action=add&access_key=not-the-key";
        let answer = while_broken(&world, (broken, mended), || world.site.answer(&site::Request::new("GET", target)));
        assert_eq!((answer.status, answer.wp_code()), (403, "invalid_access_key"), "{broken}: {}", answer.json);
    }
    for key in ["agilecrm_tags", ""] {
        let trigger = failing("UPDATE", "wp_usermeta", key);
        let answer =
            while_broken(&world, (&trigger, MENDED), || world.site.webhook("update_tags", &[("contact_id", &id)]));
        comes_again(&answer, &world, &trigger);
        assert_eq!(world.user_tables(), before, "{trigger}");
    }

    let answer = world.site.webhook("update_tags", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(world.user(answer.user_id().expect("a user"))["agilecrm_tags"], json!(["Lead", "Customer"]));

    // The whole server gone: WordPress' own answer, and ours again when it is back.
    world.site.stop_database();
    let page = world.site.get(&world.site.webhook_target("update", &[("contact_id", &id)]));
    assert!(page.status >= 500, "{page:?}");
    world.site.start_database();
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
}
