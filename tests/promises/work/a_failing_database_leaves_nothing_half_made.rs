//! Where the database fails in the middle of our work, the sender is told so, and neither half a user nor a wrong conclusion
//! ("no such user") is left. What was stored before is done as soon as the database is well, without the sender; what could
//! not be stored was never promised.

use crate::stage::broken_database::{MENDED, failing, while_broken};
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::Answer;

fn is_told(answer: &Answer, world: &World, what: &str) {
    let got = (answer.status, answer.wp_status(), answer.wp_code());
    assert_eq!(got, (503, "failed", "site_unavailable"), "{what}: {}\n{}", answer.json, world.site.log());
    assert!(answer.response.header("Retry-After").is_some(), "{what}: {:?}", answer.response.headers);
    assert_eq!(answer.response.header("Set-Cookie"), None, "{what}");
}

/// Tables that are away, and a database that nobody may write to: then not even the inbox can be.
const BROKEN: [(&str, &str, bool); 3] = [
    ("RENAME TABLE wp_usermeta TO away", "RENAME TABLE away TO wp_usermeta", true),
    ("RENAME TABLE wp_users TO away", "RENAME TABLE away TO wp_users", true),
    ("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0", false),
];

#[test]
fn a_new_user_is_whole_or_not_there() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]));
    let keys = ["", "wp_capabilities", "nickname", "last_name", "agilecrm_contact_id", "agilecrm_tags", "plan"];
    let mut broken: Vec<_> = keys.map(|key| (failing("INSERT", "wp_usermeta", key), MENDED, true)).into();
    broken.push((failing("INSERT", "wp_users", ""), MENDED, true));
    // Our own tables: the event, the claim, the locks. A claim that cannot be taken back runs out.
    broken.push((failing("INSERT", "wp_agile_bridge_events", ""), MENDED, false));
    broken.push((failing("UPDATE", "wp_agile_bridge_events", ""), MENDED, true));
    broken.push((failing("INSERT", "wp_agile_bridge_identities", ""), MENDED, true));
    broken.extend(BROKEN.map(|(broken, mended, is_stored)| (broken.to_owned(), mended, is_stored)));

    for (number, (broken, mended, is_stored)) in broken.into_iter().enumerate() {
        let email = format!("ana{number}@example.com");
        let id = world
            .contact(Contact::person(&email).first_name("Ana").last_name("Ruiz").custom("Plan", "gold").tag("Lead"));
        let add = || world.site.webhook("add", &[("contact_id", &id)]);
        let (before, events) = (world.user_tables(), world.events().len());

        is_told(&while_broken(&world, (&broken, mended), add), &world, &broken);

        assert_eq!(world.user_tables(), before, "half a user is left by {broken}");
        assert_eq!(world.events().len() - events, usize::from(is_stored), "{broken}: {:#?}", world.events());
        if !is_stored {
            world.expect(&add(), 200, "created", "");
        }
        world.catch_up();
        let user = world.user_with(&email);
        let names = (&user["first_name"], &user["last_name"], &user["nickname"]);
        assert_eq!(names, (&json!("Ana"), &json!("Ruiz"), &json!("Ana Ruiz")), "{broken}: {user}");
        let rest = (&user["plan"], &user["roles"], &user["agilecrm_tags"]);
        assert_eq!(rest, (&json!("gold"), &json!(["subscriber"]), &json!(["Lead"])), "{broken}: {user}");
        assert_eq!(user["agilecrm_contact_id"], *id, "{broken}: {user}");
    }
    assert_eq!(world.site.mails(), []);
}

#[test]
fn a_failing_look_up_is_not_taken_for_nobody() {
    let world = World::new();
    world.existing_user("bo", "bo@example.com", "subscriber");
    let by_address = world.contact(Contact::person("bo@example.com").first_name("Bo").tag("Lead"));

    for (broken, mended, is_stored) in BROKEN {
        for action in ["add", "update", "update_tags"] {
            // Ana has a user, by her contact's id; Bo's has his address.
            let (id, answer) = world.add(ana());
            world.expect(&answer, 200, "created", "");
            let (ana, number) = (answer.user_id().expect("a user"), id.parse().expect("an id"));
            world.crm.add_tag(number, "Customer");
            let before = world.user_tables();
            for contact in [[("contact_id", &*id)], [("contact_id", &*by_address)], [("email", "ana@example.com")]] {
                let answer = while_broken(&world, (broken, mended), || world.site.webhook(action, &contact));
                is_told(&answer, &world, &format!("{broken}, {action} {contact:?}"));
            }
            assert_eq!(world.user_tables(), before, "{broken}");
            world.catch_up();
            let tags = |user: &Value| user["agilecrm_tags"].clone();
            let after = (tags(&world.user_with("ana@example.com")), tags(&world.user_with("bo@example.com")));
            let expected =
                if is_stored { (json!(["Lead", "Customer"]), json!(["Lead"])) } else { (json!(["Lead"]), Value::Null) };
            assert_eq!(after, expected, "{broken}, {action}: {:#?}", world.events());
            assert_eq!(world.user_count(), 3, "{broken}, {action}");
            // As they were, for the next round.
            world.crm.delete_contact(number);
            world
                .site
                .wp(&format!("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user({ana});"));
            world.site.sql("DELETE FROM wp_usermeta WHERE meta_key LIKE 'agilecrm%'");
        }
        // A wrong key is told so, whether or not that can be recorded.
        let target = "/?wpf_action=add&access_key=not-the-key";
        let answer = while_broken(&world, (broken, mended), || world.site.answer(&site::Request::new("GET", target)));
        assert_eq!((answer.status, answer.wp_code()), (403, "invalid_access_key"), "{broken}: {}", answer.json);
    }
}

#[test]
fn a_change_that_fails_is_made_good() {
    let world = World::new();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let (user, number) = (answer.user_id().expect("a user"), id.parse().expect("an id"));
    let mut tags = vec!["Lead".to_owned()];
    for (tag, key) in [("Customer", "agilecrm_tags"), ("VIP", "")] {
        world.crm.add_tag(number, tag);
        let (before, trigger) = (world.user_tables(), failing("UPDATE", "wp_usermeta", key));
        let update = || world.site.webhook("update_tags", &[("contact_id", &id)]);
        is_told(&while_broken(&world, (&trigger, MENDED), update), &world, &trigger);
        assert_eq!(world.user_tables(), before, "{trigger}");
        // It waits for its time now. What comes meanwhile is one with it.
        world.expect(&update(), 202, "queued", "");
        world.catch_up();
        tags.push(tag.to_owned());
        assert_eq!(world.user(user)["agilecrm_tags"], json!(tags), "{trigger}: {:#?}", world.events());
        world.expect(&update(), 200, "unchanged", "");
    }

    // The whole server gone: WordPress' own answer, and ours again when it is back. (An unchanged update is noted as done
    // after its answer.)
    world.await_all_done();
    world.site.stop_database();
    let page = world.site.get(&world.site.webhook_target("update", &[("contact_id", &id)]));
    assert!(page.status >= 500, "{page:?}");
    world.site.start_database();
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
}
