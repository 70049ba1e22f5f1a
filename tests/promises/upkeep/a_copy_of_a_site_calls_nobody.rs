//! A copy of the site's database under another address processes the webhooks that reach it, and nothing leaves it: no password and
//! no link to Agile CRM, no mail, no hourly look. Each screen asks which it is; an admin's answer decides, no saving does, and it can be taken back.

use crate::stage::password::{FIELD, PUT};
use crate::stage::world::{World, ana, nonce};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Answer, Request, form};
use std::time::Duration;

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";
const ACTIVITY: &str = "/wp-admin/tools.php?page=agile-bridge-activity";
const TABS: [&str; 6] = ["connect", "webhooks", "fields", "users", "try", "advanced"];
const FORM: &str = "application/x-www-form-urlencoded";

/// An admin of the site hears of each new user. (No mail can come from `wordpress@localhost`.)
const OTHERS_MAIL: &str = "<?php
    add_filter('wp_mail_from', fn() => 'site@example.com');
    add_action('user_register', fn() => wp_mail('boss@example.com', 'A new user', 'Somebody came.'));";

fn look(world: &World) -> Value {
    world.advance(Duration::from_secs(56 * 60));
    world.site.wp("return AgileBridge\\Plugin\\Upkeep\\Look::take();")
}

/// A change that no webhook tells, by the clock of the inbox.
fn change(world: &World, contact: &str, name: &str) {
    let contact = contact.parse().expect("a number");
    world.crm.set_property(contact, "SYSTEM", "first_name", "", name);
    let mut now = world.crm.contact(contact).expect("the contact");
    now["updated_time"] = json!(world.now() / 1000);
    world.crm.replace_contact(contact, now);
}

/// At an address of the site, with the cookie of who is there.
struct Place<'a> {
    world: &'a World,
    host: String,
    cookie: String,
}

impl Place<'_> {
    fn send(&self, request: Request) -> site::Response {
        self.world.site.send(&request.header("Host", &self.host).header("Cookie", &self.cookie))
    }

    fn page(&self, target: &str) -> String {
        let answer = self.send(Request::new("GET", target));
        assert_eq!(answer.status, 200, "{target}: {}\n{}", answer.body(), self.world.site.log());
        answer.body()
    }

    fn notice(&self, target: &str) -> Option<String> {
        let page = self.page(target);
        page.split("id=\"agile-bridge-copy\"").nth(1).and_then(|rest| rest.split("</div>").next()).map(str::to_owned)
    }

    fn save(&self, fields: &[(&str, &str)]) {
        let nonce = nonce(&self.page(SCREEN), "name='option_page'");
        let head = [("option_page", "agile_bridge"), ("action", "update"), ("_wpnonce", &*nonce)];
        let whole = [("agile_bridge_settings[complete]", "1")];
        let body = form(&[&head, fields, &whole].concat());
        assert_eq!(self.send(Request::new("POST", "/wp-admin/options.php").body(FORM, body)).status, 302);
    }

    fn say(&self, action: &str, nonce: &str) -> u16 {
        let fields = [("agile_bridge_action", action), ("_wpnonce", nonce)];
        self.send(Request::new("POST", SCREEN).body(FORM, form(&fields))).status
    }

    /// Presses that button on the tab *Advanced*.
    fn press(&self, action: &str) {
        let nonce = nonce(&self.page(&format!("{SCREEN}&tab=advanced")), &format!("id=\"agile-bridge-{action}-form\""));
        assert_eq!(self.say(action, &nonce), 302);
    }

    fn add(&self, contact: Contact) -> (u64, Answer) {
        let id = self.world.crm.create_contact(contact);
        let target =
            self.world.site.webhook_target("add", &[("contact_id", &id.to_string()), ("send_notification", "1")]);
        (id, Answer::of(self.send(Request::new("GET", &target))))
    }
}

/// What is on its way when the database is copied: a password that the CRM did not take.
fn owe_a_password(world: &World) -> u64 {
    let only_route = Some(format!("PUT {PUT}"));
    world.crm.set_faults(Faults { status: Some(503), only_route, ..Faults::default() });
    let (id, answer) = world.add(Contact::person("owed@example.com"));
    world.crm.set_faults(Faults::default());
    assert_eq!(answer.notes(), ["password_not_returned"], "{}", answer.json);
    id.parse().expect("a number")
}

/// As a tool does it that copies sites: wherever the address stands among the options, it is replaced.
fn copy(world: &World) -> String {
    let host = format!("localhost:{}", world.site.port());
    let (from, to) = (world.site.url(), format!("http://{host}"));
    for (from, to) in [(&*from, &*to), (from.trim_start_matches("http://"), &*host)] {
        let set = format!("UPDATE wp_options SET option_value = REPLACE(option_value, '{from}', '{to}')");
        world.site.sql(&set);
    }
    world.site.wp("wp_cache_flush();");
    host
}

#[test]
fn until_an_admin_says_that_it_is_the_site() {
    let world = World::with(|site| {
        site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]).mu_plugin_file("mail.php", OTHERS_MAIL)
    });
    let (contact, answer) = world.add(ana());
    let user = answer.user_id().expect("a user");
    assert_eq!(look(&world), 0);
    another_spelling_is_no_other_address(&world);
    let owed = owe_a_password(&world);
    change(&world, &contact, "New");
    world.existing_user("eve", "eve@example.com", "editor");

    let host = copy(&world);
    let admin = Place { world: &world, host: host.clone(), cookie: world.site.login(site::ADMIN.0, site::ADMIN.1) };
    world.site.forget_mails();
    nothing_leaves(&admin, "first");
    assert_eq!(world.crm.property(owed, FIELD), None);
    let event = world.event_of(&owed.to_string());
    world.expect_event(&event, "done", "ignored", "copy_of_site");
    assert_eq!(event["owed"], Value::Null, "what waited is wiped");

    for tab in TABS {
        let notice = admin.notice(&format!("{SCREEN}&tab={tab}")).unwrap_or_else(|| panic!("no notice on {tab}"));
        assert!(notice.contains(&host) && notice.contains(&format!("127.0.0.1:{}", world.site.port())), "{notice}");
    }
    assert!(admin.notice("/wp-admin/index.php").is_some() && admin.notice("/wp-admin/plugins.php").is_none());
    admin.save(&[("agile_bridge_settings[reconcile]", "1")]);
    assert!(admin.notice(SCREEN).is_some(), "to save something is no answer");
    assert!(admin.page(ACTIVITY).contains("This is a copy of the site"), "the activity says why");

    only_an_admin_answers(&admin);
    admin.press("copy_of_site");
    assert!(admin.notice("/wp-admin/index.php").is_none() && admin.notice(SCREEN).is_some());
    world.set(&json!({"returns_link": true}));
    nothing_leaves(&admin, "second");
    let keys = world.site.sql("SELECT ID FROM wp_users WHERE user_email LIKE 'second%' AND user_activation_key <> ''");
    assert!(keys.is_empty(), "no link is made");
    world.set(&json!({"returns_link": false}));

    // It is the site after all, and has moved.
    admin.press("live_site");
    assert!(admin.notice(SCREEN).is_none());
    change(&world, &contact, "Newest");
    assert_eq!(look(&world), 1, "{}", world.site.log());
    world.drain_and_rest();
    assert_eq!(world.user(user)["first_name"], "Newest");
    let (id, answer) = admin.add(Contact::person("third@example.com"));
    assert!(answer.notes().is_empty() && world.crm.property(id, FIELD).is_some(), "{}", answer.json);
    let mut mails: Vec<String> = world.site.mails().into_iter().map(|mail| mail.to).collect();
    mails.sort_unstable();
    assert_eq!(mails, ["boss@example.com", "third@example.com"]);
}

fn another_spelling_is_no_other_address(world: &World) {
    let is_elsewhere = |home: &str| {
        let code = "$before = get_option('home'); update_option('home', $given);
            $is = AgileBridge\\Plugin\\Site\\Home::is_elsewhere(); update_option('home', $before); return $is;";
        world.wp_given(&json!(home), code)
    };
    let host = world.site.url().trim_start_matches("http://").to_owned();
    for same in [format!("https://{host}"), format!("http://www.{host}/"), format!("https://WWW.{host}")] {
        assert_eq!(is_elsewhere(&same), false, "{same}");
    }
    for other in [format!("http://{host}/blog"), format!("http://staging.{host}"), "https://127.0.0.1".to_owned()] {
        assert_eq!(is_elsewhere(&other), true, "{other}");
    }
}

/// Neither by a webhook, which is processed, nor by the look, the drain or a replay.
fn nothing_leaves(admin: &Place<'_>, name: &str) {
    let world = admin.world;
    world.crm.reset_counts();
    assert_eq!((look(world), world.crm.counts().total), (Value::Null, 0), "no look");
    let (_, answer) = admin.add(Contact::person(&format!("{name}@example.com")));
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), ["password_not_returned", "copy_of_site"]);
    world.catch_up();
    assert_eq!(world.crm.counts().of("PUT", PUT), 0, "{:?}", world.crm.requests());
    assert_eq!(world.site.mails(), [], "no mail");
}

fn only_an_admin_answers(admin: &Place<'_>) {
    let world = admin.world;
    let eve = Place { world, host: admin.host.clone(), cookie: world.site.login("eve", "a-long-password") };
    let mine = nonce(&admin.page(&format!("{SCREEN}&tab=advanced")), "id=\"agile-bridge-live_site-form\"");
    for (who, nonce) in [(&eve, &*mine), (admin, "0123456789")] {
        assert_eq!(who.say("live_site", nonce), 403);
    }
    assert!(eve.notice("/wp-admin/index.php").is_none() && admin.notice(SCREEN).is_some());
}

/// A site of a network moves by itself.
#[test]
fn each_site_of_a_network_by_itself() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp("$id = wp_insert_site(array('domain' => get_network()->domain, 'path' => '/other/'));
        AgileBridge\\Plugin\\Site\\Home::remember();
        switch_to_blog($id); AgileBridge\\Plugin\\Site\\Home::remember(); return $id;");
    let all = |code: &str| {
        world.site.wp(&format!(
            "switch_to_blog({other}); {code} $there = AgileBridge\\Plugin\\Site\\Home::is_elsewhere(); restore_current_blog();
             return array(AgileBridge\\Plugin\\Site\\Home::is_elsewhere(), $there);"
        ))
    };
    assert_eq!(all(""), json!([false, false]));
    assert_eq!(all("update_option('home', 'http://other.example.com');"), json!([false, true]));
    assert_eq!(all("AgileBridge\\Plugin\\Site\\Home::be_here();"), json!([false, false]));
}

#[test]
fn the_question_in_a_browser() {
    let world = World::new();
    world
        .site
        .wp("return update_option('agile_bridge_home', ['live' => [base64_encode('example.com')], 'copies' => []]);");
    world.play("copies.mjs", "asked");
}
