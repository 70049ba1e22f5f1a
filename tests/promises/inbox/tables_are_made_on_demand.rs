//! The tables of the inbox are made by the webhook that needs them, however it comes that they are missing: a site that
//! constants alone configure, a restored backup, a new site of a network. No activation, no visit to a screen.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::{Database, Request};

const TABLES: [&str; 4] =
    ["agile_bridge_events", "agile_bridge_leases", "agile_bridge_identities", "agile_bridge_links"];

/// Through WordPress: its SQLite integration keeps a list of tables beside them.
fn drop_tables(world: &World, tables: &[&str]) {
    for table in tables {
        let dropped =
            world.wp_given(&json!(table), "global $wpdb; return $wpdb->query(\"DROP TABLE {$wpdb->prefix}$given\");");
        assert_ne!(dropped, false, "{table}: {}", world.site.log());
    }
}

/// One webhook that is processed at once, and the event it is.
fn expect_a_user(world: &World, person: &str) {
    let (id, answer) = world.add(Contact::person(&format!("{person}@example.com")).first_name("Jo"));
    world.expect(&answer, 200, "created", "");
    world.expect_event(&world.event_of(&id), "done", "created", "");
    let id = json!(id);
    assert_eq!(world.user_with(&format!("{person}@example.com"))["agilecrm_contact_id"], id);
}

fn no_option_and_no_tables(database: Database) {
    let world = World::with(|site| site.database(database));
    expect_a_user(&world, "first");
    // Constants alone, as after a `git clone` of the site.
    drop_tables(&world, &TABLES);
    world.site.sql("DELETE FROM wp_options WHERE option_name LIKE 'agile_bridge%'");
    expect_a_user(&world, "second");
    let option = "SELECT option_value, autoload FROM wp_options WHERE option_name = 'agile_bridge_schema'";
    let option = world.site.sql(option);
    assert_eq!(option[0]["option_value"], "1.2");
    assert!(["on", "yes", "auto"].contains(&option[0]["autoload"].as_str().unwrap_or_default()), "{option:?}");
    // WP-Cron's list is what a restored site lacks as well.
    let scheduled =
        world.site.wp("return [wp_next_scheduled('agile_bridge_drain'), wp_next_scheduled('agile_bridge_reconcile')];");
    assert!(scheduled[0].is_number() && scheduled[1].is_number(), "{scheduled}");
}

#[test]
fn no_option_and_no_tables_on_mariadb() {
    no_option_and_no_tables(Database::MariaDb);
}

#[test]
fn no_option_and_no_tables_on_sqlite() {
    no_option_and_no_tables(Database::Sqlite);
}

/// Tables of which the option does not tell are found, and what waits in them stays.
fn an_older_option(database: Database) {
    let world = World::with(|site| site.database(database));
    let id = world.contact(ana());
    world.pause(true);
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    world.pause(false);
    world.site.sql("UPDATE wp_options SET option_value = '0' WHERE option_name = 'agile_bridge_schema'");
    world.drain_and_rest();
    world.expect_event(&world.event(), "done", "created", "");
    expect_a_user(&world, "second");
    assert_eq!(world.events().len(), 2);
}

/// On another server the plugin is newer, and its tables fit the older one: who finds them does not write the option anew.
#[test]
fn a_newer_option_is_left_as_it_is() {
    let world = World::new();
    expect_a_user(&world, "first");
    world.site.sql("UPDATE wp_options SET option_value = '1.99' WHERE option_name = 'agile_bridge_schema'");
    expect_a_user(&world, "second");
    let option = world.site.sql("SELECT option_value FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    assert_eq!(option[0]["option_value"], "1.99");
}

#[test]
fn an_older_option_on_mariadb() {
    an_older_option(Database::MariaDb);
}

#[test]
fn an_older_option_on_sqlite() {
    an_older_option(Database::Sqlite);
}

/// A restored backup has the option and not the tables, or not all of them.
fn the_option_and_no_tables(database: Database) {
    let world = World::with(|site| site.database(database));
    expect_a_user(&world, "first");
    drop_tables(&world, &TABLES);
    expect_a_user(&world, "second");
    for (number, table) in TABLES.into_iter().enumerate() {
        drop_tables(&world, &[table]);
        let email = format!("p{number}@example.com");
        let (_, answer) = world.add(Contact::person(&email).first_name("Jo"));
        assert!(
            [(200, "created"), (202, "queued")].contains(&(answer.status, answer.wp_status())),
            "{table}: {}\n{}",
            answer.json,
            world.site.log()
        );
        world.catch_up();
        assert_eq!(world.user_with(&email)["first_name"], "Jo", "{table}: {:#?}", world.events());
        expect_a_user(&world, &format!("next{number}"));
    }
}

#[test]
fn the_option_and_no_tables_on_mariadb() {
    the_option_and_no_tables(Database::MariaDb);
}

#[test]
fn the_option_and_no_tables_on_sqlite() {
    the_option_and_no_tables(Database::Sqlite);
}

#[test]
fn a_new_site_of_a_network_has_its_own_inbox() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    let other = other.as_u64().expect("a site");
    let tables = || -> Vec<String> {
        let rows = world.site.sql("SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE '%agile\\_bridge%' ORDER BY 1");
        rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert!(!tables().contains(&format!("wp_{other}_agile_bridge_events")), "{:?}", tables());
    let id = world.contact(ana());
    let target = format!("/other{}", world.site.webhook_target("add", &[("contact_id", &id)]));
    let answer = world.site.answer(&Request::new("GET", &target));
    world.expect(&answer, 200, "created", "");
    let events = |table: &str| world.site.sql(&format!("SELECT state, status, contact_id FROM {table}"));
    let done = json!({"state": "done", "status": "created", "contact_id": id});
    assert_eq!(events(&format!("wp_{other}_agile_bridge_events")), [done]);
    // And the first site its own, made when it needs it.
    expect_a_user(&world, "first");
    assert_eq!(events("wp_agile_bridge_events").len(), 1);
    let mut wanted = TABLES.map(|table| format!("wp_{table}")).to_vec();
    wanted.extend(TABLES[..2].iter().map(|table| format!("wp_{other}_{table}")));
    wanted.sort();
    let mut made = tables();
    made.sort();
    assert_eq!(made, wanted, "locks are the network's, the inbox a site's");
}
