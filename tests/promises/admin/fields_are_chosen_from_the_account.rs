//! What the account has is offered in the field map, asked once and kept; each row shows what a contact has and what would be
//! stored of it. An account that does not tell leaves typing possible. No page of anybody else asks.

use crate::stage::field_map::rows;
use crate::stage::world::{World, ana};
use sandbox::{Faults, Form};
use serde_json::json;
use site::Database;

const LIST: &str = "custom-fields/scope/position";

fn option<'a>(page: &'a str, value: &str) -> &'a str {
    let part = page.split(&format!("<option value=\"{value}\" label=")).nth(1);
    part.unwrap_or_else(|| panic!("{value} is not offered:\n{page}")).split('>').next().unwrap_or_default()
}

#[test]
fn with_a_contact_beside_them() {
    let world = World::new();
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    world.site.wp("update_user_meta(1, 'billing_phone', '1'); update_user_meta(1, 'customer-no', '1'); return 1;");
    world.crm.define_custom_field("Renewal", "DATE", "");
    world.crm.define_custom_field("\"><b>Plan</b>", "LIST", "silver;gold");
    world.crm.define_custom_field("Größe", "NUMBER", "");
    world.contact(ana().custom("Renewal", "1479580200").custom("\"><b>Plan</b>", "<script>alert(1)</script>gold"));

    let page = world.settings_tab(&cookie, "fields");
    assert!(option(&page, "Renewal").contains("data-type=\"date\" data-key=\"renewal\""), "{page}");
    assert!(option(&page, "Größe").contains("data-type=\"number\" data-key=\"grose\""), "{page}");
    assert!(option(&page, "phone+work").contains("data-key=\"billing_phone\""), "{page}");
    for offered in ["website+TWITTER", "address+city", "customer-no", "user_url"] {
        option(&page, offered);
    }
    for refused in ["wp_capabilities", "session_tokens", "locale"] {
        assert!(!page.contains(&format!("<option value=\"{refused}\"")), "{refused}");
    }
    assert!(page.contains("what Ana Ruiz has in Agile CRM"), "the newest person is shown:\n{page}");
    assert!(page.contains("agile-bridge-locked") && page.contains(">ana@example.com</bdi>"), "{page}");
    assert_eq!(world.crm.counts().of("GET", LIST), 1);

    // Without a script, and typed in rows of its own: nothing is asked again, nothing saved.
    let typed =
        [("Renewal", "renewal", "date"), ("\"><b>Plan</b>", "plan", ""), ("Größe", "size", "number"), ("", "", "")];
    let page = world.send_field_map(&cookie, "down:0", "", &typed);
    let shown = rows(&page);
    assert!(shown[1].contains("value=\"Renewal\"") && shown[0].contains("value=\"plan\""), "{shown:?}");
    assert!(shown[1].contains(">1479580200</bdi>") && shown[1].contains(">2016-11-19</bdi>"), "{shown:?}");
    assert!(shown[0].contains("&lt;script&gt;alert(1)&lt;/script&gt;gold</bdi>"), "{shown:?}");
    assert!(!page.contains("<script>alert(1)") && !page.contains("<b>Plan"), "{page}");
    assert!(shown[2].contains("Nothing: it is empty"), "{shown:?}");
    assert_eq!(world.site.wp("return get_option('agile_bridge_field_map');"), json!([]));
    assert_eq!(rows(&world.send_field_map(&cookie, "remove:1", "", &typed[..2])).len(), 2, "one is there to type into");

    let page = world.send_field_map(&cookie, "", "", &typed);
    assert!(page.contains("Settings saved."), "{page}");
    let expected = json!([["Renewal", "date"], ["\"><b>Plan</b>", "text"], ["Größe", "number"]]);
    let stored =
        "return array_map(fn($rule) => array($rule['crm'], $rule['type']), get_option('agile_bridge_field_map'));";
    assert_eq!(world.site.wp(stored), expected);
    assert_eq!(world.crm.counts().of("GET", LIST), 1, "{:?}", world.crm.requests());

    // Where else a custom field is named it is offered too.
    let page = world.settings_tab(&cookie, "users");
    let offered = page.split("<datalist id=\"agile-bridge-custom-fields\">").nth(1).unwrap_or_default();
    assert!(offered.starts_with("<option value=\"Renewal\">"), "{page}");
    assert!(page.contains("list=\"agile-bridge-custom-fields\"") && !page.contains("value=\"phone+work\""), "{page}");

    // Another contact, and an account that has changed.
    world.contact(sandbox::Contact::person("bo@example.com").first_name("Bo").custom("Renewal", "soon"));
    world.crm.define_custom_field("Later", "CHECKBOX", "");
    let page = world.send_field_map(&cookie, "sample", "bo@example.com", &typed);
    assert!(page.contains("what Bo has in Agile CRM") && page.contains("value=\"bo@example.com\""), "{page}");
    assert!(rows(&page)[0].contains("the value does not fit the type"), "{page}");
    assert!(!page.contains("value=\"Later\""));
    let page = world.send_field_map(&cookie, "reread", "bo@example.com", &typed);
    assert!(option(&page, "Later").contains("data-type=\"checkbox\""), "{page}");
    assert!(page.contains("4 custom fields, read"), "{page}");
    assert!(
        world
            .send_field_map(&cookie, "sample", "nobody@example.com", &typed)
            .contains("Agile CRM has no such contact.")
    );
    let kept = world.site.wp("return array_map('get_option', array('_transient_agile_bridge_sample_contact', '_transient_agile_bridge_crm_fields'));");
    assert!(!kept.to_string().contains("bo@example.com") && kept[0].is_string(), "sealed: {kept}");

    world.crm.reset_counts();
    world
        .site
        .wp("delete_transient('agile_bridge_crm_fields'); delete_transient('agile_bridge_sample_contact'); return 1;");
    for page in ["/", "/wp-admin/index.php"] {
        world.site.send(&site::Request::new("GET", page).header("Cookie", &cookie));
    }
    world.settings_tab(&cookie, "users");
    assert_eq!(world.crm.requests().len(), 0, "{:?}", world.crm.requests());
}

#[test]
fn where_the_account_does_not_tell() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    world.crm.define_custom_field("Hidden", "DATE", "");
    world.contact(ana().custom("Seen", "x"));
    world.crm.set_faults(Faults {
        unauthorized: Some(Form::Json),
        only_route: Some(format!("GET {LIST}")),
        ..Faults::default()
    });
    let page = world.settings_tab(&cookie, "fields");
    assert!(page.contains("did not tell all fields of your account") && page.contains("status 401"), "{page}");
    option(&page, "Seen");
    assert!(!page.contains("value=\"Hidden\""));

    // What is known is kept, and the contact is looked for once a minute: each change of a row sends the form.
    world.site.wp("delete_transient('agile_bridge_sample_contact'); return 1;");
    world.crm.set_faults(Faults { hang_up: true, ..Faults::default() });
    let page = world.settings_tab(&cookie, "fields");
    assert!(page.contains("Agile CRM gave no usable answer"), "{page}");
    let asked = world.crm.requests().len();
    let page = world.send_field_map(&cookie, "check", "", &[("Seen", "seen", "text")]);
    assert!(page.contains("Agile CRM gave no usable answer"), "{page}");
    assert_eq!(world.crm.requests().len(), asked, "{:?}", world.crm.requests());

    world.site.wp("delete_transient('agile_bridge_crm_fields'); return 1;");
    world.crm.set_faults(Faults { hang_up: true, ..Faults::default() });
    world.crm.reset_counts();
    let page = world.settings_tab(&cookie, "fields");
    assert!(page.contains("Agile CRM gave no usable answer"), "{page}");
    option(&page, "address+zip");
    let asked = world.crm.requests().len();
    let page = world.send_field_map(&cookie, "", "", &[("Typed", "typed", "text")]);
    assert!(page.contains("Settings saved.") && page.contains("value=\"Typed\""), "{page}");
    assert_eq!(world.crm.requests().len(), asked, "it is left in peace for a minute: {:?}", world.crm.requests());
}

#[test]
fn in_a_browser_with_and_without_a_script() {
    let world = World::with(|site| {
        site.database(Database::Sqlite).server(site::Server::BuiltIn).mu_plugin_file(
            "rtl.php",
            "<?php isset($_GET['rtl']) && add_action('init', fn() => $GLOBALS['wp_locale']->text_direction = 'rtl');",
        )
    });
    world.crm.define_custom_field("Renewal", "DATE", "");
    world.contact(ana().custom("Renewal", "1479580200").custom("\"><img src=x>", "<b>\"text\"</b>"));
    world.play("fields.mjs", "script");
    world.site.wp("delete_option('agile_bridge_field_map'); return 1;");
    world.play("fields.mjs", "no-script");
}

#[test]
fn without_the_extension_the_map_is_only_shown() {
    let world = World::with(|site| site.database(Database::Sqlite).extension(false).field_map(&[("Plan", "plan")]));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = world.settings_tab(&cookie, "fields");
    assert!(page.contains("once the PHP extension is installed") && page.contains("value=\"plan\""), "{page}");
    assert!(!page.contains("agile_bridge_field_map[0]") && !page.contains("agile_bridge_press"), "{page}");
    world.settings_tab(&cookie, "users");
    assert_eq!(world.site.log(), "");
}
