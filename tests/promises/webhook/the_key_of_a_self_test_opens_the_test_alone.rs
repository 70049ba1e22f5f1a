//! The key with which a site tests itself opens `test` and nothing else, for two minutes, and is kept as its digest.

use crate::stage::world::{World, ana};
use serde_json::json;
use site::{Answer, Request, form};
use std::time::Duration;

fn knock(world: &World, key: &str, action: &str) -> Answer {
    let parameters = [("wpf_action", action), ("access_key", key), ("contact_id", "7")];
    world.site.answer(&Request::new("GET", &format!("/?{}", form(&parameters))))
}

#[test]
fn and_for_two_minutes() {
    let world = World::new();
    let id = world.contact(ana());
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "ignored", "no_matching_user");
    let before = (world.rows(), world.events());
    let issue =
        || world.site.wp("return AgileBridge\\Plugin\\Site\\SelfTestKey::issue();").as_str().expect("a key").to_owned();
    let key = issue();
    for action in ["add", "update", "update_tags", "", "another"] {
        world.expect(&knock(&world, &key, action), 403, "rejected", "invalid_access_key");
    }
    let json = Request::new("POST", &format!("/?wpf_action=add&access_key={key}"));
    let event = json!({"eventName": "Contact is Updated", "eventData": {"id": 7, "type": "PERSON"}});
    let answer = world.site.answer(&json.body("application/json", event.to_string()));
    world.expect(&answer, 403, "rejected", "invalid_access_key");
    world.expect(&knock(&world, &key, "test"), 200, "ok", "");
    assert_ne!(knock(&world, &key, "test").json, knock(&world, &key, "TEST").json, "no two answers are the same");
    world.advance(Duration::from_secs(119));
    world.expect(&knock(&world, &key, "test"), 200, "ok", "");
    world.advance(Duration::from_secs(2));
    world.expect(&knock(&world, &key, "test"), 403, "rejected", "invalid_access_key");

    let (former, key) = (issue(), issue());
    world.expect(&knock(&world, &former, "test"), 403, "rejected", "invalid_access_key");
    world.expect(&knock(&world, &key, "test"), 200, "ok", "");
    world.site.wp("AgileBridge\\Plugin\\Site\\SelfTestKey::revoke(); return 1;");
    world.expect(&knock(&world, &key, "test"), 403, "rejected", "invalid_access_key");
    world.expect(&knock(&world, "self-test-", "test"), 403, "rejected", "invalid_access_key");
    assert_eq!((world.rows(), world.events()), before);
}
