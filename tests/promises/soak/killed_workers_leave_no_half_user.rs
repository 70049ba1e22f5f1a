//! PHP workers die by SIGKILL at any moment, as the system's memory killer and impatient hosts do it. What is left is a whole
//! user or none, every webhook that was accepted is applied, and nobody is there twice.

use super::{
    FIELDS, Fate, Random, Stop, Tally, differences, duplicates, expect_none, fate, halves, logs, outcomes, person,
    scaled, settle, users,
};
use crate::stage::world::World;
use serde_json::Value;
use site::{Request, await_until};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const SENDERS: u32 = 8;

/// Kills until all workers are killed at once, and the clock lets their leases run out.
const KILLS_A_ROUND: usize = 12;

/// More than the lease of who drains: somebody else takes over at once, and there is somebody to kill again.
const DRAIN_LEASE: Duration = Duration::from_secs(21);

/// A site with plugins that take their time, so that there is time to be killed in, and that note who claims events. Half of
/// the workers have somebody to tell of a new user once it is stored, and half need not look at each meta of theirs. And as
/// many process while a request waits as there are: those that were killed count among them until their leases run out.
const SLOW: &str = r"<?php
    add_filter('query', function ($sql) {
        if (preg_match('/^\s*(INSERT INTO|UPDATE) \w+agile_bridge_events\b.*\'([0-9a-f]{32})\'/s', $sql, $found)) {
            file_put_contents(WP_CONTENT_DIR . '/claims-' . getmypid(), $found[2] . PHP_EOL, FILE_APPEND);
        }
        return $sql;
    });
    add_action('user_register', fn() => file_put_contents(WP_CONTENT_DIR . '/at-work', getmypid()));
    add_action('user_register', fn() => usleep(random_int(0, 30000)));
    add_action('set_user_role', fn() => usleep(random_int(0, 20000)));
    if (random_int(0, 1)) add_action('added_user_meta', fn() => usleep(random_int(0, 4000)));
    if (random_int(0, 1)) add_action('agile_bridge_user_created', fn() => usleep(random_int(0, 60000)));
    add_filter('agile_bridge_inline_workers', fn() => 1000);";

/// What plugins do that make users without us: a user with a role and six fields.
const PLAIN: &str = r"<?php
    add_action('init', function () {
        if (!isset($_GET['plain'])) return;
        $email = sanitize_email($_GET['plain']);
        $id = wp_insert_user(array('user_login' => $email, 'user_email' => $email, 'user_pass' => 'a-long-password', 'role' => ''));
        (new WP_User($id))->set_role('subscriber');
        foreach (array('first_name', 'last_name', 'plan', 'level', 'city', 'shoe_size') as $key) update_user_meta($id, $key, 'x');
        wp_send_json(array('success' => true));
    });";

#[test]
fn a_killed_worker_leaves_a_whole_user_or_none() {
    let world =
        World::with(|site| site.field_map(&FIELDS).mu_plugin_file("slow.php", SLOW).mu_plugin_file("plain.php", PLAIN));
    plain_code_leaves_half_users(&world);
    // The first kill must not meet a site without tables.
    world.drain();
    ours_leaves_none(&world);
}

/// The proof that these kills hit.
fn plain_code_leaves_half_users(world: &World) {
    let (mut random, answers) = (Random::new(1), Tally::default());
    let numbers = Mutex::new(0);
    let kills = under_fire(world, &mut random, scaled(200).max(60) as usize, &|_| {
        let number = {
            let mut number = numbers.lock().expect("no sender has panicked");
            *number += 1;
            *number
        };
        fate(world.site.try_send(&Request::new("GET", &format!("/?plain=plain{number}%40example.com"))), &answers);
    });
    let (kills, users) = (kills.len(), users(world));
    let fields = ["first_name", "last_name", "plan", "level", "city", "shoe_size"];
    let half = |user: &&Value| {
        user["wp_capabilities"].is_null() || fields.iter().any(|key| user[*key] != serde_json::json!(["x"]))
    };
    let halves = users.iter().filter(half).count();
    eprintln!("plain WordPress: {kills} kills, {halves} of {} users half made; answers: {answers}", users.len());
    assert!(halves > 0, "{kills} kills hit nothing: they prove nothing about us either. Users: {}", users.len());
    world.site.sql("DELETE FROM wp_usermeta WHERE user_id > 1");
    world.site.sql("DELETE FROM wp_users WHERE ID > 1");
}

/// A contact, and what its user may be by what the sender was told.
struct Sent {
    contact: u64,
    number: u32,
    /// One of its webhooks was accepted.
    accepted: bool,
    /// The value of the field that changes: the one that was accepted last, and those since whose webhook nobody answered.
    plans: Vec<String>,
}

struct Sender {
    random: Random,
    sent: Vec<Sent>,
}

fn ours_leaves_none(world: &World) {
    // So many at least, and so many of them while an event is held: how many of all those are depends on the machine.
    let (kills, wanted) = (scaled(1000) as usize, scaled(300) as usize);
    let (mut random, answers) = (Random::new(2), Tally::default());
    let senders: Vec<_> =
        (0..SENDERS).map(|seed| Mutex::new(Sender { random: Random::new(100 + seed), sent: Vec::new() })).collect();
    let (mut killed, mut hits, mut at_work) = (0, 0, BTreeMap::new());
    while killed < kills || (hits < wanted && killed < kills * 3) {
        let round = under_fire(world, &mut random, KILLS_A_ROUND, &|number| {
            let mut sender = senders[number as usize].lock().expect("no sender has panicked");
            send_one(world, number, &mut sender, &answers);
            // Stored is quickly done; this is about what comes after.
            thread::sleep(Duration::from_millis(u64::from(sender.random.below(600))));
        });
        killed += round.len();
        for state in round.into_iter().flatten() {
            *at_work.entry(state).or_insert(0) += 1;
            hits += 1;
        }
        world.advance(Duration::from_secs(61));
    }
    let dead = settle(world);
    eprintln!(
        "{killed} kills, {hits} of them between claim and done ({at_work:?}); {dead} events replayed\nanswers: {answers}\nevents: {}",
        outcomes(world)
    );

    let users = users(world);
    expect_none("users are there twice", &duplicates(&users), world);
    expect_none("things are missing in users", &users.iter().flat_map(halves).collect::<Vec<_>>(), world);
    let by_contact: BTreeMap<_, _> =
        users.iter().map(|user| (user["agilecrm_contact_id"][0].to_string(), user)).collect();
    let mut wrong = Vec::new();
    for sent in
        senders.iter().flat_map(|sender| std::mem::take(&mut sender.lock().expect("no sender has panicked").sent))
    {
        let Some(user) = by_contact.get(&format!("\"{}\"", sent.contact)) else {
            if sent.accepted {
                wrong.push(format!("contact {} was accepted and has no user", sent.contact));
            }
            continue;
        };
        let mut contact = world.crm.contact(sent.contact).expect("the contact");
        // Where the last webhook was not answered, either value is right.
        let plan = user["plan"][0].as_str().unwrap_or_default().to_owned();
        if sent.plans.contains(&plan) {
            let properties = contact["properties"].as_array_mut().into_iter().flatten();
            properties.filter(|held| held["name"] == "Plan").for_each(|held| held["value"] = plan.as_str().into());
        }
        wrong.extend(differences(user, &contact).iter().map(|line| format!("{line} (person {})", sent.number)));
    }
    expect_none("accepted webhooks are lost", &wrong, world);
    assert!(!answers.any(|answer| answer.starts_with('4')), "a webhook was refused: {answers}\n{}", logs(world));
    assert!(hits >= wanted, "only {hits} of {killed} kills were between claim and done");
}

/// A webhook for somebody new, or for somebody who has changed.
fn send_one(world: &World, thread: u32, sender: &mut Sender, answers: &Tally) {
    let count = u32::try_from(sender.sent.len()).expect("not so many");
    let is_async = if sender.random.percent(30) { "yes" } else { "no" };
    if count > 0 && sender.random.percent(30) {
        let chosen = sender.random.below(count);
        let plan = format!("plan {}", sender.random.below(1_000_000));
        let sent = &mut sender.sent[chosen as usize];
        world.crm.set_property(sent.contact, "CUSTOM", "Plan", "", &plan);
        // `add` where it is not known whether the first one was stored.
        let action = if sent.accepted { "update" } else { "add" };
        match send(world, action, sent.contact, is_async, answers) {
            Fate::Accepted => (sent.accepted, sent.plans) = (true, vec![plan]),
            _ => sent.plans.push(plan),
        }
        return;
    }
    let number = count * SENDERS + thread;
    let contact = world.crm.create_contact(person(&format!("person{number}@example.com"), number));
    let accepted = send(world, "add", contact, is_async, answers) == Fate::Accepted;
    sender.sent.push(Sent { contact, number, accepted, plans: vec!["gold".to_owned()] });
}

fn send(world: &World, action: &str, contact: u64, is_async: &str, answers: &Tally) -> Fate {
    let target = world.site.webhook_target(action, &[("contact_id", &contact.to_string()), ("async", is_async)]);
    fate(world.site.try_send(&Request::new("GET", &target)), answers)
}

/// Calls `send` again and again on all threads while workers are killed, and then kills all workers, so that nobody works.
/// Of each kill: the state of an event that the worker held, if it held one.
fn under_fire(world: &World, random: &mut Random, wanted: usize, send: &(impl Fn(u32) + Sync)) -> Vec<Option<String>> {
    let (stopped, mut killed) = (AtomicBool::new(false), BTreeMap::new());
    thread::scope(|scope| {
        let stop = Stop(&stopped);
        for number in 0..SENDERS {
            let stopped = &stopped;
            scope.spawn(move || {
                while !stopped.load(Ordering::SeqCst) {
                    send(number);
                }
            });
        }
        while killed.len() < wanted {
            thread::sleep(Duration::from_millis(u64::from(20 + random.below(150))));
            let workers = world.site.fpm_workers();
            // Half of them who made a user last, which mostly is the one who drains; the others whom it hits.
            let at_work = fs::read_to_string(world.site.root().join("wp-content/at-work")).unwrap_or_default();
            let at_work = at_work.parse().ok().filter(|pid| workers.contains(pid) && random.percent(50));
            if let Some(pid) = at_work.or_else(|| workers.get(random.below(4) as usize).copied())
                && world.site.kill_worker(pid)
            {
                let held = held_by(world, pid);
                if held.is_some() {
                    world.advance(DRAIN_LEASE);
                }
                killed.insert(pid, held);
            }
        }
        drop(stop);
    });
    // Those that still drain. Their successors have nothing to do.
    for pid in world.site.fpm_workers() {
        if world.site.kill_worker(pid) {
            killed.insert(pid, held_by(world, pid));
        }
    }
    let back = await_until(Duration::from_secs(30), || world.site.fpm_workers().len() == 4);
    assert!(back, "PHP-FPM does not replace its workers\n{}", logs(world));
    let answers = await_until(Duration::from_secs(30), || {
        world.site.try_send(&Request::new("GET", "/?x=1")).is_ok_and(|response| response.status == 200)
    });
    assert!(answers, "PHP-FPM does not answer any more\n{}", logs(world));
    killed.into_values().collect()
}

/// The state of an event that this worker, which is dead, has claimed and not finished.
fn held_by(world: &World, pid: u32) -> Option<String> {
    let claims = fs::read_to_string(world.site.root().join(format!("wp-content/claims-{pid}"))).ok()?;
    let owners: Vec<_> = claims.lines().map(|owner| format!("'{owner}'")).collect();
    if owners.is_empty() {
        // Killed before it had written the first one.
        return None;
    }
    let held = world.site.sql(&format!(
        "SELECT state FROM wp_agile_bridge_events WHERE owner IN ({}) AND state IN ('running', 'applied') LIMIT 1",
        owners.join(", ")
    ));
    Some(held.first()?["state"].as_str()?.to_owned())
}
