//! The settings are an administrator's, and changed only by what they themselves sent from the screen, whole; so is what was
//! given up processed again.

use crate::stage::world::{World, ana, nonce};
use serde_json::{Value, json};
use site::{Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";
const FORM: &str = "application/x-www-form-urlencoded";

/// The stored settings and the map.
fn stored(world: &World) -> Value {
    world.site.wp(
        "wp_cache_flush(); return array(get_option('agile_bridge_settings'), get_option('agile_bridge_field_map'));",
    )
}

fn post(world: &World, cookie: &str, target: &str, fields: &[(&str, &str)]) -> u16 {
    let request = Request::new("POST", target).header("Cookie", cookie).body(FORM, form(fields));
    world.site.send(&request).status
}

fn making_a_key(nonce: &str) -> [(&str, &str); 2] {
    [("agile_bridge_action", "new_key"), ("_wpnonce", nonce)]
}

fn processing_again(nonce: &str) -> [(&str, &str); 2] {
    [("agile_bridge_action", "replay_dead"), ("_wpnonce", nonce)]
}

fn saving_and_testing(nonce: &str) -> Vec<(&str, &str)> {
    saving(nonce, &[("agile_bridge_settings[complete]", "1"), ("agile_bridge_action", "save_and_test")])
}

/// How many events were given up.
fn given_up(world: &World) -> usize {
    world.events().iter().filter(|event| event["state"] == "dead").count()
}

fn saving<'a>(nonce: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("option_page", "agile_bridge"),
        ("action", "update"),
        ("_wpnonce", nonce),
        ("agile_bridge_settings[return_password_field]", "Secret"),
    ];
    [&fields, more].concat()
}

#[test]
fn who_may_and_what_counts() {
    let world = World::with(|site| site.access_key(None));
    give_one_up(&world);
    world.existing_user("eve", "eve@example.com", "editor");
    let (user, password) = site::ADMIN;
    let (admin, editor) = (world.site.login(user, password), world.site.login("eve", "a-long-password"));
    let before = stored(&world);
    assert_eq!(before[0]["access_keys"].as_array().map(Vec::len), Some(1), "activation makes a key");
    let page = |tab: &str| world.settings_tab(&admin, tab);
    let new = nonce(&page("webhooks"), "id=\"agile-bridge-new_key-form\"");
    let save = nonce(&page("advanced"), "name='option_page'");
    let again = nonce(&page("advanced"), "id=\"agile-bridge-replay_dead-form\"");

    let refused = world.site.send(&Request::new("GET", SCREEN).header("Cookie", &editor));
    assert_eq!(refused.status, 403, "an editor does not see the screen");
    let whole = [("agile_bridge_settings[complete]", "1")];
    let wrong = "0123456789";
    let cases = [
        ("an editor", &*editor, [&*save, &new, &again]),
        ("a wrong nonce", &admin, [wrong, wrong, wrong]),
        ("the nonce of another form", &admin, [&new, &again, &save]),
        ("nobody", "", [&save, &new, &again]),
    ];
    for (case, cookie, [save, new, again]) in cases {
        post(&world, cookie, SCREEN, &making_a_key(new));
        post(&world, cookie, SCREEN, &processing_again(again));
        assert_eq!(given_up(&world), 1, "{case}");
        post(&world, cookie, "/wp-admin/options.php", &saving(save, &whole));
        post(&world, cookie, SCREEN, &saving_and_testing(save));
        assert_eq!(stored(&world), before, "{case}");
    }

    // PHP's max_input_vars cuts the end off.
    let rows = [("agile_bridge_field_map[0][crm]", "Plan"), ("agile_bridge_field_map[0][wp]", "plan")];
    post(&world, &admin, "/wp-admin/options.php", &saving(&save, &rows));
    assert_eq!(stored(&world), before, "a form that arrived incomplete");

    // One value that is none, and nothing of the form counts.
    for (name, value) in [
        ("agile_bridge_settings[gone_contacts]", "role:administrator"),
        ("agile_bridge_settings[gone_contacts]", "role:nobody"),
        ("agile_bridge_settings[gone_contacts]", "delete"),
        ("agile_bridge_settings[inline_workers]", "65"),
        ("agile_bridge_settings[inline_workers]", "-1"),
        ("agile_bridge_settings[inline_workers]", "1e1"),
        ("agile_bridge_settings[login_format]", "field:user_pass"),
        ("agile_bridge_settings[login_format]", "field:plan"),
        ("agile_bridge_settings[login_format]", ""),
        ("agile_bridge_settings[webhook_roles][]", "editor"),
        ("agile_bridge_settings[webhook_roles][]", "nobody"),
        ("agile_bridge_settings[webhook_roles][]", "Author"),
        ("agile_bridge_settings[tag_roles][0][tag]", "VIP"),
        ("agile_bridge_settings[tag_roles][0][tag]", "V\tIP"),
    ] {
        post(&world, &admin, "/wp-admin/options.php", &saving(&save, &[&whole[..], &[(name, value)]].concat()));
        assert_eq!(stored(&world), before, "{name} {value}");
    }

    for (tag, role) in [("VIP", "administrator"), ("VIP", "gone"), ("V\u{1}IP", "author"), (&"x".repeat(256), "author")]
    {
        let rule =
            [("agile_bridge_settings[tag_roles][0][tag]", tag), ("agile_bridge_settings[tag_roles][0][role]", role)];
        post(&world, &admin, "/wp-admin/options.php", &saving(&save, &[&whole[..], &rule].concat()));
        assert_eq!(stored(&world), before, "{tag} {role}");
    }

    let processing = [
        ("agile_bridge_settings[login_format]", "first.last"),
        ("agile_bridge_settings[returns]", "link"),
        ("agile_bridge_settings[limit_roles]", "1"),
        ("agile_bridge_settings[role_changes]", "0"),
        ("agile_bridge_settings[webhook_roles][0]", ""),
        ("agile_bridge_settings[webhook_roles][1]", "author"),
        ("agile_bridge_settings[tag_roles][0][tag]", ""),
        ("agile_bridge_settings[tag_roles][0][role]", "author"),
        ("agile_bridge_settings[tag_roles][4][tag]", " R&D 'x' \\ ü "),
        ("agile_bridge_settings[tag_roles][4][role]", "author"),
        ("agile_bridge_settings[gone_contacts]", "role:contributor"),
        ("agile_bridge_settings[inline_workers]", "0"),
        ("agile_bridge_settings[paused]", "0"),
        ("agile_bridge_settings[reconcile]", "0"),
    ];
    let form = saving(&save, &[&rows[..], &processing, &whole].concat());
    assert_eq!(post(&world, &admin, "/wp-admin/options.php", &form), 302);
    let after = stored(&world);
    assert_eq!(after[0]["return_password_field"], "Secret", "{}", world.site.log());
    assert_eq!(after[1], json!([{"crm": "Plan", "wp": "plan", "type": "text", "when_empty": "keep"}]));
    assert_eq!(after[0]["access_keys"], before[0]["access_keys"]);
    let processing = ["gone_contacts", "inline_workers", "paused", "reconcile"].map(|name| &after[0][name]);
    assert_eq!(processing, [&json!("role:contributor"), &json!(0), &json!(false), &json!(false)]);
    let users = ["login_format", "returns_link", "limit_roles", "role_changes"].map(|name| &after[0][name]);
    assert_eq!(users, [&json!("first.last"), &json!(true), &json!(true), &json!(false)]);
    let roles = ["webhook_roles", "tag_roles"].map(|name| &after[0][name]);
    assert_eq!(roles, [&json!(["author"]), &json!([{"tag": "R&D 'x' \\ ü", "role": "author"}])]);

    assert_eq!(post(&world, &admin, SCREEN, &making_a_key(&new)), 200);
    assert_eq!(stored(&world)[0]["access_keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(post(&world, &admin, SCREEN, &making_a_key(&new)), 200, "never three keys");
    assert_eq!(stored(&world)[0]["access_keys"].as_array().map(Vec::len), Some(2));

    assert_eq!(post(&world, &admin, SCREEN, &processing_again(&again)), 302);
    assert_eq!(given_up(&world), 0, "{:?}", world.events());
    assert_eq!(world.events().pop().expect("an event")["state"], "waiting");
    world.drain();
    assert_eq!(world.user_with("ana@example.com")["first_name"], "Ana", "{:?}", world.events());
}

/// As after a day and more in which the CRM told nonsense about a contact.
fn give_one_up(world: &World) {
    let id = world.contact(ana());
    world.wp_given(
        &json!({"action": "add", "contact_id": id}),
        "AgileBridge\\Plugin\\Inbox\\Schema::ensure(); AgileBridge\\Plugin\\Inbox\\Inbox::store(new AgileBridge\\Plugin\\Inbox\\Webhook(...$given)); return 1;",
    );
    world.site.sql("UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL");
}
