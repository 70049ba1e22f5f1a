//! The core story on the sites that the other promises do not stand on: a small one (WordPress' SQLite plugin and PHP's own
//! web server), and the newest WordPress.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{Builder, Database, Request, Server};

#[test]
fn on_sqlite_with_phps_own_server() {
    from_the_first_webhook_to_the_unchanged_one(|site| site.database(Database::Sqlite).server(Server::BuiltIn));
}

/// A folder that `WORDPRESS_DIR` names takes the place of the oldest WordPress, not of this one.
#[test]
fn on_the_newest_wordpress() {
    from_the_first_webhook_to_the_unchanged_one(|site| site.wordpress("latest"));
}

fn from_the_first_webhook_to_the_unchanged_one(change: impl FnOnce(Builder) -> Builder) {
    let world = World::with(|site| change(site).field_map(&[("Plan", "plan")]));
    let site = &world.site;
    let id = world.contact(ana().custom("Plan", "gold"));
    let number: u64 = id.parse().expect("an id");
    let by_id = [("contact_id", id.as_str())];

    let answer = site.webhook("add", &by_id);
    world.expect(&answer, 200, "created", "");
    let user_id = answer.user_id().expect("a user");
    let user = world.user(user_id);
    assert_eq!((&user["user_email"], &user["plan"]), (&json!("ana@example.com"), &json!("gold")));
    assert_eq!((&user["first_name"], &user["roles"]), (&json!("Ana"), &json!(["subscriber"])));
    assert_eq!((&user["agilecrm_contact_id"], &user["agilecrm_tags"]), (&json!(id), &json!(["Lead"])));

    assert!(world.crm.add_tag(number, "Customer"), "a new tag");
    world.expect(&site.webhook_form("update_tags", &by_id), 200, "updated", "");
    assert_eq!(world.user(user_id)["agilecrm_tags"], json!(["Lead", "Customer"]));

    assert!(world.crm.set_property(number, "CUSTOM", "Plan", "", "silver"), "a new value");
    let event = json!({"eventName": "Contact is Updated", "eventData": world.crm.event_data(number)});
    world.expect(&site.webhook_json("update", &[], &event), 200, "updated", "");
    assert_eq!(world.user(user_id)["plan"], "silver");

    for action in ["add", "update", "update_tags"] {
        let before = world.user_tables();
        let answer = site.webhook(action, &by_id);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.user_id(), Some(user_id));
        assert_eq!(world.user_tables(), before, "{action}");
    }
    world.expect(&site.webhook("test", &[]), 200, "ok", "");

    let wrong = format!("/?wpf_action=add&access_key=the-key-of-nobody&contact_id={id}");
    let answer = site.answer(&Request::new("GET", &wrong));
    world.expect(&answer, 403, "rejected", "invalid_access_key");
    assert_eq!(world.user_count(), 2);
    assert_eq!(world.crm.counts().total, 6, "one request for each event: {:?}", world.crm.counts());

    // What meets a CRM in trouble is done when that is over.
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    let bo = world.contact(Contact::person("bo@example.com").first_name("Bo").custom("Plan", "gold").tag("Lead"));
    assert!(world.crm.add_tag(number, "VIP"), "a new tag");
    for (action, id) in [("add", &bo), ("update", &id), ("add", &id)] {
        world.expect(&site.webhook(action, &[("contact_id", id)]), 202, "queued", "");
    }
    assert_eq!(world.user_count(), 2);
    world.crm.set_faults(Faults::default());
    world.catch_up();
    let bo = world.user_with("bo@example.com");
    assert_eq!(
        (&bo["plan"], &bo["roles"], &bo["agilecrm_tags"]),
        (&json!("gold"), &json!(["subscriber"]), &json!(["Lead"]))
    );
    assert_eq!(world.user(user_id)["agilecrm_tags"], json!(["Lead", "Customer", "VIP"]), "{:?}", world.events());
    // And what the sender did not want to wait for, right after the answer.
    assert!(world.crm.remove_tag(number, "VIP"), "the tag is there");
    let answer = site.webhook("update", &[("contact_id", &id), ("async", "true")]);
    world.expect(&answer, 202, "queued", "");
    world.await_all_done();
    assert_eq!(world.user(user_id)["agilecrm_tags"], json!(["Lead", "Customer"]), "{:?}", world.events());
    assert_eq!(site.log(), "", "PHP has nothing to complain about");
}
