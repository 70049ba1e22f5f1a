//! Access keys: which are valid, when they were used, and what else is noted of who has one.

use crate::stage::inbox::number;
use crate::stage::world::World;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

impl World {
    /// Makes these the valid keys, as the versions before labels stored them. (The site has no constant for one.)
    pub fn store_keys(&self, keys: &[&str]) {
        let stored = "array_map(fn($key) => array('digest' => hash('sha256', $key), 'sealed' =>
            AgileBridge\\Plugin\\Site\\Secret::seal($key, 'access_key'), 'weak' => false), $given)";
        self.wp_given(
            &json!(keys),
            &format!("return update_option('agile_bridge_settings', array('access_keys' => {stored}) + (array) get_option('agile_bridge_settings', []));"),
        );
    }

    /// The names of the rows that tell of a key, and when it was used; milliseconds since 1970.
    pub fn key_uses(&self) -> Vec<(String, i64)> {
        let rows =
            self.site.sql("SELECT name, until_at FROM wp_agile_bridge_leases WHERE name LIKE 'key:%' ORDER BY name");
        rows.iter().map(|row| (row["name"].as_str().unwrap_or_default().to_owned(), number(&row["until_at"]))).collect()
    }

    /// When a key was used last, as soon as that is noted as later than `before`: whoever called has its answer by then.
    #[track_caller]
    pub fn await_key_use(&self, key: &str, before: i64) -> i64 {
        let digest = self.wp_given(&json!(key), "return hash('sha256', $given);");
        let row = format!("key:{}", &digest.as_str().expect("a digest")[..28]);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match self.key_uses().iter().find(|(name, _)| *name == row) {
                Some((_, used)) if *used > before => return *used,
                uses => assert!(Instant::now() < deadline, "{uses:?}\n{}", self.site.log()),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What is noted of calls with a valid key that became no event, as soon as there are so many: the latest first, each as
    /// time, code, message, action and way.
    #[track_caller]
    pub fn await_refused_calls(&self, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let calls = self.refused_calls();
            if calls.len() >= count {
                assert_eq!(calls.len(), count, "{calls:#?}");
                return calls;
            }
            assert!(Instant::now() < deadline, "{calls:#?}\n{}", self.site.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn refused_calls(&self) -> Vec<Value> {
        let rows = self.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'refused_calls'");
        let details = rows.first().and_then(|row| row["details"].as_str()).unwrap_or_default();
        serde_json::from_str(details).unwrap_or_default()
    }
}
