//! However the CRM fails: the contract's answer, within four seconds of the request, and not a row of difference. A
//! failure that is over at the second attempt is not noticed at all.

use crate::world::{World, ana};
use sandbox::{Contact, Error500, Faults, Form, RateLimit};
use site::Answer;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

const IN_TIME: Duration = Duration::from_secs(4);

/// What the three events of one row all have to be answered.
type Expected = (u16, &'static str, &'static str);

const UNAVAILABLE: Expected = (502, "failed", "crm_unavailable");
const TIMED_OUT: Expected = (504, "failed", "crm_unavailable");
const UNAUTHORIZED: Expected = (502, "failed", "crm_unauthorized");
const NOT_FOUND: Expected = (404, "failed", "contact_not_found");

struct Scene {
    world: World,
    /// A contact without a user, one with a linked user and news for it, one with a user of her address.
    new: String,
    linked: String,
}

impl Scene {
    fn set() -> Self {
        let world = World::new();
        let linked = world.contact(Contact::person("linked@example.com").first_name("Old").tag("Lead"));
        let answer = world.site.webhook("add", &[("contact_id", &linked)]);
        assert_eq!(answer.wp_status(), "created", "{}\n{}", answer.json, world.site.log());
        world.existing_user("known", "known@example.com", "subscriber");
        world.contact(Contact::person("known@example.com").first_name("New").tag("New"));
        let id = linked.parse().expect("an id");
        world.crm.set_property(id, "SYSTEM", "first_name", "", "New");
        world.crm.set_property(id, "SYSTEM", "email", "work", "linked.new@example.com");
        world.crm.add_tag(id, "New");
        let new = world.contact(ana());
        Self { world, new, linked }
    }

    /// One event for each of the three, at once, each of which would change something. Without the one that names its
    /// contact by e-mail, for a fault that no client could tell then.
    fn events(&self, by_email: bool) -> Vec<(&'static str, Answer)> {
        let site = &self.world.site;
        thread::scope(|scope| {
            let add = scope.spawn(|| site.webhook("add", &[("contact_id", &self.new)]));
            let update = scope.spawn(|| site.webhook("update", &[("contact_id", &self.linked), ("role", "author")]));
            let by_email = by_email.then_some(("email", "known@example.com"));
            let tags = by_email.map(|email| scope.spawn(move || site.webhook("update_tags", &[email])));
            let answer = |thread: thread::ScopedJoinHandle<'_, Answer>| thread.join().expect("an answer in JSON");
            let mut answers = vec![("add", answer(add)), ("update", answer(update))];
            answers.extend(tags.map(|tags| ("update_tags", answer(tags))));
            answers
        })
    }

    fn expect(&self, what: &str, expected: Expected) {
        let before = self.world.rows();
        // A search cannot tell a wrong id: it was not asked for one.
        for (action, answer) in self.events(what != "wrong id") {
            let seen = (answer.status, answer.wp_status(), answer.wp_code());
            assert_eq!(seen, expected, "{what}, {action}: {}\n{}", answer.json, self.world.site.log());
            assert_eq!(answer.json["success"], false, "{what}, {action}");
            assert!(!answer.response.body().contains("linked.new"), "{what}, {action}: {}", answer.json);
            let elapsed = answer.response.elapsed;
            assert!(elapsed < IN_TIME, "{what}, {action}: answered after {elapsed:?}");
        }
        assert_eq!(self.world.changes_since(&before), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn each_way_to_fail_has_its_answer_and_changes_nothing() {
    let scene = Scene::set();
    let crm = &scene.world.crm;
    let none = Faults::default;
    let error_500 = |error| Faults { error_500: Some(error), ..none() };
    let status = |status| Faults { status: Some(status), ..none() };
    let slow = Duration::from_secs(20);
    // Whoever follows it asks this very server once more.
    let elsewhere = format!("{}/dev/api/contacts/{}", crm.url(), scene.linked);
    let rows: Vec<(&str, Faults, Expected)> = vec![
        ("500 in JSON", error_500(Error500::json()), UNAVAILABLE),
        ("500 in HTML", error_500(Error500::html()), UNAVAILABLE),
        ("502", status(502), UNAVAILABLE),
        ("503", status(503), UNAVAILABLE),
        ("504", status(504), UNAVAILABLE),
        ("429", Faults { rate_limit: Some(RateLimit::default()), ..none() }, UNAVAILABLE),
        (
            "429, later",
            Faults { rate_limit: Some(RateLimit { retry_after: Some("3600".into()) }), ..none() },
            UNAVAILABLE,
        ),
        ("400", status(400), UNAVAILABLE),
        ("404", status(404), UNAVAILABLE),
        ("406", status(406), UNAVAILABLE),
        ("401 in JSON", Faults { unauthorized: Some(Form::Json), ..none() }, UNAUTHORIZED),
        ("401 in HTML", Faults { unauthorized: Some(Form::Html), ..none() }, UNAUTHORIZED),
        ("403", status(403), UNAUTHORIZED),
        ("302", Faults { redirect: Some(elsewhere), ..none() }, UNAUTHORIZED),
        ("301", status(301), UNAUTHORIZED),
        ("204", status(204), NOT_FOUND),
        ("201", status(201), UNAVAILABLE),
        ("HTML with 200", Faults { html_200: true, ..none() }, UNAVAILABLE),
        ("truncated", Faults { truncated_json: true, ..none() }, UNAVAILABLE),
        ("wrong id", Faults { wrong_id: true, ..none() }, UNAVAILABLE),
        ("half body", Faults { half_body: true, ..none() }, UNAVAILABLE),
        ("hang up", Faults { hang_up: true, ..none() }, UNAVAILABLE),
        ("endless body", Faults { endless_body: true, ..none() }, UNAVAILABLE),
        ("slow", Faults { latency: slow, ..none() }, TIMED_OUT),
        ("stalled headers", Faults { stalled_headers: true, ..none() }, TIMED_OUT),
    ];
    for (what, faults, expected) in rows {
        crm.reset_counts();
        crm.set_faults(faults);
        scene.expect(what, expected);
        let asked = crm.counts().total;
        let retried = asked > 3;
        match expected {
            UNAUTHORIZED | NOT_FOUND => assert!(!retried, "{what}: asked {asked} times for three events"),
            _ => assert!(asked <= 6, "{what}: asked {asked} times for three events"),
        }
    }
    crm.set_faults(none());

    // Nobody there, and somebody who never says a word.
    let url = |listener: &TcpListener| listener.local_addr().expect("an address");
    let closed = TcpListener::bind("127.0.0.1:0").map(|listener| url(&listener)).expect("a port that is free again");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    for (what, address, expected) in [
        ("unreachable", format!("http://{closed}"), UNAVAILABLE),
        ("silent at the handshake", format!("https://{}", url(&silent)), TIMED_OUT),
        ("silent after the request", format!("http://{}", url(&silent)), TIMED_OUT),
    ] {
        scene.world.site.set_constant("AGILE_BRIDGE_API_URL", address);
        scene.expect(what, expected);
    }
    scene.world.site.set_constant("AGILE_BRIDGE_API_URL", crm.url());

    // All is well again, and now each of the three events has its effect.
    for ((action, answer), expected) in scene.events(true).into_iter().zip(["created", "updated", "updated"]) {
        let seen = (answer.status, answer.wp_status());
        assert_eq!(seen, (200, expected), "{action}: {}\n{}", answer.json, scene.world.site.log());
    }
}

#[test]
fn a_failure_that_is_over_at_the_second_attempt_is_not_noticed() {
    let scene = Scene::set();
    let (crm, site) = (&scene.world.crm, &scene.world.site);
    let id: u64 = scene.linked.parse().expect("an id");
    site.webhook("update", &[("contact_id", &scene.linked)]);
    let once = |faults: Faults| Faults { only_next: Some(1), ..faults };
    let none = Faults::default;
    for (what, faults, requests) in [
        ("500 in JSON", once(Faults { error_500: Some(Error500::json()), ..none() }), 2),
        ("500 in HTML", once(Faults { error_500: Some(Error500::html()), ..none() }), 2),
        ("503", once(Faults { status: Some(503), ..none() }), 2),
        ("hang up", once(Faults { hang_up: true, ..none() }), 2),
        ("half body", once(Faults { half_body: true, ..none() }), 2),
        ("slow, but in time", Faults { latency: Duration::from_secs(2), ..none() }, 1),
    ] {
        assert!(crm.add_tag(id, what), "a new tag");
        crm.reset_counts();
        crm.set_faults(faults);
        let answer = site.webhook("update", &[("contact_id", &scene.linked)]);
        crm.set_faults(none());
        let seen = (answer.status, answer.wp_status());
        assert_eq!(seen, (200, "updated"), "{what}: {}\n{}", answer.json, site.log());
        assert!(answer.response.elapsed < IN_TIME, "{what}: {:?}", answer.response.elapsed);
        assert_eq!(crm.counts().total, requests, "{what}: {:?}", crm.counts());
        let user = scene.world.user(answer.user_id().expect("a user"));
        assert!(
            user["agilecrm_tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == what)),
            "{what}: {user}"
        );
    }
}
