//! The field map: each type of value, and WP Fusion's way to name a property.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

fn entry(crm: &str, wp: &str, kind: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "keep"})
}

/// One user meta value as other plugins read it.
fn meta(world: &World, user: u64, key: &str) -> Value {
    world.site.wp(&format!("return get_user_meta({user}, '{key}', true);"))
}

#[test]
fn every_type_and_every_way_to_name_a_property() {
    let map = json!([
        entry("Bio", "bio", "text"),
        entry("Bio", "description", "text"),
        entry("Path", "path", "text"),
        entry("Html", "html", "raw"),
        entry("Seats", "seats", "number"),
        entry("Member", "member", "checkbox"),
        entry("Guest", "guest", "checkbox"),
        entry("Topics", "topics", "multiselect"),
        entry("Colours", "colours", "multiselect"),
        entry("Seconds", "born", "date"),
        entry("Milliseconds", "born_ms", "date"),
        entry("Day", "born_text", "date"),
        entry("phone+work", "billing_phone", "text"),
        entry("phone+home fax", "fax", "text"),
        entry("phone+mobile", "mobile", "text"),
        entry("website+TWITTER", "twitter", "text"),
        entry("website+URL", "user_url", "text"),
        entry("address+city", "billing_city", "text"),
        entry("address+countryname", "country", "text"),
        entry("email", "billing_email", "text"),
        entry("email+personal", "private_email", "text"),
        entry("email+home", "home_email", "text"),
        entry("title", "nickname", "text"),
        entry("company", "display_name", "text"),
        entry("plan", "lower_case", "text"),
        entry("Plan", "plan", "text"),
    ]);
    let world = World::with(|site| site.option("agile_bridge_field_map", map));
    let id = world.contact(
        Contact::person("Ana@Example.com ")
            .email("personal", "ana.r@example.org")
            .first_name(" Ana ")
            .property("SYSTEM", "title", "", "The Chief")
            .property("SYSTEM", "company", "", "ACME")
            .phone("home fax", "111")
            .phone("work", "+34 600 000 000")
            .property("SYSTEM", "website", "URL", "https://example.com/ana")
            .property("SYSTEM", "website", "TWITTER", "@ana")
            .address("", &json!({"countryname": "Spain", "city": "Sevilla", "zip": "41001", "state": ""}))
            .custom("Plan", "gold")
            .custom("Bio", "<p>First <b>line</b></p>\nSecond line\n\n<script>alert(1)</script>Fourth ü 😀")
            .custom("Path", "C:\\temp\\new \"q\" O'Brien 100% %41")
            .custom("Html", "<b>bold</b> & \\o/")
            .custom("Seats", "42")
            .custom("Member", "on")
            .custom("Guest", "off")
            .custom("Topics", "PHP, Rust ,, O'Reilly\\s")
            .custom("Colours", "[\"red, dark\", \"blue\"]")
            .custom("Seconds", "1479580200")
            .custom("Milliseconds", "1479580200000")
            .custom("Day", "11/20/2016"),
    );

    let answer = world.site.webhook("add", &[("contact_id", &id)]);

    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    assert_eq!(answer.notes(), Vec::<String>::new());
    let user_id = answer.user_id().expect("a user");
    let user = world.user(user_id);
    for (key, expected) in [
        ("user_email", json!("ana@example.com")),
        ("first_name", json!("Ana")),
        ("user_url", json!("https://example.com/ana")),
        ("nickname", json!("The Chief")),
        ("display_name", json!("ACME")),
        ("bio", json!("First line\nSecond line\n\nFourth ü 😀")),
        ("description", json!("First line\nSecond line\n\nFourth ü 😀")),
        ("path", json!("C:\\temp\\new \"q\" O'Brien 100% %41")),
        ("html", json!("<b>bold</b> & \\o/")),
        ("seats", json!("42")),
        ("member", json!("1")),
        ("guest", json!("0")),
        ("born", json!("2016-11-19")),
        ("born_ms", json!("2016-11-19")),
        ("born_text", json!("2016-11-20")),
        ("billing_phone", json!("+34 600 000 000")),
        ("fax", json!("111")),
        ("twitter", json!("@ana")),
        ("billing_city", json!("Sevilla")),
        ("country", json!("Spain")),
        ("billing_email", json!("ana@example.com")),
        ("private_email", json!("ana.r@example.org")),
        ("plan", json!("gold")),
    ] {
        assert_eq!(user[key], expected, "{key}");
    }
    // Names are the CRM's, to the letter, and what the contact does not have is not made up.
    for key in ["lower_case", "mobile", "home_email"] {
        assert!(user.get(key).is_none(), "{key}: {}", user[key]);
    }
    // Lists are arrays to whoever reads them.
    assert_eq!(meta(&world, user_id, "topics"), json!(["PHP", "Rust", "O'Reilly\\s"]));
    assert_eq!(meta(&world, user_id, "colours"), json!(["red, dark", "blue"]));

    the_day_is_the_sites(&world, &id, user_id);
}

/// 18:30 in UTC is the next day in India. The contact does not change, but what its date means does.
fn the_day_is_the_sites(world: &World, id: &str, user_id: u64) {
    for (name, offset, day) in [
        ("Asia/Kolkata", 0.0, "2016-11-20"),
        ("America/Los_Angeles", 0.0, "2016-11-19"),
        ("", 5.5, "2016-11-20"),
        ("", 5.25, "2016-11-19"),
        ("", -8.0, "2016-11-19"),
        ("Europe/Madrid", 5.5, "2016-11-19"),
    ] {
        world.site.wp(&format!("update_option('timezone_string', '{name}'); update_option('gmt_offset', {offset});"));
        let answer = world.site.webhook("update", &[("contact_id", id)]);
        assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
        assert_eq!(meta(world, user_id, "born"), json!(day), "'{name}' {offset}: {}", answer.json);
        assert_eq!(meta(world, user_id, "born_text"), json!("2016-11-20"), "'{name}' {offset}: a day is a day");
    }
}
