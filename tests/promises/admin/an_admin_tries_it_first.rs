//! Before anything happens an admin sees what would: whom a contact becomes and why, each field before and after, role, tags and
//! notes; by the code that decides in earnest, and nothing is written. A button then does it.

use crate::stage::world::{World, ana, nonce};
use sandbox::Contact;
use serde_json::json;
use site::{Database, Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=try";

fn text(page: &str) -> String {
    let part = page.split("id=\"agile-bridge-preview\"").nth(1).unwrap_or_else(|| panic!("no preview:\n{page}"));
    let part = part.split("</div>").next().unwrap_or_default();
    let mut text = String::new();
    let mut inside = false;
    for letter in part.chars() {
        match letter {
            '<' => (inside, text) = (true, text + " "),
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_would_happen_and_then_it_does() {
    for database in [Database::Sqlite, Database::MariaDb] {
        let world = World::with(|site| site.database(database));
        world.store_field_map(&json!([
            {"crm": "Plan", "wp": "plan", "type": "text", "when_empty": "keep"},
            {"crm": "Secret", "wp": "user_pass", "type": "text", "when_empty": "keep"},
            {"crm": "address+city", "wp": "city", "type": "text", "when_empty": "keep"},
        ]));
        let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
        let look = |who: &str| world.settings_tab(&cookie, &format!("try&who={who}"));
        let id = world.contact(
            ana()
                .custom("Plan", "<b>gold</b>")
                .custom("Secret", "her own password")
                .address("home", &json!({"city": "Lisbon", "country": "PT"})),
        );
        let before = world.user_tables();

        let page = look("ana%40example.com");
        let said = text(&page);
        for words in [
            "no user yet: ana@example.com would be created",
            "plan changes",
            "city changes Lisbon nothing stored Lisbon",
            "Role + Subscriber",
            "Tags + Lead",
        ] {
            assert!(said.contains(words), "'{words}' is missing: {said}");
        }
        assert!(!page.contains("her own password"), "{said}");
        assert_eq!((world.user_tables(), world.events().len()), (before.clone(), 0), "nothing is written");

        let apply = |nonce: &str, contact: &str| {
            let fields = [("agile_bridge_action", "apply"), ("agile_bridge_contact", contact), ("_wpnonce", nonce)];
            let request = Request::new("POST", SCREEN).header("Cookie", &cookie);
            world.site.send(&request.body("application/x-www-form-urlencoded", form(&fields)))
        };
        let nonce = nonce(&page, "id=\"agile-bridge-apply-form\"");
        assert_eq!(apply("0123456789", &id).status, 403);
        assert!(apply(&nonce, "nobody").body().contains("The form named no contact."));
        assert_eq!((world.user_tables(), world.events().len()), (before, 0), "only from the screen");
        let answer = apply(&nonce, &id);
        assert_eq!(answer.status, 302, "{}", answer.body());
        world.await_all_done();
        let event = world.event_of(&id);
        world.expect_event(&event, "done", "created", "");
        assert_eq!(event["origin"], "admin");
        assert_eq!(world.user_with("ana@example.com")["plan"], "gold");
        let said = text(&look(&id));
        assert!(said.contains("Role and tags No change Do it now"), "{said}");

        world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "last_name", "", "Gil");
        world.crm.remove_tag(id.parse().expect("a number"), "Lead");
        let said = text(&look(&id));
        for words in [
            "linked by contact id",
            "last_name changes Gil Ruiz Gil",
            "first_name Ana Ana Ana",
            "Role No change",
            "Tags − Lead",
        ] {
            assert!(said.contains(words), "'{words}' is missing: {said}");
        }
        assert!(!said.contains("first_name changes"), "{said}");
    }
}

#[test]
fn what_is_in_the_way_is_said() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let look = |who: &str| world.settings_tab(&cookie, &format!("try&who={who}"));
    world.expect(&world.add(ana()).1, 200, "created", "");
    let twin = world.contact(ana());
    let company = world.contact(Contact::company("Acme"));
    let nameless = world.contact(Contact::person(""));
    let cases = [
        ("nobody%40example.com", "no such contact"),
        (&*twin, "who is linked to another contact"),
        (&company, "about a company"),
        (&nameless, "has no e-mail address"),
        ("what", "neither an e-mail address nor the id"),
    ];
    for (who, words) in cases {
        let page = look(who);
        assert!(page.contains(words), "{who}: '{words}' is missing:\n{page}");
        assert!(!page.contains("id=\"agile-bridge-preview\""), "{who}");
    }
    assert_eq!(world.user_count(), 2);
}
