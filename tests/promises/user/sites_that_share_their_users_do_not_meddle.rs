//! A shop may keep its users in the tables of another installation (`CUSTOM_USER_TABLE`): the two have one person of each
//! address, whoever makes them, and each has links and tags of its own, by its own account of Agile CRM.

use crate::stage::inbox::at_once;
use crate::stage::world::World;
use sandbox::{Contact, Options, Sandbox};
use serde_json::{Value, json};
use site::{Answer, Request};
use std::fs;

/// Tells what a site's own code reads of a user's link and tags.
const READER: &str = "<?php add_action('init', function () {
    if (isset($_GET['read'])) {
        $read = fn($key) => get_user_meta((int) $_GET['read'], $key, true);
        die(json_encode([$read('agilecrm_contact_id'), $read('agilecrm_tags')]));
    }
}, 0);";

/// Tables of an installation that are not about users.
const TABLES: [&str; 9] = [
    "commentmeta",
    "comments",
    "links",
    "options",
    "postmeta",
    "posts",
    "term_relationships",
    "term_taxonomy",
    "termmeta",
];

struct Shop<'a> {
    crm: &'a Sandbox,
    world: &'a World,
}

/// One for the shop.
fn request(target: &str) -> Request {
    Request::new("GET", target).header("X-Shop", "1")
}

impl<'a> Shop<'a> {
    /// A second installation in the same database, reached by a header in place of a name of its own.
    fn beside(world: &'a World, crm: &'a Sandbox) -> Self {
        for table in TABLES.iter().chain(&["terms"]) {
            world.site.sql(&format!("CREATE TABLE shop_{table} LIKE wp_{table}"));
            world.site.sql(&format!("INSERT INTO shop_{table} SELECT * FROM wp_{table}"));
        }
        world.site.sql("UPDATE shop_options SET option_name = 'shop_user_roles' WHERE option_name = 'wp_user_roles'");
        world.site.sql("DELETE FROM shop_options WHERE option_name = 'agile_bridge_schema'");
        let path = world.site.root().join("wp-config.php");
        let text = fs::read_to_string(&path).expect("wp-config.php");
        let constants = [
            ("CUSTOM_USER_TABLE", "wp_users"),
            ("CUSTOM_USER_META_TABLE", "wp_usermeta"),
            ("AGILE_BRIDGE_API_URL", &crm.url()),
            ("AGILE_BRIDGE_EMAIL", crm.email()),
            ("AGILE_BRIDGE_API_KEY", crm.api_key()),
        ];
        let constants = constants.map(|(name, value)| format!("define('{name}', '{value}');")).concat();
        let text =
            text.replacen("<?php\n", &format!("<?php\nif (isset($_SERVER['HTTP_X_SHOP'])) {{ {constants} }}\n"), 1);
        let prefix = "$table_prefix = isset($_SERVER['HTTP_X_SHOP']) ? 'shop_' : 'wp_';";
        let new = path.with_extension("new");
        fs::write(&new, text.replacen("$table_prefix = 'wp_';", prefix, 1)).expect("a file");
        fs::rename(&new, &path).expect("a file");
        Self { crm, world }
    }

    fn webhook(&self, action: &str, contact: &str) -> Answer {
        self.world.site.answer(&request(&self.world.site.webhook_target(action, &[("contact_id", contact)])))
    }

    fn contact(&self, contact: Contact) -> String {
        self.crm.create_contact(contact).to_string()
    }

    /// What code of the shop reads.
    fn reads(&self, user: u64) -> Value {
        self.world.site.send(&request(&format!("/?read={user}"))).json()
    }
}

#[test]
fn each_has_links_and_tags_of_its_own_and_nobody_is_made_twice() {
    let world = World::with(|site| site.mu_plugin_file("reader.php", READER));
    let crm = Sandbox::start(Options::default()).expect("the sandbox starts");
    let shop = Shop::beside(&world, &crm);

    // Both accounts begin to count at one: the same id means two people.
    let (here, answer) = world.add(Contact::person("mara@example.com").first_name("Mara").tag("Reader"));
    world.expect(&answer, 200, "created", "");
    let mara = answer.user_id().expect("a user");
    let there = shop.contact(Contact::person("otto@example.com").first_name("Otto").tag("Buyer"));
    assert_eq!(here, there, "this promise is about equal ids");
    let answer = shop.webhook("add", &there);
    world.expect(&answer, 200, "created", "");
    let otto = answer.user_id().expect("a user");
    assert_ne!(mara, otto, "the id of another account is nobody's link here");

    // The shop's contact for Mara: one user, each site with its own link and tags.
    let guest = shop.contact(Contact::person("mara@example.com").tag("Guest"));
    let answer = shop.webhook("add", &guest);
    assert_eq!((answer.status, answer.user_id()), (200, Some(mara)), "{}\n{}", answer.json, world.site.log());
    assert_eq!(shop.reads(mara), json!([guest, ["Guest"]]));
    assert_eq!(world.site.get(&format!("/?read={mara}")).json(), json!([here, ["Reader"]]));
    let answer = world.site.webhook("update", &[("contact_id", &here)]);
    world.expect(&answer, 200, "unchanged", "");
    world.expect(&shop.webhook("update", &guest), 200, "unchanged", "");

    // Both at once make one user of one address: they share the locks as they share the users.
    for round in 0..4 {
        let email = format!("both{round}@example.com");
        let here = world.contact(Contact::person(&email));
        let there = shop.contact(Contact::person(&email));
        at_once(4, |caller| match caller % 2 {
            0 => world.site.webhook("add", &[("contact_id", &here)]),
            _ => shop.webhook("add", &there),
        });
        let rows = world.site.sql(&format!("SELECT ID FROM wp_users WHERE user_email = '{email}'"));
        assert_eq!(rows.len(), 1, "{email}: {rows:?}");
    }
    assert_eq!(world.site.sql("SHOW TABLES LIKE '%agile_bridge_identities'").len(), 1);
}
