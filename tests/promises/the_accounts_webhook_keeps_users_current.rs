//! Method Two: the account's one webhook calls after each change in the CRM; users follow, and the deals and companies that
//! come along are nobody's trouble.

use crate::world::{World, ana};
use sandbox::{Contact, Delivery, Webhook};
use serde_json::json;
use std::time::Duration;

/// The next `count` deliveries, all of which must have been welcome.
fn deliveries(world: &World, count: usize) -> Vec<Delivery> {
    let deliveries = world.crm.wait_for_deliveries(count, Duration::from_secs(10));
    assert_eq!(deliveries.len(), count, "{deliveries:#?}\n{}", world.site.log());
    for delivery in &deliveries {
        assert_eq!(delivery.status, Some(200), "{delivery:#?}\n{}", world.site.log());
        assert_eq!(delivery.json()["success"], true, "{}", delivery.body);
    }
    world.crm.clear_deliveries();
    deliveries
}

fn only(world: &World) -> (String, u64) {
    let json = deliveries(world, 1)[0].json();
    (json["wp_status"].as_str().unwrap_or_default().to_owned(), json["wp_user_id"].as_u64().unwrap_or_default())
}

#[test]
fn every_change_in_the_crm_arrives() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]));
    let target = world.site.webhook_target("add", &[("role", "contributor")]);
    let hook = Webhook { deal: true, ..Webhook::to(format!("{}{target}", world.site.url())) };
    world.crm.set_webhook(Some(hook));

    let id = world.crm.create_contact(ana().custom("Plan", "gold"));
    let (status, user) = only(&world);
    assert_eq!(status, "created");
    let stored = world.user(user);
    assert_eq!((&stored["plan"], &stored["roles"]), (&json!("gold"), &json!(["contributor"])));

    world.crm.add_tag(id, "Customer");
    assert_eq!(only(&world), ("updated".to_owned(), user));
    assert_eq!(world.user(user)["agilecrm_tags"], json!(["Lead", "Customer"]));
    world.crm.remove_tag(id, "Lead");
    assert_eq!(only(&world), ("updated".to_owned(), user));
    assert_eq!(world.user(user)["agilecrm_tags"], json!(["Customer"]));

    world.crm.set_property(id, "CUSTOM", "Plan", "", "silver");
    assert_eq!(only(&world), ("updated".to_owned(), user));
    world.crm.set_property(id, "SYSTEM", "email", "work", "ana.ruiz@example.com");
    assert_eq!(only(&world), ("updated".to_owned(), user));
    let stored = world.user(user);
    assert_eq!((&stored["plan"], &stored["user_email"]), (&json!("silver"), &json!("ana.ruiz@example.com")));

    // A field that we do not map.
    world.crm.set_property(id, "CUSTOM", "Shoe size", "", "38");
    assert_eq!(only(&world), ("unchanged".to_owned(), user));

    world.crm.create_contact(Contact::company("Acme"));
    assert_eq!(only(&world).0, "ignored");
    world.crm.create_deal("A deal", &[id]);
    assert_eq!(only(&world).0, "ignored");

    // The same event three times at once, as it happens.
    world.crm.set_faults(sandbox::Faults { webhook_duplicates: 2, ..sandbox::Faults::default() });
    world.crm.set_property(id, "CUSTOM", "Plan", "", "platinum");
    let users: Vec<_> = deliveries(&world, 3).iter().map(|delivery| delivery.json()["wp_user_id"].clone()).collect();
    assert_eq!(users, [user, user, user]);
    assert_eq!(world.user(user)["plan"], "platinum");
    assert_eq!(world.user_count(), 2);
}
