//! Faults by switch, and the counts that prove what a client did.

mod wire;

use sandbox::{Contact, Error500, Faults, Form, Options, RateLimit, Sandbox};
use serde_json::json;
use std::io::Read;
use std::time::{Duration, Instant};
use wire::{connect, filter, get, put, request};

fn crm() -> (Sandbox, String) {
    let crm = Sandbox::start(Options { https: None, ..Options::default() }).unwrap();
    let id = crm.create_contact(Contact::person("ana@example.com").tag("Lead"));
    (crm, format!("contacts/{id}"))
}

#[test]
fn answers_in_place_of_the_crm() {
    let (crm, path) = crm();
    let cases = [
        (Faults { error_500: Some(Error500::json()), ..Faults::default() }, 500, "exception message"),
        (Faults { error_500: Some(Error500::html()), ..Faults::default() }, 500, "try again in 30 seconds"),
        (Faults { unauthorized: Some(Form::Json), ..Faults::default() }, 401, "authentication issue"),
        (Faults { unauthorized: Some(Form::Html), ..Faults::default() }, 401, "<html>"),
        (Faults { rate_limit: Some(RateLimit::default()), ..Faults::default() }, 429, ""),
        (Faults { status: Some(503), ..Faults::default() }, 503, "<html>"),
        (Faults { html_200: true, ..Faults::default() }, 200, "<html>"),
    ];
    for (faults, status, body) in cases {
        crm.set_faults(faults);
        let answer = get(&crm, &path);
        assert_eq!(answer.status, status);
        assert!(answer.body.contains(body) && answer.whole, "{answer:?}");
        assert!(!answer.has("Retry-After"));
    }
    crm.set_faults(Faults::default());
    assert_eq!(get(&crm, &path).status, 200);
}

#[test]
fn retry_after_and_location_are_sent_as_given() {
    let (crm, path) = crm();
    crm.set_faults(Faults { rate_limit: Some(RateLimit { retry_after: Some("2".into()) }), ..Faults::default() });
    assert!(get(&crm, &path).has("Retry-After: 2"));
    crm.set_faults(Faults { redirect: Some("https://www.example.com/".into()), ..Faults::default() });
    let answer = get(&crm, &path);
    assert_eq!(answer.status, 302);
    assert!(answer.has("Location: https://www.example.com/"));
}

#[test]
fn a_rate_fails_every_so_many_requests() {
    let (crm, path) = crm();
    crm.set_faults(Faults { error_500: Some(Error500::json().rate(0.1)), ..Faults::default() });
    let statuses: Vec<u16> = (0..30).map(|_| get(&crm, &path).status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 500).count(), 3);
    assert_eq!(statuses[9], 500);
    assert_eq!(crm.counts().with_status(500), 3);
}

#[test]
fn a_500_may_come_after_the_write() {
    let (crm, path) = crm();
    let id: u64 = path.trim_start_matches("contacts/").parse().unwrap();
    let error = Error500 { after_write: true, ..Error500::json() };
    crm.set_faults(Faults { error_500: Some(error), ..Faults::default() });
    let edit = json!({"id": id, "properties": [{"type": "CUSTOM", "name": "Plan", "value": "gold"}]});
    assert_eq!(put(&crm, "contacts/edit-properties", &edit).status, 500);
    assert_eq!(crm.property(id, "Plan").as_deref(), Some("gold"));
}

#[test]
fn a_fault_may_meet_only_the_next_requests_or_one_route() {
    let (crm, path) = crm();
    crm.set_faults(Faults {
        status: Some(502),
        only_next: Some(2),
        only_route: Some("GET contacts/{id}".into()),
        ..Faults::default()
    });
    assert_eq!(get(&crm, "tags").status, 200);
    let statuses: Vec<u16> = (0..3).map(|_| get(&crm, &path).status).collect();
    assert_eq!(statuses, [502, 502, 200]);
    assert_eq!(crm.faults(), Faults::default());
}

#[test]
fn a_fault_may_spare_the_first_requests() {
    let (crm, path) = crm();
    crm.set_faults(Faults { status: Some(502), spares: 2, only_next: Some(1), ..Faults::default() });
    let statuses: Vec<u16> = (0..4).map(|_| get(&crm, &path).status).collect();
    assert_eq!(statuses, [200, 200, 502, 200]);
}

#[test]
fn spoiled_answers() {
    let (crm, path) = crm();
    let whole = get(&crm, &path);
    crm.set_faults(Faults { truncated_json: true, ..Faults::default() });
    let answer = get(&crm, &path);
    assert!(answer.whole && whole.body.starts_with(&answer.body) && answer.body.len() < whole.body.len());
    crm.set_faults(Faults { wrong_id: true, ..Faults::default() });
    assert_eq!(get(&crm, &path).json()["id"].as_u64(), whole.json()["id"].as_u64().map(|id| id + 1));
    crm.set_faults(Faults { half_body: true, ..Faults::default() });
    let answer = get(&crm, &path);
    assert!(!answer.whole && answer.status == 200, "{answer:?}");
    crm.set_faults(Faults { hang_up: true, ..Faults::default() });
    assert_eq!(get(&crm, &path).status, 0);
}

#[test]
fn latency_and_a_stall_make_a_client_wait() {
    let (crm, path) = crm();
    crm.set_faults(Faults { latency: Duration::from_millis(60), ..Faults::default() });
    let start = Instant::now();
    get(&crm, &path);
    assert!(start.elapsed() >= Duration::from_millis(60));
    crm.set_faults(Faults { stalled_headers: true, ..Faults::default() });
    let mut stream = connect(&crm);
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    request(&crm, "GET", &path).write(&mut stream, "");
    assert!(stream.read(&mut [0]).is_err());
    assert_eq!(crm.counts().with_status(0), 1);
}

#[test]
fn an_endless_body_goes_on() {
    let (crm, path) = crm();
    crm.set_faults(Faults { endless_body: true, ..Faults::default() });
    let mut stream = connect(&crm);
    request(&crm, "GET", &path).write(&mut stream, "");
    let mut megabyte = vec![0; 1 << 20];
    stream.read_exact(&mut megabyte).unwrap();
}

#[test]
fn an_idle_connection_is_closed_by_the_server() {
    let (crm, path) = crm();
    let mut stream = connect(&crm);
    assert_eq!(request(&crm, "GET", &path).send_on(&mut stream).status, 200);
    // Also one that is idle already.
    crm.set_faults(Faults { close_idle: Some(Duration::from_millis(20)), ..Faults::default() });
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn searches_may_trail_behind_and_updated_time_be_refused() {
    let (crm, path) = crm();
    crm.set_faults(Faults {
        search_lag: Duration::from_secs(60),
        refuse_updated_time_filter: true,
        ..Faults::default()
    });
    assert_eq!(get(&crm, "contacts/search/email/ana%40example.com").status, 204);
    assert_eq!(get(&crm, &path).status, 200);
    let tagged = r#"{"rules":[{"LHS":"tags","CONDITION":"EQUALS","RHS":"Lead"}]}"#;
    assert_eq!(filter(&crm, &[("filterJson", tagged)]).body, "[]");
    let changed = r#"{"rules":[{"LHS":"updated_time","CONDITION":"AFTER","RHS":0}]}"#;
    assert_eq!(filter(&crm, &[("filterJson", changed)]).status, 500);
}

#[test]
fn one_contact_may_fail_and_no_other() {
    let (crm, path) = crm();
    let other = crm.create_contact(Contact::person("other@example.com"));
    crm.set_faults(Faults { status: Some(503), only_contacts: vec![other], ..Faults::default() });
    assert_eq!(get(&crm, &path).status, 200);
    assert_eq!(get(&crm, &format!("contacts/{other}")).status, 503);
    assert_eq!(get(&crm, "contacts").status, 200);
}

#[test]
fn a_long_page_may_never_be_answered() {
    let (crm, path) = crm();
    crm.set_faults(Faults { longest_page: Some(50), ..Faults::default() });
    assert_eq!(get(&crm, "contacts?page_size=50").status, 200);
    assert_eq!(get(&crm, &path).status, 200, "what is no list is answered as ever");
    let mut stream = connect(&crm);
    request(&crm, "GET", "contacts?page_size=51").write(&mut stream, "");
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(stream.read(&mut [0]).is_err());
}

#[test]
fn one_connection_is_counted_once() {
    let (crm, path) = crm();
    let mut stream = connect(&crm);
    for _ in 0..3 {
        assert_eq!(request(&crm, "GET", &path).send_on(&mut stream).status, 200);
    }
    get(&crm, "tags");
    let counts = crm.counts();
    assert_eq!((counts.connections_opened, counts.total, counts.in_flight), (2, 4, 0));
    let open = || crm.counts().connections_open;
    assert!(open() > 0);
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(5);
    while open() > 0 {
        assert!(Instant::now() < deadline, "{} are still open", open());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((counts.of("GET", "contacts/{id}"), counts.of("GET", "tags")), (3, 1));
    assert_eq!(counts.requests[&("GET".into(), "contacts/{id}".into(), 200)], 3);
    crm.reset_counts();
    assert_eq!(crm.counts().total, 0);
    assert!(crm.requests().is_empty());
}

#[test]
fn the_most_in_flight_is_counted() {
    let (crm, path) = crm();
    let (mut one, mut other) = (connect(&crm), connect(&crm));
    for _ in 0..100 {
        request(&crm, "GET", &path).send_on(&mut one);
        request(&crm, "GET", &path).send_on(&mut other);
    }
    assert_eq!(crm.counts().in_flight_max, 1);
    crm.set_faults(Faults { latency: Duration::from_millis(150), ..Faults::default() });
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| get(&crm, &path));
        }
    });
    assert_eq!(crm.counts().in_flight_max, 4);
}

#[test]
fn requests_are_recorded_without_credentials() {
    let (crm, path) = crm();
    get(&crm, &path);
    let recorded = &crm.requests()[0];
    assert_eq!((recorded.method.as_str(), recorded.status), ("GET", 200));
    assert_eq!(recorded.path, format!("/dev/api/{path}"));
    assert!(recorded.headers.contains(&("authorization".into(), "(not kept)".into())));
}
