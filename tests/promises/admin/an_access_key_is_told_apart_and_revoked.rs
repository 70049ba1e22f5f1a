//! Access keys are a table: each with its label, its end, when it was made and used. A second one takes the first one's place
//! without a webhook lost; a revoked one opens nothing any more. Only an admin makes and revokes them, and none of `wp-config.php`.

use crate::stage::world::{World, nonce};
use serde_json::Value;
use site::{Builder, Database, Request, Server, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=webhooks";
const FORM: &str = "application/x-www-form-urlencoded";
const NEWER: &str = "a-key-of-an-older-release-n001";
const OLDER: &str = "a-key-of-an-older-release-o002";

fn quick(site: Builder) -> Builder {
    site.database(Database::Sqlite).server(Server::BuiltIn).access_key(None)
}

fn stored(world: &World) -> Value {
    world.site.wp("wp_cache_flush(); return get_option('agile_bridge_settings')['access_keys'];")
}

fn post(world: &World, cookie: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let request = Request::new("POST", SCREEN).header("Cookie", cookie).body(FORM, form(fields));
    let response = world.site.send(&request);
    (response.status, response.body())
}

fn tested(world: &World, key: &str) -> u16 {
    world.site.get(&format!("/?wpf_action=test&access_key={key}")).status
}

/// What names the keys in the page's buttons, in their order.
fn ids(page: &str) -> Vec<String> {
    let parts = page.split("name=\"agile_bridge_about\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn one_takes_the_place_of_the_other() {
    let world = World::with(quick);
    world.play("keys.mjs", "rotation");
    let key = "this-is-the-key-that-is-left";
    world.store_keys(&[key]);
    assert_eq!(world.site.get(&format!("/?wpf_action=add&access_key={key}")).status, 400);
    world.await_refused_calls(1);
    world.play("keys.mjs", "refused");
}

#[test]
fn by_an_admin_alone() {
    let world = World::with(quick);
    world.store_keys(&[NEWER, OLDER]);
    world.existing_user("eve", "eve@example.com", "editor");
    let (admin, editor) = (world.site.login(site::ADMIN.0, site::ADMIN.1), world.site.login("eve", "a-long-password"));
    let page = world.settings_tab(&admin, "webhooks");
    for text in ["No label", "Not known", "Never", "••••••••n001", "••••••••o002"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!([tested(&world, NEWER), tested(&world, OLDER)], [200, 200], "as before there were labels");

    let before = stored(&world);
    let [newer, older] = &ids(&page)[..] else { panic!("two keys: {page}") };
    let revoke = nonce(&page, "id=\"agile-bridge-revoke_key-form\"");
    let new = nonce(&page, "id=\"agile-bridge-new_key-form\"");
    let revoking = |nonce, id| [("agile_bridge_action", "revoke_key"), ("_wpnonce", nonce), ("agile_bridge_about", id)];
    for (case, cookie, nonce, id) in [
        ("an editor", &*editor, &*revoke, &**older),
        ("nobody", "", &revoke, older),
        ("a wrong nonce", &admin, "0123456789", older),
        ("the nonce of another button", &admin, &new, older),
        ("another key", &admin, &revoke, "000000000000"),
    ] {
        post(&world, cookie, &revoking(nonce, id));
        assert_eq!(stored(&world), before, "{case}");
    }
    let by_get = format!("{SCREEN}&{}", form(&revoking(&revoke, older)));
    world.site.send(&Request::new("GET", &by_get).header("Cookie", &admin));
    assert_eq!(stored(&world), before, "by GET");

    assert_eq!(post(&world, &admin, &revoking(&revoke, older)).0, 302);
    assert_eq!([tested(&world, NEWER), tested(&world, OLDER)], [200, 403]);
    let (status, page) = post(&world, &admin, &revoking(&revoke, newer));
    assert!(status == 200 && page.contains("This is the only access key"), "{page}");
    assert_eq!(tested(&world, NEWER), 200);

    let (_, page) = post(&world, &admin, &[("agile_bridge_action", "new_key"), ("_wpnonce", &new)]);
    assert!(page.contains("id=\"agile-bridge-new-key\""), "{page}");
    let [newest, _] = &ids(&page)[..] else { panic!("two keys: {page}") };

    world.site.set_constant("AGILE_BRIDGE_ACCESS_KEY", "a-key-of-wp-config-php-with-end-c003");
    let before = stored(&world);
    let page = world.settings_tab(&admin, "webhooks");
    assert!(page.contains("••••••••c003") && !page.contains("••••••••n001") && ids(&page).is_empty(), "{page}");
    let (_, page) = post(&world, &admin, &revoking(&revoke, newest));
    assert!(page.contains("The access key is set in wp-config.php."), "{page}");
    assert_eq!(stored(&world), before);
    assert_eq!(tested(&world, NEWER), 403);
}
