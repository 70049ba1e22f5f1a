//! On a network each site has its own users, roles and links: a webhook adds people to the site it was sent to, and a
//! link counts only on the site that made it.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Answer, Request};
use std::time::{Duration, Instant};

/// A network with a second site below `/other/`.
fn network() -> (World, u64) {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    let other = other.as_u64().unwrap_or_else(|| panic!("no second site: {other}\n{}", world.site.log()));
    (world, other)
}

fn on_other(world: &World, action: &str, parameters: &[(&str, &str)]) -> Answer {
    world.site.answer(&Request::new("GET", &format!("/other{}", world.site.webhook_target(action, parameters))))
}

/// The user's roles by site.
fn roles(world: &World, user: u64) -> Value {
    world.site.wp(&format!(
        "$roles = []; foreach (get_sites(['fields' => 'ids']) as $site) {{
            $roles[\"site $site\"] = array_values((new WP_User({user}, '', $site))->roles);
         }} return $roles;"
    ))
}

#[test]
fn sites_do_not_meddle() {
    let (world, other) = network();
    a_new_user_belongs_to_the_site_that_was_called(&world, other);
    a_network_user_is_added_and_otherwise_left_alone(&world, other);
    a_link_counts_on_the_site_that_made_it(&world, other);
    what_waits_waits_on_the_site_that_was_called(&world, other);
    an_archived_site_still_knows_its_members(&world, other);
}

fn what_waits_waits_on_the_site_that_was_called(world: &World, other: u64) {
    let waiting = |table: &str| world.site.sql(&format!("SELECT * FROM {table} WHERE state <> 'done'")).len();
    let (here, there) = ("wp_agile_bridge_events", format!("wp_{other}_agile_bridge_events"));
    let id = world.contact(Contact::person("wanda@example.com").first_name("Wanda").tag("Lead"));
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    world.expect(&on_other(world, "add", &[("contact_id", &id), ("role", "author")]), 202, "queued", "");
    world.crm.set_faults(Faults::default());
    assert_eq!((waiting(here), waiting(&there)), (0, 1));
    world.advance(Duration::from_secs(60));
    assert_eq!(world.drain(), 0, "this site drains its own");
    // The same contact means somebody of this site as well, and the two do not wait for each other.
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "ignored", "no_matching_user");

    // What that site is called next brings it on.
    world.expect(&on_other(world, "test", &[]), 200, "ok", "");
    let bo = world.contact(Contact::person("bo@example.com").first_name("Bo"));
    world.expect(&on_other(world, "update", &[("contact_id", &bo)]), 200, "ignored", "no_matching_user");
    let deadline = Instant::now() + Duration::from_secs(20);
    while waiting(&there) > 0 {
        assert!(Instant::now() < deadline, "{:#?}", world.site.sql(&format!("SELECT * FROM {there}")));
        std::thread::sleep(Duration::from_millis(20));
    }
    let user = world.user_with("wanda@example.com")["ID"].as_str().and_then(|id| id.parse().ok()).expect("a user");
    assert_eq!(roles(world, user), json!({"site 1": [], format!("site {other}"): ["author"]}));
}

/// WordPress then says of everybody that they are no member.
fn an_archived_site_still_knows_its_members(world: &World, other: u64) {
    let user = world.existing_user("arno", "arno@example.com", "");
    world.site.wp(&format!("return add_user_to_blog({other}, {user}, 'administrator');"));
    world.site.wp(&format!("return update_blog_status({other}, 'archived', 1);"));
    let id = world.contact(Contact::person("arno@example.com"));
    let answer = on_other(world, "add", &[("contact_id", &id), ("role", "author")]);
    assert_eq!((answer.status, answer.user_id()), (200, Some(user)), "{}\n{}", answer.json, world.site.log());
    assert_eq!(roles(world, user)[format!("site {other}")], json!(["administrator"]));
    assert!(answer.notes().contains(&"protected_user".to_owned()), "{}", answer.json);
}

fn a_new_user_belongs_to_the_site_that_was_called(world: &World, other: u64) {
    let id = world.contact(ana());
    let answer = on_other(world, "add", &[("contact_id", &id)]);
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    assert_eq!(roles(world, user), json!({"site 1": [], format!("site {other}"): ["subscriber"]}));
    assert_eq!(world.site.mails(), []);
    assert_eq!(world.user(user)["user_email"], "ana@example.com");
    world.expect(&on_other(world, "update", &[("contact_id", &id)]), 200, "unchanged", "");
}

fn a_network_user_is_added_and_otherwise_left_alone(world: &World, other: u64) {
    let there = format!("site {other}");
    // An administrator of this site is an ordinary user, if any, of the other.
    for (login, role, wanted, got) in [
        ("omar", "subscriber", "author", "author"),
        ("adele", "administrator", "", "subscriber"),
        ("eve", "administrator", "administrator", "subscriber"),
    ] {
        let user = world.existing_user(login, &format!("{login}@example.com"), role);
        let account = || world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {user}"));
        let before = account();
        let id = world.contact(Contact::person(&format!("{login}@example.com")).first_name("New").tag("Lead"));
        let answer = on_other(world, "add", &[("contact_id", &id), ("role", wanted), ("send_notification", "1")]);
        world.expect(&answer, 200, "updated", "");
        assert_eq!(answer.user_id(), Some(user), "{}", answer.json);
        assert_eq!(roles(world, user), json!({"site 1": [role], &there: [got]}), "{login}: {}", answer.json);
        let refused = answer.notes().contains(&"role_refused".to_owned());
        assert_eq!(refused, wanted == "administrator", "{login}: {}", answer.json);
        assert_eq!(account(), before, "{login}");

        // His address is the network's: from here it is never changed.
        let number: u64 = id.parse().expect("an id is a number");
        world.crm.set_property(number, "SYSTEM", "email", "work", "evil@evil.example");
        let answer = on_other(world, "update", &[("contact_id", &id)]);
        assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
        assert!(answer.notes().contains(&"protected_user".to_owned()), "{login}: {}", answer.json);
        assert_eq!(account(), before, "{login} with another address");
    }
    assert_eq!(world.site.mails(), []);
    // One who belongs nowhere yet.
    let user = world.existing_user("lone", "lone@example.com", "subscriber");
    world.site.wp(&format!("return remove_user_from_blog({user}, 1);"));
    let (_, answer) = world.add(Contact::person("lone@example.com").first_name("Lone"));
    world.expect(&answer, 200, "updated", "");
    assert_eq!(roles(world, user), json!({"site 1": ["subscriber"], &there: []}), "{}", answer.json);
}

fn lea() -> Contact {
    Contact::person("lea@example.com").first_name("Lea").tag("Lead")
}

fn a_link_counts_on_the_site_that_made_it(world: &World, other: u64) {
    let (id, answer) = world.add(lea());
    world.expect(&answer, 200, "created", "");
    let lea_id = answer.user_id().expect("the answer names the user");
    let number: u64 = id.parse().expect("an id is a number");
    let account = || world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {lea_id}"));
    let before = account();

    // The same number over there is another account's contact.
    world.crm.set_property(number, "SYSTEM", "email", "work", "somebody.else@example.net");
    let answer = on_other(world, "update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "ignored", "no_matching_user");
    let answer = on_other(world, "add", &[("contact_id", &id)]);
    world.expect(&answer, 200, "created", "");
    assert_ne!(answer.user_id(), Some(lea_id), "{}", answer.json);
    assert_eq!(account(), before);

    // Another contact over there has her address: no link of that site's, so no conflict; and ours stays.
    let twin = world.contact(lea());
    world.crm.reset_counts();
    let answer = on_other(world, "add", &[("contact_id", &twin)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.user_id(), Some(lea_id), "{}", answer.json);
    assert!(!answer.notes().contains(&"relinked".to_owned()), "{}", answer.json);
    assert_eq!(world.crm.counts().total, 1, "the other site's contact is nothing to ask for here");
    assert_eq!(roles(world, lea_id)[format!("site {other}")], json!(["subscriber"]));
    world.crm.set_property(number, "SYSTEM", "email", "work", "lea@example.com");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    assert_eq!((answer.status, answer.user_id()), (200, Some(lea_id)), "{}\n{}", answer.json, world.site.log());
    assert!(!answer.notes().contains(&"relinked".to_owned()), "the link of site 1 was overwritten: {}", answer.json);
    let answer = on_other(world, "update", &[("contact_id", &twin)]);
    assert_eq!((answer.status, answer.user_id()), (200, Some(lea_id)), "{}\n{}", answer.json, world.site.log());
    assert!(
        !answer.notes().contains(&"relinked".to_owned()),
        "the link of the other site was overwritten: {}",
        answer.json
    );
}
