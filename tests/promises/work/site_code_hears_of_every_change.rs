//! Our hooks and WP Fusion's: fired after the writes, with the arguments that the contract names, once for each change and
//! never with a password. The same where it is done later; and a failure is told when it is one, not while it is tried again.

use crate::stage::inbox::number;
use crate::stage::listener::{names, world};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use std::time::Duration;

fn arguments<'a>(notes: &'a [Value], hook: &str) -> &'a Value {
    let note = notes.iter().find(|note| note["hook"] == hook);
    &note.unwrap_or_else(|| panic!("{hook} was not fired: {notes:#?}"))["args"]
}

/// In every action, somebody else sees the user as they are at the end.
fn assert_written_before(notes: &[Value], email: &str, plan: &str, tags: &str) {
    let actions: Vec<_> = notes.iter().filter(|note| note["stored"].is_object()).collect();
    assert!(!actions.is_empty(), "{notes:#?}");
    for action in actions {
        assert_eq!(action["stored"], json!({"user_email": email, "plan": plan, "tags": tags}), "{action:#}");
    }
    let last_filter = notes.iter().rposition(|note| note["stored"].is_null());
    let first_action = notes.iter().position(|note| note["stored"].is_object());
    assert!(last_filter < first_action, "a filter after an action: {:?}", names(notes));
}

/// Not even the contact, as the property that is mapped to it.
fn no_action_holds(notes: &[Value], passwords: &[&str]) {
    for note in notes.iter().filter(|note| note["stored"].is_object()) {
        let arguments = note["args"].to_string();
        let held = passwords.iter().find(|password| arguments.contains(**password));
        assert_eq!(held, None, "a password in an action's arguments: {note:#}");
    }
}

/// One that is mapped, and one that was once returned.
const PASSWORDS: [&str; 2] = ["a password of the CRM", "a returned password"];

/// A contact and the user that was made of her.
struct Told<'a> {
    world: &'a World,
    id: String,
    user: u64,
}

#[test]
fn every_change_is_told_with_its_arguments() {
    let world = world();
    let contact = ana().tag("VIP").custom("Plan", "gold").custom("Secret", PASSWORDS[0]);
    let (id, answer) = world.add(contact.custom("WP Password", PASSWORDS[1]));
    world.expect(&answer, 200, "created", "");
    let told = Told { world: &world, id, user: answer.user_id().expect("a user") };
    told.of_a_new_user();
    told.of_nothing_when_nothing_changes();
    told.of_fields_and_tags();
    told.of_tags_alone();
    failures_are_told_too(&world);
    a_generated_password_is_told_to_nobody(&world);
}

impl Told<'_> {
    fn update(&self, action: &str, expected: &str) -> Vec<Value> {
        let answer = self.world.site.webhook(action, &[("contact_id", &self.id)]);
        self.world.expect(&answer, 200, expected, "");
        self.world.take_notes()
    }

    fn is_her_contact(&self, contact: &Value) {
        assert_eq!((&contact["id"], &contact["type"]), (&json!(self.id), &json!("PERSON")), "{contact}");
        let properties = contact["properties"].as_array().cloned().unwrap_or_default();
        assert!(properties.iter().any(|property| property["value"] == "Ruiz"), "{contact}");
    }

    fn of_a_new_user(&self) {
        let (notes, user, id) = (self.world.take_notes(), self.user, &self.id);
        let expected = [
            "agile_bridge_tags_changed",
            "agile_bridge_user_created",
            "agile_bridge_user_data",
            "wpf_api_success",
            "wpf_import_user",
            "wpf_set_user_meta",
            "wpf_tags_applied",
            "wpf_tags_modified",
            "wpf_user_imported",
        ];
        assert_eq!(names(&notes), expected);
        for hook in ["agile_bridge_user_data", "wpf_import_user", "wpf_set_user_meta"] {
            is_her_data(&arguments(&notes, hook)[0]);
        }
        is_her_data(&arguments(&notes, "wpf_user_imported")[1]);
        self.is_her_contact(&arguments(&notes, "agile_bridge_user_data")[1]);
        self.is_her_contact(&arguments(&notes, "agile_bridge_user_created")[1]);
        assert_eq!(arguments(&notes, "agile_bridge_user_created")[0], user);
        assert_eq!(arguments(&notes, "wpf_user_imported")[0], user);
        assert_eq!(arguments(&notes, "wpf_import_user")[1], **id);
        assert_eq!(arguments(&notes, "wpf_set_user_meta")[1], user);
        assert_eq!(*arguments(&notes, "agile_bridge_tags_changed"), json!([user, ["Lead", "VIP"], []]));
        assert_eq!(*arguments(&notes, "wpf_tags_applied"), json!([user, ["Lead", "VIP"]]));
        assert_eq!(*arguments(&notes, "wpf_tags_modified"), json!([user, ["Lead", "VIP"]]));
        assert_eq!(*arguments(&notes, "wpf_api_success"), json!([user, "add", id]));
        assert_written_before(&notes, "ana@example.com", "gold", r#"a:2:{i:0;s:4:"Lead";i:1;s:3:"VIP";}"#);
        no_action_holds(&notes, &PASSWORDS);
    }

    /// But that the call succeeded.
    fn of_nothing_when_nothing_changes(&self) {
        for action in ["add", "update", "update_tags"] {
            let notes = self.update(action, "unchanged");
            let actions: Vec<_> = notes.iter().filter(|note| note["stored"].is_object()).cloned().collect();
            assert_eq!(names(&actions), ["wpf_api_success"], "{action}");
            assert_eq!(*arguments(&notes, "wpf_api_success"), json!([self.user, action, self.id]));
        }
    }

    fn of_fields_and_tags(&self) {
        let (number, user) = (self.id.parse().expect("an id"), self.user);
        self.world.crm.set_property(number, "CUSTOM", "Plan", "", "silver");
        self.world.crm.remove_tag(number, "VIP");
        self.world.crm.add_tag(number, "Gone");
        let notes = self.update("update", "updated");
        let expected = [
            "agile_bridge_tags_changed",
            "agile_bridge_user_data",
            "agile_bridge_user_updated",
            "wpf_api_success",
            "wpf_pulled_user_meta",
            "wpf_set_user_meta",
            "wpf_tags_applied",
            "wpf_tags_modified",
            "wpf_tags_removed",
            "wpf_user_updated",
        ];
        assert_eq!(names(&notes), expected);
        assert_eq!(arguments(&notes, "agile_bridge_user_updated")[0], user);
        self.is_her_contact(&arguments(&notes, "agile_bridge_user_updated")[1]);
        assert_eq!(arguments(&notes, "wpf_user_updated")[0], user);
        assert_eq!(arguments(&notes, "wpf_user_updated")[1]["plan"], "silver");
        for filter in ["wpf_pulled_user_meta", "wpf_set_user_meta"] {
            let arguments = arguments(&notes, filter);
            assert_eq!((&arguments[0]["plan"], &arguments[1]), (&json!("silver"), &json!(user)), "{filter}");
        }
        assert_eq!(*arguments(&notes, "agile_bridge_tags_changed"), json!([user, ["Gone"], ["VIP"]]));
        assert_eq!(*arguments(&notes, "wpf_tags_applied"), json!([user, ["Gone"]]));
        assert_eq!(*arguments(&notes, "wpf_tags_removed"), json!([user, ["VIP"]]));
        assert_eq!(*arguments(&notes, "wpf_tags_modified"), json!([user, ["Lead", "Gone"]]));
        assert_written_before(&notes, "ana@example.com", "silver", r#"a:2:{i:0;s:4:"Lead";i:1;s:4:"Gone";}"#);
        no_action_holds(&notes, &PASSWORDS);
    }

    fn of_tags_alone(&self) {
        let (number, user) = (self.id.parse().expect("an id"), self.user);
        self.world.crm.remove_tag(number, "Lead");
        self.world.crm.remove_tag(number, "Gone");
        let notes = self.update("update_tags", "updated");
        assert_eq!(*arguments(&notes, "wpf_tags_removed"), json!([user, ["Lead", "Gone"]]));
        assert_eq!(*arguments(&notes, "wpf_tags_modified"), json!([user, []]));
        assert!(!names(&notes).contains(&"wpf_tags_applied"), "{:?}", names(&notes));
        assert_eq!(*arguments(&notes, "wpf_api_success"), json!([user, "update_tags", self.id]));
    }
}

fn is_her_data(data: &Value) {
    assert_eq!((&data["user_email"], &data["first_name"]), (&json!("ana@example.com"), &json!("Ana")), "{data}");
    assert_eq!((&data["last_name"], &data["plan"]), (&json!("Ruiz"), &json!("gold")), "{data}");
}

/// Neither when it is made nor later, when the contact has it.
fn a_generated_password_is_told_to_nobody(world: &World) {
    let (id, answer) = world.add(Contact::person("generated@example.com").first_name("Ana"));
    world.expect(&answer, 200, "created", "");
    let contact = id.parse().expect("an id");
    let password = world.crm.property(contact, "WP Password").expect("a password was returned");
    no_action_holds(&world.take_notes(), &[&password]);
    world.crm.set_property(contact, "SYSTEM", "first_name", "", "Bea");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let notes = world.take_notes();
    assert!(names(&notes).contains(&"agile_bridge_user_updated"), "{:?}", names(&notes));
    no_action_holds(&notes, &[&password]);
}

fn failures_are_told_too(world: &World) {
    let stranger = world.contact(Contact::person("nobody@example.com"));
    for action in ["update", "update_tags"] {
        let answer = world.site.webhook(action, &[("contact_id", &stranger)]);
        world.expect(&answer, 200, "ignored", "no_matching_user");
        let notes = world.take_notes();
        assert_eq!(*arguments(&notes, "wpf_api_fail"), json!([false, action, stranger]));
        assert!(!names(&notes).contains(&"wpf_api_success"), "{:?}", names(&notes));
    }
    // What is tried again has not failed yet; done later, it is told as ever, and once.
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    for named in [("contact_id", &*stranger), ("email", "who@example.com")] {
        world.expect(&world.site.webhook("add", &[named]), 202, "queued", "");
    }
    assert_eq!(world.take_notes(), Vec::<Value>::new());
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(20));
    world.drain_and_rest();
    let notes = world.take_notes();
    let user = &arguments(&notes, "wpf_api_success")[0];
    assert_eq!(*arguments(&notes, "wpf_api_success"), json!([user, "add", stranger]));
    let expected = [
        "agile_bridge_user_created",
        "agile_bridge_user_data",
        "wpf_api_success",
        "wpf_import_user",
        "wpf_set_user_meta",
        "wpf_user_imported",
    ];
    assert_eq!(names(&notes), expected, "{:?}", world.events());
    // Nobody has that address, and after three more tries this is the end.
    world.advance(Duration::from_secs(120));
    world.drain_and_rest();
    assert_eq!(world.take_notes(), Vec::<Value>::new(), "{:?}", world.events());
    world.catch_up();
    let notes = world.take_notes();
    assert_eq!((names(&notes), &notes[0]["args"]), (vec!["wpf_api_fail"], &json!([false, "add", false])));
    // Nor has anybody that number; that is told at once.
    world.expect(&world.site.webhook("update", &[("contact_id", "4711")]), 404, "failed", "contact_not_found");
    assert_eq!(*arguments(&world.take_notes(), "wpf_api_fail"), json!([false, "update", "4711"]));
    given_up_is_told_once(world);
    // Who has no key is told to nobody.
    let refused = world.site.get("/?wpf_action=add&access_key=not-the-key-of-this-site");
    assert_eq!((refused.status, world.take_notes()), (403, Vec::new()), "{}", refused.body());
}

/// Eight tries, over 35 hours and more.
fn given_up_is_told_once(world: &World) {
    let id = world.contact(Contact::person("never@example.com"));
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    for tried in 1..=7 {
        assert_eq!(world.take_notes(), Vec::<Value>::new(), "after {tried} tries");
        world.advance(Duration::from_secs(30 * 3600));
        world.drain_and_rest();
        assert_eq!(number(&world.event_of(&id)["attempts"]), tried + 1);
    }
    let notes = world.take_notes();
    assert_eq!((names(&notes), &notes[0]["args"]), (vec!["wpf_api_fail"], &json!([false, "add", id])));
    assert_eq!(world.events().pop().expect("an event")["state"], "dead");
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(world.take_notes(), Vec::<Value>::new());
}
