//! A database that fails where a test wants it.

use crate::stage::world::World;

/// Runs it while these statements hold, and takes them back.
pub fn while_broken<T>(world: &World, (broken, mended): (&str, &str), work: impl FnOnce() -> T) -> T {
    world.site.sql(broken);
    let result = work();
    world.site.sql(mended);
    result
}

/// A trigger that lets such writes fail: with one key of user meta, or all.
pub fn failing(event: &str, table: &str, key: &str) -> String {
    let condition = if key.is_empty() { "TRUE".to_owned() } else { format!("NEW.meta_key = '{key}'") };
    format!(
        "CREATE TRIGGER broken BEFORE {event} ON {table} FOR EACH ROW BEGIN \
         IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF; END"
    )
}

pub const MENDED: &str = "DROP TRIGGER broken";
