//! The user of a contact is found by an index and not by reading all links, whoever wrote the link; and user meta stays the
//! truth: what the index has too much is no link, what it lacks is found at the next look.

use crate::stage::look::look;
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

        // By SQL: at the next look. What is no longer leaves it then.
        world.site.sql(&format!(
            "UPDATE wp_usermeta SET meta_value = '{three}' WHERE user_id = {user} AND meta_key = 'agilecrm_contact_id'"
        ));
        assert_eq!(update(&three), None, "{database:?}: nobody told");
        world.advance(Duration::from_secs(2 * 3600));
        look(&world);
        assert_eq!(update(&three), Some(user), "{database:?}");
        assert_eq!(index_of(&world, user), 1, "{database:?}");
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
    assert!(index(&world).len() < 12_000, "it is filled bit by bit");
    let stranger = world.contact(Contact::person("nobody@example.com"));
    world.expect(&world.site.webhook("update", &[("contact_id", &stranger)]), 200, "ignored", "no_matching_user");

    look(&world);
    assert_eq!(index(&world).len(), 12_001);
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("update", &[("contact_id", &stranger)]));
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(scans(&queries), [""; 0]);
}
