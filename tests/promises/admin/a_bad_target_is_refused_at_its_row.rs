//! A key that no contact may write is refused at its row, with the reason, by the rules of saving; before saving too. The rest is
//! saved and nothing typed is lost. A map that PHP would cut off says so before.

use crate::stage::field_map::{TAB, rows};
use crate::stage::world::World;
use serde_json::json;
use site::{Database, Request, form};

const REASON: &str = "This key is WordPress&#039; own and is never written from a contact.";

fn targets(world: &World) -> serde_json::Value {
    world.site.wp("return array_column(get_option('agile_bridge_field_map'), 'wp');")
}

#[test]
fn and_nothing_typed_is_lost() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let typed = [
        ("Rights", "wp_capabilities", "text"),
        ("Plan", "plan", "text"),
        ("Half", "", "text"),
        ("Again", "plan", "raw"),
        ("Größe", "Größe", "number"),
    ];
    for button in ["check", ""] {
        let page = world.send_field_map(&cookie, button, "", &typed);
        let shown = rows(&page);
        assert_eq!(shown.len(), 6, "{shown:?}");
        for (row, (crm, wp, _)) in shown.iter().zip(&typed) {
            assert!(row.contains(&format!("value=\"{crm}\"")) && row.contains(&format!("value=\"{wp}\"")), "{row}");
        }
        let reason = format!("id=\"agile-bridge-map-0-problem\" data-says=\"problem\" lang=\"en\">{REASON}</p>");
        assert!(shown[0].contains(&reason), "{}", shown[0]);
        let described =
            "aria-describedby=\"agile-bridge-map-0-problem agile-bridge-map-0-stored\" aria-invalid=\"true\"";
        assert!(shown[0].contains(described), "{}", shown[0]);
        assert!(!shown[1].contains("aria-invalid"), "{}", shown[1]);
        assert_eq!(shown[2].contains("The WordPress field is missing."), button.is_empty(), "{}", shown[2]);
        assert!(shown[3].contains("This key is mapped above already."), "{}", shown[3]);
        assert!(shown[4].contains("A user meta key starts with a letter"), "{}", shown[4]);
    }
    assert_eq!(targets(&world), json!(["plan"]), "the rest is saved");

    // Only an admin sends it, and only from the screen.
    world.existing_user("eve", "eve@example.com", "editor");
    let editor = world.site.login("eve", "a-long-password");
    for who in [&cookie, &editor] {
        let fields = form(&[
            ("option_page", "agile_bridge"),
            ("agile_bridge_action", "fields"),
            ("_wpnonce", "0123456789"),
            ("agile_bridge_field_map[0][crm]", "Plan"),
            ("agile_bridge_field_map[0][wp]", "other"),
            ("agile_bridge_settings[complete]", "1"),
        ]);
        let request = Request::new("POST", TAB).header("Cookie", who);
        assert_eq!(world.site.send(&request.body("application/x-www-form-urlencoded", fields)).status, 403);
    }
    assert_eq!(targets(&world), json!(["plan"]));
}

#[test]
fn a_long_map_fits_or_says_that_it_does_not() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let names: Vec<String> = (0..260).map(|number| format!("field_{number}")).collect();
    let many: Vec<(&str, &str, &str)> = names.iter().map(|name| (&**name, &**name, "text")).collect();
    let page = world.send_field_map(&cookie, "", "", &many[..200]);
    assert!(page.contains("Settings saved.") && !page.contains("max_input_vars"), "{}", world.site.log());
    assert_eq!(targets(&world).as_array().map(Vec::len), Some(200));

    let page = world.send_field_map(&cookie, "add", "", &many[..245]);
    assert!(page.contains("max_input_vars") && rows(&page).len() == 245, "said before anything is lost");
    let page = world.send_field_map(&cookie, "", "", &many);
    assert!(page.contains("The form arrived incomplete") && page.contains("Nothing was saved."), "{page}");
    assert_eq!(targets(&world).as_array().map(Vec::len), Some(200));
}
