//! The story: one contact, from the CRM into WordPress. Every chapter acts in the CRM and looks in WordPress.

use std::fmt::Debug;
use std::time::Duration;

use sandbox::{Branch, Contact, Delivery, Node, Sandbox, Webhook};
use serde_json::{Value, json};
use site::{ACCESS_KEY, Site};

use crate::telling::Telling;

/// Above the four seconds in which every webhook is answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one chapter found, or what it found instead.
type Chapter = Result<String, String>;

pub struct Story<'a> {
    crm: &'a Sandbox,
    site: &'a Site,
    telling: &'a Telling,
}

impl<'a> Story<'a> {
    pub fn new(crm: &'a Sandbox, site: &'a Site, telling: &'a Telling) -> Self {
        Self { crm, site, telling }
    }

    /// True if every chapter held. The first that does not ends the story, since the others build on it.
    pub fn tell(&self) -> bool {
        self.crm.define_custom_field("Plan", "TEXT", "");
        let ana = Contact::person("ana@example.com").first_name("Ana").last_name("Lima");
        let id = self.crm.create_contact(ana.custom("Plan", "Gold").tag("Lead"));
        self.chapter("Ana is created in the CRM", || Ok(format!("contact {id}, plan Gold, tag Lead")))
            && self.chapter("A campaign calls WordPress", || self.campaign_calls(id))
            && self.chapter("She is a user", || self.user_is_there(id))
            && self.chapter("The CRM adds a tag", || self.tag_is_added(id))
            && self.chapter("The CRM changes a field", || self.field_is_changed(id))
            && self.chapter("A wrong key is refused", || self.wrong_key_is_refused(id))
    }

    fn campaign_calls(&self, id: u64) -> Chapter {
        let answer = self.crm.run_node(self.node(id, ACCESS_KEY));
        expect("created", &answer.json()["wp_status"], &answer.body)?;
        expect(&Branch::Success, &answer.branch, &answer.body)?;
        Ok(format!("{} in {} ms, success branch", line(&answer), answer.elapsed.as_millis()))
    }

    fn user_is_there(&self, id: u64) -> Chapter {
        let user = self.user();
        expect(&json!(["author"]), &user["roles"], "the role")?;
        expect("Ana Lima", &user["name"], "the name")?;
        expect("Gold", &user["plan"], "the user meta 'plan'")?;
        expect(&json!(["Lead"]), &user["tags"], "the tags")?;
        expect(&id.to_string(), &user["contact"], "the link to the contact")?;
        Ok("ana@example.com, Author, plan = Gold, tags = Lead".to_owned())
    }

    /// From here on the account's webhook tells WordPress of every change by itself.
    fn tag_is_added(&self, id: u64) -> Chapter {
        self.crm.set_webhook(Some(Webhook::to(format!(
            "{}{}",
            self.site.url(),
            self.site.webhook_target("update", &[])
        ))));
        let answer = self.after(|| self.crm.add_tag(id, "Customer"))?;
        let tags = &self.user()["tags"];
        expect(&json!(["Lead", "Customer"]), tags, &answer.body)?;
        Ok(format!("{}, tags = Lead, Customer", line(&answer)))
    }

    fn field_is_changed(&self, id: u64) -> Chapter {
        let answer = self.after(|| self.crm.set_property(id, "CUSTOM", "Plan", "", "Platinum"))?;
        expect("Platinum", &self.user()["plan"], &answer.body)?;
        Ok(format!("{}, plan = Platinum", line(&answer)))
    }

    fn wrong_key_is_refused(&self, id: u64) -> Chapter {
        let (before, asked) = (self.user(), self.crm.counts().total);
        let answer = self.crm.run_node(self.node(id, "not-the-access-key-of-this-site"));
        expect(&Some(403), &answer.status, &answer.body)?;
        expect("invalid_access_key", &answer.json()["wp_code"], &answer.body)?;
        expect(&Branch::Failure, &answer.branch, &answer.body)?;
        expect(&before, &self.user(), "the user")?;
        expect(&asked, &self.crm.counts().total, "requests to the CRM")?;
        Ok(format!("{}, failure branch, nothing changed", line(&answer)))
    }

    /// A campaign's JSON IO node as an admin of Agile CRM sets it up.
    fn node(&self, id: u64, key: &str) -> Node {
        Node::get(format!("{}/", self.site.url()), id)
            .parameter("wpf_action", "add")
            .parameter("access_key", key)
            .parameter("contact_id", "{{id}}")
            .parameter("role", "Author")
    }

    /// The webhook that follows a change in the CRM.
    fn after(&self, change: impl FnOnce() -> bool) -> Result<Delivery, String> {
        self.crm.clear_deliveries();
        expect(&true, &change(), "the change in the CRM")?;
        let deliveries = self.crm.wait_for_deliveries(1, PATIENCE);
        deliveries.into_iter().next().ok_or_else(|| "the CRM sent no webhook".to_owned())
    }

    /// Ana as WordPress has her.
    fn user(&self) -> Value {
        self.site.wp("$user = get_user_by('email', 'ana@example.com');
             return $user ? array(
                 'name' => $user->first_name . ' ' . $user->last_name,
                 'roles' => array_values($user->roles),
                 'plan' => $user->plan,
                 'tags' => $user->agilecrm_tags,
                 'contact' => $user->agilecrm_contact_id,
             ) : null;")
    }

    fn chapter(&self, title: &str, happen: impl FnOnce() -> Chapter) -> bool {
        match happen() {
            Ok(found) => self.telling.happened(title, &found),
            Err(instead) => self.telling.failed(title, &instead),
        }
    }
}

/// `200 updated`, or why there is no answer.
fn line(answer: &Delivery) -> String {
    let Some(status) = answer.status else { return answer.error.clone().unwrap_or_default() };
    let json = answer.json();
    let word = json["wp_code"].as_str().or_else(|| json["wp_status"].as_str()).unwrap_or("not our answer");
    format!("{status} {word}")
}

fn expect<A, B>(wanted: &A, found: &B, what: &str) -> Result<(), String>
where
    A: PartialEq<B> + Debug + ?Sized,
    B: Debug + ?Sized,
{
    if wanted == found { Ok(()) } else { Err(format!("expected {wanted:?}, found {found:?}: {what}")) }
}
