//! Who is linked is shown from the index of links, and counted in it: the list of linked users reads no more on a site that has many, and
//! next to nothing of them where few are linked among many.

use crate::stage::numbers::numbers_to;
use crate::stage::rows_read::rows_read;
use crate::stage::users_screen::{USERS, between};
use crate::stage::world::{World, ana};
use site::{Database, Server};

const PEOPLE: u32 = 30_000;

#[test]
fn the_list_reads_what_it_shows() {
    let world = World::new();
    let ana = world.add(ana()).1.user_id().expect("a user");
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let list = |query: &str| world.listed(&admin, &format!("{USERS}?orderby=login&{query}"));
    world.site.sql(&format!(
        "INSERT INTO wp_users (ID, user_login, user_nicename, user_email, user_registered, display_name)
         SELECT 1000000 + seq, CONCAT('p', seq), CONCAT('p', seq), CONCAT('p', seq, '@example.net'), NOW(), 'P' FROM {}",
        numbers_to(PEOPLE)
    ));
    // As WordPress counts them every day; then it does not count their roles for each page.
    world.site.wp("wp_update_user_counts(); return 1;");
    world.site.sql("ANALYZE TABLE wp_users");

    // Whatever it takes to warm up.
    list("agile_bridge_linked=yes");
    let (listed, few) = rows_read(&world, || list("agile_bridge_linked=yes"));
    assert_eq!(listed, ["ana@example.com"]);
    assert!(few < i64::from(PEOPLE / 8), "few linked among many: {few} rows");

    world.site.sql(&format!(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT 1000000 + seq, 'agilecrm_contact_id', 5000000 + seq FROM {}",
        numbers_to(PEOPLE)
    ));
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_links (site, contact_id, user_id, noted_at) SELECT '', 5000000 + seq, 1000000 + seq, 0 FROM {}",
        numbers_to(PEOPLE)
    ));
    world.site.sql("ANALYZE TABLE wp_usermeta, wp_agile_bridge_links");
    let (page, many) = rows_read(&world, || world.page(&admin, &format!("{USERS}?agile_bridge_linked=yes")).body());
    assert_eq!(between(&page, "<span class=\"displaying-num\">", "<"), format!("{},001 items", PEOPLE / 1000));
    assert!(page.contains(&format!("<tr id='user-{ana}'>")), "{page}");
    // The count is the one thing that goes through the index of links, up to 50,000 of them: whether there are so many, and how many.
    assert!(many < i64::from(PEOPLE) * 9 / 4, "many linked: {many} rows");
    // Who is not linked is looked for among all of them once an hour, and among those who are newer each time.
    assert_eq!(list("agile_bridge_linked=no"), [site::ADMIN.0]);
    world.existing_user("bob", "bob@example.com", "subscriber");
    let (listed, none) = rows_read(&world, || list("agile_bridge_linked=no"));
    assert_eq!(listed, [site::ADMIN.0, "bob"]);
    assert!(none < i64::from(PEOPLE / 8), "not linked: {none} rows");
    assert_eq!(world.site.log(), "");
}

/// What is asked where there are many, SQLite understands too.
#[test]
fn on_sqlite_as_well() {
    let world = World::with(|site| site.database(Database::Sqlite).server(Server::BuiltIn));
    world.add(ana());
    let numbers = numbers_to(1500);
    for statement in [
        "INSERT INTO wp_users (ID, user_login, user_nicename, user_email, display_name) SELECT 1000000 + seq, 'p' || seq, 'p' || seq, 'p' || seq || '@example.net', 'P' FROM",
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT 1000000 + seq, 'agilecrm_contact_id', 5000000 + seq FROM",
        "INSERT INTO wp_agile_bridge_links (site, contact_id, user_id, noted_at) SELECT '', 5000000 + seq, 1000000 + seq, 0 FROM",
    ] {
        world.site.sql(&format!("{statement} {numbers}"));
    }
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let linked = world.page(&admin, &format!("{USERS}?agile_bridge_linked=yes")).body();
    assert_eq!(between(&linked, "<span class=\"displaying-num\">", "<"), "1,501 items");
    assert_eq!(world.listed(&admin, &format!("{USERS}?agile_bridge_linked=yes&s=ana")), ["ana@example.com"]);
    assert_eq!(world.listed(&admin, &format!("{USERS}?agile_bridge_linked=no")), [site::ADMIN.0]);
    assert_eq!(world.site.log(), "");
}
