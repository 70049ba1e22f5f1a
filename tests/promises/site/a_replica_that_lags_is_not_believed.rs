//! Behind a splitter every SELECT outside of a transaction is answered by a copy of the database that is a moment behind. What was
//! just written is read where it was written: nothing is lost, nobody is made twice, and no event is taken for one that kills
//! its worker.

use crate::stage::inbox::{at_once, number};
use crate::stage::password::FIELD;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;
use std::fs;
use std::time::Duration;

/// A wpdb with a replica. That is a second connection to the same server, to which MariaDB shows the tables as they were: 200 ms
/// ago, or when the request began.
const SPLITTER: &str = r"<?php
class Splitter extends wpdb {
    private ?mysqli $replica = null;
    private bool $in_transaction = false;
    public int $on_replica = 0;

    public function query($query) {
        if (preg_match('/^\s*(START\s+TRANSACTION|BEGIN)\b/i', $query)) {
            $this->in_transaction = true;
        } elseif (preg_match('/^\s*(COMMIT|ROLLBACK)\b(?!.*\bTO\b)/i', $query)) {
            $this->in_transaction = false;
        }
        if ($this->in_transaction || !preg_match('/^\s*SELECT\b/i', $query) || str_contains($query, '@@')) {
            return parent::query($query);
        }
        $this->replica ??= $this->connect();
        if (LAG === 'lags') {
            $this->replica->query('SET SESSION system_versioning_asof = DATE_SUB(NOW(6), INTERVAL 200000 MICROSECOND)');
        }
        $primary = $this->dbh;
        $this->dbh = $this->replica;
        try {
            return parent::query($query);
        } finally {
            $this->dbh = $primary;
        }
    }

    private function connect(): mysqli {
        $link = mysqli_init();
        $link->real_connect(null, DB_USER, DB_PASSWORD, DB_NAME, 0, substr(DB_HOST, strlen('localhost:')));
        $link->query(sprintf('SET SESSION system_versioning_asof = FROM_UNIXTIME(%.6F)', $_SERVER['REQUEST_TIME_FLOAT']));
        $this->set_charset($link, $this->charset, $this->collate);
        return $link;
    }
}
$wpdb = new Splitter(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);";

const HEARS: &str = "<?php add_action('agile_bridge_tags_changed', fn($id, $added) =>
    file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($added) . PHP_EOL, FILE_APPEND), 10, 2);";

/// Drop-ins such as `LudicrousDB` can be told to read from the primary alone.
const LISTENING: &str = r"<?php
class Listening extends wpdb {
    public function send_reads_to_masters() {
        file_put_contents(WP_CONTENT_DIR . '/told', 'x', FILE_APPEND);
    }
}
$wpdb = new Listening(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);";

fn drop_in(world: &World, code: &str) {
    fs::write(world.site.root().join("wp-content/db.php"), code).expect("a file");
}

fn split(world: &World, how: &str) {
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.drain();
    for row in
        world.site.sql("SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'wordpress'")
    {
        world.site.sql(&format!("ALTER TABLE {} ADD SYSTEM VERSIONING", row["name"].as_str().expect("a name")));
    }
    // The replica has the tables when their history is as long as it is behind.
    let altered = world.site.sql("SELECT NOW(6) AS altered")[0]["altered"].clone();
    let late = format!("SELECT NOW(6) > {altered} + INTERVAL 200000 MICROSECOND AS is_late");
    let has_history = || number(&world.site.sql(&late)[0]["is_late"]) == 1;
    assert!(site::await_until(Duration::from_secs(30), has_history));
    let code = SPLITTER.replace("LAG === 'lags'", if how == "lags" { "true" } else { "false" });
    drop_in(world, &code);
}

#[test]
fn the_story_holds_on_one_that_lags() {
    the_story_holds("lags");
}

#[test]
fn the_story_holds_on_one_that_is_frozen_during_a_request() {
    the_story_holds("is frozen");
}

fn the_story_holds(how: &str) {
    let world = World::with(|site| site.mu_plugin_file("hears.php", HEARS));
    split(&world, how);
    one_after_the_other(&world);
    at_the_same_time(&world);
    by_the_drain(&world);
    let crashed = world.site.sql("SELECT * FROM wp_agile_bridge_events WHERE crashes > 0 OR state <> 'done'");
    assert!(crashed.is_empty(), "{crashed:#?}\n{}", world.site.log());
}

/// A state that is written and taken back within the lag.
fn one_after_the_other(world: &World) {
    let id = world.contact(Contact::person("ana@example.com").first_name("Ana").tag("Lead"));
    let number = id.parse().expect("a number");
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    assert_eq!(world.take_notes(), [json!(["Lead"])], "who waits for a tag is told");
    for name in ["Bea", "Ana", "Bea", "Ana"] {
        world.crm.set_property(number, "SYSTEM", "first_name", "", name);
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
        let sql = format!("SELECT meta_value FROM wp_usermeta WHERE user_id = {user} AND meta_key = 'first_name'");
        assert_eq!(world.site.sql(&sql)[0]["meta_value"], name);
    }
}

/// One contact by many webhooks, and one address by many contacts.
fn at_the_same_time(world: &World) {
    for round in 0..6 {
        let email = format!("race{round}@example.com");
        let ids: Vec<_> = (0..4).map(|_| world.contact(Contact::person(&email).first_name("Jo"))).collect();
        at_once(12, |caller| {
            let answer =
                world.site.webhook("add", &[("contact_id", &ids[if round % 2 == 0 { 0 } else { caller % 4 }])]);
            assert!([200, 202, 422].contains(&answer.status), "{}\n{}", answer.json, world.site.log());
        });
    }
    world.await_rest();
    let twice = world.site.sql("SELECT user_email FROM wp_users GROUP BY user_email HAVING COUNT(*) > 1");
    assert!(twice.is_empty(), "{twice:?}");
    let made = world.site.sql("SELECT COUNT(*) AS made FROM wp_users WHERE user_email LIKE 'race%'");
    assert_eq!(number(&made[0]["made"]), 6);
}

fn by_the_drain(world: &World) {
    let ids: Vec<_> = (0..30)
        .map(|number| world.contact(Contact::person(&format!("d{number}@example.com")).first_name("Dee").tag("Lead")))
        .collect();
    for id in &ids {
        world.expect(&world.site.webhook("add", &[("contact_id", id), ("async", "1")]), 202, "queued", "");
    }
    world.await_rest();
    let users = world.site.sql(
        "SELECT u.ID FROM wp_users u JOIN wp_usermeta m ON m.user_id = u.ID AND m.meta_key = 'agilecrm_tags' \
         WHERE user_email LIKE 'd%@example.com' AND m.meta_value LIKE '%Lead%'",
    );
    assert_eq!(users.len(), 30, "{}", json!(world.events()));
}

/// The user was not there a moment ago, and is to get a link to set a password, by Agile CRM and by mail.
#[test]
fn a_new_user_gets_what_is_theirs() {
    for how in ["lags", "is frozen"] {
        let world = World::with(|site| {
            site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]).mu_plugin_file("hears.php", HEARS)
        });
        world.set(&json!({"returns_link": true}));
        split(&world, how);
        for parameter in ["role", "async"] {
            let email = format!("{parameter}@example.com");
            let id = world.contact(Contact::person(&email).first_name("Ana").tag("Lead"));
            let answer =
                world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1"), (parameter, "1")]);
            assert!(answer.status < 300, "{}", answer.json);
            world.await_rest();
            world.expect_event(&world.event_of(&id), "done", "created", "");
            let link = world.crm.property(id.parse().expect("a number"), FIELD);
            let mails = world.site.mails();
            let [mail] = &mails[..] else { panic!("{how}: {mails:?}\n{}", world.site.log()) };
            let link = link.unwrap_or_else(|| panic!("{how}: no link\n{}", world.site.log()));
            assert_eq!(mail.to, email, "{how}");
            assert!(mail.body.contains(link.split(['?', '&']).nth(2).expect("a key")), "{how}: {link}\n{}", mail.body);
            assert_eq!(world.take_notes(), [json!(["Lead"])], "{how}: who waits for a tag is told");
            world.site.forget_mails();
        }
    }
}

#[test]
fn a_drop_in_is_told_when_a_request_is_ours() {
    let world = World::new();
    let told = || fs::read_to_string(world.site.root().join("wp-content/told")).unwrap_or_default();
    drop_in(&world, LISTENING);
    assert_eq!(world.site.get("/").status, 200);
    assert_eq!(told(), "", "other pages are not ours");
    let id = world.contact(Contact::person("ana@example.com"));
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
    assert!(!told().is_empty());
    let before = told().len();
    world.drain();
    assert!(told().len() > before);
}

/// One that cuts transactions in two cannot be worked with. That is said, and what was claimed is let go of.
#[test]
fn what_cannot_be_read_back_is_no_crash() {
    let world = World::new();
    split(&world, "is frozen");
    let path = world.site.root().join("wp-content/db.php");
    let code = fs::read_to_string(&path).expect("the drop-in");
    let blind = code.replace("if ($this->in_transaction || ", "if (");
    assert_ne!(blind, code);
    let id = world.contact(Contact::person("ana@example.com"));
    world.expect(&world.site.webhook("add", &[("contact_id", &id), ("async", "1")]), 202, "queued", "");
    world.await_rest();
    world
        .site
        .sql("UPDATE wp_agile_bridge_events SET state = 'waiting', due_at = 0, attempts = 0, open_key = subject_key");
    drop_in(&world, &blind);
    world.site.forget_log();
    let (_, _, code) = world.drain_php(&[]);
    assert_eq!(code, Some(1));
    assert!(world.site.log().contains("cannot be read back"), "{}", world.site.log());
    let event = &world.events()[0];
    assert_eq!((&event["state"], number(&event["crashes"]), number(&event["attempts"])), (&json!("waiting"), 0, 0));
}
