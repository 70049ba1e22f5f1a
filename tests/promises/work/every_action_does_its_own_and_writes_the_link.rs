//! `add`, `update` and `update_tags` all write the link, each does its own and no more, and each costs one CRM request.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

#[test]
fn an_action_is_what_it_says() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]));
    each_action_writes_the_link(&world);
    only_add_makes_a_user(&world);
    a_company_is_never_a_user(&world);
}

fn each_action_writes_the_link(world: &World) {
    for action in ["add", "update", "update_tags"] {
        let login = action.replace('_', "");
        let email = format!("{login}@example.com");
        let user = world.existing_user(&login, &email, "subscriber");
        world.site.wp(&format!("wp_update_user(['ID' => {user}, 'first_name' => 'Old']); return 1;"));
        let id = world.contact(Contact::person(&email).first_name("New").custom("Plan", "gold").tag("Lead"));
        world.crm.reset_counts();

        // `update_tags` is for tags: a role is not its business either.
        let answer = world.site.webhook(action, &[("contact_id", &id), ("role", "author")]);

        world.expect(&answer, 200, "updated", "");
        assert_eq!((answer.user_id(), answer.contact_id()), (Some(user), Some(&*id)), "{}", answer.json);
        let counts = world.crm.counts();
        assert_eq!((counts.of("GET", "contacts/{id}"), counts.total), (1, 1), "{action}: {:?}", counts.requests);
        let stored = world.user(user);
        assert_eq!(stored["agilecrm_contact_id"], json!(id), "{action}\n{}", world.site.log());
        assert_eq!(stored["agilecrm_tags"], json!(["Lead"]), "{action}");
        let (name, plan, role) = match action {
            "update_tags" => ("Old", json!(null), "subscriber"),
            _ => ("New", json!("gold"), "author"),
        };
        assert_eq!(stored["first_name"], name, "{action}");
        assert_eq!(stored["plan"], plan, "{action}");
        assert_eq!(stored["roles"], json!([role]), "{action}");
        assert_eq!(world.crm.complaints(), Vec::<String>::new(), "{action}");
    }
}

fn only_add_makes_a_user(world: &World) {
    let id = world.contact(ana());
    let before = world.user_tables();
    for action in ["update", "update_tags"] {
        world.crm.reset_counts();
        let answer = world.site.webhook(action, &[("contact_id", &id), ("send_notification", "true")]);
        world.expect(&answer, 200, "ignored", "no_matching_user");
        assert_eq!(answer.user_id(), None, "{}", answer.json);
        assert_eq!(answer.contact_id(), Some(&*id), "{}", answer.json);
        assert_eq!(world.user_tables(), before, "{action}");
        assert_eq!(world.crm.counts().total, 1, "{action}");
    }
    // The proof that the key is right asks nobody and changes nothing, whatever else it is sent.
    world.crm.reset_counts();
    let named = [("contact_id", &*id), ("role", "author"), ("send_notification", "true")];
    for parameters in [&[] as &[(&str, &str)], &named, &[("email", "ana@example.com")]] {
        let answer = world.site.webhook("test", parameters);
        world.expect(&answer, 200, "ok", "");
        assert_eq!(answer.user_id(), None, "{}", answer.json);
    }
    assert_eq!(world.crm.counts().total, 0);
    assert_eq!(world.user_tables(), before);
    assert_eq!(world.site.mails(), []);
}

fn a_company_is_never_a_user(world: &World) {
    let before = world.user_tables();
    for kind in ["COMPANY", "LEAD", "person"] {
        let contact = Contact::of_type(kind).email("work", "office@example.com").first_name("Acme").tag("Lead");
        let id = world.contact(contact);
        for action in ["add", "update", "update_tags"] {
            // The event says nothing about the type, or it says the wrong thing: the fetched contact decides.
            let event = json!({"eventName": "Contact is Updated", "eventData": {"id": id, "type": "PERSON"}});
            for answer in
                [world.site.webhook(action, &[("contact_id", &id)]), world.site.webhook_json(action, &[], &event)]
            {
                world.expect(&answer, 200, "ignored", "not_a_person");
                assert_eq!(answer.user_id(), None, "{}", answer.json);
            }
        }
    }
    // Nor does a company that took over the contact's place touch the user who was linked.
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let with_ana = world.user_tables();
    assert_ne!(with_ana, before);
    let number: u64 = id.parse().expect("an id is a number");
    world.crm.replace_contact(number, json!({"id": number, "type": "COMPANY", "tags": [], "properties": []}));
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "ignored", "not_a_person");
    assert_eq!(world.user_tables(), with_ana);
}
