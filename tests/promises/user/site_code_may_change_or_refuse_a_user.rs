//! Filters, ours and WP Fusion's: what they return is what is stored, but it passes the same guards as what the CRM sent;
//! null refuses the user. A filter that fails leaves nothing half done.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::Answer;
use std::time::Duration;

/// Filters as the option `test_filters` says: a list of keys to set, null to refuse, or a text that is thrown.
const FILTERS: &str = r"<?php
foreach ( array( 'agile_bridge_user_data', 'wpf_import_user', 'wpf_pulled_user_meta', 'wpf_set_user_meta' ) as $hook ) {
	add_filter( $hook, function ( $data ) use ( $hook ) {
		$wanted = get_option( 'test_filters', array() );
		if ( ! array_key_exists( $hook, $wanted ) ) {
			return $data;
		}
		if ( is_string( $wanted[ $hook ] ) ) {
			throw new Error( $wanted[ $hook ] );
		}
		return is_array( $wanted[ $hook ] ) ? array_merge( $data, $wanted[ $hook ] ) : $wanted[ $hook ];
	} );
}";

fn world() -> World {
    World::with(|site| site.plugin_file("filters/filters.php", FILTERS).field_map(&[("Plan", "plan")]))
}

fn filter(world: &World, filters: &Value) {
    world.wp_given(filters, "update_option('test_filters', $given);");
}

/// A contact of this number and the answer to `add`.
fn add(world: &World, number: usize) -> (String, Answer) {
    let email = format!("user{number}@example.com");
    world.add(Contact::person(&email).first_name("Ana").custom("Plan", "gold").tag("Lead"))
}

#[test]
fn what_a_filter_returns_is_stored() {
    let world = world();
    filter(
        &world,
        &json!({"agile_bridge_user_data": {"first_name": "Ours", "plan": "ours"},
                "wpf_import_user": {"plan": "theirs", "billing_phone": "12 \\ 3", "topics": ["a", "b"], "nickname": "Nick"}}),
    );
    let (id, answer) = add(&world, 0);
    world.expect(&answer, 200, "created", "");
    let user_id = answer.user_id().expect("a user");
    let user = world.user(user_id);
    assert_eq!(
        (&user["first_name"], &user["plan"], &user["nickname"]),
        (&json!("Ours"), &json!("theirs"), &json!("Nick"))
    );
    assert_eq!((&user["billing_phone"], &user["topics"]), (&json!("12 \\ 3"), &json!(["a", "b"])));

    filter(
        &world,
        &json!({"wpf_pulled_user_meta": {"plan": "pulled", "last_name": "Pulled"}, "wpf_set_user_meta": {"plan": "set"}}),
    );
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    let user = world.user(user_id);
    let seen = (&user["first_name"], &user["last_name"], &user["plan"]);
    assert_eq!(seen, (&json!("Ana"), &json!("Pulled"), &json!("set")));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    // Tags are no user data: filters of user data have no part in them.
    filter(&world, &json!({"wpf_pulled_user_meta": null}));
    world.expect(&world.site.webhook("update_tags", &[("contact_id", &id)]), 200, "unchanged", "");
}

#[test]
fn what_a_filter_returns_passes_the_same_guards() {
    let world = world();
    let evil = json!({
        "wp_capabilities": {"administrator": true}, "WP_CAPABILITIES": ["administrator"], "wp_cápabilities": "x",
        "wp_user_level": "10", "session_tokens": ["x"], "_x": "x", "role": "administrator", "ID": 1, "user_nicename": "x",
        "agilecrm_contact_id": "1", "agilecrm_tags": ["Evil"], "user_activation_key": "x", "spam": "1",
        "user_url": "https://example.com/".to_owned() + &"x".repeat(100), "object": {"a": {"b": "c"}}, "plan": "good",
    });
    let admin = world.site.sql("SELECT * FROM wp_users WHERE ID = 1");
    for (number, hooks) in
        [vec!["agile_bridge_user_data"], vec!["wpf_import_user", "wpf_pulled_user_meta"], vec!["wpf_set_user_meta"]]
            .into_iter()
            .enumerate()
    {
        let filters: serde_json::Map<_, _> = hooks.iter().map(|hook| ((*hook).to_owned(), evil.clone())).collect();
        filter(&world, &filters.into());
        let (id, answer) = add(&world, number);
        world.expect(&answer, 200, "created", "");
        let user_id = answer.user_id().expect("a user");
        let updated = world.site.webhook("update", &[("contact_id", &id)]);
        assert_eq!(updated.status, 200, "{hooks:?}: {}\n{}", updated.json, world.site.log());
        let user = world.user(user_id);
        assert_eq!(user["plan"], "good", "{hooks:?}: the rest is stored: {user}");
        assert_eq!((&user["roles"], &user["wp_user_level"]), (&json!(["subscriber"]), &json!("0")), "{hooks:?}");
        assert_eq!((&user["agilecrm_contact_id"], &user["agilecrm_tags"]), (&json!(id), &json!(["Lead"])), "{hooks:?}");
        assert_eq!((&user["user_url"], &user["user_activation_key"]), (&json!(""), &json!("")), "{hooks:?}");
        for key in ["session_tokens", "_x", "role", "ID1", "spam", "object", "WP_CAPABILITIES", "wp_cápabilities"] {
            assert!(user.get(key).is_none(), "{hooks:?}: {key} is {}", user[key]);
        }
        let rights = world
            .site
            .wp(&format!("return user_can({user_id}, 'manage_options') || user_can({user_id}, 'edit_posts');"));
        assert_eq!(rights, json!(false), "{hooks:?}");
        assert_eq!(world.site.sql("SELECT * FROM wp_users WHERE ID = 1"), admin, "{hooks:?}: the admin's row");
    }

    // An address of a filter is checked as strictly as one of the CRM.
    let before = world.rows();
    for (number, address) in
        ["not an address", "a@exämple.com", "", "ana @example.com", "<b>@example.com"].into_iter().enumerate()
    {
        for hook in ["agile_bridge_user_data", "wpf_import_user"] {
            let filters: serde_json::Map<_, _> =
                [(hook.to_owned(), json!({"user_email": address}))].into_iter().collect();
            filter(&world, &filters.into());
            let (_, answer) = add(&world, 100 + number);
            assert_eq!(answer.status, 422, "{hook} '{address}': {}\n{}", answer.json, world.site.log());
            let known = ["email_invalid", "email_missing", "rejected_by_site"].contains(&answer.wp_code());
            assert!(known, "{hook} '{address}': {}", answer.json);
        }
    }
    // The address of somebody else.
    filter(&world, &json!({"wpf_import_user": {"user_email": "admin@example.org"}}));
    let (_, answer) = add(&world, 200);
    world.expect(&answer, 422, "failed", "email_conflict");
    filter(&world, &json!({}));
    let changes: Vec<_> =
        world.changes_since(&before).into_iter().filter(|row| !row.contains("test_filters")).collect();
    assert_eq!(changes, Vec::<String>::new());
}

#[test]
fn null_refuses_and_a_failing_filter_changes_nothing() {
    let world = world();
    let linked = world.contact(ana().custom("Plan", "gold"));
    world.expect(&world.site.webhook("add", &[("contact_id", &linked)]), 200, "created", "");
    let contact: u64 = linked.parse().expect("an id");
    world.crm.set_property(contact, "CUSTOM", "Plan", "", "silver");
    world.crm.add_tag(contact, "New");
    let new = world.contact(Contact::person("new@example.com").custom("Plan", "gold").tag("Lead"));

    for (what, returned, status, code) in
        [("null", Value::Null, 422, "rejected_by_site"), ("an error", json!("thrown by a test"), 500, "site_error")]
    {
        for (hook, action, id) in [
            ("wpf_import_user", "add", &new),
            ("agile_bridge_user_data", "add", &new),
            ("wpf_pulled_user_meta", "update", &linked),
            ("wpf_pulled_user_meta", "add", &linked),
            ("agile_bridge_user_data", "update", &linked),
            ("wpf_set_user_meta", "update", &linked),
        ] {
            let may_refuse = hook.starts_with("wpf_import") || hook.starts_with("wpf_pulled");
            if what == "null" && !may_refuse {
                continue;
            }
            let filters: serde_json::Map<_, _> = [(hook.to_owned(), returned.clone())].into_iter().collect();
            filter(&world, &filters.into());
            let before = world.rows();
            let answer = world.site.webhook(action, &[("contact_id", id)]);
            let seen = (answer.status, answer.wp_status(), answer.wp_code());
            assert_eq!(seen, (status, "failed", code), "{what} of {hook}: {}\n{}", answer.json, world.site.log());
            assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what} of {hook}");
            assert!(
                !answer.response.body().contains("thrown by"),
                "what went wrong is the site's business: {}",
                answer.json
            );
            // A refusal is the end of it. An accident is not: it is tried again, and while it happens again nothing changes.
            world.advance(Duration::from_secs(60));
            world.drain_and_rest();
            let (state, attempts) = if status == 500 { ("waiting", 2) } else { ("done", 1) };
            let event = world.event_of(id);
            let seen = (event["state"].as_str(), number(&event["attempts"]));
            assert_eq!(seen, (Some(state), attempts), "{what} of {hook}: {event}");
            assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what} of {hook}");
            if status == 500 {
                // Refused meanwhile: the next row has a webhook of its own.
                let refusal = if action == "add" && id == &new { "wpf_import_user" } else { "wpf_pulled_user_meta" };
                filter(&world, &json!({refusal: null}));
                world.catch_up();
                let event = world.events().pop().expect("an event");
                assert_eq!((&event["state"], &event["code"]), (&json!("done"), &json!("rejected_by_site")), "{event}");
            }
        }
    }
    // The last accident, mended: nobody has to call.
    let throws = json!({"agile_bridge_user_data": "thrown by a test"});
    filter(&world, &throws);
    for (action, id) in [("add", &new), ("update", &linked)] {
        let answer = world.site.webhook(action, &[("contact_id", id)]);
        world.expect(&answer, 500, "failed", "site_error");
    }
    filter(&world, &json!({}));
    world.catch_up();
    for (email, plan) in [("new@example.com", "gold"), ("ana@example.com", "silver")] {
        assert_eq!(world.user_with(email)["plan"], plan, "{email}: {:?}", world.events());
    }
    for id in [new, linked] {
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "unchanged", "");
    }
}
