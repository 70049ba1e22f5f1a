//! The table of locks does not grow for ever: who was not locked for a week leaves it, and whoever comes again is as new.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use site::Database;
use std::time::Duration;

const TABLE: &str = "wp_agile_bridge_identities";

fn rows(world: &World) -> i64 {
    number(&world.site.sql(&format!("SELECT COUNT(*) AS number FROM {TABLE}"))[0]["number"])
}

fn clean_up(world: &World) {
    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'cleanup'");
    world.site.wp("return AgileBridge\\Plugin\\Inbox\\Retention::remove_old();");
}

#[test]
fn locks_of_long_ago_leave() {
    for database in [Database::MariaDb, Database::Sqlite] {
        let world = World::with(|site| site.database(database));
        let (id, _) = world.add(ana());
        let version = || {
            let rows =
                world.site.sql(&format!("SELECT version FROM {TABLE} WHERE identity = '{}'", identity(&world, &id)));
            rows.first().map(|row| number(&row["version"]))
        };
        let before = version().expect("a lock of the contact");
        let recent = rows(&world);
        // More than one statement takes.
        world.site.sql(&format!(
            "INSERT INTO {TABLE} (identity, version, locked_on) WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 900) \
             SELECT n, 1, 1 FROM n"
        ));
        // Older code on another server notes no day.
        world.site.sql(&format!("INSERT INTO {TABLE} (identity, version) VALUES ('of older code', 1)"));
        let recent = recent + 1;
        clean_up(&world);
        assert_eq!(rows(&world), recent, "{database:?}: those of today stay");

        world.advance(Duration::from_secs(6 * 86_400));
        clean_up(&world);
        assert_eq!(rows(&world), recent, "{database:?}: not before a week");
        world.advance(Duration::from_secs(3 * 86_400));
        clean_up(&world);
        assert_eq!((rows(&world), version()), (0, None), "{database:?}");

        world.crm.set_property(id.parse().expect("an id"), "SYSTEM", "first_name", "", "Anna");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
        let after = version().expect("locked anew");
        assert!(after > 0 && after != before, "{database:?}: never as it was read before: {before}, {after}");
    }
}

fn identity(world: &World, id: &str) -> String {
    let name = world.site.wp(&format!("return AgileBridge\\Plugin\\Inbox\\Identities::of_contact('{id}');"));
    name.as_str().expect("a hash").to_owned()
}
