//! However the CRM fails: the contract's answer, within four seconds of the request, and not a row of difference about
//! users. When the CRM is well again, what was sent meanwhile is done. A failure that is over at the second attempt is not
//! noticed at all.

use crate::stage::world::World;
use sandbox::{Contact, Error500, Faults, Form, RateLimit};
use serde_json::json;
use site::Answer;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

const IN_TIME: Duration = Duration::from_secs(4);

/// Each of these tests sends three webhooks at once and wants all three to meet the fault.
const ALL_INLINE: &str = "<?php add_filter( 'agile_bridge_inline_workers', static fn() => 4 );";

/// First name, tags, roles and contact of who has these addresses.
const USERS: &str = "return array_map(function ($email) {
    $user = get_user_by('email', $email);
    return $user ? array($user->first_name, $user->agilecrm_tags, array_values($user->roles), $user->agilecrm_contact_id) : null;
}, $given);";

/// What an event is answered: `queued` if it is kept and tried again.
type Expected = (u16, &'static str, &'static str);

const QUEUED: Expected = (202, "queued", "");
const NOT_FOUND: Expected = (404, "failed", "contact_not_found");

struct Scene {
    world: World,
    scenes: usize,
    /// A contact without a user, one with a linked user and news for it, one with a user of her address.
    new: Person,
    linked: Person,
    known: Person,
}

#[derive(Default)]
struct Person {
    contact: String,
    email: String,
}

impl Scene {
    fn set() -> Self {
        let world = World::with(|site| site.mu_plugin_file("all-inline.php", ALL_INLINE));
        let nobody = Person::default;
        let mut scene = Self { world, scenes: 0, new: nobody(), linked: nobody(), known: nobody() };
        scene.change();
        scene
    }

    /// Three others, to whom nothing has happened yet.
    fn change(&mut self) {
        self.scenes += 1;
        let world = &self.world;
        let email = |name: &str| format!("{name}{}@example.com", self.scenes);
        let person = |name: &str| Contact::person(&email(name)).first_name("New").tag("New");

        let (contact, answer) = world.add(Contact::person(&email("linked")).first_name("Old").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        let id = contact.parse().expect("an id");
        world.crm.set_property(id, "SYSTEM", "first_name", "", "New");
        world.crm.set_property(id, "SYSTEM", "email", "work", &email("linked.new"));
        world.crm.add_tag(id, "New");
        self.linked = Person { contact, email: email("linked.new") };

        world.existing_user(&format!("known{}", self.scenes), &email("known"), "subscriber");
        self.known = Person { contact: world.contact(person("known")), email: email("known") };
        self.new = Person { contact: world.contact(person("new")), email: email("new") };
    }

    /// One event for each of the three, at once, each of which would change something. Without the one that names its
    /// contact by e-mail, for a fault that no client could tell then.
    fn events(&self, by_email: bool) -> Vec<(&'static str, Answer)> {
        let site = &self.world.site;
        thread::scope(|scope| {
            let add = scope.spawn(|| site.webhook("add", &[("contact_id", &self.new.contact)]));
            let update =
                scope.spawn(|| site.webhook("update", &[("contact_id", &self.linked.contact), ("role", "author")]));
            let by_email = by_email.then_some(("email", &*self.known.email));
            let tags = by_email.map(|email| scope.spawn(move || site.webhook("update_tags", &[email])));
            let answer = |thread: thread::ScopedJoinHandle<'_, Answer>| thread.join().expect("an answer in JSON");
            let mut answers = vec![("add", answer(add)), ("update", answer(update))];
            answers.extend(tags.map(|tags| ("update_tags", answer(tags))));
            answers
        })
    }

    /// `expected` of those that name their contact by its id; what a search does not find is looked for again.
    fn expect(&self, what: &str, expected: Expected) {
        let before = self.world.rows();
        // A search cannot tell a wrong id: it was not asked for one.
        for (action, answer) in self.events(what != "wrong id") {
            let expected = if action == "update_tags" { QUEUED } else { expected };
            let seen = (answer.status, answer.wp_status(), answer.wp_code());
            assert_eq!(seen, expected, "{what}, {action}: {}\n{}", answer.json, self.world.site.log());
            assert_eq!(answer.success(), expected == QUEUED, "{what}, {action}");
            assert!(!answer.response.body().contains("linked.new"), "{what}, {action}: {}", answer.json);
            let elapsed = answer.response.elapsed;
            assert!(elapsed < IN_TIME, "{what}, {action}: answered after {elapsed:?}");
        }
        assert_eq!(self.world.changes_since(&before), Vec::<String>::new(), "{what}");
    }

    /// The fault is over: the three events have their effects, though nobody calls once more.
    fn catches_up(&self, what: &str, expected: Expected) {
        let world = &self.world;
        world.catch_up();
        let emails = json!([self.new.email, self.linked.email, self.known.email]);
        let users = world.wp_given(&emails, USERS);
        // What had its answer is over.
        let new = (expected == QUEUED).then(|| json!(["New", ["New"], ["subscriber"], self.new.contact]));
        let linked = (expected == QUEUED).then(|| json!(["New", ["Lead", "New"], ["author"], self.linked.contact]));
        // `update_tags` is for tags.
        let known = if what == "wrong id" {
            json!(["", "", ["subscriber"], ""])
        } else {
            json!(["", ["New"], ["subscriber"], self.known.contact])
        };
        assert_eq!(users, json!([new, linked, known]), "{what}: {:#?}\n{}", world.events(), world.site.log());
    }
}

#[test]
fn each_way_to_fail_has_its_answer_and_changes_nothing() {
    let mut scene = Scene::set();
    let none = Faults::default;
    let error_500 = |error| Faults { error_500: Some(error), ..none() };
    let status = |status| Faults { status: Some(status), ..none() };
    let slow = Duration::from_secs(20);
    // Whoever follows it asks this very server once more.
    let elsewhere = format!("{}/dev/api/users/current-user", scene.world.crm.url());
    // How often the CRM may be asked for the three: once more for what may have been an accident, or may be about one contact.
    let (once, retried) = (3, 6);
    let rows: Vec<(&str, Faults, Expected, u64)> = vec![
        ("500 in JSON", error_500(Error500::json()), QUEUED, retried),
        ("500 in HTML", error_500(Error500::html()), QUEUED, retried),
        ("502", status(502), QUEUED, retried),
        ("503", status(503), QUEUED, retried),
        ("504", status(504), QUEUED, retried),
        ("429", Faults { rate_limit: Some(RateLimit::default()), ..none() }, QUEUED, retried),
        (
            "429, later",
            Faults { rate_limit: Some(RateLimit { retry_after: Some("3600".into()) }), ..none() },
            QUEUED,
            retried,
        ),
        ("400", status(400), QUEUED, retried),
        ("404", status(404), QUEUED, retried),
        ("406", status(406), QUEUED, retried),
        ("401 in JSON", Faults { unauthorized: Some(Form::Json), ..none() }, QUEUED, retried),
        ("401 in HTML", Faults { unauthorized: Some(Form::Html), ..none() }, QUEUED, retried),
        ("403", status(403), QUEUED, retried),
        ("302", Faults { redirect: Some(elsewhere), ..none() }, QUEUED, retried),
        ("301", status(301), QUEUED, retried),
        ("204", status(204), NOT_FOUND, once),
        ("201", status(201), QUEUED, retried),
        ("HTML with 200", Faults { html_200: true, ..none() }, QUEUED, retried),
        ("truncated", Faults { truncated_json: true, ..none() }, QUEUED, retried),
        ("wrong id", Faults { wrong_id: true, ..none() }, QUEUED, retried),
        ("half body", Faults { half_body: true, ..none() }, QUEUED, retried),
        ("hang up", Faults { hang_up: true, ..none() }, QUEUED, retried),
        ("endless body", Faults { endless_body: true, ..none() }, QUEUED, retried),
        ("slow", Faults { latency: slow, ..none() }, QUEUED, retried),
        ("stalled headers", Faults { stalled_headers: true, ..none() }, QUEUED, retried),
    ];
    for (what, faults, expected, at_most) in rows {
        scene.change();
        let crm = &scene.world.crm;
        crm.reset_counts();
        crm.set_faults(faults);
        scene.expect(what, expected);
        let asked = crm.counts().total;
        assert!((1..=at_most).contains(&asked), "{what}: asked {asked} times for three events");
        crm.set_faults(none());
        scene.catches_up(what, expected);
    }

    // Nobody there, and somebody who never says a word.
    let url = |listener: &TcpListener| listener.local_addr().expect("an address");
    let closed = TcpListener::bind("127.0.0.1:0").map(|listener| url(&listener)).expect("a port that is free again");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    for (what, address) in [
        ("unreachable", format!("http://{closed}")),
        ("silent at the handshake", format!("https://{}", url(&silent))),
        ("silent after the request", format!("http://{}", url(&silent))),
    ] {
        scene.change();
        scene.world.site.set_constant("AGILE_BRIDGE_API_URL", address);
        scene.expect(what, QUEUED);
        scene.world.site.set_constant("AGILE_BRIDGE_API_URL", scene.world.crm.url());
        scene.catches_up(what, QUEUED);
    }

    // All is well again, and each of the three events has its effect before the answer.
    scene.change();
    for ((action, answer), expected) in scene.events(true).into_iter().zip(["created", "updated", "updated"]) {
        let seen = (answer.status, answer.wp_status());
        assert_eq!(seen, (200, expected), "{action}: {}\n{}", answer.json, scene.world.site.log());
    }
    assert_eq!(scene.world.drain(), 0, "{:?}", scene.world.events());
}

#[test]
fn a_failure_that_is_over_at_the_second_attempt_is_not_noticed() {
    let scene = Scene::set();
    let (crm, site) = (&scene.world.crm, &scene.world.site);
    let contact = [("contact_id", &*scene.linked.contact)];
    let id: u64 = scene.linked.contact.parse().expect("an id");
    site.webhook("update", &contact);
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
        let answer = site.webhook("update", &contact);
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
