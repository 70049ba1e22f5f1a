//! The main job: a contact of the CRM becomes a user of the site, with fields, tags and the site's default role.

use crate::stage::world::{World, ana};
use serde_json::json;

#[test]
fn a_contact_becomes_a_user() {
    let world = World::new();
    let id = world.contact(ana());

    let answer = world.site.webhook("add", &[("contact_id", &id)]);

    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    let user_id = answer.user_id().expect("the answer names the user");
    assert_eq!(
        answer.json,
        json!({"success": true, "wp_status": "created", "wp_user_id": user_id, "wp_contact_id": id, "wp_notes": []})
    );
    let user = world.user(user_id);
    assert_eq!(user["user_email"], "ana@example.com");
    assert_eq!(user["first_name"], "Ana");
    assert_eq!(user["last_name"], "Ruiz");
    assert_eq!(user["roles"], json!(["subscriber"]));
    assert_eq!(user["agilecrm_contact_id"], json!(id));
    assert_eq!(user["agilecrm_tags"], json!(["Lead"]));
}
