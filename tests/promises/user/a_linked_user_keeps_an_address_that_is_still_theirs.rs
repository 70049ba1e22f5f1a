//! The address of a linked user changes only when none of the contact's addresses is theirs any more; then WordPress
//! tells the old address, once.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Answer;

struct Linked<'a> {
    world: &'a World,
    contact: u64,
    user: u64,
}

impl<'a> Linked<'a> {
    /// Ana, made by a webhook.
    fn new(world: &'a World, email: &str) -> Self {
        world.site.forget_mails();
        let (id, answer) = world.add(Contact::person(email).first_name("Ana").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        let user = answer.user_id().expect("the answer names the user");
        Self { contact: id.parse().expect("an id is a number"), world, user }
    }

    fn email(&self, subtype: &str, address: &str) {
        assert!(self.world.crm.set_property(self.contact, "SYSTEM", "email", subtype, address));
    }

    fn update(&self) -> Answer {
        self.world.site.webhook("update", &[("contact_id", &self.contact.to_string())])
    }

    fn stored(&self) -> Value {
        self.world.user(self.user)["user_email"].clone()
    }

    /// The next webhook changes nothing at all and mails nobody.
    #[track_caller]
    fn expect_unchanged(&self, notes: &[&str]) {
        let before = self.world.user_tables();
        let answer = self.update();
        self.world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), notes, "{}", answer.json);
        assert_eq!(self.world.user_tables(), before);
        assert_eq!(self.world.site.mails(), []);
    }
}

#[test]
fn an_address_changes_when_it_must() {
    let world = World::new();
    it_stays_while_the_contact_has_it_and_then_changes_with_one_notice(&world);
    it_stays_when_the_contact_has_none_or_a_broken_one(&world);
}

fn it_stays_while_the_contact_has_it_and_then_changes_with_one_notice(world: &World) {
    let ana = Linked::new(world, "ana@example.com");
    ana.email("home", "ana@example.com");
    ana.email("work", "ana.ruiz@example.net");
    ana.expect_unchanged(&[]);
    ana.email("home", "ANA@Example.com");
    ana.expect_unchanged(&[]);

    ana.email("home", "");
    let answer = ana.update();
    ana.world.expect(&answer, 200, "updated", "");
    assert_eq!(ana.stored(), "ana.ruiz@example.net");
    let mails = ana.world.site.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to, "ana@example.com");
    assert!(mails[0].body.contains("ana.ruiz@example.net"), "WordPress' own notice: {mails:?}");
    ana.world.site.forget_mails();
    ana.expect_unchanged(&[]);

    // Case alone is no change, on either side.
    ana.email("work", "Ana.Ruiz@Example.NET");
    ana.expect_unchanged(&[]);
    ana.world.site.sql(&format!("UPDATE wp_users SET user_email = 'ANA.Ruiz@example.net' WHERE ID = {}", ana.user));
    ana.expect_unchanged(&[]);
    ana.email("work", "ana.ruiz@example.net");
    ana.expect_unchanged(&[]);
    assert_eq!(ana.stored(), "ANA.Ruiz@example.net");
}

fn it_stays_when_the_contact_has_none_or_a_broken_one(world: &World) {
    let ana = Linked::new(world, "zoe@example.com");
    ana.email("work", "");
    ana.expect_unchanged(&["email_kept"]);
    ana.email("work", "ana at example");
    ana.expect_unchanged(&["email_kept"]);
    ana.email("work", &format!("{}@example.com", "l".repeat(90)));
    ana.expect_unchanged(&["email_kept"]);

    // The rest is not held up by it.
    ana.world.crm.set_property(ana.contact, "SYSTEM", "first_name", "", "Anna");
    ana.world.crm.add_tag(ana.contact, "VIP");
    let answer = ana.update();
    ana.world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["email_kept"], "{}", answer.json);
    let stored = ana.world.user(ana.user);
    assert_eq!((&stored["user_email"], &stored["first_name"]), (&json!("zoe@example.com"), &json!("Anna")));
    assert_eq!(stored["agilecrm_tags"], json!(["Lead", "VIP"]));
    assert_eq!(ana.world.site.mails(), []);
}
