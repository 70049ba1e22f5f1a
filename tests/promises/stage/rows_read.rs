//! How many rows the database has looked at while something was done: what a busy machine does not change.

use crate::stage::world::World;

pub fn rows_read<T>(world: &World, action: impl FnOnce() -> T) -> (T, i64) {
    let all = || {
        let rows = world.site.sql("SHOW GLOBAL STATUS LIKE 'Handler_read%'");
        rows.iter()
            .map(|row| row["Value"].as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or_default())
            .sum::<i64>()
    };
    let before = all();
    let result = action();
    (result, all() - before)
}
