//! *Sync now* brings linked users up to date with their contacts: one from their row or profile, many by the bulk action of WordPress'
//! list. They are events like any other, merged with what waits; nobody is made, nobody is mailed, and who may change less of a user by
//! a webhook changes no more by hand. A notice follows them. In a real browser (`tests/browser/users.mjs`), and without a script.

use crate::stage::inbox::number;
use crate::stage::users_screen::{NO_LANGUAGES, USERS, between, list_nonce, text};
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::{Database, Server};

/// A mail to an admin for each user who is changed, as membership plugins send it.
const MAILS: &str =
    "<?php add_action('profile_update', fn() => wp_mail('owner@example.net', 'Changed', 'Somebody changed.'));";

#[test]
fn in_a_browser() {
    let world = World::with(|site| {
        site.database(Database::Sqlite).server(Server::BuiltIn).mu_plugin_file("no-languages.php", NO_LANGUAGES)
    });
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.expect(&world.add(Contact::person("bea@example.com").first_name("Bea")).1, 200, "created", "");
    world.existing_user("bob", "bob@example.com", "subscriber");
    world.crm.add_tag(id.parse().expect("a number"), "Gold");
    world.play("users.mjs", "sync");
    let done = |status: &str| {
        let of_hand = |event: &&serde_json::Value| event["origin"] == "sync" && event["status"] == status;
        world.events().iter().filter(of_hand).count()
    };
    assert_eq!((done("updated"), done("unchanged")), (1, 3), "{:#?}", world.events());
}

#[test]
fn by_post_from_the_screen_and_only_who_may() {
    let world = World::with(|site| site.mu_plugin_file("mails.php", MAILS));
    let (id, answer) = world.add(ana());
    let ana = answer.user_id().expect("a user");
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    world.existing_user("otto", "otto@example.com", "administrator");
    let eve = world.existing_user("eve", "eve@example.com", "editor");
    world.site.wp(&format!("(new WP_User({eve}))->add_cap('list_users'); return 1;"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let mine = list_nonce(&world.page(&admin, USERS).body());
    nobody_else_and_nothing_by_a_link(&world, ana, &admin, &mine);
    assert_eq!(world.events().len(), 1, "{:#?}", world.events());

    // One, from their row: done when the page comes, and back on the list as it was.
    let number = id.parse().expect("a number");
    world.crm.add_tag(number, "Gold");
    world.crm.set_property(number, "SYSTEM", "last_name", "", "Ruiz Gil");
    let list = format!("{USERS}?role=subscriber");
    let row = [("agile_bridge_sync", &*ana.to_string()), ("_wpnonce", &mine), ("_wp_http_referer", &list)];
    world.site.forget_mails();
    let answer = world.send_form(&admin, USERS, &row);
    assert_eq!(answer.header("Location"), Some(&*format!("{list}&agile_bridge_sync=1")), "{}", answer.body());
    let page = world.page(&admin, answer.header("Location").expect("an address")).body();
    assert!(text(&page).contains("1 user is up to date: 1 changed."), "{page}");
    let event = world.event_of(&id);
    world.expect_event(&event, "done", "updated", "");
    assert_eq!((&event["origin"], &event["action"]), (&json!("sync"), &json!("update")));
    assert_eq!(world.user(ana)["last_name"], "Ruiz Gil");
    assert_eq!(world.site.mails(), []);

    without_a_script(&world, &admin, ana, bob);
    an_admin_stays_protected(&world, &admin, &mine);
    a_contact_that_is_gone_is_told(&world, &admin, &mine, ana, number);
    assert_eq!(world.site.log(), "");
}

fn nobody_else_and_nothing_by_a_link(world: &World, ana: u64, admin: &str, mine: &str) {
    let login = |name: &str| world.site.login(name, "a-long-password");
    let (bob, eve, otto) = (login("bob"), login("eve"), login("otto"));
    let theirs = list_nonce(&world.page(&eve, USERS).body());
    let ana = ana.to_string();
    let profile = "/wp-admin/profile.php";
    for (case, cookie, target, nonce, status) in [
        ("a subscriber", &*bob, USERS, mine, 403),
        ("a subscriber on their profile", &bob, profile, mine, 200),
        ("who may list users", &eve, USERS, &*theirs, 200),
        ("nobody", "", USERS, mine, 302),
        ("no nonce", admin, USERS, "", 403),
        ("no nonce, on a profile", admin, profile, "", 403),
        ("another's nonce", &otto, USERS, mine, 403),
    ] {
        let fields = [("agile_bridge_sync", &*ana), ("_wpnonce", nonce)];
        assert_eq!(world.send_form(cookie, target, &fields).status, status, "{case}");
    }
    for (case, cookie, nonce) in [("who may list users", &*eve, &*theirs), ("no nonce", admin, "")] {
        let fields = [("action", "agile_bridge_sync"), ("_ajax_nonce", nonce)];
        assert_eq!(world.send_form(cookie, "/wp-admin/admin-ajax.php", &fields).status, 403, "{case}");
    }
    let link = format!("{USERS}?agile_bridge_sync={ana}&_wpnonce={mine}");
    assert_eq!(world.page(admin, &link).status, 200);
    assert_eq!(
        world.page(admin, &format!("{USERS}?action=agile_bridge_sync&users[]={ana}&_wpnonce={mine}")).status,
        200
    );
}

/// The form of WordPress' list is sent by GET: that leads to a button.
fn without_a_script(world: &World, admin: &str, ana: u64, bob: u64) {
    let events = world.events().len();
    let nonce = list_nonce(&world.page(admin, USERS).body());
    let chosen = format!(
        "action=agile_bridge_sync&users[]={ana}&users[]={bob}&_wpnonce={nonce}&_wp_http_referer=%2Fwp-admin%2Fusers.php"
    );
    let page = world.page(admin, &format!("{USERS}?{chosen}")).body();
    assert!(page.contains("Bring 2 users up to date"), "{page}");
    assert_eq!(world.events().len(), events);
    let form = between(&page, "<form class=\"notice notice-info\"", "</form>");
    let value = |name: &str| between(&form, &format!("name=\"{name}\" value=\""), "\"");
    let (ana, bob, nonce, back) = (ana.to_string(), bob.to_string(), value("_wpnonce"), value("_wp_http_referer"));
    let fields = [
        ("action", &*value("action")),
        ("users[]", &*ana),
        ("users[]", &*bob),
        ("_wpnonce", &*nonce),
        ("_wp_http_referer", &*back),
    ];
    let answer = world.send_form(admin, USERS, &fields);
    let page = world.page(admin, answer.header("Location").unwrap_or_else(|| panic!("{}", answer.body()))).body();
    let said = text(&between(&page, "id=\"agile-bridge-sync\"", "</div>"));
    assert!(said.contains("1 user is up to date: 0 changed."), "{said}");
    assert!(said.contains("1 user is not linked to a contact and was left out: bob."), "{said}");
    assert_eq!(world.events().len(), events + 1);
}

fn an_admin_stays_protected(world: &World, admin: &str, nonce: &str) {
    let id = world.contact(Contact::person("otto@example.com").first_name("Otto"));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let otto = world.user_with("otto@example.com")["ID"].as_str().expect("an id").to_owned();
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "email", "work", "else@example.com");
    let answer = world.send_form(admin, USERS, &[("agile_bridge_sync", &otto), ("_wpnonce", nonce)]);
    assert_eq!(answer.status, 302, "{}", answer.body());
    let notes = world.event_of(&id)["notes"].to_string();
    assert!(notes.contains("protected_user"), "{notes}");
    assert_eq!(world.user(otto.parse().expect("a number"))["user_email"], "otto@example.com");
}

fn a_contact_that_is_gone_is_told(world: &World, admin: &str, nonce: &str, ana: u64, contact: u64) {
    world.crm.delete_contact(contact);
    let answer = world.send_form(admin, USERS, &[("agile_bridge_sync", &*ana.to_string()), ("_wpnonce", nonce)]);
    let page = world.page(admin, answer.header("Location").expect("an address")).body();
    assert!(text(&page).contains("1 user could not be brought up to date"), "{page}");
}

#[test]
fn many_are_stored_by_as_few_statements_as_one_and_merged_with_what_waits() {
    let world = World::new();
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    let users = world.site.wp(
        "AgileBridge\\Plugin\\Inbox\\Schema::ensure(); $ids = [];
         // Nobody logs in: a dear hash would take ten seconds.
         add_filter('wp_hash_password_options', fn() => ['cost' => 4]);
         for ($i = 1; $i <= 200; $i++) {
            $ids[] = $id = wp_insert_user(['user_login' => \"p$i\", 'user_pass' => 'x', 'user_email' => \"p$i@example.com\"]);
            update_user_meta($id, 'agilecrm_contact_id', (string) (7000 + $i));
         } return $ids;",
    );
    let users: Vec<String> = users.as_array().expect("ids").iter().map(ToString::to_string).collect();
    world.pause(true);
    // A webhook that wants more than an update keeps what it wants.
    let webhook = world.site.webhook("add", &[("contact_id", "7001"), ("role", "author"), ("send_notification", "1")]);
    world.expect(&webhook, 202, "queued", "");
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let nonce = list_nonce(&world.page(&admin, USERS).body());
    let choose = |chosen: &[String]| {
        let mut fields = vec![("action", "agile_bridge_sync"), ("_wpnonce", &*nonce)];
        fields.extend(chosen.iter().map(|id| ("users[]", &**id)));
        world.site.queries_during(|| world.send_form(&admin, USERS, &fields))
    };
    choose(&users[..1]);
    let (_, one) = choose(&users[..1]);
    let (answer, all) = choose(&users);
    assert_eq!(answer.status, 302, "{}", answer.body());
    assert!(all.len() <= one.len() + 2, "{} and {} statements: {all:#?}", one.len(), all.len());
    assert_eq!(world.events().len(), 200);
    let merged = world.event_of("7001");
    assert_eq!((&merged["action"], &merged["origin"]), (&json!("add"), &json!("webhook")));
    assert_eq!((number(&merged["webhooks"]), number(&merged["send_notification"])), (4, 1));
    let page = world.page(&admin, USERS).body();
    assert!(text(&page).contains("200 users are queued: 0 done. The others wait: processing is paused"), "{page}");
}
