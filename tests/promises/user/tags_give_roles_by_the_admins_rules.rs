//! Rules of the admin turn tags into roles, after `add`, `update` and `update_tags`: the first rule whose tag is stored decides.
//! A role that the same webhook names wins; a role is taken away only if a rule gave it and its tag has left a list that could
//! be read, and the default role takes its place. Never of protected users, never a dangerous role, never without a list.

use crate::stage::look::{change, look};
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Answer, Database};

fn world(database: Database) -> World {
    let world = World::with(|site| site.database(database));
    world.site.wp(
        "add_role('gold', 'Gold Member', array('read' => true)); add_role('silver', 'Silver Member', array('read' => true));
         add_role('staff', 'Staff', array('read' => true, 'list_users' => true)); return 1;",
    );
    world
}

fn rules(world: &World, rules: &[(&str, &str)]) {
    let rules: Vec<Value> = rules.iter().map(|(tag, role)| json!({"tag": tag, "role": role})).collect();
    world.set(&json!({"tag_roles": rules}));
}

fn person(email: &str, tags: &[&str]) -> Contact {
    tags.iter().fold(Contact::person(email), |contact, tag| contact.tag(tag))
}

fn set_tags(world: &World, id: &str, tags: &Value) {
    let number = id.parse().expect("a number");
    let mut contact = world.crm.contact(number).expect("the contact");
    contact["tags"] = tags.clone();
    world.crm.replace_contact(number, contact);
}

fn roles(world: &World, user: u64) -> Value {
    world.user(user)["roles"].clone()
}

/// Sends it twice: the second one has nothing to do.
#[track_caller]
fn send(world: &World, action: &str, id: &str, status: &str) -> Answer {
    let answer = world.site.webhook(action, &[("contact_id", id)]);
    world.expect(&answer, 200, status, "");
    let before = world.user_tables();
    world.expect(&world.site.webhook(action, &[("contact_id", id)]), 200, "unchanged", "");
    assert_eq!(world.user_tables(), before);
    answer
}

fn a_role_comes_and_goes_with_its_tag(database: Database) {
    let world = world(database);
    rules(&world, &[("VIP", "gold"), ("Über & Müller", "silver"), ("Lead", "silver")]);
    // Of a new user.
    for (number, (tags, role)) in [
        (&["Lead"][..], "silver"),
        (&["Lead", "VIP"], "gold"),
        (&["Über & Müller"], "silver"),
        (&["vip", "lead", "uber & muller"], "subscriber"),
        (&[], "subscriber"),
    ]
    .into_iter()
    .enumerate()
    {
        let (id, answer) = world.add(person(&format!("p{number}@example.com"), tags));
        world.expect(&answer, 200, "created", "");
        assert_eq!(answer.notes(), Vec::<String>::new(), "{tags:?}");
        assert_eq!(roles(&world, answer.user_id().expect("a user")), json!([role]), "{tags:?}");
        send(&world, "update", &id, "unchanged");
    }
    // Of one who is there, by every action.
    for (number, action) in ["add", "update", "update_tags"].into_iter().enumerate() {
        let email = format!("known{number}@example.com");
        let user = world.existing_user(&email, &email, "contributor");
        let id = world.contact(person(&email, &[]));
        send(&world, action, &id, "updated");
        for (tags, role) in [
            (json!([]), "contributor"),
            (json!(["Lead"]), "silver"),
            (json!(["Lead", "VIP"]), "gold"),
            // The rule behind it stands again.
            (json!(["Lead"]), "silver"),
            (json!(["Other"]), "subscriber"),
            (json!(["Other", "Lead"]), "silver"),
            // By another rule, and then by that.
            (json!(["Über & Müller"]), "silver"),
            (json!([]), "subscriber"),
        ] {
            set_tags(&world, &id, &tags);
            let status = if world.user(user)["agilecrm_tags"] == tags || (tags == json!([]) && role == "contributor") {
                "unchanged"
            } else {
                "updated"
            };
            send(&world, action, &id, status);
            assert_eq!(roles(&world, user), json!([role]), "{action} {tags}");
        }
    }
}

#[test]
fn a_role_comes_and_goes_with_its_tag_on_mariadb() {
    a_role_comes_and_goes_with_its_tag(Database::MariaDb);
}

#[test]
fn a_role_comes_and_goes_with_its_tag_on_sqlite() {
    a_role_comes_and_goes_with_its_tag(Database::Sqlite);
}

#[test]
fn only_what_a_rule_gave_is_taken() {
    let world = world(Database::MariaDb);
    rules(&world, &[("VIP", "gold")]);
    let (id, answer) = world.add(person("ana@example.com", &["VIP"]));
    let user = answer.user_id().expect("a user");
    assert_eq!(roles(&world, user), json!(["gold"]));

    // A list that cannot be read is no list without the tag.
    set_tags(&world, &id, &Value::Null);
    let answer = send(&world, "update", &id, "unchanged");
    assert_eq!((answer.notes(), roles(&world, user)), (vec!["tags_missing".to_owned()], json!(["gold"])));
    // A second role stays, before and after.
    world.site.wp(&format!("(new WP_User({user}))->add_role('contributor'); return 1;"));
    set_tags(&world, &id, &json!(["Other"]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, user), json!(["subscriber", "contributor"]));

    // What somebody else gave is theirs, though a rule would give it too.
    let known = world.existing_user("known", "known@example.com", "gold");
    let id = world.contact(person("known@example.com", &["VIP"]));
    send(&world, "update", &id, "updated");
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, known), json!(["gold"]));

    // Given by the rule, taken by hand, and given by hand: no longer the rule's.
    let by_hand = |role: &str| world.site.wp(&format!("(new WP_User({user}))->set_role('{role}'); return 1;"));
    let id = world.user(user)["agilecrm_contact_id"].as_str().expect("a link").to_owned();
    set_tags(&world, &id, &json!(["VIP"]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, user), json!(["gold", "contributor"]));
    by_hand("author");
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, user), json!(["author"]));
    by_hand("gold");
    set_tags(&world, &id, &json!(["Other"]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, user), json!(["gold"]));
}

#[test]
fn a_role_of_the_same_webhook_wins() {
    let world = world(Database::MariaDb);
    rules(&world, &[("VIP", "gold")]);
    let id = world.contact(person("ana@example.com", &["VIP"]));
    let with_role = |action: &str, role: &str| world.site.webhook(action, &[("contact_id", &id), ("role", role)]);
    let answer = with_role("add", "author");
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    assert_eq!(roles(&world, user), json!(["author"]));
    world.expect(&with_role("add", "author"), 200, "unchanged", "");
    assert_eq!(roles(&world, user), json!(["author"]));
    // One that is refused is as good as none.
    let answer = with_role("update", "administrator");
    world.expect(&answer, 200, "updated", "");
    assert_eq!((answer.notes(), roles(&world, user)), (vec!["role_refused".to_owned()], json!(["gold"])));
    // Nor is what the webhook gave the rule's to take.
    world.expect(&with_role("update", "contributor"), 200, "updated", "");
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, user), json!(["contributor"]));
}

#[test]
fn nobody_gets_or_loses_what_they_must_not() {
    let world = world(Database::MariaDb);
    // Dangerous, not there, no role at all: the first rule decides all the same.
    for (number, role) in ["administrator", "staff", "gone", "", "manage_options"].into_iter().enumerate() {
        rules(&world, &[("VIP", role), ("Lead", "silver")]);
        let (id, answer) = world.add(person(&format!("p{number}@example.com"), &["VIP", "Lead"]));
        world.expect(&answer, 200, "created", "");
        let user = answer.user_id().expect("a user");
        assert_eq!(
            (answer.notes(), roles(&world, user)),
            (vec!["role_refused".to_owned()], json!(["subscriber"])),
            "{role}"
        );
        let answer = send(&world, "update_tags", &id, "unchanged");
        assert_eq!(
            (answer.notes(), roles(&world, user)),
            (vec!["role_refused".to_owned()], json!(["subscriber"])),
            "{role}"
        );
    }
    rules(&world, &[("VIP", "gold")]);
    // The protected keep theirs.
    let edith = world.existing_user("edith", "edith@example.com", "editor");
    let id = world.contact(person("edith@example.com", &["VIP"]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, edith), json!(["editor"]));
    // Also what a rule gave them before.
    let (id, answer) = world.add(person("ana@example.com", &["VIP"]));
    let ana = answer.user_id().expect("a user");
    world.site.wp(&format!("(new WP_User({ana}))->add_role('editor'); return 1;"));
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, ana), json!(["gold", "editor"]));

    // A default role that a rule gives too stays.
    world.site.wp("update_option('default_role', 'gold'); return 1;");
    let known = world.existing_user("bob", "bob@example.com", "author");
    let id = world.contact(person("bob@example.com", &["VIP"]));
    send(&world, "update", &id, "updated");
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, known), json!(["gold"]));

    // Without rules nothing is given, nothing taken.
    let (id, answer) = world.add(person("eve@example.com", &["VIP"]));
    let eve = answer.user_id().expect("a user");
    rules(&world, &[]);
    set_tags(&world, &id, &json!([]));
    send(&world, "update", &id, "updated");
    assert_eq!(roles(&world, eve), json!(["gold"]));
}

#[test]
fn what_a_rule_of_today_changes_the_hourly_look_finds() {
    let world = world(Database::MariaDb);
    let (id, answer) = world.add(person("ana@example.com", &["VIP"]));
    let user = answer.user_id().expect("a user");
    rules(&world, &[("VIP", "gold")]);
    change(&world, id.parse().expect("a number"), "Ana");
    look(&world);
    world.catch_up();
    assert_eq!(roles(&world, user), json!(["gold"]));
}

#[test]
fn on_a_network_each_site_has_its_own() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp("return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);");
    let on_other = |action: &str, id: &str| {
        let target = world.site.webhook_target(action, &[("contact_id", id)]);
        world.site.answer(&site::Request::new("GET", &format!("/other{target}")))
    };
    let roles = |user: u64| {
        world.site.wp(&format!(
            "wp_cache_flush(); return [(new WP_User({user}, '', 1))->roles, (new WP_User({user}, '', {other}))->roles];"
        ))
    };
    rules(&world, &[("VIP", "author")]);
    world.site.wp(&format!(
        "switch_to_blog({other}); return update_option('agile_bridge_settings', ['tag_roles' => [['tag' => 'VIP', 'role' => 'contributor']]]);"
    ));
    // Made by the other site, and there alone.
    let id = world.contact(person("ana@example.com", &["VIP"]));
    let answer = on_other("add", &id);
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    assert_eq!(roles(user), json!([[], ["contributor"]]));
    set_tags(&world, &id, &json!([]));
    world.expect(&on_other("update", &id), 200, "updated", "");
    assert_eq!(roles(user), json!([[], ["subscriber"]]));

    // Who is of the network already becomes a member by the rule; the protected, who have a role elsewhere, by the default.
    for (email, there, joined, after) in [
        ("bob@example.com", "", "contributor", "subscriber"),
        ("eve@example.com", "author", "subscriber", "subscriber"),
    ] {
        let user = world.existing_user(email, email, there);
        let here = if there.is_empty() { json!([]) } else { json!([there]) };
        let id = world.contact(person(email, &["VIP"]));
        world.expect(&on_other("add", &id), 200, "updated", "");
        assert_eq!(roles(user), json!([here, [joined]]), "{email}");
        set_tags(&world, &id, &json!([]));
        world.expect(&on_other("update", &id), 200, "updated", "");
        assert_eq!(roles(user), json!([here, [after]]), "{email}");
    }
}
