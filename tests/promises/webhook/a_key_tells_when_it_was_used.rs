//! When an access key was used last is noted to the hour, beside the leases and never in clear: by every call that shows it,
//! whatever becomes of it. Within the hour a webhook has not one statement more for it.

use crate::stage::world::{World, ana};
use site::{Answer, Request};
use std::time::Duration;

const FIRST: &str = "the-first-key-of-this-site-1";
const SECOND: &str = "the-second-key-of-this-site-2";

fn call(world: &World, action: &str, key: &str, contact: &str) -> Answer {
    world.site.answer(&Request::new("GET", &format!("/?wpf_action={action}&access_key={key}&contact_id={contact}")))
}

#[test]
fn to_the_hour_and_for_nothing() {
    let world = World::with(|site| site.access_key(None));
    let id = world.contact(ana());
    world.store_keys(&[FIRST]);
    world.expect(&call(&world, "add", "the-wrong-key-of-this-site", &id), 403, "rejected", "invalid_access_key");
    assert_eq!(world.key_uses(), []);

    let began = world.now() - 1;
    world.expect(&call(&world, "add", FIRST, &id), 200, "created", "");
    let used = world.await_key_use(FIRST, began);
    assert!(used <= world.now(), "{used}");

    // The key is looked at where the event is, and nowhere else.
    for keys in [&[FIRST][..], &[SECOND, FIRST]] {
        world.store_keys(keys);
        let (answer, statements) = world.site.queries_during(|| {
            let answer = call(&world, "update", FIRST, &id);
            world.await_rest();
            answer
        });
        world.expect(&answer, 200, "unchanged", "");
        let about: Vec<_> = statements.iter().filter(|sql| sql.contains("key:")).collect();
        assert!(matches!(*about, [sql] if sql.trim_start().starts_with("SELECT e.*")), "{about:#?}");
        assert!(!statements.iter().any(|sql| sql.contains("INTO wp_agile_bridge_leases")), "{statements:#?}");
        assert_eq!(world.key_uses().len(), 1);
        assert_eq!(world.await_key_use(FIRST, began), used, "noted once an hour");
    }

    world.advance(Duration::from_secs(61 * 60));
    world.expect(&call(&world, "update", FIRST, &id), 200, "unchanged", "");
    assert!(world.await_key_use(FIRST, used) - used > 3_600_000);

    // Each of two for itself, and whatever it is used for: a test, a refusal, what is kept unread.
    for (action, contact, status) in [("test", "", 200), ("add", "nobody", 400), ("nonsense", "1", 400)] {
        world.site.sql("DELETE FROM wp_agile_bridge_leases WHERE name LIKE 'key:%'");
        let answer = call(&world, action, SECOND, contact);
        assert_eq!(answer.status, status, "{}", answer.json);
        world.await_key_use(SECOND, began);
        assert_eq!(world.key_uses().len(), 1, "{action}");
    }
    world.has_extension(false);
    world.site.sql("DELETE FROM wp_agile_bridge_leases WHERE name LIKE 'key:%'");
    world.expect(&call(&world, "add", FIRST, &id), 202, "queued", "");
    world.await_key_use(FIRST, began);
    assert_eq!(world.key_uses().len(), 1);

    let rows = format!("{:?}", world.site.sql("SELECT * FROM wp_agile_bridge_leases"));
    assert!(!rows.contains(FIRST) && !rows.contains(SECOND), "{rows}");
}
