//! Each parameter is read by one rule, and a request that could mean two things is refused, by the parameter's name.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{ACCESS_KEY, Answer, Request, Site};
use std::time::Duration;

/// A webhook from a raw query string.
fn call(site: &Site, query: &str) -> Answer {
    site.answer(&Request::new("GET", &format!("/?access_key={ACCESS_KEY}&{query}")))
}

#[test]
fn what_is_malformed_is_refused_by_name() {
    let world = World::new();
    let id = world.contact(ana());
    world.crm.reset_counts();

    for (query, named) in [
        ("wpf_action=", "wpf_action"),
        ("wpf_action=delete&contact_id=ID", "wpf_action"),
        ("wpf_action=add%00&contact_id=ID", "wpf_action"),
        ("wpf_action=add&wpf_action=update&contact_id=ID", "wpf_action"),
        ("wpf_action=add&wpf_action[]=add&contact_id=ID", "wpf_action"),
        ("wpf_action=add&contact_id=0", "contact_id"),
        ("wpf_action=add&contact_id=00ID", "contact_id"),
        ("wpf_action=add&contact_id=-ID", "contact_id"),
        ("wpf_action=add&contact_id=%2BID", "contact_id"),
        ("wpf_action=add&contact_id=ID.0", "contact_id"),
        ("wpf_action=add&contact_id=1e9", "contact_id"),
        ("wpf_action=add&contact_id=0x1F", "contact_id"),
        ("wpf_action=add&contact_id=IDabc", "contact_id"),
        ("wpf_action=add&contact_id=9223372036854775808", "contact_id"),
        ("wpf_action=add&contact_id=10000000000000000000", "contact_id"),
        // Arabic digits, for which many a check for digits says yes.
        ("wpf_action=add&contact_id=%D9%A1%D9%A2", "contact_id"),
        ("wpf_action=add&contact_id[]=ID", "contact_id"),
        ("wpf_action=add&contact_id=ID&contact_id=1", "contact_id"),
        ("wpf_action=add&contact_id=ID%0A", "contact_id"),
        ("wpf_action=add&email=nobody", "email"),
        ("wpf_action=add&email=a@b@example.com", "email"),
        ("wpf_action=add&email=Ana%20%3Cana@example.com%3E", "email"),
        ("wpf_action=add&email=%C3%A1na@example.com", "email"),
        ("wpf_action=add&email=ana@ex%C3%A4mple.com", "email"),
        ("wpf_action=add&email=ana@example.com&email=bo@example.com", "email"),
        ("wpf_action=add&email[0]=ana@example.com", "email"),
        ("wpf_action=add&email=ana@example.com%0D%0ABcc:x@example.com", "email"),
        // Decoded once, not twice.
        ("wpf_action=add&email=o%26amp%3B%2339%3Bbrien@example.com", "email"),
        ("wpf_action=add&contact_id=&email=nobody", "email"),
        ("wpf_action=add&contact_id=ID&role[]=editor", "role"),
        ("wpf_action=add&contact_id=ID&role=editor&role=author", "role"),
        ("wpf_action=add&contact_id=ID&role=edi%09tor", "role"),
        ("wpf_action=add&contact_id=ID&role=%FF", "role"),
        ("wpf_action=add&contact_id=ID&send_notification[]=1", "send_notification"),
        ("wpf_action=add&contact_id=ID&send_notification=1&send_notification=0", "send_notification"),
        ("wpf_action=add&contact_id=ID&async=%C3%28", "async"),
        ("wpf_action=test&contact_id=x", "contact_id"),
        ("wpf_action=add", "contact_id"),
        ("wpf_action=update&contact_id=&email=", "contact_id"),
    ] {
        let query = query.replace("ID", &id);
        let answer = call(&world.site, &query);
        let message = answer.json["message"].as_str().unwrap_or_default();
        assert_eq!(
            (answer.status, answer.wp_code()),
            (400, "invalid_request"),
            "{query}: {}\n{}",
            answer.json,
            world.site.log()
        );
        assert!(message.contains(named), "{query}: the message does not name {named}: {message}");
    }
    assert_eq!(world.crm.counts().total, 0, "the CRM was asked all the same: {:?}", world.crm.requests());
    assert_eq!(world.user_count(), 1);
}

#[test]
fn a_contact_is_named_by_its_id_or_else_by_an_address() {
    let world = World::new();
    let ana = world.contact(ana());
    let brien = world.contact(Contact::person("o'brien@example.com").last_name("O'Brien"));
    let plus = world.contact(Contact::person("plus+minus@example.com"));

    for (query, contact, status) in [
        ("wpf_action=ADD&contact_id=ANA".to_owned(), &ana, "created"),
        // The id wins, and nobody is asked about the address.
        ("wpf_action=Update&contact_id=ANA&email=o'brien@example.com".to_owned(), &ana, "unchanged"),
        ("wpf_action=update_TAGS&contact_id=ANA&contact_id=ANA&role=".to_owned(), &ana, "unchanged"),
        ("wpf_action=update&contact_id=&contact_id=ANA&foo[]=1&foo=2&bar=%FF%00".to_owned(), &ana, "unchanged"),
        // As {{email}} arrives.
        ("wpf_action=add&email=o%26%2339%3Bbrien@example.com".to_owned(), &brien, "created"),
        ("wpf_action=update&email=%20O'Brien@Example.com%20".to_owned(), &brien, "unchanged"),
        ("wpf_action=update&email=o%26%23x27%3Bbrien@example.com&contact_id=".to_owned(), &brien, "unchanged"),
        ("wpf_action=update&email=o%26apos%3Bbrien@example.com".to_owned(), &brien, "unchanged"),
        ("wpf_action=add&email=plus%2Bminus@example.com".to_owned(), &plus, "created"),
        ("wpf_action=update&contact_id=ANA&async=&async=".to_owned(), &ana, "unchanged"),
        ("wpf_action=update&contact_id=ANA&async=false&send_notification=off".to_owned(), &ana, "unchanged"),
        ("wpf_action=update&contact_id=ANA&async=please".to_owned(), &ana, "unchanged"),
    ] {
        let query = query.replace("ANA", &ana);
        world.crm.reset_counts();
        let answer = call(&world.site, &query);
        assert_eq!(
            (answer.status, answer.wp_status()),
            (200, status),
            "{query}: {}\n{}",
            answer.json,
            world.site.log()
        );
        assert_eq!(answer.contact_id(), Some(contact.as_str()), "{query}");
        let counts = world.crm.counts();
        assert_eq!(counts.total, 1, "{query}: {:?}", world.crm.requests());
        if query.contains(&ana) {
            assert_eq!(counts.of("GET", "contacts/{id}"), 1, "{query}: {:?}", world.crm.requests());
        }
    }
    assert_eq!(world.crm.complaints(), Vec::<String>::new());

    // The largest id there can be is an id like any other, of nobody. Whose address nobody has yet may only be late.
    for (query, status, code) in [
        ("wpf_action=add&contact_id=9223372036854775807", 404, "contact_not_found"),
        ("wpf_action=add&email=nobody@example.com", 202, ""),
    ] {
        let answer = call(&world.site, query);
        assert_eq!((answer.status, answer.wp_code()), (status, code), "{query}: {}", answer.json);
    }
    assert_eq!(world.user_count(), 4);

    // `test` asks nobody about anything.
    world.crm.reset_counts();
    for query in ["wpf_action=test".to_owned(), format!("wpf_action=TEST&contact_id={ana}&role=editor&async=1")] {
        let answer = call(&world.site, &query);
        assert_eq!((answer.status, answer.wp_status()), (200, "ok"), "{query}: {}", answer.json);
    }
    assert_eq!(world.crm.counts().total, 0);
}

/// The sender wants to know only that it arrived.
#[test]
fn async_is_answered_at_once_and_done_afterwards() {
    let world = World::new();
    let latency = Duration::from_millis(2500);
    world.crm.set_faults(Faults { latency, ..Faults::default() });
    let mut people = Vec::new();
    for (number, yes) in ["true", "1", "yes", "on", "TRUE", "oN"].into_iter().enumerate() {
        let email = format!("p{number}@example.com");
        let id = world.contact(Contact::person(&email).first_name("Jo").tag("Lead"));
        let named = if number % 2 == 0 { ("contact_id", &*id) } else { ("email", &*email) };
        let answer = world.site.webhook("add", &[named, ("async", yes), ("role", "author")]);
        world.expect(&answer, 202, "queued", "");
        assert!(answer.response.elapsed < latency, "{yes}: answered after {:?}", answer.response.elapsed);
        assert_eq!(answer.contact_id(), (number % 2 == 0).then_some(&*id), "{yes}: {}", answer.json);
        assert_eq!(answer.user_id(), None, "{yes}: {}", answer.json);
        people.push((id, email));
    }
    // Nobody has to call or to wait for it.
    world.await_all_done();
    for (id, email) in people {
        let user = world.user_with(&email);
        assert_eq!(
            (&user["roles"], &user["agilecrm_contact_id"]),
            (&json!(["author"]), &json!(id)),
            "{:#?}",
            world.events()
        );
    }
    // A malformed one is told so all the same, and a proof of the key needs no queue.
    let answer = world.site.webhook("add", &[("contact_id", "x"), ("async", "true")]);
    world.expect(&answer, 400, "rejected", "invalid_request");
    world.expect(&world.site.webhook("test", &[("async", "true")]), 200, "ok", "");
    assert_eq!(world.events().len(), 6);
}
