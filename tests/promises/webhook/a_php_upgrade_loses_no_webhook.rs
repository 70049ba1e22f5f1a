//! The extension goes away under load and comes back, as with a PHP upgrade: whatever was answered 2xx is applied in the end, once,
//! in the order in which it came; and the key was written down nowhere.

use crate::stage::inbox::{at_once, number};
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::Value;
use site::{ACCESS_KEY, Database, Request, await_until};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Twenty webhooks a second.
const PACE: Duration = Duration::from_millis(50);

fn person(world: &World, number: usize) -> String {
    world.contact(Contact::person(&format!("p{number}@example.com")).first_name("Jo"))
}

fn kept(world: &World) -> i64 {
    number(&world.site.sql("SELECT COUNT(*) AS kept FROM wp_agile_bridge_intake")[0]["kept"])
}

fn await_events(world: &World, count: usize) {
    assert!(await_until(Duration::from_secs(20), || world.events().len() >= count), "{}", world.site.log());
}

/// Sends one after the other until it is told to stop: each contact, and what was answered (0: nothing).
fn send(world: &World, stopped: &AtomicBool) -> Vec<(String, u16)> {
    let mut sent = Vec::new();
    let began = Instant::now();
    while !stopped.load(Ordering::SeqCst) {
        let id = person(world, sent.len());
        let target = world.site.webhook_target("add", &[("contact_id", &id)]);
        let status = world.site.try_send(&Request::new("GET", &target)).map_or(0, |response| response.status);
        sent.push((id, status));
        let next = PACE * u32::try_from(sent.len()).expect("some hundreds");
        thread::sleep(next.saturating_sub(began.elapsed()));
    }
    sent
}

/// Each has one user and one event, which no webhook but the one was merged into; those events in this order.
fn expect_once_and_in_order(world: &World, accepted: &[String]) {
    let events = world.events();
    let of = |id: &String| events.iter().filter(|event| event["contact_id"] == **id).collect::<Vec<&Value>>();
    for id in accepted {
        let found = of(id);
        assert_eq!(found.len(), 1, "contact {id} was answered 2xx: {found:#?}\n{}", world.site.log());
        assert_eq!((number(&found[0]["webhooks"]), found[0]["status"].as_str()), (1, Some("created")), "{found:#?}");
    }
    let order: Vec<&str> = events.iter().filter_map(|event| event["contact_id"].as_str()).collect();
    let order: Vec<&str> = order.into_iter().filter(|id| accepted.iter().any(|accepted| accepted == id)).collect();
    assert_eq!(order, accepted.iter().map(String::as_str).collect::<Vec<_>>());
    let users = "SELECT user_email FROM wp_users GROUP BY user_email HAVING COUNT(*) > 1";
    assert_eq!(world.site.sql(users), [] as [Value; 0]);
}

/// Files below the folder that hold the key.
fn holding_the_key(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            holding_the_key(&path, found);
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(ACCESS_KEY.len()).any(|part| part == ACCESS_KEY.as_bytes()))
        {
            found.push(path.display().to_string());
        }
    }
}

fn it_goes_and_comes_back(database: Database) {
    let world = World::with(|site| site.database(database));
    let stopped = AtomicBool::new(false);
    let sent = thread::scope(|scope| {
        let sender = scope.spawn(|| send(&world, &stopped));
        await_events(&world, 6);
        world.has_extension(false);
        assert!(await_until(Duration::from_secs(20), || kept(&world) >= 20), "{}", world.site.log());
        // What it has kept by now, and nobody has read.
        let mut found = Vec::new();
        holding_the_key(&world.site.root().join("wp-content"), &mut found);
        holding_the_key(&world.site.dir().join("mariadb"), &mut found);
        assert_eq!(found, [] as [String; 0], "the key is written down");
        world.has_extension(true);
        assert!(await_until(Duration::from_secs(20), || kept(&world) == 0), "{}", world.site.log());
        await_events(&world, world.events().len() + 6);
        stopped.store(true, Ordering::SeqCst);
        sender.join().expect("the sender does not panic")
    });
    world.catch_up();
    let accepted = |status: u16| (200..300).contains(&status);
    let count = |wanted: u16| sent.iter().filter(|(_, status)| *status == wanted).count();
    assert!(count(200) >= 2 && count(202) >= 20, "{sent:?}");
    // Of those that came just before it went away, the events are there; of those after it came back, some were quicker than
    // what was kept. So what was kept is looked at by itself.
    let first = sent.iter().position(|(_, status)| *status == 202).expect("one that was kept");
    let last = sent.iter().skip(first).position(|(_, status)| *status == 200).map_or(sent.len(), |place| first + place);
    let ids = |part: &[(String, u16)]| -> Vec<String> {
        part.iter().filter(|(_, status)| accepted(*status)).map(|(id, _)| id.clone()).collect()
    };
    expect_once_and_in_order(&world, &ids(&sent[..first]));
    expect_once_and_in_order(&world, &ids(&sent[first..last]));
    for id in ids(&sent[last..]) {
        expect_once_and_in_order(&world, &[id]);
    }
    let others: Vec<_> = sent.iter().filter(|(_, status)| !accepted(*status)).collect();
    assert!(others.len() < 20, "hardly any is not answered: {others:?}");
}

#[test]
fn it_goes_and_comes_back_on_mariadb() {
    it_goes_and_comes_back(Database::MariaDb);
}

#[test]
fn it_goes_and_comes_back_on_sqlite() {
    it_goes_and_comes_back(Database::Sqlite);
}

/// The web's PHP lacks it, and that of the command line has it: what is kept there is read here, by any number at once, some of
/// which are killed.
#[test]
fn who_has_it_reads_them_and_none_twice() {
    // Slow enough to be killed while there is something to read, on any machine.
    let slow = "<?php add_filter('query', function ($sql) {
        if (PHP_SAPI === 'cli' && str_starts_with($sql, 'DELETE FROM wp_agile_bridge_intake')) usleep(20000);
        return $sql;
    });";
    let world = World::with(|site| site.extension(false).mu_plugin_file("slow.php", slow));
    let ids: Vec<String> = (0..120).map(|number| person(&world, number)).collect();
    for id in &ids {
        world.expect(&world.site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
    }
    world.write_extension_line(true);
    let script = world.site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
    for _ in 0..3 {
        let before = kept(&world);
        let mut reader = world.site.php().arg(&script).stdout(std::process::Stdio::null()).spawn().expect("php runs");
        assert!(await_until(Duration::from_secs(20), || kept(&world) < before));
        reader.kill().expect("it runs");
        reader.wait().expect("it has ended");
        world.advance(Duration::from_secs(61));
    }
    assert!(kept(&world) > 0, "nobody was killed while there was something to read");
    at_once(3, |_| assert_eq!(world.drain_php(&[]).2, Some(0)));
    world.catch_up();
    assert_eq!(kept(&world), 0);
    expect_once_and_in_order(&world, &ids);
    assert_eq!(world.site.log(), "");
}
