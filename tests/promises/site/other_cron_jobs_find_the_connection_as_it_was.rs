//! WP-Cron runs other plugins' jobs after ours, on the same connection and in the same process: they wait for locks as long as
//! before, and have the time limit that they had.

use crate::stage::world::{World, ana};
use serde_json::json;
use site::await_until;
use std::fs;
use std::time::Duration;

/// A job of another plugin, that follows ours; and what it found before them.
const JOB: &str = "<?php
    function job_notes($when) {
        global $wpdb;
        $wpdb->query('START TRANSACTION');
        $wait = (int) $wpdb->get_var('SELECT @@SESSION.innodb_lock_wait_timeout');
        $wpdb->query('COMMIT');
        file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode([$when, $wait, ini_get('max_execution_time')]) . PHP_EOL, FILE_APPEND);
    }
    foreach (['agile_bridge_drain', 'agile_bridge_reconcile'] as $hook) {
        add_action($hook, function () use ($hook) {
            $GLOBALS['wpdb']->query('SET SESSION innodb_lock_wait_timeout = 17');
            set_time_limit(77);
            job_notes(\"before $hook\");
        }, 5);
        add_action($hook, fn() => job_notes(\"after $hook\"), 50);
    }";

/// A splitter: outside of a transaction a replica answers, whose connection has a setting of its own.
const SPLITTER: &str = r"<?php
class Splitter extends wpdb {
    private bool $in_transaction = false;

    public function query($query) {
        $this->in_transaction = preg_match('/^(START|COMMIT|ROLLBACK)\b/', $query, $word) ? $word[1] === 'START' : $this->in_transaction;
        return parent::query($this->in_transaction ? $query : preg_replace('/^SELECT @@SESSION.innodb_lock_wait_timeout/', 'SELECT 60', $query));
    }
}
$wpdb = new Splitter(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);";

#[test]
fn other_cron_jobs_find_the_connection_as_it_was() {
    let world = World::with(|site| site.mu_plugin_file("job.php", JOB));
    world.add(ana());
    world.store(1);
    fs::write(world.site.root().join("wp-content/db.php"), SPLITTER).expect("a file");
    for (hook, schedule) in [("agile_bridge_drain", "agile_bridge_minute"), ("agile_bridge_reconcile", "hourly")] {
        world.crm.reset_counts();
        world.site.wp(&format!(
            "wp_clear_scheduled_hook('{hook}'); return wp_schedule_event(time() - 1, '{schedule}', '{hook}');"
        ));
        assert_eq!(world.site.get("/wp-cron.php?doing_wp_cron").status, 200);
        assert!(await_until(Duration::from_secs(20), || world.notes().len() >= 2), "{}", world.site.log());
        assert!(world.crm.counts().total > 0, "{hook} had something to do");
        let notes = world.take_notes();
        assert_eq!(notes, [json!([format!("before {hook}"), 17, "77"]), json!([format!("after {hook}"), 17, "77"])]);
    }
}
