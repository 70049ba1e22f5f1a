//! In an old table of options, of the charset latin1, a name with other letters would be cut to question marks, and with it the
//! whole setting could not be read again. It is refused, and what is stored works on.

use crate::stage::world::{World, nonce};
use serde_json::{Value, json};
use site::{Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";

fn stored(world: &World) -> Value {
    world.site.wp(
        "wp_cache_flush(); return array(get_option('agile_bridge_settings')['return_password_field'] ?? null, get_option('agile_bridge_field_map'));",
    )
}

fn save(world: &World, cookie: &str, field: &str, rows: &[(&str, &str)]) -> String {
    let get = |target: &str| world.site.send(&Request::new("GET", target).header("Cookie", cookie)).body();
    let nonce = nonce(&get(SCREEN), "name='option_page'");
    let mut fields = vec![
        ("option_page".to_owned(), "agile_bridge".to_owned()),
        ("action".to_owned(), "update".to_owned()),
        ("_wpnonce".to_owned(), nonce),
        ("agile_bridge_settings[return_password_field]".to_owned(), field.to_owned()),
        ("agile_bridge_settings[complete]".to_owned(), "1".to_owned()),
    ];
    for (number, (crm, wp)) in rows.iter().enumerate() {
        fields.push((format!("agile_bridge_field_map[{number}][crm]"), (*crm).to_owned()));
        fields.push((format!("agile_bridge_field_map[{number}][wp]"), (*wp).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let request = Request::new("POST", "/wp-admin/options.php").header("Cookie", cookie);
    let response = world.site.send(&request.body("application/x-www-form-urlencoded", form(&fields)));
    assert_eq!(response.status, 302, "{}", world.site.log());
    get(&format!("{SCREEN}&settings-updated=true"))
}

#[test]
fn it_is_told_and_the_rest_is_saved() {
    let world = World::with(|site| site.access_key(None));
    world.site.sql("ALTER TABLE wp_options CONVERT TO CHARACTER SET latin1");
    let (user, password) = site::ADMIN;
    let cookie = world.site.login(user, password);
    let rule = |crm: &str, wp: &str| json!({"crm": crm, "wp": wp, "type": "text", "when_empty": "keep"});

    let page = save(&world, &cookie, "Contraseña", &[("Größe", "size"), ("Płeć", "sex"), ("Plan", "plan")]);
    assert!(page.contains("P&#322;e&#263;") && page.contains("utf8mb4"), "the screen does not say what to do:\n{page}");
    let expected = json!(["Contraseña", [rule("Größe", "size"), rule("Plan", "plan")]]);
    assert_eq!(stored(&world), expected, "{}", world.site.log());

    let page = save(&world, &cookie, "Hasło", &[("Plan", "plan")]);
    assert!(page.contains("utf8mb4"), "the screen does not say what to do:\n{page}");
    assert_eq!(stored(&world), expected);

    // Nor is a key made that nobody could read again.
    let keys = || world.site.wp("wp_cache_flush(); return count(get_option('agile_bridge_settings')['access_keys']);");
    let new = nonce(&world.settings_tab(&cookie, "webhooks"), "id=\"agile-bridge-new_key-form\"");
    for (label, expected) in [("Kampañe", 2), ("Płeć", 1)].into_iter().rev() {
        let fields = [("agile_bridge_action", "new_key"), ("_wpnonce", &*new), ("agile_bridge_label", label)];
        let request = Request::new("POST", SCREEN).header("Cookie", &cookie);
        let page = world.site.send(&request.body("application/x-www-form-urlencoded", form(&fields))).body();
        assert_eq!((keys(), page.contains("utf8mb4")), (json!(expected), expected == 1), "{label}: {page}");
    }
}
