//! Method Two: the account's one webhook calls after each change in the CRM; users follow, and the deals and companies that
//! come along are nobody's trouble.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Delivery, Webhook};
use serde_json::json;
use std::time::Duration;

/// The next `count` deliveries, all of which must have been welcome.
fn deliveries(world: &World, count: usize) -> Vec<Delivery> {
    let deliveries = world.crm.wait_for_deliveries(count, Duration::from_secs(10));
    assert_eq!(deliveries.len(), count, "{deliveries:#?}\n{}", world.site.log());
    for delivery in &deliveries {
        // Those that met each other are one: 202.
        assert!(matches!(delivery.status, Some(200 | 202)), "{delivery:#?}\n{}", world.site.log());
        assert_eq!(delivery.json()["success"], true, "{}", delivery.body);
    }
    world.crm.clear_deliveries();
    deliveries
}

fn only(world: &World) -> (String, u64) {
    let delivery = deliveries(world, 1).remove(0);
    assert_eq!(
        delivery.status,
        Some(200),
        "nothing is under way, it is done at once: {delivery:#?}\n{}",
        world.site.log()
    );
    let json = delivery.json();
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

    // The same event three times at once, as it happens: the first is answered with the user, the others say the same or that
    // they are one with it. In the end he is as the contact is, and the CRM was asked no more often than that.
    for round in 0..5 {
        let plan = format!("platinum {round}");
        world.crm.set_faults(sandbox::Faults { webhook_duplicates: 2, ..sandbox::Faults::default() });
        world.crm.reset_counts();
        world.crm.set_property(id, "CUSTOM", "Plan", "", &plan);
        let deliveries = deliveries(&world, 3);
        for delivery in &deliveries {
            let json = delivery.json();
            if delivery.status == Some(200) {
                assert_eq!(json["wp_user_id"], user, "{json}");
                assert!(["updated", "unchanged"].contains(&json["wp_status"].as_str().unwrap_or_default()), "{json}");
            } else {
                assert_eq!(
                    (&json["wp_status"], &json["wp_contact_id"]),
                    (&json!("queued"), &json!(id.to_string())),
                    "{json}"
                );
            }
        }
        assert!(deliveries.iter().any(|delivery| delivery.status == Some(200)), "{deliveries:#?}");
        world.await_all_done();
        assert_eq!(world.user(user)["plan"], *plan);
        assert!((1..=3).contains(&world.crm.counts().total), "{:?}", world.crm.requests());
    }
    assert_eq!(world.user_count(), 2);
}
