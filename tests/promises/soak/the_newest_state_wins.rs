//! Contacts change while their webhooks arrive late, twice and in any order. In the end every user is as its contact is, and who
//! was to be welcomed has got that one mail.

use super::{
    FIELDS, Fate, Random, Tally, differences, duplicates, expect_none, fate, halves, logs, outcomes, person, scaled,
    settle, users,
};
use crate::stage::world::World;
use site::Request;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Mutex;
use std::thread;

/// Webhooks that are under way at once.
const SENDERS: u32 = 12;

#[derive(Clone)]
struct Person {
    contact: u64,
    number: u32,
    /// Its `add` asks for the welcome mail.
    welcomed: bool,
}

/// What happens, one after the other.
enum Step {
    Change(usize, Change),
    Webhook(Webhook),
}

#[derive(Clone, Copy)]
struct Webhook {
    who: usize,
    action: &'static str,
    /// When what it tells of has happened.
    of: f64,
}

enum Change {
    Field(String),
    Tag(String),
    Email(String),
}

#[test]
fn in_the_end_every_user_is_as_its_contact_is() {
    let world = World::with(|site| site.field_map(&FIELDS));
    world.drain();
    let people = the_newest_state_wins(&world, scaled(10_000), &|_, request| world.site.try_send(request));
    deadlocks_are_rare(&world, people);
}

/// How many users there are.
pub(super) fn the_newest_state_wins(
    world: &World,
    total: u32,
    send: &(impl Fn(u32, &Request) -> io::Result<site::Response> + Sync),
) -> usize {
    let (mut random, answers) = (Random::new(3), Tally::default());
    // Five webhooks for a contact, three and a half of them for something that happened.
    let people: Vec<_> = (0..total.div_ceil(5))
        .map(|number| {
            let contact = world.crm.create_contact(person(&format!("p{number}.v0@example.com"), number));
            Person { contact, number, welcomed: number.is_multiple_of(2) }
        })
        .collect();
    let steps = Mutex::new(course(&people, total, &mut random));
    let (webhooks, changes, overtaken) = {
        let steps = steps.lock().expect("nobody has it yet");
        let webhooks: Vec<_> = steps
            .iter()
            .filter_map(|step| if let Step::Webhook(webhook) = step { Some(*webhook) } else { None })
            .collect();
        (webhooks.len(), steps.len() - webhooks.len(), overtaken(&webhooks))
    };
    let share = 100 * overtaken / webhooks;
    eprintln!("{webhooks} webhooks, {overtaken} of them overtaken: {share} %");
    assert!(share >= 30, "too many come in order");
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (steps, answers, people) = (&steps, &answers, &people);
            scope.spawn(move || {
                while let Some(target) = next_webhook(world, people, steps) {
                    if fate(send(sender, &Request::new("GET", &target)), answers) != Fate::Accepted {
                        answers.count("not accepted");
                    }
                }
            });
        }
    });
    assert_eq!(settle(world), 0, "no event is given up: {}\n{}", outcomes(world), logs(world));
    eprintln!(
        "{webhooks} webhooks for {} contacts with {changes} changes; answers: {answers}\nevents: {}",
        people.len(),
        outcomes(world)
    );
    assert_eq!(answers.of("not accepted"), 0, "{answers}\n{}", logs(world));

    let users = users(world);
    expect_none("users are there twice", &duplicates(&users), world);
    expect_none("things are missing in users", &users.iter().flat_map(halves).collect::<Vec<_>>(), world);
    let by_contact: BTreeMap<_, _> =
        users.iter().map(|user| (user["agilecrm_contact_id"][0].to_string(), user)).collect();
    let wrong = people.iter().flat_map(|person| match by_contact.get(&format!("\"{}\"", person.contact)) {
        Some(user) => differences(user, &world.crm.contact(person.contact).expect("the contact")),
        None => vec![format!("contact {} has no user", person.contact)],
    });
    expect_none("users are not as their contacts", &wrong.collect::<Vec<_>>(), world);
    assert_eq!(users.len(), people.len(), "one user for each contact, and nobody else\n{}", logs(world));
    only_the_mails_that_were_asked_for(world, &people);
    people.len()
}

/// Everything that happens, in order: for each contact an `add` and some changes within a short time. Three tenths of the webhooks
/// are repetitions, and many are late, so that three tenths and more are overtaken by webhooks of later changes.
fn course(people: &[Person], total: u32, random: &mut Random) -> VecDeque<Step> {
    let mut steps: Vec<(f64, Step)> = Vec::new();
    let happenings = total * 7 / 10;
    let mut webhooks = Vec::new();
    let starts: Vec<_> = people.iter().map(|_| random.share()).collect();
    for happening in 0..happenings {
        // Everybody is added once; the rest is for anybody.
        let is_add = (happening as usize) < people.len();
        let who = if is_add { happening } else { random.below(total.div_ceil(5)) } as usize;
        let mut at = starts[who] + random.share() * if is_add { 0.01 } else { 0.04 };
        let action = if is_add {
            "add"
        } else {
            let value = format!("{} {happening}", ["plan", "tag", "address"][random.below(3) as usize]);
            let (change, action) = match random.below(20) {
                0 => (Change::Email(format!("p{}.v{happening}@example.com", people[who].number)), "update"),
                1..=7 => (Change::Tag(value), "update_tags"),
                8..=10 => (Change::Field(value), "add"),
                _ => (Change::Field(value), "update"),
            };
            steps.push((at, Step::Change(who, change)));
            action
        };
        let webhook = Webhook { who, action, of: at };
        // More than are overtaken by it: not behind each of them comes another change of its contact.
        if random.percent(60) {
            at += 0.05 * random.share();
        }
        webhooks.push((at, webhook));
    }
    for _ in happenings..total {
        let (at, webhook) = webhooks[random.below(happenings) as usize];
        webhooks.push((at + 0.03 * random.share(), webhook));
    }
    steps.extend(webhooks.into_iter().map(|(at, webhook)| (at, Step::Webhook(webhook))));
    // Stable, so that a webhook that is on time comes right after its change.
    steps.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    steps.into_iter().map(|(_, step)| step).collect()
}

/// How many are sent after one that tells of something that happened to the same contact later.
fn overtaken(webhooks: &[Webhook]) -> usize {
    let mut newest = BTreeMap::new();
    let is_overtaken = |webhook: &&Webhook| {
        let newest = newest.entry(webhook.who).or_insert(webhook.of);
        *newest = newest.max(webhook.of);
        webhook.of < *newest
    };
    webhooks.iter().filter(is_overtaken).count()
}

/// Lets happen what happens before the next webhook, one thread at a time, so that a webhook is never before its change.
fn next_webhook(world: &World, people: &[Person], steps: &Mutex<VecDeque<Step>>) -> Option<String> {
    let mut steps = steps.lock().expect("no sender has panicked");
    loop {
        match steps.pop_front()? {
            Step::Change(who, Change::Field(value)) => {
                world.crm.set_property(people[who].contact, "CUSTOM", "Plan", "", &value);
            }
            Step::Change(who, Change::Tag(tag)) => {
                world.crm.add_tag(people[who].contact, &tag);
            }
            Step::Change(who, Change::Email(email)) => {
                world.crm.set_property(people[who].contact, "SYSTEM", "email", "work", &email);
            }
            Step::Webhook(Webhook { who, action, .. }) => {
                let contact = people[who].contact.to_string();
                let mut parameters = vec![("contact_id", contact.as_str())];
                if action == "add" && people[who].welcomed {
                    parameters.push(("send_notification", "yes"));
                }
                return Some(world.site.webhook_target(action, &parameters));
            }
        }
    }
}

fn only_the_mails_that_were_asked_for(world: &World, people: &[Person]) {
    let (mut welcomes, mut notices, mut wrong) = (BTreeMap::<_, u32>::new(), 0, Vec::new());
    for mail in world.site.mails() {
        let who = mail.to.trim_start_matches('p').split('.').next().and_then(|number| number.parse::<u32>().ok());
        if mail.subject.contains("Login Details") {
            *welcomes.entry(who).or_default() += 1;
        } else if mail.subject.contains("Email Changed") {
            // WordPress tells the old address.
            notices += 1;
        } else {
            wrong.push(format!("a mail to {}: {}", mail.to, mail.subject));
        }
    }
    for person in people {
        let (got, wanted) = (welcomes.remove(&Some(person.number)).unwrap_or_default(), u32::from(person.welcomed));
        if got != wanted {
            wrong.push(format!("contact {}: {got} welcome mails and not {wanted}", person.contact));
        }
    }
    wrong.extend(welcomes.keys().map(|who| format!("a welcome mail to a stranger: {who:?}")));
    eprintln!("{} welcome mails asked for, {notices} notices of a changed address", people.len().div_ceil(2));
    expect_none("mails are wrong", &wrong, world);
}

/// Each costs a creation its transaction. Two that have nothing to do with each other should not meet.
fn deadlocks_are_rare(world: &World, creations: usize) {
    let log = world.site.log();
    let lines = log.lines().filter(|line| line.contains("Deadlock found"));
    let deadlocks: Vec<_> = lines.map(|line| line.chars().take(200).collect::<String>()).collect();
    eprintln!("{} deadlocks", deadlocks.len());
    let some = deadlocks.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(deadlocks.len() <= 1 + creations / 100, "{} deadlocks in {creations} creations:\n{some}", deadlocks.len());
}
