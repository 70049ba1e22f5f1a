//! The database may end a transaction as late as in its last statements: a deadlock in the note that the event is done, or a
//! commit whose confirmation never comes. What is answered then is true all the same, and what is owed is paid once.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use serde_json::json;

/// Once, at the last note of an event of ours: what `InnoDB` does to the victim of a deadlock. `%d` is 1213, or 1020 where somebody
/// has changed a row since the transaction read it.
const VICTIM: &str = "<?php
    add_filter('query', function ($sql) {
        global $wpdb;
        if (!preg_match('/^UPDATE \\w+agile_bridge_events SET\\s+state = (CASE|\\'applied\\')/', $sql)) return $sql;
        if (!@fopen(WP_CONTENT_DIR . '/once', 'x')) return $sql;
        $wpdb->dbh->query('ROLLBACK');
        return \"SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = %d\";
    });";

/// Once, of the transaction that writes a user: the commit arrives, and the connection is gone before it is confirmed.
const UNCONFIRMED: &str = "<?php
    add_filter('query', function ($sql) {
        global $wpdb;
        static $writes = false;
        $writes = $writes || 'RELEASE SAVEPOINT agile_bridge' === $sql;
        if (!$writes || 'COMMIT' !== $sql || !@fopen(WP_CONTENT_DIR . '/once', 'x')) return $sql;
        $wpdb->dbh->query('COMMIT');
        return 'KILL CONNECTION_ID()';
    });";

/// Somebody who wants to be told: then the event is not done with the transaction, but applied.
const LISTENER: &str = "<?php
    add_action('agile_bridge_user_created', fn($id) =>
        file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode([$id, (bool) get_userdata($id)]) . PHP_EOL, FILE_APPEND));";

fn is_true_and_paid_once(fault: &str) {
    for listens in [false, true] {
        let world = World::with(|site| {
            let site = site.mu_plugin_file("fault.php", fault);
            if listens { site.mu_plugin_file("listener.php", LISTENER) } else { site }
        });
        world.drain();
        let id = world.contact(ana());
        let mut parameters = vec![("contact_id", &*id)];
        parameters.extend(listens.then_some(("send_notification", "1")));
        let answer = world.site.webhook("add", &parameters);
        world.expect(&answer, 200, "created", "");
        assert!(world.site.root().join("wp-content/once").exists(), "it did not come to that");
        let user = answer.user_id().expect("a user");
        let stored = world.user(user);
        assert_eq!((&stored["user_email"], &stored["roles"]), (&json!("ana@example.com"), &json!(["subscriber"])));
        assert_eq!(stored["agilecrm_contact_id"], json!(id));
        assert_eq!((world.user_count(), world.orphans()), (2, vec![]));
        world.await_all_done();
        let event = world.event();
        world.expect_event(&event, "done", "created", "");
        assert_eq!(number(&event["user_id"]), i64::try_from(user).expect("a small id"));
        let (told, mails) = if listens { (vec![json!([user, true])], 1) } else { (vec![], 0) };
        assert_eq!((world.notes(), world.site.mails().len()), (told, mails));
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "unchanged", "");
    }
}

#[test]
fn a_deadlock_in_the_last_note() {
    is_true_and_paid_once(&VICTIM.replace("%d", "1213"));
}

#[test]
fn a_row_that_has_changed_since() {
    is_true_and_paid_once(&VICTIM.replace("%d", "1020"));
}

#[test]
fn a_commit_that_nobody_confirms() {
    is_true_and_paid_once(UNCONFIRMED);
}
