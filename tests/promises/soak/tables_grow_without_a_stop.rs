//! The tables of an older version grow while webhooks come, to a server that has the new plugin and to one that still has the
//! first: every one is answered in time, none is lost, and the version of the tables is written once.

use super::{Fate, Tally, fate, logs, outcomes, scaled, settle};
use crate::stage::inbox::number;
use crate::stage::release;
use crate::stage::world::World;
use sandbox::Contact;
use site::Request;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The first version that had an inbox: its tables are those of version 1, and it knows of no other.
const FIRST: &str = "332f98c";

/// Between two webhooks.
const EVERY: Duration = Duration::from_millis(50);

/// What a caller waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// Requests with this header come to a server that still has the first version of the plugin.
const OLD_SERVER: &str = "X-Old-Server";

/// Puts the first version beside the present one. Of the extension's number it believes what the present one says.
fn put_old_server_beside(world: &World) {
    let plugins = world.site.root().join("wp-content/plugins-of-the-old-server");
    let plugin = plugins.join("bridge-for-agile-crm");
    fs::create_dir_all(&plugin).expect("a folder");
    unpack_first_version(&plugin);
    let path = plugin.join("site/extension.php");
    let text = fs::read_to_string(&path).expect("a file of the plugin");
    let number = number(&world.site.wp("return AgileBridge\\INTERFACE_NUMBER;"));
    let patched = text.replacen("INTERFACE_NUMBER = 2;", &format!("INTERFACE_NUMBER = {number};"), 1);
    assert_ne!(patched, text, "its interface number is another one");
    fs::write(&path, patched).expect("a file");

    let path = world.site.root().join("wp-config.php");
    let text = fs::read_to_string(&path).expect("wp-config.php");
    let choice = format!(
        "<?php\nif (isset($_SERVER['HTTP_X_OLD_SERVER'])) {{ define('WP_PLUGIN_DIR', '{}'); }}\n",
        plugins.display()
    );
    let new = path.with_extension("new");
    fs::write(&new, text.replacen("<?php\n", &choice, 1)).expect("a file");
    fs::rename(&new, &path).expect("a file");
}

fn unpack_first_version(plugin: &Path) {
    let mut git = Command::new("git");
    git.args(["archive", FIRST, "wp-plugin"]).current_dir(site::repository()).stdout(Stdio::piped());
    let mut git = git.spawn().expect("git runs");
    let archive = git.stdout.take().expect("a pipe");
    let unpacked = Command::new("tar").args(["-x", "--strip-components=1", "-C"]).arg(plugin).stdin(archive).status();
    let archived = git.wait().expect("git ends");
    assert!(
        archived.success() && unpacked.expect("tar runs").success(),
        "{FIRST} is not in this clone: it needs the whole history (git fetch --unshallow)"
    );
}

fn version(world: &World) -> String {
    let rows = world.site.sql("SELECT option_value FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    rows.first().map(|row| row["option_value"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

/// Sends them one after the other, whether or not those before are answered. The longest that one took.
fn send_all(world: &World, contacts: &[String], answers: &Tally) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        let send = |(turn, contact): (u32, &String)| {
            let request = Request::new("GET", &world.site.webhook_target("add", &[("contact_id", contact)]));
            let request = if turn % 2 == 0 { request } else { request.header(OLD_SERVER, "1") };
            scope.spawn(move || {
                thread::sleep((start + EVERY * turn).saturating_duration_since(Instant::now()));
                let began = Instant::now();
                let fate = fate(world.site.try_send(&request), answers);
                assert!(fate == Fate::Accepted, "{answers}\n{}", logs(world));
                began.elapsed()
            })
        };
        let senders: Vec<_> = (0..).zip(contacts).map(send).collect();
        let took = senders.into_iter().map(|sender| sender.join().expect("it is answered"));
        took.max().unwrap_or_default()
    })
}

#[test]
fn tables_grow_without_a_stop() {
    if release::is_cut_off(FIRST) {
        return;
    }
    let world = World::new();
    put_old_server_beside(&world);
    let email = |number: u32| format!("p{number}@example.com");
    let contact = |number: u32| world.contact(Contact::person(&email(number)).first_name("Jo"));
    // The old server makes its tables.
    for table in ["events", "leases", "identities", "links"] {
        world.site.sql(&format!("DROP TABLE wp_agile_bridge_{table}"));
    }
    world.site.sql("DELETE FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    let target = world.site.webhook_target("add", &[("contact_id", &contact(0))]);
    let answer = world.site.answer(&Request::new("GET", &target).header(OLD_SERVER, "1"));
    world.expect(&answer, 200, "created", "");
    assert_eq!(version(&world), "1");
    let (kept, now) = (scaled(200_000), world.now());
    world.site.sql(&format!(
        "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, due_at, created_at, updated_at, status, user_id, message)
         SELECT SHA2(seq, 256), 'done', 'update', seq, {now}, {now}, {now} - seq, 'updated', seq, '' FROM seq_1_to_{kept}"
    ));

    let contacts: Vec<_> = (1..=scaled(400)).map(contact).collect();
    let answers = Tally::default();
    let ((longest, took), queries) = world.site.queries_during(|| {
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                thread::sleep(EVERY * 10);
                let began = Instant::now();
                while version(&world) != "1.2" {
                    assert!(began.elapsed() < Duration::from_secs(100), "it never grew\n{}", logs(&world));
                    world.site.wp("return AgileBridge\\Plugin\\Work\\Drain::run(100);");
                }
                began.elapsed()
            });
            (send_all(&world, &contacts, &answers), worker.join().expect("it grows"))
        })
    });
    eprintln!(
        "{kept} events, {} webhooks, the longest took {longest:?}; the tables had grown in {took:?}; answers: {answers}",
        contacts.len()
    );
    assert!(longest < PATIENCE, "{longest:?}");
    let is_write = |query: &&String| query.contains("agile_bridge_schema'") && !query.starts_with("SELECT");
    let writes: Vec<_> = queries.iter().filter(is_write).collect();
    assert_eq!(writes.len(), 1, "{writes:#?}");

    assert_eq!(settle(&world), 0, "no event is given up: {}\n{}", outcomes(&world), logs(&world));
    let made = world.site.sql("SELECT COUNT(*) AS made FROM wp_users WHERE user_email LIKE 'p%@example.com'");
    assert_eq!(number(&made[0]["made"]), i64::try_from(contacts.len() + 1).expect("a number"), "{}", outcomes(&world));
    // The old server finds tables that fit, and goes on.
    let answer = world.site.answer(&Request::new("GET", &target.replace("=add", "=update")).header(OLD_SERVER, "1"));
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(version(&world), "1.2");
}
