//! Where nothing waits, to find that out is one query, and nothing is written: by WP-Cron's event every minute, by a system cron or a
//! service, and after a webhook.

use crate::stage::world::{World, ana};
use std::time::Duration;

/// Those about our tables and our own option, and all that write.
fn ours(queries: &[String]) -> Vec<&String> {
    let is_ours = |query: &&String| {
        let is_read = query.trim_start().to_ascii_uppercase().starts_with("SELECT");
        query.contains("agile_bridge_") && (!is_read || !query.contains("autoload"))
            || query.contains("agile_bridge_stats")
    };
    // WP-Cron's own list names our hooks.
    queries
        .iter()
        .filter(is_ours)
        .filter(|query| !query.contains("option_name` = 'cron'") && !query.contains("'cron'"))
        .collect()
}

fn world() -> World {
    let world = World::new();
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.await_rest();
    // What a first time does: the options that are not there are known then.
    world.drain();
    world
}

#[test]
fn by_wp_cron() {
    let world = world();
    let tick = || {
        world.site.wp("wp_clear_scheduled_hook('agile_bridge_drain');
             return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
        let (answer, queries) = world.site.queries_during(|| {
            let answer = world.site.get("/wp-cron.php?doing_wp_cron");
            std::thread::sleep(Duration::from_millis(1500));
            answer
        });
        assert_eq!(answer.status, 200);
        queries
    };
    for _ in 0..2 {
        let queries = tick();
        let ours = ours(&queries);
        assert_eq!(ours.len(), 1, "{ours:#?}");
        assert!(ours[0].trim_start().starts_with("SELECT"), "{ours:#?}");
    }
}

#[test]
fn by_the_command_and_by_the_webhook() {
    let world = world();
    let (count, queries) = world.site.queries_during(|| world.drain());
    let of_drain = ours(&queries);
    assert_eq!((count, of_drain.len()), (0, 1), "{of_drain:#?}");
    assert!(of_drain[0].trim_start().starts_with("SELECT"), "{of_drain:#?}");

    let code = "AgileBridge\\Plugin\\Work\\Drain::after_answer(); return true;";
    let (_, queries) = world.site.queries_during(|| world.site.wp(code));
    let after_answer = ours(&queries);
    assert_eq!(after_answer.len(), 1, "{after_answer:#?}");
}

/// What is old leaves all the same, and a table of leases that somebody has emptied is filled again.
#[test]
fn what_else_an_idle_drain_sees_to() {
    let world = world();
    world.site.sql("UPDATE wp_agile_bridge_events SET updated_at = 0");
    world.advance(Duration::from_secs(120));
    world.drain();
    assert_eq!(world.events().len(), 0);
    world.site.sql("DELETE FROM wp_agile_bridge_leases");
    world.drain();
    assert_eq!(world.site.sql("SELECT name FROM wp_agile_bridge_leases").len(), 9);
}
