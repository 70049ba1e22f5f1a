//! Tags are compared as a set, byte for byte, and stored in the CRM's order when the set changes. None means none; an
//! answer that does not say wipes nothing, for tags grant access.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

struct Tagged<'a> {
    world: &'a World,
    id: String,
    user: u64,
    whole: Value,
}

impl<'a> Tagged<'a> {
    fn new(world: &'a World, email: &str) -> Self {
        let (id, answer) = world.add(Contact::person(email).first_name("Ana").last_name("Ruiz").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        let whole = world.crm.contact(id.parse().expect("an id is a number")).expect("the contact is there");
        Self { user: answer.user_id().expect("the answer names the user"), world, id, whole }
    }

    /// What the CRM answers about the contact from now on; `None`: it says nothing about tags.
    fn set(&self, tags: Option<Value>) {
        let mut contact = self.whole.clone();
        let fields = contact.as_object_mut().expect("a contact is an object");
        // The other list is milliseconds and history, not what the contact has.
        fields.insert("tagsWithTime".into(), json!([{"tag": "Old", "createdTime": 1, "entity_type": "tag"}]));
        fields.remove("tags");
        if let Some(tags) = tags {
            fields.insert("tags".into(), tags);
        }
        self.world.crm.replace_contact(self.id.parse().expect("an id is a number"), contact);
    }

    #[track_caller]
    fn send(&self, action: &str, status: &str, notes: &[&str]) {
        let answer = self.world.site.webhook(action, &[("contact_id", &self.id)]);
        self.world.expect(&answer, 200, status, "");
        assert_eq!(answer.notes(), notes, "{}\n{}", answer.json, self.world.site.log());
    }

    fn stored(&self) -> Value {
        self.world.user(self.user)["agilecrm_tags"].clone()
    }
}

#[test]
fn tags_follow_the_crm() {
    let world = World::new();
    the_set_decides_and_the_order_is_the_crms(&world);
    an_answer_without_tags_keeps_them(&world);
}

fn the_set_decides_and_the_order_is_the_crms(world: &World) {
    let ana = Tagged::new(world, "ana@example.com");
    assert_eq!(ana.stored(), json!(["Lead"]));
    let odd = json!([
        "Lead", "lead", "LÉAD", "R&D", "O'Brien", "\"q\"", "C:\\new", "I <3 you", "🙂", "a, b", "1", "01", " padded ",
        "&amp;"
    ]);
    // What the CRM has, whether that is a change, and what is stored then.
    let steps = [
        (json!(["VIP", "Lead"]), true, json!(["VIP", "Lead"])),
        (json!(["Lead", "VIP"]), false, json!(["VIP", "Lead"])),
        (json!(["Lead", "VIP", "Lead"]), false, json!(["VIP", "Lead"])),
        (json!(["Lead", "vip"]), true, json!(["Lead", "vip"])),
        (json!(["Lead", "vip "]), true, json!(["Lead", "vip "])),
        (odd.clone(), true, odd.clone()),
        (odd.clone(), false, odd),
        (json!([]), true, json!([])),
        (json!([]), false, json!([])),
        (json!(["Z", "A", "M"]), true, json!(["Z", "A", "M"])),
    ];
    for (tags, changed, expected) in steps {
        for action in ["update_tags", "update"] {
            ana.set(Some(tags.clone()));
            let first = action == "update_tags";
            ana.send(action, if changed && first { "updated" } else { "unchanged" }, &[]);
            assert_eq!(ana.stored(), expected, "{action} {tags}");
        }
    }
}

fn an_answer_without_tags_keeps_them(world: &World) {
    let ana = Tagged::new(world, "zoe@example.com");
    for missing in [None, Some(Value::Null)] {
        ana.set(missing.clone());
        for action in ["update_tags", "update", "add"] {
            ana.send(action, "unchanged", &["tags_missing"]);
            assert_eq!(ana.stored(), json!(["Lead"]), "{action} {missing:?}");
        }
    }
    // The rest of such an answer counts; and so do its tags, as soon as there are some again.
    ana.set(None);
    ana.world.crm.set_property(ana.id.parse().expect("an id is a number"), "SYSTEM", "last_name", "", "Moreno");
    ana.send("update", "updated", &["tags_missing"]);
    assert_eq!(ana.world.user(ana.user)["last_name"], "Moreno");
    assert_eq!(ana.stored(), json!(["Lead"]));
    ana.set(Some(json!([])));
    ana.send("update_tags", "updated", &[]);
    assert_eq!(ana.stored(), json!([]));

    // A list that cannot be read is none that was told: what_cannot_be_read_is_not_empty.rs.
    for wrong in [json!("Lead"), json!({"0": "Lead"}), json!(["Lead", 2])] {
        ana.set(Some(wrong.clone()));
        ana.send("update_tags", "unchanged", &["tags_missing"]);
        assert_eq!(ana.stored(), json!([]), "{wrong}");
    }

    // A new user whose tags are not told has none yet.
    let (number, contact) = (4_242_424_242_424_242_u64, "new@example.com");
    ana.world.crm.replace_contact(
        number,
        json!({"id": number, "type": "PERSON", "properties": [{"type": "SYSTEM", "name": "email", "value": contact}]}),
    );
    let answer = ana.world.site.webhook("add", &[("contact_id", &number.to_string())]);
    ana.world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), ["tags_missing"], "{}", answer.json);
}
