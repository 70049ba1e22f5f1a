//! Whoever can fill in a contact's fields takes nobody's account: each attack is run as the attacker would run it, over HTTP, to its
//! end. And an honest site goes on: users whom a webhook made follow their contact's address.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Mail, Request, Response, form};

/// What they type.
const OWN: &str = "a-long-password";
const WANTED: &str = "the-attackers-password";

fn number(id: &str) -> u64 {
    id.parse().expect("an id is a number")
}

/// The row of `wp_users` but for a key to reset the password, which asking for one changes.
fn account(world: &World, user: u64) -> Value {
    let columns = "user_login, user_pass, user_nicename, user_email, user_url, display_name";
    world.site.sql(&format!("SELECT {columns} FROM wp_users WHERE ID = {user}"))[0].clone()
}

fn asks_for_a_new_password(world: &World, email: &str) -> Vec<Mail> {
    world.site.forget_mails();
    let body = form(&[("user_login", email), ("redirect_to", "")]);
    world.site.post("/wp-login.php?action=lostpassword", "application/x-www-form-urlencoded", body);
    world.site.mails()
}

/// Follows the link of a mail and sets another password: whether WordPress let them.
fn follows(world: &World, mail: &Mail) -> bool {
    let link = mail.body.split_whitespace().find(|word| word.contains("action=rp")).expect("a link");
    let target = &link[link.find("/wp-login.php").expect("ours")..];
    let first = world.site.get(target.trim_end_matches('>'));
    let set = first.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
    let cookie = set.filter_map(|(_, cookie)| cookie.split(';').next()).collect::<Vec<_>>().join("; ");
    let page = world.site.send(&Request::new("GET", "/wp-login.php?action=rp").header("Cookie", &cookie)).body();
    let key = page.split("name=\"rp_key\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let Some(key) = key.map(str::to_owned) else { return false };
    let body = form(&[("pass1", WANTED), ("pass2", WANTED), ("rp_key", &key)]);
    let request = Request::new("POST", "/wp-login.php?action=resetpass").header("Cookie", &cookie);
    let done = world.site.send(&request.body("application/x-www-form-urlencoded", body));
    done.body().contains("has been reset")
}

/// Whether WordPress lets them in with it.
fn is_let_in(world: &World, name: &str, password: &str) -> bool {
    let body = form(&[("log", name), ("pwd", password), ("testcookie", "1")]);
    let request = Request::new("POST", "/wp-login.php").header("Cookie", "wordpress_test_cookie=WP%20Cookie%20check");
    world.site.send(&request.body("application/x-www-form-urlencoded", body)).status == 302
}

fn own_page(world: &World, cookie: &str) -> Response {
    world.site.send(&Request::new("GET", "/wp-admin/profile.php").header("Cookie", cookie))
}

/// Lets somebody in by an application password, as a program would.
fn makes_application_password(world: &World, user: u64) -> String {
    let made = world.site.wp(&format!(
        "add_filter('wp_is_application_passwords_available', '__return_true');
         return WP_Application_Passwords::create_new_application_password({user}, ['name' => 'mine'])[0];"
    ));
    made.as_str().expect("a password").to_owned()
}

fn application_passwords(world: &World, user: u64) -> Value {
    world.site.wp(&format!("return count(WP_Application_Passwords::get_user_application_passwords({user}));"))
}

fn sessions(world: &World, user: u64) -> Value {
    world.site.wp(&format!("return count(WP_Session_Tokens::get_instance({user})->get_all());"))
}

/// The attack in two states of a contact: first it has a user's address, then the attacker's.
fn address_walks_away(world: &World, login: &str, role: &str) -> (u64, String) {
    let email = format!("{login}@example.com");
    let user = world.existing_user(login, &email, role);
    let id = world.contact(Contact::person(&email).first_name("Vera").tag("Lead"));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let evil = format!("{login}@evil.example");
    world.crm.set_property(number(&id), "SYSTEM", "email", "work", &evil);
    (user, id)
}

#[test]
fn who_was_there_before_keeps_their_address() {
    let world = World::new();
    for (login, role) in [("vera", "author"), ("walt", "subscriber")] {
        let (user, id) = address_walks_away(&world, login, role);
        let before = account(&world, user);
        for action in ["update", "add", "update_tags", "update"] {
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            world.expect(&answer, 200, "unchanged", "");
            let noted: &[&str] = if action == "update_tags" { &[] } else { &["email_kept"] };
            assert_eq!(answer.notes(), noted, "{login}, {action}: {}", answer.json);
            assert_eq!(account(&world, user), before, "{login}, {action}");
        }
        // The attacker asks for a new password, by the address that is theirs and by the user's name.
        assert_eq!(asks_for_a_new_password(&world, &format!("{login}@evil.example")), [], "{login}");
        let mails = asks_for_a_new_password(&world, login);
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, [format!("{login}@example.com")], "it goes to whose account it is");
        assert!(is_let_in(&world, login, OWN), "{login} is still let in by their own password");
    }
    the_admin_reads_whose_address_was_not_followed(&world);
    fields_tags_and_roles_follow_all_the_same(&world);
}

fn the_admin_reads_whose_address_was_not_followed(world: &World) {
    let cookie = world.site.login("admin", "password");
    let page = world.site.send(&Request::new("GET", "/wp-admin/users.php").header("Cookie", &cookie));
    let page = page.body();
    let notice = page.split("agile-bridge-kept-emails").nth(1).and_then(|rest| rest.split("</div>").next());
    let notice = notice.unwrap_or_else(|| panic!("there is no notice:\n{page}"));
    assert!(notice.contains("2 users") && notice.contains("walt, vera"), "{notice}");
    assert!(notice.contains("tab Users"), "it says where to switch it on: {notice}");
}

fn fields_tags_and_roles_follow_all_the_same(world: &World) {
    let user = world.user_with("vera@example.com");
    let id = user["agilecrm_contact_id"].as_str().expect("linked").to_owned();
    world.crm.set_property(number(&id), "SYSTEM", "first_name", "", "Veronica");
    world.crm.add_tag(number(&id), "Paid");
    let answer = world.site.webhook("update", &[("contact_id", &id), ("role", "contributor")]);
    world.expect(&answer, 200, "updated", "");
    let user = world.user_with("vera@example.com");
    assert_eq!((&user["first_name"], &user["roles"]), (&json!("Veronica"), &json!(["contributor"])));
    assert_eq!(user["agilecrm_tags"], json!(["Lead", "Paid"]));

    // The contact has the address again: there is nothing to tell the admin any more.
    world.crm.set_property(number(&id), "SYSTEM", "email", "work", "vera@example.com");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    assert!(answer.notes().is_empty(), "{}", answer.json);
    let kept = world.site.wp("return array_values(AgileBridge\\Plugin\\Site\\Stats::kept_emails());");
    assert_eq!(kept.as_array().map(Vec::len), Some(1), "{kept}");
}

/// A webhook that changes nothing writes nothing, and the record of kept addresses is no exception.
#[test]
fn it_is_noted_once() {
    let world = World::new();
    let (_, id) = address_walks_away(&world, "vera", "author");
    world.site.webhook("update", &[("contact_id", &id)]);
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("update", &[("contact_id", &id)]));
    assert_eq!(answer.notes(), ["email_kept"], "{}", answer.json);
    let writes = queries.iter().filter(|query| !query.starts_with("SELECT") && !query.contains("agile_bridge_"));
    let writes: Vec<_> = writes.filter(|query| query.contains("options") || query.contains("users")).collect();
    assert!(writes.is_empty(), "{writes:?}");
}

#[test]
fn who_was_made_by_a_webhook_follows_their_contact() {
    let world = World::new();
    let (id, answer) = world.add(Contact::person("ana@example.com").first_name("Ana"));
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    makes_application_password(&world, user);
    world.crm.set_property(number(&id), "SYSTEM", "email", "work", "ana@example.net");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    assert!(answer.notes().is_empty(), "{}", answer.json);
    assert_eq!(world.user(user)["user_email"], "ana@example.net");
    // WordPress leaves them as they are.
    assert_eq!(application_passwords(&world, user), 0, "who made them had the address before");

    // And so does one whom the admin has chosen to let follow.
    let (user, id) = address_walks_away(&world, "vera", "author");
    world.site.wp("AgileBridge\\Plugin\\Site\\Settings::store(['follow_emails' => true]); return 1;");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(world.user(user)["user_email"], "vera@evil.example", "as the admin wants it");
    // Never one with special rights.
    let (user, id) = address_walks_away(&world, "boss", "administrator");
    world.site.webhook("update", &[("contact_id", &id)]);
    assert_eq!(world.user(user)["user_email"], "boss@example.com");
}

/// The attacker moves an account of their own to somebody's address, and waits in it until that somebody's contact comes.
#[test]
fn an_account_that_becomes_another_contacts_has_nobody_in_it() {
    let world = World::new();
    let (theirs, answer) = world.add(Contact::person("mallory@evil.example").first_name("Mallory"));
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    let login = world.user(user)["user_login"].as_str().expect("a login").to_owned();
    // They take a password by mail, as anybody may, and log in.
    let mails = asks_for_a_new_password(&world, "mallory@evil.example");
    assert!(follows(&world, &mails[0]), "the stage is right: WordPress lets them set a password");
    assert!(is_let_in(&world, &login, WANTED));
    let cookie = world.site.login(&login, WANTED);
    assert_eq!(own_page(&world, &cookie).status, 200, "they are in");
    makes_application_password(&world, user);

    // Their contact takes the victim's address, and the account follows; then it goes elsewhere, and the victim's contact comes.
    world.crm.set_property(number(&theirs), "SYSTEM", "email", "work", "victim@example.com");
    world.expect(&world.site.webhook("update", &[("contact_id", &theirs)]), 200, "updated", "");
    // The last card: a key that was mailed, or asked for, and a change of the address that only waits for a click.
    world.site.wp(&format!(
        "update_user_meta({user}, '_new_email', ['hash' => 'h', 'newemail' => 'mallory@evil.example']);
         return get_password_reset_key(get_userdata({user}));"
    ));
    makes_application_password(&world, user);
    let cookie = world.site.login(&login, WANTED);
    world.crm.set_property(number(&theirs), "SYSTEM", "email", "work", "mallory@evil.example");
    let (_, answer) = world.add(Contact::person("victim@example.com").first_name("Vic"));
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["relinked"], "{}", answer.json);
    assert_eq!(answer.user_id(), Some(user));

    assert_eq!(own_page(&world, &cookie).status, 302, "the session has ended");
    assert!(!is_let_in(&world, &login, WANTED), "the password opens nothing");
    assert_eq!((sessions(&world, user), application_passwords(&world, user)), (json!(0), json!(0)));
    let stored = world.user(user);
    assert_eq!(stored["user_activation_key"], "", "no key is out");
    assert!(stored.get("_new_email").is_none(), "{stored}");
    // Whose address it is gets in, by mail.
    let mails = asks_for_a_new_password(&world, "victim@example.com");
    assert!(follows(&world, &mails[0]));
    assert!(is_let_in(&world, &login, WANTED));
}

/// A network's site owns those whom its webhooks made, and nobody else.
#[test]
fn a_site_of_a_network_changes_only_accounts_that_it_made() {
    let world = World::with(|site| site.multisite(true).option("agile_bridge_field_map", map()));
    // Made by the network, a member of no site: no role elsewhere protects them.
    let user = world.existing_user("nora", "nora@example.com", "");
    world.site.wp(&format!("return remove_user_from_blog({user}, 1);"));
    let id =
        world.contact(Contact::person("nora@example.com").first_name("Nora").custom("Url", "https://evil.example/"));
    let before = account(&world, user);
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "updated", "");
    world.crm.set_property(number(&id), "SYSTEM", "email", "work", "nora@evil.example");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    assert_eq!(answer.notes(), ["email_kept"], "{}", answer.json);
    world.site.wp("AgileBridge\\Plugin\\Site\\Settings::store(['follow_emails' => true]); return 1;");
    world.site.webhook("update", &[("contact_id", &id)]);
    assert_eq!(account(&world, user), before, "not by the setting either");
    assert_eq!(asks_for_a_new_password(&world, "nora@evil.example"), []);

    // One whom this site's webhook made follows.
    let (id, answer) = world.add(Contact::person("ana@example.com").first_name("Ana"));
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(number(&id), "SYSTEM", "email", "work", "ana@example.net");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let user = answer.user_id().expect("the answer names the user");
    assert_eq!(world.user(user)["user_email"], "ana@example.net");
}

fn map() -> Value {
    json!([{"crm": "Url", "wp": "user_url", "type": "text", "when_empty": "keep"}])
}
