use super::*;
use crate::contact::ContactId;
use crate::crm::account::Settings;
use sandbox::{Faults, RateLimit, Sandbox};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

#[path = "fetch_outage_tests.rs"]
mod outages;

const SECOND: Duration = Duration::from_secs(1);

/// A CRM, a worker's client, and what one PHP object has begun.
struct World {
    crm: Sandbox,
    account: Arc<Account>,
    http: Rc<Http>,
    fetches: Fetches,
}

fn account(url: String) -> Arc<Account> {
    let options = sandbox::Options::default();
    let (domain, email, api_key) = (options.domain, options.email, options.api_key);
    Arc::new(Account::new(&Settings { domain, email, api_key, api_url: url, proxy: String::new() }).unwrap())
}

fn world() -> World {
    let crm = Sandbox::start(sandbox::Options { https: None, ..sandbox::Options::default() }).unwrap();
    let account = account(crm.url());
    let http = Rc::new(Http::new(account.options().clone()).unwrap());
    World { crm, account, http, fetches: Fetches::default() }
}

impl World {
    fn contact(&self, number: usize) -> u64 {
        self.crm.create_contact(sandbox::Contact::person(&format!("c{number}@example.com")))
    }

    fn begin(&mut self, key: &str, id: u64, within: Duration) {
        let named = Named::Id(ContactId::parse(&id.to_string()).unwrap());
        self.begin_named(key, named, within);
    }

    fn begin_named(&mut self, key: &str, named: Named, within: Duration) {
        let deadline = Some(Instant::now() + within);
        self.fetches.begin(key.into(), named, &self.account, deadline, &self.http);
    }

    fn take(&mut self) -> (String, Result<String, Error>) {
        let Fetched { key, result } = self.fetches.take().unwrap();
        (String::from_utf8(key).unwrap(), result.map(|contact| contact.id.to_string()))
    }

    /// How one fetch fails while these faults are on.
    fn failure(&mut self, id: u64, faults: Faults) -> Error {
        self.crm.set_faults(faults);
        self.begin("x", id, SECOND);
        let failure = self.take().1.unwrap_err();
        self.crm.set_faults(Faults::default());
        failure
    }
}

#[test]
fn eight_fetches_take_the_time_of_one() {
    let mut world = world();
    let ids: Vec<u64> = (0..8).map(|number| world.contact(number)).collect();
    world.crm.set_faults(Faults { latency: Duration::from_millis(300), ..Faults::default() });
    let start = Instant::now();
    for id in &ids {
        world.begin(&format!("event {id}"), *id, 3 * SECOND);
    }
    assert!(start.elapsed() < Duration::from_millis(200), "begun in {:?}", start.elapsed());
    assert_eq!(world.fetches.pending(), 8);
    let mut taken = BTreeSet::new();
    while world.fetches.pending() > 0 {
        let (key, id) = world.take();
        assert_eq!(key, format!("event {}", id.unwrap()));
        taken.insert(key);
    }
    assert!(start.elapsed() < Duration::from_millis(1200), "taken after {:?}", start.elapsed());
    assert_eq!(taken.len(), 8);
    assert_eq!((world.crm.counts().in_flight_max, world.crm.counts().total), (8, 8));
    assert_eq!(world.fetches.take(), None);
}

#[test]
fn the_first_complete_is_taken_first() {
    let mut world = world();
    let (slow, quick) = (world.contact(0), world.contact(1));
    world.crm.set_faults(Faults {
        latency: Duration::from_millis(500),
        only_route: Some("GET contacts/{id}".into()),
        ..Faults::default()
    });
    world.begin("slow", slow, 3 * SECOND);
    world.begin_named("quick", Named::Email("c1@example.com".into()), 3 * SECOND);
    world.fetches.fail(b"bad".into(), Error::unusable("this is not a contact's id"));
    assert_eq!(world.fetches.pending(), 3);
    assert_eq!(world.take(), ("bad".into(), Err(Error::unusable("this is not a contact's id"))));
    assert_eq!(world.take(), ("quick".into(), Ok(quick.to_string())));
    assert_eq!(world.take(), ("slow".into(), Ok(slow.to_string())));
    assert_eq!((world.fetches.pending(), world.fetches.take()), (0, None));
}

#[test]
fn a_request_leaves_before_anybody_waits_for_it() {
    let mut world = world();
    let id = world.contact(0);
    world.begin("first", id, SECOND);
    world.take().1.unwrap();
    world.begin("second", id, SECOND);
    thread::sleep(Duration::from_millis(200));
    assert_eq!(world.crm.counts().with_status(200), 2);
    world.take().1.unwrap();
    assert_eq!(world.crm.counts().connections_opened, 1);
}

#[test]
fn a_connection_closed_meanwhile_is_noticed() {
    let mut world = world();
    let id = world.contact(0);
    world.crm.set_faults(Faults { close_idle: Some(Duration::from_millis(50)), ..Faults::default() });
    for _ in 0..3 {
        world.begin("x", id, SECOND);
        world.take().1.unwrap();
        thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(world.crm.counts().total, 3);
}

#[test]
fn an_answer_that_came_while_php_was_busy_is_not_thrown_away() {
    let mut world = world();
    let small = world.contact(0);
    let note = "x".repeat(400_000);
    let large = world.crm.create_contact(sandbox::Contact::person("large@example.com").custom("Note", &note));
    // The connections are there.
    for (key, id) in [("small", small), ("large", large)] {
        world.begin(key, id, SECOND);
    }
    world.take().1.unwrap();
    world.take().1.unwrap();
    world.crm.set_faults(Faults { latency: Duration::from_millis(100), ..Faults::default() });
    for (key, id) in [("small", small), ("large", large)] {
        world.begin(key, id, Duration::from_millis(400));
    }
    thread::sleep(SECOND);
    for _ in 0..2 {
        let (key, id) = world.take();
        assert!(id.is_ok(), "{key}: {id:?}");
    }
    assert_eq!(world.crm.counts().total, 4);
}

#[test]
fn an_answer_that_does_not_come_is_out_of_time() {
    let mut world = world();
    let id = world.contact(0);
    world.crm.set_faults(Faults { stalled_headers: true, ..Faults::default() });
    for busy in [Duration::ZERO, Duration::from_millis(500)] {
        let start = Instant::now();
        world.begin("x", id, Duration::from_millis(300));
        thread::sleep(busy);
        let error = world.take().1.unwrap_err();
        assert_eq!((error.http_status(), error.code(), error.is_outage()), (504, "crm_unavailable", true));
        assert!(start.elapsed() < Duration::from_millis(700), "{:?}", start.elapsed());
    }
    // Not even asked: that tells nothing of the CRM.
    world.crm.reset_counts();
    world.begin("x", id, Duration::ZERO);
    let error = world.take().1.unwrap_err();
    assert_eq!((error.http_status(), error.is_outage(), world.crm.counts().total), (504, false, 0));
}

#[test]
fn the_time_the_crm_asks_for_is_passed_on() {
    let mut world = world();
    let id = world.contact(0);
    for (header, seconds) in
        [(Some("17"), Some(17)), (Some("999999"), Some(86_400)), (Some("soon"), None), (None, None)]
    {
        let limit = RateLimit { retry_after: header.map(str::to_owned) };
        let error = world.failure(id, Faults { rate_limit: Some(limit), ..Faults::default() });
        assert_eq!((error.retry_after(), error.is_outage()), (seconds, true), "{header:?}");
    }
    let date = jiff::Timestamp::now().saturating_add(jiff::SignedDuration::from_secs(100)).unwrap();
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    let limit = RateLimit { retry_after: Some(date) };
    let error = world.failure(id, Faults { rate_limit: Some(limit), ..Faults::default() });
    assert!((90..=100).contains(&error.retry_after().unwrap()), "{error:?}");
}

#[test]
fn a_503_that_says_when_to_come_back_is_not_asked_again_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let account = account(format!("http://{}", listener.local_addr().unwrap()));
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let status = if number == 0 { "503 Busy\r\nRetry-After: 7" } else { "404 Asked Again" };
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let http = Rc::new(Http::new(account.options().clone()).unwrap());
    let mut fetches = Fetches::default();
    fetches.begin(vec![0xff], Named::Id(ContactId::parse("5").unwrap()), &account, None, &http);
    let result = Err(Error::outage("it answered with status 503", Some(7)));
    assert_eq!(fetches.take(), Some(Fetched { key: vec![0xff], result }));
}

#[test]
fn what_nobody_waits_for_any_more_harms_nobody() {
    let mut world = world();
    let id = world.contact(0);
    world.crm.set_faults(Faults { latency: Duration::from_millis(100), ..Faults::default() });
    for _ in 0..4 {
        world.begin("dropped", id, SECOND);
    }
    world.fetches = Fetches::default();
    world.begin("kept", id, SECOND);
    assert_eq!(world.take(), ("kept".into(), Ok(id.to_string())));
    assert_eq!(world.fetches.pending(), 0);
}
