//! `email` is another way to name the contact. Whose contact it is, its id or its chosen address decides.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use std::time::Duration;

const SEARCH: &str = "contacts/search/email/{email}";

/// What the next webhook asked: contacts fetched by id, and searches.
fn asked(world: &World) -> (u64, u64) {
    let counts = world.crm.counts();
    let asked = (counts.of("GET", "contacts/{id}"), counts.of("GET", SEARCH));
    assert_eq!(asked.0 + asked.1, counts.total, "{:?}", counts.requests);
    world.crm.reset_counts();
    asked
}

#[test]
fn an_email_names_a_contact() {
    let world = World::new();
    a_linked_user_saves_the_search(&world);
    addresses_reach_the_search_whole(&world);
    the_address_does_not_choose_the_user(&world);
}

fn a_linked_user_saves_the_search(world: &World) {
    let id = world.contact(ana());
    let by_email = |action: &str, email: &str| world.site.webhook(action, &[("email", email)]);

    let answer = by_email("add", "Ana@Example.com");
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.contact_id(), Some(&*id), "{}", answer.json);
    assert_eq!(asked(world), (0, 1), "nobody is linked: the search");

    // A search that trails behind the CRM's writes would not find her now; her id does.
    for (action, email) in
        [("add", "ana@example.com"), ("update", " ANA@example.com"), ("update_tags", "ana@example.com")]
    {
        let answer = by_email(action, email);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(asked(world), (1, 0), "she is linked: her contact's id");
    }

    // Someone who has the address but no link: the search.
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let bob_contact = world.contact(Contact::person("bob@example.com").first_name("Bob"));
    let answer = by_email("update", "bob@example.com");
    world.expect(&answer, 200, "updated", "");
    assert_eq!((answer.user_id(), answer.contact_id()), (Some(bob), Some(&*bob_contact)), "{}", answer.json);
    assert_eq!(asked(world), (0, 1));

    // A look-alike's link is not used: the collation equates the two addresses.
    world.site.sql(&format!("UPDATE wp_users SET user_email = 'kím@example.com' WHERE ID = {bob}"));
    let kim = world.contact(Contact::person("kim@example.com"));
    let answer = by_email("update", "kim@example.com");
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(answer.contact_id(), Some(&*kim), "{}", answer.json);
    assert_eq!(asked(world), (0, 1));

    // Whom a search does not find may only be new to it: it is asked again, three times.
    for email in ["nobody@example.com", "late@example.com"] {
        let answer = by_email("add", email);
        world.expect(&answer, 202, "queued", "");
        assert_eq!(asked(world), (0, 1));
    }
    let late = world.contact(Contact::person("late@example.com").first_name("Lara"));
    for (waited, searches) in [(5, 0), (8, 2), (74, 1), (362, 1)] {
        world.advance(Duration::from_secs(waited));
        assert_eq!(world.drain(), searches, "after {waited} s more: {:#?}", world.events());
        assert_eq!(asked(world), (0, searches), "after {waited} s more");
    }
    world.catch_up();
    assert_eq!(asked(world), (0, 0));
    let ends: Vec<_> =
        world.events().into_iter().rev().take(2).map(|event| json!([event["state"], event["code"]])).collect();
    assert_eq!(ends, [json!(["done", ""]), json!(["done", "contact_not_found"])], "{:#?}", world.events());
    let answer = by_email("update", "late@example.com");
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(answer.contact_id(), Some(&*late), "{}", answer.json);
    assert_eq!(asked(world), (1, 0));
}

fn addresses_reach_the_search_whole(world: &World) {
    for (sent, stored, path) in [
        ("jane+news@example.com", "jane+news@example.com", "jane%2Bnews"),
        ("o&#39;brien@example.com", "o'brien@example.com", "brien"),
        ("a/b=c?d@example.com", "a/b=c?d@example.com", "a%2Fb%3Dc%3Fd"),
    ] {
        let id = world.contact(Contact::person(stored).first_name("Jo"));
        world.crm.reset_counts();
        let answer = world.site.webhook_form("add", &[("email", sent)]);
        world.expect(&answer, 200, "created", "");
        assert_eq!(answer.contact_id(), Some(&*id), "{sent}: {}", answer.json);
        let requests = world.crm.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].path.contains(path), "{} for {sent}", requests[0].path);
        let user = answer.user_id().expect("the answer names the user");
        assert_eq!(world.user(user)["user_email"], stored);
    }
}

fn the_address_does_not_choose_the_user(world: &World) {
    let named = world.existing_user("named", "home@example.net", "subscriber");
    let before = world.user(named);
    // The contact has the address that names it, but another one stands for it.
    let contact = Contact::person("work@example.com").email("home", "home@example.net").first_name("Wanda").tag("Lead");
    let id = world.contact(contact);

    let answer = world.site.webhook("update", &[("email", "home@example.net")]);
    world.expect(&answer, 200, "ignored", "no_matching_user");
    assert_eq!(world.user(named), before);

    let answer = world.site.webhook("add", &[("email", "home@example.net")]);
    world.expect(&answer, 200, "created", "");
    let made = answer.user_id().expect("the answer names the user");
    assert_ne!(made, named, "{}", answer.json);
    assert_eq!(world.user(named), before);
    assert_eq!(world.user(made)["user_email"], "work@example.com");
    assert_eq!(world.user(made)["agilecrm_contact_id"], json!(id));

    // Beside an id it is not even looked at.
    world.crm.reset_counts();
    let answer = world.site.webhook("update", &[("contact_id", &id), ("email", "home@example.net")]);
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(asked(world), (1, 0));
}
