//! Every worker of PHP-FPM speaks to the CRM by itself, and a reload, which replaces all workers, loses no event. Over
//! HTTPS, where two processes on one connection could not understand a word.

use crate::stage::world::World;
use sandbox::{Contact, Faults};
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

/// Each request to PHP-FPM notes its worker.
const WHO: &str = r"<?php
'fpm-fcgi' === PHP_SAPI && file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', getmypid() . PHP_EOL, FILE_APPEND | LOCK_EX );";

/// Every worker of the pool may be spent on waiting for the CRM, which is what this is about.
const ALL_INLINE: &str = "<?php add_filter( 'agile_bridge_inline_workers', static fn() => 8 );";

#[test]
fn events_work_in_every_worker_before_and_after_a_reload() {
    let world =
        World::over_https(|site| site.mu_plugin_file("who.php", WHO).mu_plugin_file("all-inline.php", ALL_INLINE));
    let contacts: Vec<_> =
        (0..8).map(|n| world.contact(Contact::person(&format!("p{n}@example.com")).first_name("P"))).collect();
    // Slow enough that no worker is free for two of them.
    world.crm.set_faults(Faults { latency: Duration::from_millis(300), ..Faults::default() });
    let all_at_once = |action: &str, expected: &str| -> BTreeSet<String> {
        let event = |id: &String| {
            let answer = world.site.webhook(action, &[("contact_id", id)]);
            let seen = (answer.status, answer.wp_status().to_owned());
            assert_eq!(seen, (200, expected.to_owned()), "{}\n{}", answer.json, world.site.log());
        };
        thread::scope(|scope| {
            let threads: Vec<_> = contacts.iter().map(|id| scope.spawn(|| event(id))).collect();
            for thread in threads {
                thread.join().expect("an answer");
            }
        });
        world.take_notes().iter().map(ToString::to_string).collect()
    };

    let first = all_at_once("add", "created");
    assert_eq!(first.len(), 4, "workers that answered: {first:?}");
    assert_eq!(all_at_once("update", "unchanged"), first);
    assert_eq!(world.crm.counts().connections_opened, 4, "one connection for each worker: {:?}", world.crm.counts());

    for _ in 0..2 {
        // An event is noted as done when the answer is out. Cut off before that, it is taken up again after its lease.
        world.await_rest();
        world.site.reload_fpm();
        let later = all_at_once("update", "unchanged");
        assert_eq!(later.len(), 4, "workers that answered: {later:?}");
        assert!(later.is_disjoint(&first), "the reload replaced nobody: {first:?} {later:?}");
        assert_eq!(all_at_once("add", "unchanged"), later);
    }
    assert_eq!(world.crm.counts().connections_opened, 12, "{:?}", world.crm.counts());
    assert_eq!(world.crm.counts().total, 48, "{:?}", world.crm.counts());
    assert_eq!(world.user_count(), 9);
}
