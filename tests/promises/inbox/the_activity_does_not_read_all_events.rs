//! The list of events answers at once however many there are: by pages, by whatever it is filtered, by a day long ago.

use crate::stage::numbers::numbers_to;
use crate::stage::world::World;
use serde_json::json;

const EVENTS: u32 = 60_000;

/// What the storage engine has read for it: rows by an index, or one after the other.
fn rows_read(world: &World, code: &str) -> (serde_json::Value, i64) {
    let count = "array_sum(array_column($GLOBALS['wpdb']->get_results(\"SHOW SESSION STATUS LIKE 'Handler_read%'\", ARRAY_A), 'Value'))";
    let answer = world.site.wp(&format!(
        "use AgileBridge\\Plugin\\Inbox\\{{Activity, ActivityFilter}};
         $before = {count}; $got = {code}; return array($got, {count} - $before);"
    ));
    (answer[0].clone(), answer[1].as_i64().expect("a number"))
}

#[test]
fn a_page_reads_a_few_thousand_at_most() {
    let world = World::new();
    let numbers = numbers_to(EVENTS);
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.site.wp("AgileBridge\\Plugin\\Inbox\\Schema::ensure(); return 1;");
    let now = world.now();
    // One a second, the last one now.
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_events (id, state, status, action, contact_id, email, user_id, created_at, updated_at, message)
         SELECT seq, IF(seq % 20000 = 0, 'dead', 'done'), IF(seq % 2 = 0, 'unchanged', 'updated'), IF(seq = 7, 'add', 'update'), seq, CONCAT('c', seq, '@example.com'), seq,
                {now} - 1000 * ({EVENTS} - seq), {now}, '' FROM {numbers}"
    ));
    world.site.sql("ANALYZE TABLE wp_agile_bridge_events");
    let page = |filter: &str, before: u32| {
        let code = format!(
            "(fn($page) => array(array_column($page->events, 'id'), $page->before))(Activity::page(new ActivityFilter({filter}), {before}, 20))"
        );
        rows_read(&world, &code)
    };
    let newest: Vec<u32> = (0..20).map(|back| EVENTS - back).collect();
    let long_ago = now - 1000 * i64::from(EVENTS - 30);
    for (case, filter, before, expected) in [
        ("all", String::new(), 0, json!([newest, EVENTS - 19])),
        ("old ones", String::new(), 21, json!([(1..=20).rev().collect::<Vec<u32>>(), 0])),
        ("few by their state", "view: 'dead'".to_owned(), 0, json!([[60_000, 40_000, 20_000], 0])),
        ("of a contact", "subject: array('777', '', 0)".to_owned(), 0, json!([[777], 0])),
        ("of an address", "subject: array('', 'c778@example.com', 0)".to_owned(), 0, json!([[778], 0])),
        ("of a user", "subject: array('', '', 779)".to_owned(), 0, json!([[779], 0])),
        ("of nobody", "subject: array('', '', 0)".to_owned(), 0, json!([[], 0])),
        ("until a time", format!("until: {long_ago}"), 0, json!([(10..=29).rev().collect::<Vec<u32>>(), 10])),
        ("since a time", format!("action: 'add', since: {long_ago}, until: {}", long_ago + 100_000), 0, json!([[], 0])),
        (
            "many by what came of them",
            "view: 'changed'".to_owned(),
            0,
            json!([(0..20).map(|back| EVENTS - 1 - 2 * back).collect::<Vec<u32>>(), EVENTS - 39]),
        ),
        ("what no index tells", "action: 'add'".to_owned(), 0, json!([[], EVENTS - 4999])),
        ("and where it is", "action: 'add'".to_owned(), 4000, json!([[7], 0])),
    ] {
        let (got, read) = page(&filter, before);
        assert_eq!(got, expected, "{case}");
        assert!(read < 40_000, "{case}: {read} rows");
        if ["all", "old ones", "of a contact", "of an address", "of a user", "few by their state"].contains(&case) {
            assert!(read < 200, "{case}: {read} rows");
        }
    }
    let (counts, read) = rows_read(&world, "Activity::counts()");
    assert_eq!(counts, json!({"": 10_001, "waiting": 0, "dead": 3, "changed": 10_001, "refused": 0, "passwords": 0}));
    assert!(read < 60_000, "counting: {read} rows");
    let (backlog, read) = rows_read(&world, "Activity::backlog(100)");
    assert_eq!((backlog, read < 200), (json!([3, 0]), true), "{read} rows for each page of the dashboard");
}
