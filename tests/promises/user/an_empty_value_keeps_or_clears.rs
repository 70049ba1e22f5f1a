//! What an empty value of the CRM does is the map's choice; what its type cannot read or WordPress cannot hold is left out,
//! with a note.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

fn entry(crm: &str, wp: &str, kind: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "keep"})
}

fn clearing(crm: &str, wp: &str, kind: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "clear"})
}

/// One user meta value as other plugins read it.
fn meta(world: &World, user: u64, key: &str) -> Value {
    world.site.wp(&format!("return get_user_meta({user}, '{key}', true);"))
}

#[test]
fn an_empty_value_keeps_or_clears_and_an_unreadable_one_is_noted() {
    let map = json!([
        entry("Plan", "plan", "text"),
        clearing("Level", "level", "text"),
        clearing("Topics", "topics", "multiselect"),
        clearing("Born", "born", "date"),
        clearing("first_name", "first_name", "text"),
        clearing("Bio", "description", "text"),
        entry("Nick", "nickname", "text"),
        entry("Amount", "amount", "number"),
        entry("Since", "since", "date"),
        entry("Member", "member", "checkbox"),
        entry("Site", "user_url", "text"),
        entry("Shown", "display_name", "text"),
    ]);
    let world = World::with(|site| site.option("agile_bridge_field_map", map));
    let id = world.contact(
        Contact::person("ana@example.com")
            .first_name("Ana")
            .custom("Plan", "gold")
            .custom("Level", "9")
            .custom("Topics", "a, b")
            .custom("Born", "2000-01-31")
            .custom("Bio", "Something")
            .custom("Nick", "Annie")
            .custom("Amount", "7")
            .custom("Since", "2001-01-31")
            .custom("Member", "on"),
    );
    let by_id = [("contact_id", id.as_str())];
    let answer = world.site.webhook("add", &by_id);
    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    let user_id = answer.user_id().expect("a user");
    let number: u64 = id.parse().expect("an id");
    // Of an account field nothing is ever cleared, whatever the map says.
    world.site.wp(&format!("update_user_meta({user_id}, 'description', 'My own words');"));

    // Everything is emptied, as an admin does in a form: the properties are gone.
    for (kind, name) in [
        ("SYSTEM", "first_name"),
        ("CUSTOM", "Plan"),
        ("CUSTOM", "Level"),
        ("CUSTOM", "Topics"),
        ("CUSTOM", "Born"),
        ("CUSTOM", "Bio"),
        ("CUSTOM", "Nick"),
    ] {
        world.crm.set_property(number, kind, name, "", "");
    }
    let answer = world.site.webhook("update", &by_id);
    assert_eq!((answer.status, answer.wp_status()), (200, "updated"), "{}\n{}", answer.json, world.site.log());
    let user = world.user(user_id);
    for (key, kept) in [("plan", "gold"), ("first_name", "Ana"), ("description", "My own words"), ("nickname", "Annie")]
    {
        assert_eq!(user[key], kept, "{key} is kept");
    }
    for cleared in ["level", "born", "topics"] {
        let value = meta(&world, user_id, cleared);
        assert!(value == json!("") || value == json!([]), "{cleared} is not cleared: {value}");
    }
    assert_eq!(world.site.webhook("update", &by_id).wp_status(), "unchanged");

    // What a type cannot read or a column cannot hold is left out and named; the rest of the map works.
    let long = format!("https://example.com/{}", "x".repeat(90));
    for (name, value) in [
        ("Amount", "about 7"),
        ("Since", "soon"),
        ("Member", "perhaps"),
        ("Site", &*long),
        ("Shown", &*"y".repeat(251)),
        ("Plan", "silver"),
    ] {
        world.crm.set_property(number, "CUSTOM", name, "", value);
    }
    let before = world.user(user_id);
    let answer = world.site.webhook("update", &by_id);
    assert_eq!((answer.status, answer.wp_status()), (200, "updated"), "{}\n{}", answer.json, world.site.log());
    let mut notes = answer.notes();
    notes.sort();
    let refused = ["amount", "display_name", "member", "since", "user_url"].map(|key| format!("value_refused:{key}"));
    assert_eq!(notes, refused);
    let user = world.user(user_id);
    assert_eq!(user["plan"], "silver");
    for key in ["amount", "since", "member", "user_url", "display_name"] {
        assert_eq!(user[key], before[key], "{key}");
    }
}
