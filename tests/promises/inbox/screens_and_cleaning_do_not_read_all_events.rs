//! What the inbox keeps is not read as a whole, neither for the screen nor to clean up: a site with many events is no slower.

use crate::stage::inbox::number;
use crate::stage::numbers::numbers_to;
use crate::stage::rows_read::rows_read;
use crate::stage::world::World;

const KEPT: u32 = 40_000;

#[test]
fn screens_and_cleaning_do_not_read_all_events() {
    let world = World::new();
    let numbers = numbers_to(KEPT);
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.site.wp("AgileBridge\\Plugin\\Inbox\\Schema::ensure(); return 1;");
    let now = world.now();
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_events (state, action, contact_id, due_at, created_at, updated_at, message)
         SELECT IF(seq % 40 = 0, 'dead', 'done'), 'update', seq, {now}, {now}, {now} - seq, '\"Why.\"' FROM {}",
        numbers_to(KEPT)
    ));
    world.site.sql("ANALYZE TABLE wp_agile_bridge_events");
    // Their contacts are named by an e-mail alone.
    let contacts = "'' AS contact_id, CONCAT('p', seq, '@example.com') AS email, SHA2(CONCAT('email p', seq, '@example.com'), 256)";
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_events (state, action, contact_id, email, subject_key, due_at, created_at, updated_at, message)
         SELECT 'done', 'update', {contacts}, {now}, {now}, {now} - seq, '' FROM {numbers}"
    ));
    world.site.sql("ANALYZE TABLE wp_agile_bridge_events");
    let last = world.site.sql("SELECT MIN(id) AS id FROM wp_agile_bridge_events WHERE contact_id = ''");
    let replay = format!("return AgileBridge\\Plugin\\Inbox\\Replay::replay_event({});", number(&last[0]["id"]));
    let (replayed, read) = rows_read(&world, || world.site.wp(&replay));
    assert_eq!(replayed, true);
    assert!(read < i64::from(KEPT / 8), "a replay: {read} rows");

    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    world.settings_tab(&cookie, "advanced");

    let (page, read) = rows_read(&world, || world.settings_tab(&cookie, "advanced"));
    let text = "Processed in the last 14 days: more than 1,000. Given up: 1,000.";
    assert!(page.contains(text), "{page}");
    assert!(read < i64::from(KEPT / 2), "the screen: {read} rows");

    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'cleanup'");
    let (removed, read) =
        rows_read(&world, || world.site.wp("return AgileBridge\\Plugin\\Inbox\\Retention::remove_old();"));
    assert_eq!(number(&removed), 0);
    assert!(read < i64::from(KEPT / 8), "the cleaning: {read} rows");
}
