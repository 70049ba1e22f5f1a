//! The user of a contact is found by an index and not by reading all links, whoever wrote the link; and user meta stays the
//! truth: what the index has too much is no link, what it lacks is found within hours.

use crate::stage::look::{change, look, mend};
use crate::stage::numbers::numbers_to;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use site::Database;
use std::time::Duration;

/// Statements that look for links by their value, which WordPress' table has no index for.
fn scans(queries: &[String]) -> Vec<&String> {
    queries
        .iter()
        .filter(|sql| sql.contains("usermeta") && sql.contains("meta_value = '") && !sql.contains("user_id IN"))
        .collect()
}

fn index(world: &World) -> Vec<String> {
    let rows = world.site.sql("SELECT CONCAT(site, contact_id, ' ', user_id) AS link FROM wp_agile_bridge_links WHERE contact_id <> '' ORDER BY 1");
    rows.iter().map(|row| row["link"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn nobody_reads_all_links() {
    let world = World::new();
    let stranger = world.contact(Contact::person("nobody@example.com"));
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");

    // Of somebody who is nobody here, and of a new one.
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("update", &[("contact_id", &stranger)]));
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(scans(&queries), [""; 0]);
    let id = world.contact(ana());
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("add", &[("contact_id", &id)]));
    world.expect(&answer, 200, "created", "");
    assert_eq!(scans(&queries), [""; 0]);
    let user = answer.user_id().expect("a user");
    assert_eq!(index(&world), [format!("{id} {user}")]);
    // A new address: found by the link alone.
    world.crm.set_property(id.parse().expect("an id"), "SYSTEM", "email", "work", "ana.new@example.com");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    assert_eq!(answer.user_id(), Some(user), "{}", answer.json);
}

#[test]
fn whoever_writes_a_link_is_found() {
    for database in [Database::MariaDb, Database::Sqlite] {
        let world = World::with(|site| site.database(database));
        world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
        let one = world.contact(Contact::person("one@example.com"));
        let two = world.contact(Contact::person("two@example.com"));
        let three = world.contact(Contact::person("three@example.com"));
        let user = world.existing_user("otto", "otto@example.com", "subscriber");
        let update = |contact: &str| world.site.webhook("update", &[("contact_id", contact)]).user_id();

        world.site.wp(&format!("return update_user_meta({user}, 'agilecrm_contact_id', '{one}');"));
        assert_eq!(update(&one), Some(user), "{database:?}");
        world.site.wp(&format!("return update_user_meta({user}, 'agilecrm_contact_id', '{two}');"));
        assert_eq!((update(&one), update(&two)), (None, Some(user)), "{database:?}: user meta is the truth");
        world.site.wp(&format!("return delete_user_meta({user}, 'agilecrm_contact_id');"));
        assert_eq!(update(&two), None, "{database:?}");
        world.site.wp(&format!("return add_user_meta({user}, 'agilecrm_contact_id', {one});"));
        assert_eq!(update(&one), Some(user), "{database:?}");
        world.site.wp(&format!(
            "global $wpdb; $row = $wpdb->get_var(\"SELECT umeta_id FROM $wpdb->usermeta WHERE user_id = {user} AND meta_key = 'agilecrm_contact_id'\");
             return update_metadata_by_mid('user', (int) $row, '{two}');"
        ));
        assert_eq!(update(&two), Some(user), "{database:?}");

        // By SQL: within the hour. What is no longer leaves it then.
        world.site.sql(&format!(
            "UPDATE wp_usermeta SET meta_value = '{three}' WHERE user_id = {user} AND meta_key = 'agilecrm_contact_id'"
        ));
        assert_eq!(update(&three), None, "{database:?}: nobody told");
        world.advance(Duration::from_secs(2 * 3600));
        mend(&world);
        assert_eq!(update(&three), Some(user), "{database:?}");
        assert_eq!(index_of(&world, user), 1, "{database:?}");
        // A new one also on a site so large that the hour is spent among others.
        let four = world.contact(Contact::person("four@example.com"));
        world.site.sql("UPDATE wp_agile_bridge_leases SET details = REPLACE(details, '\"row\":0', '\"row\":1000000') WHERE name = 'links'");
        world.site.sql(&format!(
            "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES ({user}, 'agilecrm_contact_id', '{four}')"
        ));
        world.advance(Duration::from_secs(3600));
        mend(&world);
        assert_eq!(index_of(&world, user), 2, "{database:?}");
        world.site.wp(&format!("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user({user});"));
        assert_eq!(index_of(&world, user), 0, "{database:?}");
    }
}

fn index_of(world: &World, user: u64) -> usize {
    world.site.sql(&format!("SELECT * FROM wp_agile_bridge_links WHERE user_id = {user}")).len()
}

#[test]
fn links_that_were_there_before_are_filled_in() {
    // WP Fusion's, say: more than one statement looks at.
    let world = World::new();
    world.site.sql(&format!(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT 1000 + seq, 'agilecrm_contact_id', 7000000 + seq FROM {}",
        numbers_to(12_000)
    ));
    let contact = world.contact(Contact::person("late@example.com"));
    let user = world.existing_user("late", "other@example.com", "subscriber");
    world.site.wp(&format!("return update_user_meta({user}, 'agilecrm_contact_id', '{contact}');"));
    world.site.sql("DELETE FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    world.site.sql("DROP TABLE IF EXISTS wp_agile_bridge_links");

    // Not through yet: all links are read, as before.
    let answer = world.site.webhook("update", &[("contact_id", &contact)]);
    assert_eq!(answer.user_id(), Some(user), "{}", answer.json);
    assert_eq!(index(&world).len(), 0, "the webhook does not fill it in");
    let stranger = world.contact(Contact::person("nobody@example.com"));
    world.expect(&world.site.webhook("update", &[("contact_id", &stranger)]), 200, "ignored", "no_matching_user");

    // By WP-Cron, every hour.
    world.site.wp("do_action('agile_bridge_reconcile'); return 1;");
    assert_eq!(index(&world).len(), 12_001);
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("update", &[("contact_id", &stranger)]));
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(scans(&queries), [""; 0]);
}

/// Keeps what the integration plugin asks SQLite, in a file.
const ASKED: &str = r"<?php
$GLOBALS['wpdb']->get_driver()->get_connection()->set_query_logger(function ($sql) {
    file_put_contents(WP_CONTENT_DIR . '/asked', json_encode($sql) . PHP_EOL, FILE_APPEND);
});";

#[test]
fn on_sqlite_nobody_reads_all_links_either() {
    let world = World::with(|site| site.database(Database::Sqlite).mu_plugin_file("asked.php", ASKED));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let asked = world.site.root().join("wp-content/asked");
    let _ = std::fs::remove_file(&asked);
    let stranger = world.contact(Contact::person("nobody@example.com"));
    for named in [
        ("contact_id", id.as_str()),
        ("contact_id", &stranger),
        ("email", "ana@example.com"),
        ("email", "nobody@example.com"),
    ] {
        world.site.webhook("update", &[named]);
    }
    let others = ["bea", "cem", "dee"].map(|name| world.add(Contact::person(&format!("{name}@example.com"))).0);
    for other in &others {
        change(&world, other.parse().expect("an id"), "New");
    }
    change(&world, id.parse().expect("an id"), "New");
    world.advance(Duration::from_secs(180));
    assert_eq!(look(&world), 4);
    mend(&world);
    // How SQLite goes about each: without statistics it takes the first index that it knows.
    let plans = world.site.wp(
        "$driver = $wpdb->get_driver()->get_connection(); $plans = [];
         foreach (array_unique(file(WP_CONTENT_DIR . '/asked')) as $line) {
             $sql = json_decode($line);
             if (preg_match('/^\\s*(SELECT|UPDATE|DELETE)\\b.*(wp_users|wp_usermeta|agile_bridge)/s', $sql) && !str_contains($sql, '?')) {
                 foreach ($driver->query(\"EXPLAIN QUERY PLAN $sql\")->fetchAll(PDO::FETCH_ASSOC) as $step) {
                     $plans[] = [$step['detail'], substr($sql, 0, 400)];
                 }
             }
         }
         return $plans;",
    );
    let plans: Vec<_> =
        plans.as_array().expect("a list").iter().map(|plan| (plan[0].as_str(), plan[1].as_str())).collect();
    assert!(plans.len() > 20, "{plans:#?}");
    let reads_all = |(step, sql): &&(Option<&str>, Option<&str>)| {
        let (step, sql) = (step.unwrap_or_default(), sql.unwrap_or_default());
        step.contains("usermeta__meta_key (meta_key=?)")
            || step.ends_with("(site=?)")
            // (WordPress itself counts users at a creation, up to 10,000.)
            || (step.starts_with("SCAN") && !sql.contains("LIMIT") && !sql.starts_with("SELECT COUNT ( `ID` )"))
    };
    let bad: Vec<_> = plans.iter().filter(reads_all).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
