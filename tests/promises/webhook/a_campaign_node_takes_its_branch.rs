//! Method One: a campaign's JSON IO node calls, with GET or with POST, and goes on by the branch that our answer decides;
//! later nodes use what the answer holds.

use crate::stage::world::{World, ana};
use sandbox::{Branch, Contact, Delivery, Faults, Method, Node};
use serde_json::json;
use site::ACCESS_KEY;

fn node(world: &World, method: Method, contact: u64, parameters: &[(&str, &str)]) -> Node {
    let mut node = Node { method, ..Node::get(world.site.url(), contact) };
    for (name, value) in parameters {
        node = node.parameter(name, value);
    }
    node
}

fn taken(delivery: &Delivery, world: &World) -> (Branch, Option<u16>, String) {
    let status = delivery.json()["wp_status"].as_str().unwrap_or_default().to_owned();
    assert_eq!(delivery.error, None, "{}\n{}", delivery.body, world.site.log());
    (delivery.branch, delivery.status, status)
}

#[test]
fn success_with_get_and_with_post() {
    let world = World::new();
    for (number, method) in [Method::Get, Method::Post].into_iter().enumerate() {
        let person = |name: &str| Contact::person(&format!("{name}{number}@example.com")).first_name("Jo");
        let ana = world.crm.create_contact(person("ana").tag("Lead"));
        let ours = |action| [("wpf_action", action), ("access_key", ACCESS_KEY)];

        let add =
            node(&world, method, ana, &[&ours("add")[..], &[("contact_id", "{{id}}"), ("role", "author")]].concat());
        let delivery = world.crm.run_node(add);
        assert_eq!(taken(&delivery, &world), (Branch::Success, Some(200), "created".to_owned()), "{}", delivery.body);
        let user = delivery.new_fields["wp_user_id"].as_u64().expect("a user");
        let stored = world.user(user);
        assert_eq!((&stored["roles"], &stored["agilecrm_tags"]), (&json!(["author"]), &json!(["Lead"])));
        // Our keys overwrite fields of the same name: none that a contact has is among them.
        let foreign = delivery.new_fields.keys().find(|key| !key.starts_with("wp_") && *key != "success");
        assert_eq!(foreign, None, "{}", delivery.body);

        // The next node of the campaign names the user.
        let next = node(
            &world,
            Method::Get,
            ana,
            &[&ours("update")[..], &[("contact_id", "{{wp_contact_id}}"), ("u", "{{wp_user_id}}")]].concat(),
        );
        let delivery = world.crm.run_node_after(next, delivery.new_fields);
        assert_eq!(taken(&delivery, &world), (Branch::Success, Some(200), "unchanged".to_owned()), "{}", delivery.body);
        assert!(delivery.url.ends_with(&format!("contact_id={ana}&u={user}")), "{}", delivery.url);

        // A merge field in two braces arrives HTML-escaped, one in three does not.
        let brien = world.crm.create_contact(person("o'brien").last_name("O'Brien"));
        for (merge_field, status) in [("{{email}}", "created"), ("{{{email}}}", "unchanged")] {
            let add = node(&world, method, brien, &[&ours("add")[..], &[("email", merge_field)]].concat());
            let delivery = world.crm.run_node(add);
            assert_eq!(taken(&delivery, &world), (Branch::Success, Some(200), status.to_owned()), "{}", delivery.body);
            let user = world.user(delivery.new_fields["wp_user_id"].as_u64().expect("a user"));
            assert_eq!(user["user_email"], json!(format!("o'brien{number}@example.com")));
        }

        // A contact without what the merge field names: empty is absent.
        let nobody = world.crm.create_contact(Contact::person("").first_name("Jo"));
        let add = node(
            &world,
            method,
            nobody,
            &[&ours("update")[..], &[("email", "{{email}}"), ("contact_id", "{{id}}")]].concat(),
        );
        let delivery = world.crm.run_node(add);
        assert_eq!(taken(&delivery, &world), (Branch::Success, Some(200), "ignored".to_owned()), "{}", delivery.body);
    }
}

/// What is accepted is as good as done: the campaign goes on, and its next nodes know that there is no user yet.
#[test]
fn success_with_what_is_done_later() {
    let world = World::new();
    let ours = [("wpf_action", "add"), ("access_key", ACCESS_KEY), ("contact_id", "{{id}}")];
    for (number, method) in [Method::Get, Method::Post].into_iter().enumerate() {
        let email = format!("ana{number}@example.com");
        let ana = world.crm.create_contact(Contact::person(&email).first_name("Ana").tag("Lead"));
        world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
        let delivery = world.crm.run_node(node(&world, method, ana, &ours));
        assert_eq!(taken(&delivery, &world), (Branch::Success, Some(202), "queued".to_owned()), "{}", delivery.body);
        assert_eq!(delivery.new_fields["wp_contact_id"], json!(ana.to_string()), "{}", delivery.body);
        assert!(!delivery.new_fields.contains_key("wp_user_id"), "{}", delivery.body);

        // After a wait, which is what the manual recommends.
        world.crm.set_faults(Faults::default());
        world.catch_up();
        let delivery = world.crm.run_node(node(&world, method, ana, &ours));
        assert_eq!(taken(&delivery, &world), (Branch::Success, Some(200), "unchanged".to_owned()), "{}", delivery.body);
        let user = delivery.new_fields["wp_user_id"].as_u64().expect("a user");
        assert_eq!(world.user(user)["user_email"], json!(email));
    }
}

#[test]
fn failure_says_why() {
    let world = World::new();
    let ana = world.crm.create_contact(ana());
    let nobody = world.crm.create_contact(Contact::person(""));
    let wrong_key = "a-key-that-is-not-the-key";
    for method in [Method::Get, Method::Post] {
        for (contact, key, id, status) in [
            (ana, wrong_key, "{{id}}", 403),
            (ana, "", "{{id}}", 403),
            (ana, ACCESS_KEY, "{{no_such_field}}", 400),
            (ana, ACCESS_KEY, "{{first_name}}", 400),
            (ana, ACCESS_KEY, "4711", 404),
            (nobody, ACCESS_KEY, "{{id}}", 422),
        ] {
            let parameters = [("wpf_action", "add"), ("access_key", key), ("contact_id", id)];
            let delivery = world.crm.run_node(node(&world, method, contact, &parameters));
            assert_eq!(
                (delivery.branch, delivery.status),
                (Branch::Failure, Some(status)),
                "{}\n{}",
                delivery.body,
                world.site.log()
            );
            let message = delivery.message.unwrap_or_default();
            assert!(message.ends_with('.') && message.len() > 10, "nothing for an admin to read: {}", delivery.body);
            assert!(!message.contains(wrong_key), "{message}");
        }
    }
    assert_eq!(world.user_count(), 1);
}
