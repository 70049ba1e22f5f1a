//! A second identical webhook finds nothing to do and writes nothing but its own row in the inbox, once when it comes and
//! once when it is done: shown by the database server's own log of statements, whatever the first one had to bend to make
//! WordPress store it.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Site;

/// Values that WordPress stores in another form than they are given: entities, stripped tags and octets, completed URLs.
fn awkward(email: &str) -> Contact {
    Contact::person(email)
        .first_name("Ana & <i>Bea</i>")
        .last_name("O'Ruiz \"%41b\" \\ ")
        .phone("work", "+34 600 000 000")
        .address("", &json!({"city": "Sevilla", "country": "ES"}))
        .property("SYSTEM", "website", "URL", "example.com/?a=1&b=2")
        .custom("About", "First line & more\nsecond <b>line</b> & 1 < 2\n\n")
        .custom("Nick", "  R&D \"Ana\"  ")
        .custom("Shown", "Ana & Co <hr>")
        .custom("Birthday", "1479580200")
        .custom("Member", "on")
        .custom("Seats", "12.50")
        .custom("Topics", "[\"a, b\", \"c\\\\d\", \"e & f\"]")
        .custom("None", "[]")
        .custom("Raw", " C:\\temp \\' <b>&amp;</b> %41 😀 ")
        .custom("Zero", "0")
        .tag("Lead")
        .tag("R&D 'x' \\ ü")
}

fn map() -> Value {
    let entry = |(crm, wp, kind): (&str, &str, &str)| json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "keep"});
    let mut map: Vec<Value> = [
        ("About", "description", "text"),
        ("Nick", "nickname", "text"),
        ("Shown", "display_name", "text"),
        ("website+URL", "user_url", "text"),
        ("phone+work", "billing_phone", "text"),
        ("address+city", "billing_city", "text"),
        ("About", "about", "text"),
        ("Birthday", "birthday", "date"),
        ("Member", "member", "checkbox"),
        ("Seats", "seats", "number"),
        ("Topics", "topics", "multiselect"),
        ("None", "none", "multiselect"),
        ("Raw", "raw_value", "raw"),
        ("Zero", "zero", "text"),
        ("email", "billing_email", "text"),
    ]
    .map(entry)
    .into();
    map.push(json!({"crm": "Not there", "wp": "cleared", "type": "text", "when_empty": "clear"}));
    map.push(json!({"crm": "Neither", "wp": "cleared_list", "type": "multiselect", "when_empty": "clear"}));
    map.into()
}

#[test]
fn whatever_the_action_the_second_one_changes_nothing() {
    let world = World::with(|site| site.option("agile_bridge_field_map", map()));
    let site = &world.site;
    let new = world.contact(awkward("Ana@Example.COM "));
    let known = world.contact(awkward("known@example.com"));
    world.existing_user("known", "known@example.com", "subscriber");
    let tagged = world.contact(awkward("tagged@example.com"));
    world.existing_user("tagged", "tagged@example.com", "subscriber");
    let admin = world.contact(awkward("admin@example.org"));

    for (action, id, role, first) in [
        ("add", &new, "author", "created"),
        ("add", &known, "author", "updated"),
        ("update", &tagged, "", "updated"),
        ("update_tags", &admin, "", "updated"),
    ] {
        let parameters = [("contact_id", id.as_str()), ("role", role)];
        let answer = site.webhook(action, &parameters);
        let seen = (answer.status, answer.wp_status());
        assert_eq!(seen, (200, first), "{action} for {id}: {}\n{}", answer.json, site.log());

        for action in ["update_tags", action, action] {
            let before = world.rows();
            let (answer, statements) = site.queries_during(|| site.webhook(action, &parameters));
            let seen = (answer.status, answer.wp_status());
            assert_eq!(seen, (200, "unchanged"), "{action} for {id}: {}\n{}", answer.json, writes(&statements));
            assert_eq!(writes(&statements), "", "{action} for {id} wrote to the database");
            assert_eq!(of_the_inbox(&statements), ["INSERT", "UPDATE"], "{action} for {id}: {statements:#?}");
            assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{action} for {id}");
        }
    }
    // An admin's names are mapped meta, and they settle down as well.
    site.webhook("update", &[("contact_id", &admin)]);
    let (answer, statements) = site.queries_during(|| site.webhook("update", &[("contact_id", &admin)]));
    assert_eq!((answer.wp_status(), &*writes(&statements)), ("unchanged", ""), "{}", answer.json);
    assert_eq!(of_the_inbox(&statements), ["INSERT", "UPDATE"], "{statements:#?}");
    the_log_would_have_shown_it(site, || world.crm.add_tag(tagged.parse().expect("an id"), "New"), &tagged);
}

fn verb(statement: &str) -> String {
    let words = statement.trim_start_matches(|c: char| !c.is_alphabetic());
    words.split_whitespace().next().unwrap_or_default().to_ascii_uppercase()
}

/// Statements that write, to whatever table but the event's row; or that prepare to, which takes locks. (That row is committed
/// when the answer is out, so a transaction may begin with it; and one that begins by reading reads where it was written.)
fn writes(statements: &[String]) -> String {
    const WRITING: [&str; 11] =
        ["INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP", "TRUNCATE", "START", "SAVEPOINT", "LOCK"];
    let begins_with_it = |number: usize| {
        let next = statements.get(number + 1);
        verb(&statements[number]) == "START" && next.is_some_and(|next| is_of_the_inbox(next) || verb(next) == "SELECT")
    };
    let writing = statements.iter().enumerate().filter(|(_, statement)| WRITING.contains(&&*verb(statement)));
    let others = writing.filter(|(number, statement)| !is_of_the_inbox(statement) && !begins_with_it(*number));
    others.map(|(_, statement)| statement.clone()).collect::<Vec<_>>().join("\n")
}

fn is_of_the_inbox(statement: &str) -> bool {
    let words: Vec<_> = statement.split_whitespace().take(3).collect();
    matches!(*words, ["INSERT", "INTO", "wp_agile_bridge_events"] | ["UPDATE", "wp_agile_bridge_events", ..])
}

/// What was done to the event's row.
fn of_the_inbox(statements: &[String]) -> Vec<String> {
    statements.iter().filter(|statement| is_of_the_inbox(statement)).map(|statement| verb(statement)).collect()
}

/// The same look at an event that has something to write.
fn the_log_would_have_shown_it(site: &Site, change: impl FnOnce() -> bool, id: &str) {
    assert!(change());
    let (answer, statements) = site.queries_during(|| site.webhook("update", &[("contact_id", id)]));
    assert_eq!(answer.wp_status(), "updated", "{}\n{}", answer.json, site.log());
    assert!(writes(&statements).contains("agilecrm_tags"), "{statements:#?}");
}
