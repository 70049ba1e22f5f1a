//! A map that names one e-mail address of a contact means that one, and no other takes its place.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

#[test]
fn an_explicit_email_has_no_fallback() {
    let map = json!([{"crm": "email+work", "wp": "user_email", "type": "text", "when_empty": "keep"}]);
    let world = World::with(|site| site.option("agile_bridge_field_map", map));
    let private = world.contact(Contact::person("").email("personal", "p@example.com").first_name("P"));
    let before = world.rows();
    let answer = world.site.webhook("add", &[("contact_id", &private)]);
    let seen = (answer.status, answer.wp_status(), answer.wp_code());
    assert_eq!(seen, (422, "failed", "email_missing"), "{}\n{}", answer.json, world.site.log());
    assert_eq!(world.changes_since(&before), Vec::<String>::new());

    let both = world.contact(Contact::person("").email("personal", "b.p@example.com").email("work", "b.w@example.com"));
    let answer = world.site.webhook("add", &[("contact_id", &both)]);
    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    let user_id = answer.user_id().expect("a user");
    assert_eq!(world.user(user_id)["user_email"], "b.w@example.com");

    // Her work address goes: she keeps it rather than getting another one.
    world.crm.set_property(both.parse().expect("an id"), "SYSTEM", "email", "work", "");
    let answer = world.site.webhook("update", &[("contact_id", &both)]);
    assert_eq!((answer.status, answer.notes()), (200, vec!["email_kept".to_owned()]), "{}", answer.json);
    assert_eq!(world.user(user_id)["user_email"], "b.w@example.com");
}
