//! What Agile CRM gets back of a new user, nothing, a link to set the password or the password, is one choice on the screen; what
//! was stored before by two fields shows as that choice and goes on working, and a constant decides over it.

use crate::stage::world::World;
use serde_json::{Value, json};
use site::Database;

/// The choice that the tab shows, and the name of the field.
fn shown(world: &World, cookie: &str) -> (String, String) {
    let page = world.settings_tab(cookie, "users");
    let value = |input: &str| input.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let inputs: Vec<&str> = page.split("<input ").map(|rest| rest.split('>').next().unwrap_or_default()).collect();
    let chosen: Vec<_> =
        inputs.iter().filter(|input| input.contains("[returns]") && input.contains("checked")).collect();
    assert_eq!(chosen.len(), 1, "{inputs:?}");
    let field = inputs.iter().find(|input| input.contains("id=\"agile-bridge-return-password-field\""));
    (value(chosen[0]).expect("a value"), field.and_then(|input| value(input)).expect("the field"))
}

fn stored(world: &World) -> (Value, Value) {
    let option = world.site.wp("return get_option('agile_bridge_settings');");
    (option["return_password_field"].clone(), option["returns_link"].clone())
}

#[test]
fn and_what_was_stored_before_counts() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let pair = |choice: &str, field: &str| (choice.to_owned(), field.to_owned());
    assert_eq!(shown(&world, &cookie), pair("nothing", ""));
    for (link, choice) in [(false, "password"), (true, "link")] {
        world.set(&json!({"return_password_field": "WP Secret", "returns_link": link}));
        assert_eq!(shown(&world, &cookie), pair(choice, "WP Secret"));
    }
    world.set(&json!({"return_password_field": "", "returns_link": true}));
    assert_eq!(shown(&world, &cookie), pair("nothing", ""), "a link that goes nowhere");

    let save = |choice: &str, field: &str| {
        world.save_settings(&cookie, &[("[returns]", choice), ("[return_password_field]", field)])
    };
    save("link", " WP Link ");
    assert_eq!(stored(&world), (json!("WP Link"), json!(true)));
    save("password", "WP Link");
    assert_eq!(stored(&world), (json!("WP Link"), json!(false)));
    for (choice, field) in [("link", ""), ("password", " "), ("both", "WP Link"), ("link", &*"x".repeat(101))] {
        let page = save(choice, field);
        assert!(page.contains("Nothing was saved"), "{choice} {field}");
        assert_eq!(stored(&world), (json!("WP Link"), json!(false)), "{choice} {field}");
    }
    save("nothing", "WP Link");
    assert_eq!(stored(&world).0, json!(""));
    save("link", "WP Link");
    // Another tab has none of it.
    world.save_settings(&cookie, &[("[paused]", "0")]);
    assert_eq!(stored(&world), (json!("WP Link"), json!(true)));
    // A field that the form could not hold is not one that was emptied.
    world.save_settings(&cookie, &[("[returns]", "password")]);
    assert_eq!(stored(&world), (json!("WP Link"), json!(true)));
}

#[test]
fn and_a_constant_decides() {
    let world = World::with(|site| {
        site.database(Database::Sqlite).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Secret")])
    });
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    assert_eq!(shown(&world, &cookie), ("password".to_owned(), "WP Secret".to_owned()));
    world.save_settings(&cookie, &[("[returns]", "link")]);
    assert_eq!(shown(&world, &cookie), ("link".to_owned(), "WP Secret".to_owned()), "which of the two is chosen");
    let page = world.save_settings(&cookie, &[("[returns]", "nothing")]);
    assert!(page.contains("AGILE_BRIDGE_RETURN_PASSWORD_FIELD") && page.contains("Nothing was saved"), "{page}");
    assert_eq!(stored(&world).1, json!(true));
}

#[test]
fn and_an_empty_constant_is_nothing() {
    let world =
        World::with(|site| site.database(Database::Sqlite).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "")]));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    world.set(&json!({"return_password_field": "WP Secret", "returns_link": true}));
    assert_eq!(shown(&world, &cookie), ("nothing".to_owned(), String::new()));
    world.save_settings(&cookie, &[("[welcome_mails]", "never")]);
    assert_eq!(stored(&world), (json!("WP Secret"), json!(true)), "what the constant hides stays");
}
