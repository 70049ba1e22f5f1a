//! Three Galera nodes, three pools with a node each, webhooks of the same people over all of them, and a node that is killed in the
//! middle of it and comes back. One user each, nothing lost, every user as its contact is; what could not be stored was answered
//! 5xx.
//!
//! `make test-cluster`; the numbers are 500 and 10,000 unless `CLUSTER_ADDRESSES` and `CLUSTER_WEBHOOKS` say otherwise.

use super::parallel_adds_make_one_user::{INLINE, parallel_adds_make_one_user};
use super::the_newest_state_wins::the_newest_state_wins;
use super::{FIELDS, Fate, Tally, fate, logs};
use crate::stage::world::World;
use site::{Cluster, Request, Response, await_until};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const NODES: u32 = 3;

/// Workers of each pool.
const WORKERS: u8 = 4;

/// How many parallel webhooks for an address.
const AT_ONCE: u32 = 24;

fn wanted(name: &str, full: u32) -> u32 {
    std::env::var(name).map_or(full, |number| number.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// A webhook that does not say how many may be processed at once while their callers wait draws it: more at once means more nodes that
/// write the same rows.
const DRAWN: &str = "<?php
    add_filter('agile_bridge_inline_workers', fn($workers) => isset($_GET['inline']) ? $workers : [2, 8][random_int(0, 1)], 5);";

fn world() -> World {
    World::with(|site| site.field_map(&FIELDS).mu_plugin_file("inline.php", INLINE).mu_plugin_file("drawn.php", DRAWN))
}

/// What sends webhooks, through a balancer that turns to the next pool where one does not answer or answers 5xx.
struct Source<'a> {
    cluster: &'a Cluster<'a>,
    sent: AtomicU32,
    /// All that the pools have answered, also what the balancer has kept to itself.
    answers: Tally,
}

impl<'a> Source<'a> {
    fn of(cluster: &'a Cluster<'a>) -> Self {
        Self { cluster, sent: AtomicU32::new(0), answers: Tally::default() }
    }

    /// Each webhook begins at the next pool.
    fn send(&self, request: &Request) -> io::Result<Response> {
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let mut answer = Err(io::ErrorKind::NotConnected.into());
        // Twenty times a whole round: a cluster that has lost a node decides for some seconds who is left.
        for pool in (number..).take(20 * NODES as usize) {
            answer = self.cluster.try_send((pool % NODES) as usize, request);
            let kept = answer.as_ref().cloned().map_err(|error| error.kind().into());
            if fate(kept, &self.answers) != Fate::Unknown {
                break;
            }
        }
        answer
    }

    /// Kills a node once so many webhooks are under way, and brings it back a while later.
    fn disturb(&self, node: usize, at: u32, until: u32) {
        let is_sent =
            |number: u32| await_until(Duration::from_secs(3600), || self.sent.load(Ordering::SeqCst) >= number);
        assert!(is_sent(at), "too few webhooks");
        self.cluster.kill(node);
        eprintln!("node {node} is killed at webhook {}", self.sent.load(Ordering::SeqCst));
        assert!(is_sent(until), "too few webhooks");
        let back = self.sent.load(Ordering::SeqCst);
        self.cluster.bring_back(node);
        eprintln!("node {node} is started at webhook {back} and back at {}", self.sent.load(Ordering::SeqCst));
    }

    fn tell(&self, world: &World) {
        eprintln!("answers of the pools: {}", self.answers);
        let mut notes: BTreeMap<String, u32> = BTreeMap::new();
        for line in world.site.log().lines().filter(|line| line.contains("Bridge for Agile CRM")) {
            let text = line.split("] ").last().unwrap_or_default().chars().filter(|letter| !letter.is_ascii_digit());
            *notes.entry(text.take(120).collect()).or_default() += 1;
        }
        eprintln!("our lines in the log: {notes:#?}");
        for node in 0..NODES as usize {
            let rows = self.cluster.try_sql(
                node,
                "SHOW STATUS WHERE Variable_name IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts', 'wsrep_replicated', 'wsrep_cluster_size')",
            );
            let rows = rows.unwrap_or_else(|error| panic!("{error}\n{}", logs(world)));
            let told: Vec<_> = rows.iter().map(|row| format!("{}: {}", row["Variable_name"], row["Value"])).collect();
            eprintln!("node {node}: {}", told.join(", "));
            assert!(
                told.iter().any(|line| line == "\"wsrep_cluster_size\": \"3\""),
                "node {node} is not back: {told:?}"
            );
        }
        assert!(self.answers.any(|what| what.starts_with('5') || what == "no answer"), "nothing was disturbed");
    }

    /// All nodes hold the same users.
    fn expect_the_same_everywhere(&self) {
        let all = "SELECT COUNT(*) AS users, SUM(CRC32(CONCAT_WS('|', ID, user_login, user_email, user_nicename, display_name))) AS sum,
            (SELECT SUM(CRC32(CONCAT_WS('|', user_id, meta_key, meta_value))) FROM wp_usermeta) AS meta FROM wp_users";
        let of = |node: usize| self.cluster.try_sql(node, all).unwrap_or_else(|error| panic!("{error}"));
        for node in 1..NODES as usize {
            assert!(
                await_until(Duration::from_secs(10), || of(node) == of(0)),
                "node {node}: {:?} {:?}",
                of(node),
                of(0)
            );
        }
    }
}

#[test]
#[ignore = "make test-cluster"]
fn parallel_adds_make_one_user_of_an_address() {
    let world = world();
    let cluster = world.site.cluster(WORKERS);
    world.drain();
    let (source, addresses) = (Source::of(&cluster), wanted("CLUSTER_ADDRESSES", 500));
    let webhooks = addresses * AT_ONCE;
    thread::scope(|scope| {
        scope.spawn(|| source.disturb(1, webhooks / 3, webhooks * 2 / 3));
        parallel_adds_make_one_user(&world, addresses, AT_ONCE, &|_, request| source.send(request));
    });
    source.tell(&world);
    source.expect_the_same_everywhere();
}

#[test]
#[ignore = "make test-cluster"]
fn the_newest_state_of_a_contact_wins() {
    let world = world();
    let cluster = world.site.cluster(WORKERS);
    world.drain();
    let (source, webhooks) = (Source::of(&cluster), wanted("CLUSTER_WEBHOOKS", 10_000));
    thread::scope(|scope| {
        scope.spawn(|| source.disturb(2, webhooks / 3, webhooks * 2 / 3));
        the_newest_state_wins(&world, webhooks, &|_, request| source.send(request));
    });
    source.tell(&world);
    source.expect_the_same_everywhere();
}
