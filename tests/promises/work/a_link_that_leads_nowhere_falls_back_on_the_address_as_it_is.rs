//! A contact that is named by an address is asked for by the link of its user. Where that contact is gone it is looked for by the
//! address, and what is found then is written only if nobody has written a newer state of whoever has this address meanwhile.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

/// While our contact is planned somebody else writes one with the same address: once.
const MEANWHILE: &str = r"<?php
    add_filter('agile_bridge_user_data', function ($data) {
        if (get_option('test_meanwhile')) {
            delete_option('test_meanwhile');
            AgileBridge\Plugin\Inbox\Identities::lock([AgileBridge\Plugin\Inbox\Identities::of_email('ana@example.com')]);
        }
        return $data;
    });";

#[test]
fn a_newer_state_of_the_address_is_noticed() {
    let world = World::with(|site| site.mu_plugin_file("meanwhile.php", MEANWHILE));
    let (gone, answer) = world.add(Contact::person("ana@example.com").first_name("Ana"));
    world.expect(&answer, 200, "created", "");
    assert!(world.crm.delete_contact(gone.parse().expect("a number")));
    let found = world.contact(Contact::person("ana@example.com").first_name("Anna"));
    world.crm.reset_counts();
    world.site.wp("return update_option('test_meanwhile', 1);");

    world.site.webhook("update", &[("email", "ana@example.com")]);
    world.await_rest();
    world.drain_and_rest();

    let event = world.events().into_iter().next_back().expect("an event");
    assert_eq!((&event["state"], number(&event["attempts"])), (&json!("done"), 2), "it was fetched anew: {event:#}");
    assert_eq!(world.crm.counts().of("GET", "contacts/search/email/{email}"), 2, "{:?}", world.crm.requests());
    let user = world.user_with("ana@example.com");
    assert_eq!((&user["first_name"], &user["agilecrm_contact_id"]), (&json!("Anna"), &json!(found)));
}
