//! A package brings the extension first and the plugin days later; WordPress' Plugins screen brings the plugin, and whoever keeps
//! the server the extension some time. Either way the site goes on with what it has, and what waited is done by what comes.

use crate::stage::release::{self, OldSite};
use crate::stage::world::ana;
use sandbox::{Contact, Faults};
use serde_json::json;
use site::Request;

#[test]
fn the_extension_before_the_plugin() {
    if release::is_cut_off(&release::commit_before()) {
        return;
    }
    let mut story = Story::begin();
    story.site.upgrade_extension();
    story.goes_on();
    assert_eq!(story.notice(), None, "nothing is wrong with that");
    story.site.upgrade_plugin();
    story.goes_on();
    story.ends();
}

#[test]
fn the_plugin_before_the_extension() {
    if release::is_cut_off(&release::commit_before()) {
        return;
    }
    let mut story = Story::begin();
    story.site.upgrade_plugin();
    story.goes_on();
    let notice = story.notice().expect("a notice");
    assert!(notice.contains("is a release older than this plugin"), "{notice}");
    story.site.upgrade_extension();
    story.goes_on();
    story.ends();
}

struct Story {
    site: OldSite,
    cookie: String,
    ana: (String, u64),
    /// How often it went on.
    chapter: usize,
}

impl Story {
    /// A user of the release before, and an event that waits.
    fn begin() -> Self {
        let site = OldSite::new();
        let cookie = site.world.site.login("admin", "password");
        let (id, answer) = site.world.add(ana().custom("Plan", "none"));
        site.world.expect(&answer, 200, "created", "");
        let ana = (id, answer.user_id().expect("a user"));
        let mut story = Self { site, cookie, ana, chapter: 0 };
        story.goes_on();
        story
    }

    /// What waits is done; all that webhooks do is done as ever; one more event waits.
    fn goes_on(&mut self) {
        self.chapter += 1;
        let (world, chapter) = (&self.site.world, self.chapter);
        let (site, tag, plan) = (&world.site, format!("tag {chapter}"), format!("plan {chapter}"));
        world.expect(&site.webhook("test", &[]), 200, "ok", "");
        world.catch_up();
        assert_eq!(world.user_count(), 2 * u64::try_from(chapter).expect("a number"), "{:?}", world.events());

        let number: u64 = self.ana.0.parse().expect("an id");
        let by_id = [("contact_id", self.ana.0.as_str())];
        assert!(world.crm.add_tag(number, &tag), "a new tag");
        world.expect(&site.webhook_form("update_tags", &by_id), 200, "updated", "");
        assert!(world.crm.set_property(number, "CUSTOM", "Plan", "", &plan), "a new value");
        let event = json!({"eventName": "Contact is Updated", "eventData": world.crm.event_data(number)});
        world.expect(&site.webhook_json("update", &[], &event), 200, "updated", "");
        let user = world.user(self.ana.1);
        assert_eq!(user["plan"], json!(plan));
        assert!(user["agilecrm_tags"].as_array().expect("a list").contains(&json!(tag)), "{user}");
        world.expect(&site.webhook("add", &by_id), 200, "unchanged", "");
        let wrong = Request::new("GET", "/?wpf_action=add&access_key=the-key-of-nobody&contact_id=1");
        world.expect(&site.answer(&wrong), 403, "rejected", "invalid_access_key");

        let (_, answer) = world.add(Contact::person(&format!("bo{chapter}@example.com")));
        world.expect(&answer, 200, "created", "");
        let screen = world.save_settings(&self.cookie, &[("[inline_workers]", &(chapter + 1).to_string())]);
        assert!(screen.contains("</html>"), "{screen}\n{}", site.log());
        let stored = site.wp("return get_option('agile_bridge_settings')['inline_workers'];");
        assert_eq!(stored, json!(chapter + 1), "{screen}");
        let (_, said, code) = world.drain_php(&[]);
        assert_eq!(code, Some(0), "{said}");

        world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
        let (_, answer) = world.add(Contact::person(&format!("cy{chapter}@example.com")).custom("Plan", &plan));
        world.expect(&answer, 202, "queued", "");
        world.crm.set_faults(Faults::default());
        assert_eq!(site.log(), "", "PHP has nothing to complain about, chapter {chapter}");
    }

    /// What waited last is done, and nothing is wrong.
    fn ends(&self) {
        let world = &self.site.world;
        world.catch_up();
        let chapter = self.chapter;
        assert_eq!(world.user_with(&format!("cy{chapter}@example.com"))["plan"], json!(format!("plan {chapter}")));
        assert_eq!(self.notice(), None);
        assert_eq!(world.site.log(), "");
    }

    /// What the dashboard says about the extension.
    fn notice(&self) -> Option<String> {
        let request = Request::new("GET", "/wp-admin/index.php").header("Cookie", &self.cookie);
        let body = self.site.world.site.send(&request).body();
        assert!(body.contains("</html>"), "{body}");
        let at = body.find("id=\"agile-bridge-extension\"")?;
        body[at..].split("</div>").next().map(str::to_owned)
    }
}
