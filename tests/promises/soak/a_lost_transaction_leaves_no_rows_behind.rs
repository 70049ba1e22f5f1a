//! The transaction is lost in the middle of a creation, by another plugin or by the connection, and the worker is killed before it
//! can clear away what it wrote since. Rows for a user who was never there must not stay: on SQLite the next user gets that id, and
//! would be linked to somebody else's contact.

use super::{FIELDS, differences, duplicates, expect_none, halves, person, settle, users};
use crate::stage::world::World;
use site::{Database, Request};
use std::time::Duration;

/// Once: loses the transaction as soon as there is a user, and dies when they are linked to their contact.
const LOSE_AND_DIE: &str = "<?php
    function once_only($what) { return @fopen(WP_CONTENT_DIR . \"/once-$what\", 'x'); }
    add_filter('insert_user_meta', function ($meta) {
        global $wpdb;
        if (!once_only('lost')) return $meta;
        $shown = $wpdb->suppress_errors();
        LOSE;
        $wpdb->suppress_errors($shown);
        return $meta;
    });
    add_action('added_user_meta', fn($id, $user, $key) =>
        'agilecrm_contact_id' === $key && file_exists(WP_CONTENT_DIR . '/once-lost') && once_only('dead') && posix_kill(getmypid(), 9), 10, 3);";

#[test]
fn a_lost_connection() {
    nothing_is_left_behind(Database::MariaDb, "$wpdb->query('KILL ' . $wpdb->get_var('SELECT CONNECTION_ID()'))");
}

/// What the database does by itself where there is a deadlock.
#[test]
fn a_transaction_that_was_rolled_back() {
    nothing_is_left_behind(
        Database::MariaDb,
        "$wpdb->dbh->query('ROLLBACK'); $wpdb->query(\"SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213\")",
    );
}

/// `SQLite` gives the id of a user who was rolled back to the next one.
#[test]
fn a_failing_query_on_sqlite() {
    nothing_is_left_behind(Database::Sqlite, "$wpdb->query('SELECT nothing FROM nowhere')");
}

fn nothing_is_left_behind(database: Database, lose: &str) {
    let code = LOSE_AND_DIE.replace("LOSE", lose);
    let world = World::with(|site| site.database(database).field_map(&FIELDS).mu_plugin_file("lose.php", &code));
    world.drain();
    let contacts = [1, 2].map(|number| world.crm.create_contact(person(&format!("p{number}@example.com"), number)));
    let add = |contact: u64| {
        let target = world.site.webhook_target("add", &[("contact_id", &contact.to_string())]);
        world.site.try_send(&Request::new("GET", &target)).map(|response| response.status).unwrap_or_default()
    };
    assert_eq!(add(contacts[0]), 502, "the worker was to be lost\n{}", world.site.log());
    for what in ["once-lost", "once-dead"] {
        assert!(world.site.root().join("wp-content").join(what).exists(), "{what}: it did not come to that");
    }
    // Somebody else comes before the first one is taken up again.
    assert_eq!(add(contacts[1]), 200, "{}", world.site.log());
    world.advance(Duration::from_secs(61));
    settle(&world);

    let users = users(&world);
    expect_none("things are wrong with users", &users.iter().flat_map(halves).collect::<Vec<_>>(), &world);
    expect_none("users are there twice", &duplicates(&users), &world);
    assert_eq!(users.len(), 2, "{users:#?}");
    for user in &users {
        let id = user["agilecrm_contact_id"][0].as_str().and_then(|id| id.parse().ok()).expect("a link");
        expect_none("users are not as their contacts", &differences(user, &world.crm.contact(id).expect("it")), &world);
    }
}
