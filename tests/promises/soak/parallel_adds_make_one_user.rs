//! Sixty-four webhooks at once that mean one person make one user: by one contact, by as many contacts with one address, by the
//! address, and by all of these mixed. Over two web servers that share a database, and on SQLite.

use super::{
    FIELDS, Tally, by_email, differences, duplicates, expect_none, fate, halves, logs, number, outcomes, person,
    scaled, settle, users,
};
use crate::stage::world::World;
use site::{Database, Request, Server};
use std::io;
use std::sync::Barrier;
use std::thread;

const AT_ONCE: u32 = 64;

/// A webhook says itself how many workers may process while their requests wait: two as by default, or all there are.
pub(super) const INLINE: &str = "<?php
    add_filter('agile_bridge_inline_workers', fn($workers) => (int) ($_GET['inline'] ?? $workers));";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Email,
    OneContact,
    ManyContacts,
    All,
}

/// One address, and the webhooks that will come for it.
struct Burst {
    by: By,
    email: String,
    targets: Vec<String>,
}

#[test]
fn two_web_servers_make_one_user_for_an_address() {
    let world = World::with(|site| site.field_map(&FIELDS).mu_plugin_file("inline.php", INLINE));
    world.drain();
    let pool = world.site.second_pool(4);
    parallel_adds_make_one_user(&world, scaled(500), AT_ONCE, &|thread, request| {
        if thread % 2 == 0 { world.site.try_send(request) } else { pool.try_send(request) }
    });
}

#[test]
fn eight_workers_make_one_user_for_an_address_on_sqlite() {
    let world = World::with(|site| {
        let site = site.database(Database::Sqlite).server(Server::Nginx { workers: 8 });
        site.field_map(&FIELDS).mu_plugin_file("inline.php", INLINE)
    });
    world.drain();
    // Half as many as on MariaDB: every write waits for the whole database, which takes four times as long.
    parallel_adds_make_one_user(&world, scaled(250), AT_ONCE, &|_, request| world.site.try_send(request));
}

pub(super) fn parallel_adds_make_one_user(
    world: &World,
    addresses: u32,
    webhooks: u32,
    send: &(impl Fn(u32, &Request) -> io::Result<site::Response> + Sync),
) {
    let answers = Tally::default();
    let mut bursts = Vec::new();
    // Those by e-mail first: the CRM's searches are slow once it has thousands of contacts. The mixed ones come on top.
    let kinds = [
        (By::Email, addresses - 2 * (addresses / 3)),
        (By::OneContact, addresses / 3),
        (By::ManyContacts, addresses / 3),
        (By::All, addresses.div_ceil(10)),
    ];
    for (by, count) in kinds {
        let some: Vec<_> = (0..count).map(|number| burst(world, by, number, webhooks)).collect();
        let at_once = Barrier::new(webhooks as usize);
        thread::scope(|scope| {
            for thread in 0..webhooks {
                let (some, answers, at_once) = (&some, &answers, &at_once);
                scope.spawn(move || {
                    for burst in some {
                        at_once.wait();
                        let request = Request::new("GET", &burst.targets[thread as usize]);
                        fate(send(thread, &request), answers);
                    }
                });
            }
        });
        bursts.extend(some);
    }
    assert_eq!(settle(world), 0, "no event is given up: {}\n{}", outcomes(world), logs(world));
    eprintln!("{} addresses, {webhooks} webhooks each; answers: {answers}\nevents: {}", bursts.len(), outcomes(world));

    let users = users(world);
    expect_none("users are there twice", &duplicates(&users), world);
    expect_none("things are missing in users", &users.iter().flat_map(halves).collect::<Vec<_>>(), world);
    let (by_email, mut wrong) = (by_email(&users), Vec::new());
    for burst in &bursts {
        let Some(user) = by_email.get(&burst.email).and_then(|users| users.first()) else {
            wrong.push(format!("{} ({:?}) has no user", burst.email, burst.by));
            continue;
        };
        let contact = user["agilecrm_contact_id"][0].as_str().and_then(|id| id.parse().ok());
        match contact.and_then(|id| world.crm.contact(id)) {
            Some(contact) => wrong.extend(differences(user, &contact)),
            None => wrong.push(format!("{}: the user is linked to nobody: {user}", burst.email)),
        }
    }
    expect_none("users are not as their contacts", &wrong, world);
    assert_eq!(users.len(), bursts.len(), "one user for each address, and nobody else\n{}", logs(world));
    // However many meet, none is told that the site is in trouble. Only who is second to an address may be told that they cannot
    // have it.
    let is_expected = |what: &str| what.starts_with("20") || what == "422 failed email_conflict";
    assert!(!answers.any(|what| !is_expected(what)), "{answers}\n{}", logs(world));
    let failed = world
        .site
        .sql("SELECT code, COUNT(*) AS events FROM wp_agile_bridge_events WHERE status = 'failed' GROUP BY code");
    for row in failed {
        assert_eq!(row["code"], "email_conflict", "{} events: {}", number(&row["events"]), outcomes(world));
    }
}

fn burst(world: &World, by: By, number: u32, webhooks: u32) -> Burst {
    let email = format!("{}{number}@example.com", format!("{by:?}").to_lowercase());
    let contact = |number: u32| world.crm.create_contact(person(&email, number)).to_string();
    let first = contact(number);
    let inline = if number.is_multiple_of(2) { "2" } else { "8" };
    let target = |by: By, webhook: u32| {
        let named = match by {
            By::Email => ("email", email.clone()),
            By::OneContact => ("contact_id", first.clone()),
            By::ManyContacts if webhook == 0 => ("contact_id", first.clone()),
            By::ManyContacts => ("contact_id", contact(webhook)),
            By::All => unreachable!("one of the others"),
        };
        world.site.webhook_target("add", &[(named.0, &named.1), ("inline", inline)])
    };
    let one = |webhook: u32| match by {
        By::All => target([By::Email, By::OneContact, By::ManyContacts][(webhook % 3) as usize], webhook),
        by => target(by, webhook),
    };
    let targets = (0..webhooks).map(one).collect();
    Burst { by, email, targets }
}
