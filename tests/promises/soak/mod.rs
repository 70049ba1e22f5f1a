//! The long runs: workers that are killed, webhooks that come at once, twice and in any order, a CRM, a database and web servers
//! that go away in the middle of it. `make test` runs each at a tenth, `make soak` in full.
//!
//! Each prints what it did, so that a run that hit nothing is not taken for one that proved something.

mod a_lost_transaction_leaves_no_rows_behind;
mod cold_starts_kill_nobody;
mod killed_workers_leave_no_half_user;
mod parallel_adds_make_one_user;
mod tables_grow_without_a_stop;
mod the_newest_state_wins;
mod three_nodes_and_three_pools_are_one_site;
mod what_was_accepted_is_applied;

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Response, await_until};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Beside the names: six mapped fields in all.
const FIELDS: [(&str, &str); 4] = [("Plan", "plan"), ("Level", "level"), ("City", "city"), ("Shoe size", "shoe_size")];

/// All of it with `SOAK=1`, as `make soak` says; else a tenth.
fn scaled(full: u32) -> u32 {
    if std::env::var("SOAK").is_ok_and(|share| share == "1") { full } else { full.div_ceil(10) }
}

/// The same numbers in every run, so that a run that fails can be looked at again: xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u32) -> Self {
        Self(0x9E37_79B9_7F4A_7C15 ^ (u64::from(seed) << 20))
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) % u64::from(limit)) as u32
    }

    fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        f64::from(self.below(1 << 30)) / f64::from(1 << 30)
    }
}

/// How often what happened.
#[derive(Default)]
struct Tally(Mutex<BTreeMap<String, u32>>);

impl Tally {
    fn count(&self, what: &str) {
        *self.0.lock().expect("no sender has panicked").entry(what.to_owned()).or_default() += 1;
    }

    fn of(&self, what: &str) -> u32 {
        self.0.lock().expect("no sender has panicked").get(what).copied().unwrap_or_default()
    }
}

impl Tally {
    /// Whether such a thing happened.
    fn any(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.0.lock().expect("no sender has panicked").keys().any(|what| is_such(what))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let all = self.0.lock().expect("no sender has panicked");
        let all: Vec<_> = all.iter().map(|(what, count)| format!("{what}: {count}")).collect();
        formatter.write_str(&all.join(", "))
    }
}

/// What the sender of a webhook knows about its fate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// 2xx: from here on it is the site's.
    Accepted,
    /// 5xx, or no answer: stored or not.
    Unknown,
    /// Anything else.
    Refused,
}

/// Reads and counts an answer.
fn fate(sent: io::Result<Response>, answers: &Tally) -> Fate {
    let Ok(response) = sent else {
        answers.count("no answer");
        return Fate::Unknown;
    };
    let json: Value = serde_json::from_slice(&response.bytes).unwrap_or_default();
    let word = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    answers.count(format!("{} {} {}", response.status, word("wp_status"), word("wp_code")).trim());
    match response.status {
        // What is not JSON was not ours: a page of WordPress in place of an answer.
        200..=299 if json["success"] == true => Fate::Accepted,
        500.. => Fate::Unknown,
        _ => Fate::Refused,
    }
}

/// Set when dropped: senders end also where the test panics.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A contact with every mapped field, different from all others.
fn person(email: &str, number: u32) -> Contact {
    let person = Contact::person(email).first_name(&format!("Ana {number}")).last_name("O'Ruiz").tag("Lead");
    let person = person.custom("Plan", "gold").custom("Level", &number.to_string());
    person.custom("City", "Säo Paulo").custom("Shoe size", "38")
}

/// Drains until nothing is open, and lets as much time pass as retries, leases and the breaker want; events that are dead
/// because they met five killed workers are replayed. Returns how many those were.
fn settle(world: &World) -> u64 {
    let mut replayed = 0;
    // The longest delay between two tries is a day and a fifth; done events stay for 14 days.
    for hours in [0, 0, 0, 1, 29, 29, 29, 29, 29] {
        await_drain_to_end(world);
        world.advance(Duration::from_secs(61 + 3600 * hours));
        world.drain();
        let dead = world.site.wp("return AgileBridge\\Plugin\\Inbox\\Replay::replay_dead_events();");
        replayed += dead.as_u64().unwrap_or_else(|| panic!("replaying returned {dead}"));
        world.drain();
        // A worker of a web server that was in the middle of its time may have gone on.
        await_drain_to_end(world);
        if open_events(world).is_empty() {
            return replayed;
        }
    }
    panic!("events are still open, two of each kind: {:#?}\n{}", open_events(world), logs(world));
}

/// Waits until no worker of a web server drains any more (or the one that did was killed and its lease is over). One that drains
/// lets go of the lease for a moment every 20 seconds: that is no end.
fn await_drain_to_end(world: &World) {
    let clock = world.site.root().join("wp-content/clock");
    let mut free = 0;
    let ended = await_until(Duration::from_secs(90), || {
        let until = world.site.sql("SELECT until_at FROM wp_agile_bridge_leases WHERE name = 'drain'");
        let until = number(&until[0]["until_at"]);
        let moved = std::fs::read_to_string(&clock).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        free = if u128::from(until) <= now + moved { free + 1 } else { 0 };
        free == 10
    });
    assert!(ended, "a worker drains without an end\n{}", logs(world));
}

/// What is neither done nor dead, at most a few.
fn open_events(world: &World) -> Vec<Value> {
    world.site.sql("SELECT * FROM wp_agile_bridge_events WHERE state IN ('waiting', 'running', 'applied') LIMIT 3")
}

/// Events by state and outcome, for people to read.
fn outcomes(world: &World) -> String {
    let rows = world.site.sql(
        "SELECT state, status, code, COUNT(*) AS events, SUM(webhooks) AS webhooks, SUM(crashes) AS crashes
         FROM wp_agile_bridge_events GROUP BY state, status, code ORDER BY state, status, code",
    );
    let line = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let (events, webhooks, crashes) = (number(&row["events"]), number(&row["webhooks"]), number(&row["crashes"]));
        let name = format!("{} {} {}", text("state"), text("status"), text("code"));
        format!(
            "{}: {events} of {webhooks} webhooks, {crashes} crashes",
            name.split_whitespace().collect::<Vec<_>>().join(" ")
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// Databases give numbers as texts or as numbers.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("not a number: {value}"))
}

/// Every user but the admin, past WordPress' caches and filters: `id`, `user_email`, and of each user meta all values it has.
/// Meta of a user who does not exist has no `user_email`.
fn users(world: &World) -> Vec<Value> {
    let users = world.site.wp(
        "global $wpdb;
         $users = array();
         foreach ($wpdb->get_results(\"SELECT ID, user_email, user_login FROM $wpdb->users\") as $user) {
             $users[$user->ID] = array('id' => (int) $user->ID, 'user_email' => $user->user_email, 'user_login' => $user->user_login);
         }
         foreach ($wpdb->get_results(\"SELECT user_id, meta_key, meta_value FROM $wpdb->usermeta ORDER BY umeta_id\") as $meta) {
             $users[$meta->user_id]['id'] = (int) $meta->user_id;
             $users[$meta->user_id][$meta->meta_key][] = maybe_unserialize($meta->meta_value);
         }
         unset($users[1]);
         return array_values($users);",
    );
    users.as_array().cloned().unwrap_or_else(|| panic!("no list of users: {users}"))
}

/// What is wrong with a user who should be as the contact is: one line for each thing.
fn differences(user: &Value, contact: &Value) -> Vec<String> {
    let property = |name: &str| {
        let held = contact["properties"].as_array().into_iter().flatten().find(|held| held["name"] == name);
        held.map(|held| held["value"].clone()).unwrap_or_default()
    };
    let mut expected = vec![
        ("user_email", property("email")),
        ("wp_capabilities", json!([{"subscriber": true}])),
        ("agilecrm_contact_id", json!([contact["id"].to_string()])),
        ("agilecrm_tags", json!([contact["tags"]])),
        ("first_name", json!([property("first_name")])),
        ("last_name", json!([property("last_name")])),
        // The mark of a creation that was cut off.
        ("_agile_bridge_creating", Value::Null),
    ];
    expected.extend(FIELDS.map(|(crm, wp)| (wp, json!([property(crm)]))));
    let wrong = expected.iter().filter(|(key, value)| user[*key] != *value);
    wrong.map(|(key, value)| format!("user {} {key}: {} and not {value}", user["id"], user[*key])).collect()
}

/// What must be true of any user, whoever they are.
fn halves(user: &Value) -> Vec<String> {
    let metas = ["wp_capabilities", "agilecrm_contact_id", "agilecrm_tags", "first_name", "last_name", "nickname"];
    let metas = metas.into_iter().chain(FIELDS.map(|(_, wp)| wp));
    let of_one = |key: &&str| user[*key].as_array().is_none_or(|values| values.len() != 1 || values[0] == "");
    let mut wrong: Vec<_> =
        metas.filter(of_one).map(|key| format!("user {} {key}: {}", user["id"], user[key])).collect();
    if user["wp_capabilities"] != json!([{"subscriber": true}]) {
        wrong.push(format!("user {} has the roles {}", user["id"], user["wp_capabilities"]));
    }
    if user["user_email"].is_null() {
        wrong.push(format!("meta of a user {} who does not exist: {user}", user["id"]));
    }
    if !user["_agile_bridge_creating"].is_null() {
        wrong.push(format!("user {} is marked as half made", user["id"]));
    }
    wrong
}

/// Users by their address; more than one is a duplicate.
fn by_email(users: &[Value]) -> BTreeMap<String, Vec<&Value>> {
    let mut all: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for user in users {
        all.entry(user["user_email"].as_str().unwrap_or_default().to_lowercase()).or_default().push(user);
    }
    all
}

/// Contacts and addresses that have more than one user.
fn duplicates(users: &[Value]) -> Vec<String> {
    let addresses = by_email(users).into_iter().filter(|(_, users)| users.len() > 1);
    let mut all: Vec<_> = addresses.map(|(email, users)| format!("{} users with {email}", users.len())).collect();
    let mut linked: BTreeMap<String, u32> = BTreeMap::new();
    for id in users.iter().flat_map(|user| user["agilecrm_contact_id"].as_array().into_iter().flatten()) {
        *linked.entry(id.to_string()).or_default() += 1;
    }
    let contacts = linked.into_iter().filter(|(_, users)| *users > 1);
    all.extend(contacts.map(|(contact, users)| format!("{users} users linked to contact {contact}")));
    all
}

/// The end of every log; long lines are cut off.
fn logs(world: &World) -> String {
    let cut = |line: &str| line.chars().take(300).collect::<String>();
    world.site.logs().lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// The first few of what is wrong, and where to look.
#[track_caller]
fn expect_none(what: &str, wrong: &[String], world: &World) {
    let some = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} {what}:\n{some}\nevents: {}\n{}", wrong.len(), outcomes(world), logs(world));
}
