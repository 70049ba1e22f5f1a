//! Whoever can write a contact can make it as heavy as the CRM allows. What is over a limit is left out with a note, before it is
//! stored and before anything slow is done with it; the rest of the contact counts.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Answer, Request};
use std::time::{Duration, Instant};

/// By which a webhook is answered, whatever its contact holds.
const IN_TIME: Duration = Duration::from_secs(4);

fn world() -> World {
    let rule = |crm: &str, wp: &str, kind: &str| json!({"crm": crm, "wp": wp, "type": kind});
    let mut story = rule("Story", "story", "text");
    story["when_empty"] = json!("clear");
    let map = json!([
        rule("Bio", "description", "text"),
        rule("Called", "display_name", "text"),
        story,
        rule("Page", "page", "raw"),
        rule("Interests", "interests", "multiselect"),
    ]);
    World::with(|site| site.option("agile_bridge_field_map", map))
}

/// Sends `action` and wants it done, in time, with these notes.
#[track_caller]
fn send(world: &World, action: &str, id: &str, status: &str, notes: &[&str]) -> Answer {
    let began = Instant::now();
    let answer = world.site.webhook(action, &[("contact_id", id)]);
    world.expect(&answer, 200, status, "");
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    let mut got = answer.notes();
    got.sort();
    assert_eq!(got, notes, "{}", answer.json);
    answer
}

#[test]
fn heavy_contacts_harm_nobody() {
    let world = world();
    names_leave_the_screen_of_users_as_it_was(&world);
    markup_costs_no_more_than_its_length(&world);
    limits_hold_before_and_after_the_encoding(&world);
    lists_and_tags_have_limits_and_no_markup(&world);
    of_many_addresses_twenty_count(&world);
    assert_eq!(world.site.log(), "");
}

fn names_leave_the_screen_of_users_as_it_was(world: &World) {
    let name = "&".repeat(1_900_000);
    for number in 0..12 {
        let id = world.contact(Contact::person(&format!("big{number}@example.com")).first_name(&name).last_name("Big"));
        send(world, "add", &id, "created", &["value_refused:first_name"]);
    }
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = world.site.send(&Request::new("GET", "/wp-admin/users.php").header("Cookie", &cookie));
    let status = page.status;
    assert!(status == 200 && page.body().contains("big11@example.com"), "{status}\n{}", world.site.log());
}

fn markup_costs_no_more_than_its_length(world: &World) {
    let id = world.contact(Contact::person("slow@example.com").custom("Bio", "Honest").custom("Story", "Once"));
    let user = send(world, "add", &id, "created", &[]).user_id().expect("a user");
    let set = |name: &str, value: &str| world.crm.set_property(id.parse().expect("an id"), "CUSTOM", name, "", value);
    set("Bio", &"<script>".repeat(120_000));
    send(world, "update", &id, "unchanged", &["value_refused:description"]);
    // Not markup, and yet WordPress' own cleaning of this one field takes the square of their number.
    set("Bio", &"< x".repeat(1001));
    send(world, "update", &id, "unchanged", &["value_refused:description"]);
    assert_eq!(world.user(user)["description"], "Honest");

    // As much as is read at all: nothing but markup is an empty value.
    set("Bio", "Honest <b>again</b><style>x</style>");
    set("Story", &"<script>".repeat((64 << 10) / 8));
    set("Page", &"<script>".repeat((64 << 10) / 8));
    send(world, "update", &id, "updated", &[]);
    let stored = world.user(user);
    assert_eq!((&stored["description"], &stored["story"]), (&json!("Honest again"), &json!("")));
    assert_eq!(stored["page"].as_str().map(str::len), Some(64 << 10));
    send(world, "update", &id, "unchanged", &[]);
}

fn limits_hold_before_and_after_the_encoding(world: &World) {
    let id = world.contact(Contact::person("edge@example.com").first_name("Ana").last_name("Ruiz"));
    let user = send(world, "add", &id, "created", &[]).user_id().expect("a user");
    let set = |kind: &str, name: &str, value: &str| {
        world.crm.set_property(id.parse().expect("an id"), kind, name, "", value);
    };
    let (long, longer) = ("ä".repeat(250), "ä".repeat(251));
    set("SYSTEM", "first_name", &long);
    set("CUSTOM", "Called", &long);
    set("CUSTOM", "Story", &"x".repeat(64 << 10));
    send(world, "update", &id, "updated", &[]);
    let stored = world.user(user);
    assert_eq!((&stored["first_name"], &stored["display_name"]), (&json!(long), &json!(long)));

    // WordPress makes five characters of each of these.
    let many = "&".repeat(64);
    for value in [&longer, &many] {
        set("SYSTEM", "first_name", value);
        set("CUSTOM", "Called", value);
        set("CUSTOM", "Story", &"x".repeat((64 << 10) + 1));
        set("CUSTOM", "Bio", &"&".repeat(20 << 10));
        let refused = ["description", "display_name", "first_name", "story"].map(|key| format!("value_refused:{key}"));
        send(world, "update", &id, "unchanged", &refused.each_ref().map(String::as_str));
    }
    assert_eq!(world.user(user)["first_name"], stored["first_name"]);
    assert_eq!(world.user(user)["story"], stored["story"]);
}

fn lists_and_tags_have_limits_and_no_markup(world: &World) {
    let of = |number: usize| (0..number).map(|number| format!("i{number}")).collect::<Vec<_>>();
    let id = world.contact(Contact::person("tags@example.com").custom("Interests", "a, b").tag("Lead"));
    let user = send(world, "add", &id, "created", &[]).user_id().expect("a user");
    let whole = world.crm.contact(id.parse().expect("an id")).expect("the contact");
    let set = |interests: &Value, tags: &Value| {
        let mut contact = whole.clone();
        contact["tags"] = tags.clone();
        contact["properties"][1]["value"] = json!(interests.to_string());
        world.crm.replace_contact(id.parse().expect("an id"), contact);
    };
    let both = ["tags_missing", "value_refused:interests"];
    set(&json!(of(1001)), &json!(of(1001)));
    send(world, "update", &id, "unchanged", &both);
    set(&json!(["x".repeat(64 << 10), "y"]), &json!(["Lead", "t".repeat(256)]));
    send(world, "update", &id, "unchanged", &both);
    assert_eq!(world.user(user)["agilecrm_tags"], json!(["Lead"]));

    set(&json!(of(1000)), &json!(of(1000)));
    send(world, "update", &id, "updated", &[]);
    let stored = world.user(user);
    assert_eq!((&stored["interests"], &stored["agilecrm_tags"]), (&json!(of(1000)), &json!(of(1000))));

    let odd = json!([
        "<b>VIP</b>",
        "VIP",
        "a < b",
        "I <3 you",
        "<5 seats",
        "<script>x</script>",
        "R&D",
        " padded ",
        "a<b",
        "t".repeat(255)
    ]);
    set(&json!(["<b>one</b>", "<i></i>", "two<script>x</script>", "a < b"]), &odd);
    send(world, "update", &id, "updated", &[]);
    let stored = world.user(user);
    assert_eq!(stored["interests"], json!(["one", "two", "a < b"]));
    let tags = json!(["VIP", "a < b", "I <3 you", "<5 seats", "R&D", " padded ", "a&lt;b", "t".repeat(255)]);
    assert_eq!(stored["agilecrm_tags"], tags);
    send(world, "update", &id, "unchanged", &[]);
}

fn of_many_addresses_twenty_count(world: &World) {
    let rows = || number(&world.site.sql("SELECT COUNT(*) AS number FROM wp_agile_bridge_identities")[0]["number"]);
    let mut contact = Contact::person("many0@example.com").first_name("Many");
    for number in 1..20_000 {
        contact = contact.email("home", &format!("many{number}@example.com"));
    }
    let id = world.contact(contact);
    let before = rows();
    let user = send(world, "add", &id, "created", &["value_refused:user_email"]).user_id().expect("a user");
    assert_eq!(world.user(user)["user_email"], "many0@example.com");
    assert!(rows() - before < 25, "{} rows", rows() - before);
    send(world, "update", &id, "unchanged", &["value_refused:user_email"]);
    // Named by one of those that do not count it is the same contact still.
    let answer = world.site.webhook("update", &[("email", "many19999@example.com")]);
    world.expect(&answer, 200, "unchanged", "");
}
