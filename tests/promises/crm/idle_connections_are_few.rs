//! However many contacts were under way at once, a worker that rests keeps one or two connections to the CRM, and not for each
//! of them one that nobody will ever use again.

use crate::stage::world::World;
use sandbox::{Contact, Faults};
use std::time::{Duration, Instant};

#[test]
fn after_a_drain_with_many_under_way() {
    let world = World::new();
    world.store(24);
    world.crm.set_faults(Faults { latency: Duration::from_millis(100), ..Faults::default() });
    // Its worker drains after the answer.
    let (_, answer) = world.add(Contact::person("last@example.com"));
    assert!(answer.status < 300, "{}", answer.json);
    world.await_all_done();
    world.await_rest();
    let counts = world.crm.counts();
    assert!(counts.in_flight_max >= 4, "they were under way at once: {counts:?}");
    let deadline = Instant::now() + Duration::from_secs(10);
    while world.crm.counts().connections_open > 2 {
        assert!(Instant::now() < deadline, "too many are open: {:?}", world.crm.counts());
        std::thread::sleep(Duration::from_millis(20));
    }
    // And the next webhook is answered as ever, over a connection that the one after it uses again.
    world.crm.set_faults(Faults::default());
    for number in 0..4 {
        let (_, answer) = world.add(Contact::person(&format!("n{number}@example.com")));
        world.expect(&answer, 200, "created", "");
    }
    assert!(world.crm.counts().connections_open <= 5, "one for a worker: {:?}", world.crm.counts());
}
