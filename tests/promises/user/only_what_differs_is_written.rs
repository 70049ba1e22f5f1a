//! Only what differs is written. Values are compared in the form in which WordPress stores them, so the same webhook
//! once more finds nothing to do, whatever the names look like.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

const TEXTS: [&str; 15] = [
    "AT&T",
    "AT&amp;T",
    "\"double\" 'single' O'Brien",
    "O\\'Brien",
    "C:\\new\\\\folder\\",
    "<b>Bo</b>",
    "a < b > c",
    "two  blanks\tand a tab",
    "🙂 Ana 👩‍👩‍👧",
    "100% %s %d %25",
    "Ünïcödé 山田",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- x --> y",
    "a:1:{i:0;s:1:\"x\";}",
    "{{first_name}} $1 \\1",
];

/// Every field that takes a text, from the property `Text`.
const FIELDS: [&str; 7] = ["first_name", "last_name", "nickname", "display_name", "description", "plan", "user_url"];

fn field_map() -> Value {
    let rule = |wp: &&str| {
        let crm = if *wp == "user_url" { "Url" } else { "Text" };
        json!({"crm": crm, "wp": wp, "type": "text", "when_empty": "keep"})
    };
    let mut rules: Vec<_> = FIELDS.iter().map(rule).collect();
    rules.push(json!({"crm": "Text", "wp": "plan_raw", "type": "raw", "when_empty": "keep"}));
    rules.push(json!({"crm": "Text", "wp": "plan_list", "type": "multiselect", "when_empty": "keep"}));
    rules.into()
}

/// The statements that changed something, but for the event's own row.
fn writes(queries: &[String]) -> Vec<&String> {
    let is_write = |query: &&String| {
        let verb = query.split_whitespace().next().unwrap_or_default().to_uppercase();
        matches!(&*verb, "INSERT" | "UPDATE" | "DELETE" | "REPLACE")
            && ["wp_users", "wp_usermeta", "wp_options"].iter().any(|table| query.contains(table))
    };
    // WordPress updates the row of users in any case; its id for its id writes nothing.
    let is_empty = |query: &str| query.starts_with("UPDATE `wp_users` SET `ID` = ") && !query.contains(',');
    queries.iter().filter(is_write).filter(|query| !is_empty(query)).collect()
}

const URL: &str = "https://example.com/a b?x=1&y='2'#z";

/// What WordPress itself stores for each of the texts, in a user made by its own means.
const STORED_BY_WORDPRESS: &str = "
    $all = array();
    foreach ($given[0] as $number => $text) {
        $text = wp_strip_all_tags($text);
        $names = array_fill_keys(['first_name', 'last_name', 'nickname', 'display_name', 'description'], $text);
        $account = ['user_login' => \"like$number\", 'user_pass' => 'x', 'user_url' => $given[1]];
        $id = wp_insert_user(wp_slash($names + $account));
        $user = get_userdata($id);
        $stored = ['display_name' => $user->data->display_name, 'user_url' => $user->data->user_url, 'plan' => $text];
        foreach (['first_name', 'last_name', 'nickname', 'description'] as $key) {
            $stored[$key] = get_user_meta($id, $key, true);
        }
        $all[] = $stored;
    }
    return $all;";

#[test]
fn nothing_is_written_without_need() {
    let world = World::with(|site| site.option("agile_bridge_field_map", field_map()));
    the_same_webhook_twice_writes_nothing(&world);
    one_change_is_one_write(&world);
}

fn the_same_webhook_twice_writes_nothing(world: &World) {
    let expected = world.wp_given(&json!([TEXTS, URL]), STORED_BY_WORDPRESS);
    // A new user for every text, and one who was there before.
    let mut sent = Vec::new();
    for (number, text) in TEXTS.iter().enumerate() {
        world.existing_user(&format!("old{number}"), &format!("old{number}@example.com"), "subscriber");
        for kind in ["new", "old"] {
            let contact = Contact::person(&format!("{kind}{number}@example.com")).custom("Text", text);
            let (id, answer) = world.add(contact.custom("Url", URL).tag("Lead"));
            world.expect(&answer, 200, if kind == "new" { "created" } else { "updated" }, "");
            sent.push((number, kind, id, answer.user_id().expect("the answer names the user")));
        }
    }

    let before = world.user_tables();
    let ((), queries) = world.site.queries_during(|| {
        for (number, kind, id, _) in &sent {
            let answer = world.site.webhook("add", &[("contact_id", id), ("role", "subscriber")]);
            let got = (answer.status, answer.wp_status());
            assert_eq!(got, (200, "unchanged"), "{kind} {}: {}\n{}", TEXTS[*number], answer.json, world.site.log());
        }
    });
    assert_eq!(writes(&queries), Vec::<&String>::new());
    assert_eq!(world.user_tables(), before);

    for (number, kind, _, user) in sent {
        let (text, user) = (TEXTS[number], world.user(user));
        for field in FIELDS {
            assert_eq!(user[field], expected[number][field], "{field} of {kind} from {text}");
        }
        // `user()` unserialises; what is in the row tells whether the text went in as a text.
        let raw = world.site.sql(&format!(
            "SELECT meta_value FROM wp_usermeta WHERE meta_key = 'plan_raw' AND user_id = {}",
            user["ID"].as_str().unwrap_or_default()
        ));
        assert_eq!(raw.len(), 1, "{raw:?}");
        assert!(raw[0]["meta_value"].as_str().is_some_and(|raw| raw.contains(text)), "{raw:?} from {text}");
    }
}

fn one_change_is_one_write(world: &World) {
    let contact = Contact::person("ana@example.com").custom("Text", "before").custom("Url", "https://example.com/");
    let contact = contact.custom("Plan", "gold").tag("Lead");
    let (id, answer) = world.add(contact);
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    let number: u64 = id.parse().expect("an id is a number");
    let rule = |crm: &str, wp: &str| json!({"crm": crm, "wp": wp, "type": "text", "when_empty": "keep"});
    world.store_field_map(&json!([
        rule("Plan", "plan"),
        rule("Shown", "display_name"),
        rule("Url", "user_url"),
        rule("Seats", "seats")
    ]));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");

    // The property, its new value, the key that changes, and the tables that may be written.
    for (kind, name, value, key, table) in [
        ("CUSTOM", "Plan", "silver", "plan", "wp_usermeta"),
        ("CUSTOM", "Seats", "7", "seats", "wp_usermeta"),
        ("SYSTEM", "first_name", "Ana", "first_name", "wp_usermeta"),
        ("CUSTOM", "Shown", "Ana R.", "display_name", "wp_users"),
        ("CUSTOM", "Url", "https://example.org/", "user_url", "wp_users"),
    ] {
        let before = world.user(user);
        world.crm.set_property(number, kind, name, "", value);
        let (answer, queries) = world.site.queries_during(|| world.site.webhook("update", &[("contact_id", &id)]));
        world.expect(&answer, 200, "updated", "");
        let mut expected = before.clone();
        expected[key] = value.into();
        assert_eq!(world.user(user), expected, "{name}");
        let writes = writes(&queries);
        assert_eq!(writes.len(), 1, "{name}: {writes:#?}");
        assert!(writes[0].contains(&format!("`{table}`")) || writes[0].contains(table), "{name}: {writes:#?}");
    }
    // Tags alone.
    world.crm.add_tag(number, "VIP");
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("update_tags", &[("contact_id", &id)]));
    world.expect(&answer, 200, "updated", "");
    let writes = writes(&queries);
    assert!(writes.len() == 1 && writes[0].contains("agilecrm_tags"), "{writes:#?}");
}
