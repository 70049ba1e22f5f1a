//! A copy of the site under another address does not look for missed changes, and its settings screen says why. Saving the
//! settings there, and nothing less, makes it the site.

use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use site::{Request, form};
use std::time::Duration;

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";
const FORM: &str = "application/x-www-form-urlencoded";

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

/// An admin at the copy's address.
struct Admin<'a> {
    world: &'a World,
    host: String,
    cookie: String,
}

impl Admin<'_> {
    fn send(&self, request: Request) -> site::Response {
        self.world.site.send(&request.header("Host", &self.host).header("Cookie", &self.cookie))
    }

    fn screen(&self) -> String {
        let answer = self.send(Request::new("GET", SCREEN));
        assert_eq!(answer.status, 200, "{}\n{}", answer.body(), self.world.site.log());
        answer.body()
    }

    /// Presses 'Save' with these fields; the first `_wpnonce` after `option_page` is the form's.
    fn save(&self, fields: &[(&str, &str)]) {
        let page = self.screen();
        let (_, after) = page.split_once("name='option_page'").expect("the form");
        let nonce = after.split("name=\"_wpnonce\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let head = [("option_page", "agile_bridge"), ("action", "update"), ("_wpnonce", nonce.expect("a nonce"))];
        let answer =
            self.send(Request::new("POST", "/wp-admin/options.php").body(FORM, form(&[&head, fields].concat())));
        assert_eq!(answer.status, 302, "{}", answer.body());
    }
}

fn is_warned(admin: &Admin<'_>) -> bool {
    admin.screen().contains("id=\"agile-bridge-copy\"")
}

#[test]
fn saving_makes_it_the_site() {
    let world = World::new();
    let (contact, answer) = world.add(ana());
    let user = answer.user_id().expect("a user");
    assert_eq!(look(&world), 0);
    change(&world, &contact, "New");
    let host = format!("localhost:{}", world.site.port());
    world.wp_given(
        &json!(format!("http://{host}")),
        "update_option('siteurl', $given); return update_option('home', $given);",
    );
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let admin = Admin { world: &world, host, cookie };
    world.crm.reset_counts();
    assert_eq!((look(&world), world.crm.counts().total), (Value::Null, 0), "a copy asks nothing");
    assert!(is_warned(&admin), "the screen says why");

    // What is refused, or does not arrive whole, is no decision.
    let whole = ("agile_bridge_settings[complete]", "1");
    admin.save(&[("agile_bridge_settings[return_password_field]", "Secret")]);
    admin.save(&[("agile_bridge_settings[inline_workers]", "1000"), whole]);
    assert!(is_warned(&admin));
    assert_eq!((look(&world), world.crm.counts().total), (Value::Null, 0));
    // Webhooks that reach the copy are processed all the same.
    change(&world, &contact, "Newer");
    let target = world.site.webhook_target("update", &[("contact_id", &contact)]);
    let answer = site::Answer::of(world.site.send(&Request::new("GET", &target).header("Host", &admin.host)));
    world.expect(&answer, 200, "updated", "");

    change(&world, &contact, "Newest");
    admin.save(&[("agile_bridge_settings[reconcile]", "1"), whole]);
    assert!(!is_warned(&admin));
    assert_eq!(look(&world), 1, "{}", world.site.log());
    world.drain_and_rest();
    assert_eq!(world.user(user)["first_name"], "Newest");
}
