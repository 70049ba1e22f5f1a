//! Old sites have tables of the charset latin1 or utf8mb3. What a column of theirs cannot hold is refused as such: no question mark
//! is ever stored in its place, what is stored stays, and the next webhook has nothing to do.

use crate::stage::look::{MINUTE, look};
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use std::time::Duration;

fn entry(crm: &str, wp: &str, kind: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "clear"})
}

/// What the tables can hold, and what they cannot.
struct Words {
    charset: &'static str,
    fits: &'static str,
    fits_not: &'static str,
}

fn contact(word: &str) -> Contact {
    Contact::person("ana@example.com")
        .first_name(word)
        .tag("Lead")
        .tag(word)
        .custom("Plan", word)
        .custom("Html", &format!("<b>{word}</b>"))
        .custom("Topics", &format!("a, {word}"))
        .custom("Shown", &format!("{word} {word}"))
        .custom("Colour", "red")
}

const REFUSED: [&str; 6] = ["agilecrm_tags", "display_name", "first_name", "html", "plan", "topics"];

struct Old {
    world: World,
    id: u64,
}

impl Old {
    fn new(words: &Words) -> Self {
        let mut map =
            vec![entry("Plan", "plan", "text"), entry("Html", "html", "raw"), entry("Topics", "topics", "multiselect")];
        map.push(json!({"crm": "Shown", "wp": "display_name"}));
        map.push(entry("Colour", "colour", "text"));
        let world = World::with(|site| site.option("agile_bridge_field_map", map));
        for table in ["wp_users", "wp_usermeta"] {
            world.site.sql(&format!("ALTER TABLE {table} CONVERT TO CHARACTER SET {}", words.charset));
        }
        let id = world.crm.create_contact(contact(words.fits_not));
        Self { world, id }
    }

    #[track_caller]
    fn send(&self, status: &str, refused: &[&str]) -> u64 {
        let answer = self.world.site.webhook("add", &[("contact_id", &self.id.to_string())]);
        self.world.expect(&answer, 200, status, "");
        let mut notes = answer.notes();
        notes.sort();
        let expected: Vec<String> = refused.iter().map(|key| format!("value_refused:{key}")).collect();
        assert_eq!(notes, expected, "{}", self.world.site.log());
        assert!(
            !self.world.rows().iter().any(|row| is_of_a_user(row) && row.contains('?')),
            "{:#?}",
            self.world.rows()
        );
        answer.user_id().expect("a user")
    }

    fn becomes(&self, word: &str) {
        let mut new = Value::from(contact(word));
        new["id"] = json!(self.id);
        new["updated_time"] = json!(self.world.now() / 1000);
        self.world.crm.replace_contact(self.id, new);
    }
}

fn is_of_a_user(row: &str) -> bool {
    row.starts_with("user|") || row.starts_with("meta|")
}

fn nothing_is_stored_that_does_not_fit(words: &Words) {
    let old = Old::new(words);
    let user = old.send("created", &REFUSED);
    let stored = old.world.user(user);
    assert_eq!((&stored["first_name"], &stored["display_name"]), (&json!(""), &json!("ana")), "{stored:#}");
    assert_eq!((&stored["colour"], stored.get("agilecrm_tags"), stored.get("plan")), (&json!("red"), None, None));
    let rows = old.world.rows();
    old.send("unchanged", &REFUSED);
    assert_eq!(old.world.changes_since(&rows), Vec::<String>::new());

    old.becomes(words.fits);
    old.send("updated", &[]);
    let stored = old.world.user(user);
    assert_eq!((&stored["first_name"], &stored["plan"]), (&json!(words.fits), &json!(words.fits)), "{stored:#}");
    assert_eq!(stored["agilecrm_tags"], json!(["Lead", words.fits]));
    old.send("unchanged", &[]);

    // What is stored stays, and nobody tries again and again.
    old.becomes(words.fits_not);
    let rows = old.world.rows();
    for _ in 0..2 {
        old.send("unchanged", &REFUSED);
    }
    old.world.advance(Duration::from_secs(5 * MINUTE));
    assert_eq!(look(&old.world), json!(0), "{:?}", old.world.events());
    assert_eq!(old.world.changes_since(&rows), Vec::<String>::new());
}

#[test]
fn in_tables_of_latin1() {
    nothing_is_stored_that_does_not_fit(&Words { charset: "latin1", fits: "José €", fits_not: "Łukasz" });
}

#[test]
fn in_tables_of_utf8mb3() {
    nothing_is_stored_that_does_not_fit(&Words { charset: "utf8mb3", fits: "Łukasz 東京", fits_not: "Ana 😀" });
}

#[test]
fn in_tables_of_another_charset() {
    nothing_is_stored_that_does_not_fit(&Words { charset: "cp1250", fits: "Łukasz", fits_not: "Жанна" });
}
