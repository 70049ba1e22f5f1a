//! Webhooks and looks read as many rows on a site with thousands of linked users, and as many events, as on a new one. What mends
//! the index of links reads more, and nobody waits for it.

use crate::stage::look::{MINUTE, change, linked, look, mend};
use crate::stage::numbers::numbers_to;
use crate::stage::rows_read::rows_read;
use crate::stage::world::World;
use sandbox::Contact;
use std::time::Duration;

const GROWN: i64 = 4000;

/// By kind: the rows that are read, after the tables have been opened.
fn read(world: &World, people: &[(u64, u64)], name: &str) -> Vec<(&'static str, i64)> {
    let id = people[0].0.to_string();
    let mut found = Vec::new();
    for round in 0..2 {
        let new = world.contact(Contact::person(&format!("{name}{round}@example.com")).first_name("New"));
        let nobody = world.contact(Contact::person(&format!("nobody.{name}{round}@example.com")));
        let mut ask = |what: &'static str, status: &str, action: &str, parameter: (&str, &str)| {
            let (answer, read) = rows_read(world, || {
                let answer = world.site.webhook(action, &[parameter]);
                world.await_all_done();
                answer
            });
            assert_eq!(answer.wp_status(), status, "{what}: {}", answer.json);
            found.push((what, read));
        };
        ask("add", "created", "add", ("contact_id", &new));
        ask("nobody", "ignored", "update", ("contact_id", &nobody));
        ask("nobody by e-mail", "ignored", "update", ("email", &format!("nobody.{name}{round}@example.com")));
        ask("unchanged", "unchanged", "update", ("contact_id", &id));
        ask("by e-mail", "unchanged", "update", ("email", "p0@example.com"));

        for (contact, _) in people {
            change(world, *contact, &format!("{name} {round}"));
        }
        world.advance(Duration::from_secs(3 * MINUTE));
        let (stored, read) = rows_read(world, || look(world));
        assert_eq!(stored, people.len());
        found.push(("look", read));
        let ((), read) = rows_read(world, || world.catch_up());
        found.push(("drain", read));
    }
    found.split_off(found.len() / 2)
}

#[test]
fn a_site_that_has_grown_reads_no_more() {
    let world = World::new();
    let people: Vec<_> = (0..5).map(|number| linked(&world, number)).collect();
    look(&world);
    let small = read(&world, &people, "small");

    let now = world.now();
    let numbers = numbers_to(GROWN.try_into().expect("so many"));
    world.site.sql(&format!(
        "INSERT INTO wp_users (ID, user_login, user_email, user_nicename, user_registered) SELECT 1000 + seq, CONCAT('grown', seq),
         CONCAT('grown', seq, '@example.net'), CONCAT('grown', seq), NOW() FROM {numbers}"
    ));
    for (key, value) in [
        ("agilecrm_contact_id", "7000000 + seq"),
        ("first_name", "'Ana'"),
        ("nickname", "CONCAT('Ana ', seq)"),
        ("wp_capabilities", "'a:1:{s:10:\"subscriber\";b:1;}'"),
    ] {
        world.site.sql(&format!(
            "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT 1000 + seq, '{key}', {value} FROM {numbers}"
        ));
    }
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, user_id, due_at, created_at, updated_at, message)
         SELECT SHA2(seq, 256), 'done', 'update', 7000000 + seq, 'updated', 1000 + seq, at, at, at, ''
         FROM (SELECT seq, {now} - 1000 * (seq % 864000) - 86400000 AS at FROM {numbers}) AS events"
    ));
    // Up to 10,000 users WordPress itself counts them at each creation.
    world.site.wp("return update_option('user_count', 20000);");
    world.advance(Duration::from_secs(56 * MINUTE));
    let ((), mended) = rows_read(&world, || mend(&world));
    assert!(mended > GROWN, "the index is mended: {mended} rows");
    world.site.sql("ANALYZE TABLE wp_users, wp_usermeta, wp_agile_bridge_links, wp_agile_bridge_events");

    let grown = read(&world, &people, "grown");
    // (How long an await lasts changes what is read a little.)
    let more = |(before, after): &(_, &(_, i64))| after.1 > before + before / 5 + 60;
    let more: Vec<_> = small.iter().map(|it| it.1).zip(&grown).filter(more).collect();
    assert_eq!(more, [], "{small:?}, then {grown:?}");
}
