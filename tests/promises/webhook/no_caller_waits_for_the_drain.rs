//! What waits is processed after an answer only where the server can let the caller go: PHP-FPM, Apache's own module. Where the
//! caller would wait until the script ends, as with `mod_fcgid`, it is left to cron.

use crate::stage::world::World;
use sandbox::{Contact, Faults};
use site::{Apache, Request, Response, Way};
use std::time::Duration;

#[test]
fn no_caller_waits_for_the_drain() {
    let world = World::new();
    let apache = world.site.apache();
    for way in Way::ALL {
        let id = world.contact(Contact::person(&format!("{way:?}@example.com")));
        assert_eq!(answered(&world, &apache, way, &id).json()["wp_status"], "created");
        world.store(2);
        // Long enough that none of the others can be done by the time this answer is there.
        world.crm.set_faults(Faults { latency: Duration::from_millis(1500), ..Faults::default() });
        assert_eq!(answered(&world, &apache, way, &id).json()["wp_status"], "unchanged");
        let done = world.events().iter().filter(|event| event["state"] == "done").count();
        let waiting = world.events().iter().filter(|event| event["state"] == "waiting").count();
        world.crm.set_faults(Faults::default());
        assert_eq!(world.events().len() - done, 2, "{way:?}: the caller waited\n{}", world.site.log());
        if way == Way::Fcgid {
            assert_eq!(waiting, 2, "nobody has begun to");
            world.site.wp("wp_clear_scheduled_hook('agile_bridge_drain'); return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
            assert_eq!(apache.get(way, "/wp-cron.php").status, 200);
        }
        world.await_all_done();
        world.await_rest();
    }
}

/// By a caller that takes compressed answers: those that Apache compresses end when the script does.
fn answered(world: &World, apache: &Apache, way: Way, id: &str) -> Response {
    let target = world.site.webhook_target("add", &[("contact_id", id)]);
    let response = apache.send(way, &Request::new("GET", &target).header("Accept-Encoding", "gzip"));
    assert_eq!(response.status, 200, "{way:?}: {}\n{}", response.body(), world.site.log());
    response
}
