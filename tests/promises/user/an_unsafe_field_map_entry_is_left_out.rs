//! A field map that somebody wrote straight into the database: what it may not name is left out when it is used, and the
//! rest of it works. Nobody becomes an administrator by a contact's field.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

/// Keys that are, or that the database's collation takes for, WordPress' own; and columns of `wp_users`.
const UNSAFE: [&str; 38] = [
    "wp_capabilities",
    "WP_CAPABILITIES",
    "Wp_Capabilities",
    "wp_cápabilities",
    "wp_capa\\bilities",
    "wp_capabilities ",
    "wp_capabilities\u{0}",
    "wp_capabilities\n",
    "wp_capab\u{131}lities",
    "\u{ff57}p_capabilities",
    "wp_2_capabilities",
    "capabilities",
    "wp_user_level",
    "wp_user_level ",
    "session_tokens",
    "session_tokens ",
    "wp_user-settings",
    "wp_user-settings-time",
    "_x",
    "_application_passwords",
    "default_password_nag",
    "agilecrm_contact_id",
    "agilecrm_tags",
    "ID",
    "user_nicename",
    "user_registered",
    "user_activation_key",
    "user_status",
    "role",
    "locale",
    "use_ssl",
    "show_admin_bar_front",
    "metaboxhidden_dashboard",
    "roles",
    "Plan",
    "1plan",
    "plan'; --",
    "",
];

const RIGHTS: &str = "a:1:{s:13:\"administrator\";b:1;}";

#[test]
fn no_field_makes_an_administrator() {
    // `roles` is a key like any other: no part of WordPress reads it from user meta.
    let forbidden = || UNSAFE.iter().filter(|key| **key != "roles");
    let world = World::new();
    let existing = world.existing_user("known", "known@example.com", "subscriber");
    let mut round = 0;
    for (kind, value) in
        [("raw", RIGHTS), ("text", RIGHTS), ("multiselect", "administrator"), ("checkbox", "on"), ("number", "10")]
    {
        round += 1;
        let mut map: Vec<Value> =
            forbidden().map(|wp| json!({"crm": "Evil", "wp": wp, "type": kind, "when_empty": "clear"})).collect();
        // Neither does nonsense spoil the map.
        map.extend([json!("text"), Value::Null, json!([]), json!({"wp": "x"}), json!({"crm": ["Evil"], "wp": "y"})]);
        map.extend([json!({"crm": "Evil", "wp": {"a": "b"}}), json!({"crm": "Evil", "wp": "z", "type": "php"})]);
        map.push(json!({"crm": "Plan", "wp": "plan", "type": "text", "when_empty": "keep"}));
        world.store_field_map(&map.into());
        let admin = world.site.sql("SELECT * FROM wp_users WHERE ID = 1");

        let contact = |email: &str| {
            Contact::person(email).first_name("Eve").custom("Evil", value).custom("Plan", kind).tag("Lead")
        };
        let new = world.contact(contact(&format!("eve{round}@example.com")));
        let known = world.contact(contact("known@example.com"));
        world.site.sql("DELETE FROM wp_usermeta WHERE meta_key = 'agilecrm_contact_id'");

        for (action, id, expected) in [("add", &new, "created"), ("update", &known, "updated")] {
            let answer = world.site.webhook(action, &[("contact_id", id)]);
            let seen = (answer.status, answer.wp_status());
            assert_eq!(seen, (200, expected), "{kind}: {}\n{}", answer.json, world.site.log());
            let user_id = answer.user_id().expect("a user");
            let user = world.user(user_id);
            assert_eq!(user["roles"], json!(["subscriber"]), "{kind}");
            assert_eq!(user["plan"], kind, "the rest of the map works: {user}");
            assert_eq!(user["agilecrm_contact_id"], **id, "{kind}: {user}");
            assert_eq!(user["agilecrm_tags"], json!(["Lead"]), "{kind}: {user}");
            assert_eq!(user["first_name"], "Eve", "what is not mapped is mapped by default");
            let rights = world.site.wp(&format!("return (array) get_userdata({user_id})->allcaps;"));
            assert_eq!(rights, json!({"read": true, "level_0": true, "subscriber": true}), "{kind}");
            for key in
                ["session_tokens", "wp_user-settings", "_x", "x", "y", "z", "a", "_application_passwords", "role"]
            {
                assert!(user.get(key).is_none(), "{kind}: {key} is {}", user[key]);
            }
            assert_eq!(user["wp_user_level"], "0", "{kind}");
            let as_made = (&user["locale"], &user["use_ssl"], &user["show_admin_bar_front"]);
            assert_eq!(as_made, (&json!(""), &json!("0"), &json!("true")), "{kind}: how the account works");
        }
        let evil = world.site.sql(
            "SELECT user_id, meta_key FROM wp_usermeta WHERE meta_value LIKE '%administrator%' AND user_id <> 1 \
             UNION SELECT user_id, meta_key FROM wp_usermeta WHERE meta_key LIKE '%capa%' AND meta_key <> 'wp_capabilities'",
        );
        assert_eq!(evil, Vec::<Value>::new(), "{kind}");
        assert_eq!(world.site.sql("SELECT * FROM wp_users WHERE ID = 1"), admin, "{kind}");
        assert_eq!(world.user(existing)["user_status"], "0", "{kind}");
    }
    // No part of it was even complained about.
    assert!(!world.site.log().contains("bridge-for-agile-crm"), "{}", world.site.log());
}
