//! One CRM and one site that knows it: what every promise starts from.

use crate::stage::inbox::number;
use sandbox::{Contact, Options, Sandbox};
use serde_json::{Value, json};
use site::{Answer, Builder, Site};
use std::time::{Duration, Instant};

/// Moves the inbox's clock by what a file says, in milliseconds. Also for sites that a test builds by itself.
pub const CLOCK: &str = "<?php
    add_filter('agile_bridge_now', fn($now) => $now + (int) @file_get_contents(WP_CONTENT_DIR . '/clock'));";

pub struct World {
    pub crm: Sandbox,
    pub site: Site,
}

impl World {
    /// MariaDB, nginx and PHP-FPM with four workers, nothing beside us.
    pub fn new() -> Self {
        Self::with(|site| site)
    }

    /// The same, changed.
    pub fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let crm = Sandbox::start(Options::default()).expect("the sandbox starts");
        let builder = Site::builder().crm(&crm.url(), crm.email(), crm.api_key()).mu_plugin_file("clock.php", CLOCK);
        let site = change(builder).start().expect("the site starts");
        Self { crm, site }
    }

    /// The same over HTTPS, with a certificate that the site's PHP is told to trust.
    pub fn over_https(change: impl FnOnce(Builder) -> Builder) -> Self {
        let crm = Sandbox::start(Options::default()).expect("the sandbox starts");
        let authority = crm.ca_pem_path().to_str().expect("a path in UTF-8").to_owned();
        let builder =
            Site::builder().crm(&crm.https_url(), crm.email(), crm.api_key()).mu_plugin_file("clock.php", CLOCK);
        let site = change(builder.env(&[("SSL_CERT_FILE", &authority)])).start().expect("the site starts");
        Self { crm, site }
    }

    /// Lets time pass for the inbox: waits, leases, the breaker, retention.
    pub fn advance(&self, by: Duration) {
        let path = self.site.root().join("wp-content/clock");
        let now: u128 = std::fs::read_to_string(&path).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        // Renamed when complete, so that no request reads half a number.
        let new = path.with_extension("new");
        std::fs::write(&new, (now + by.as_millis()).to_string()).expect("a file");
        std::fs::rename(&new, &path).expect("a file");
    }

    /// Drains the inbox from the command line, as a system cron would: how many events were worked on.
    pub fn drain(&self) -> u64 {
        let drained = self.site.wp("return AgileBridge\\Plugin\\Work\\Drain::run(120000);");
        drained.as_u64().unwrap_or_else(|| panic!("the drain returned {drained}"))
    }

    /// So much time passes that what waits is due, also behind a circuit breaker that is open, and is done.
    pub fn catch_up(&self) {
        self.advance(Duration::from_secs(3 * 3600));
        // A web server's worker may still be at it, and be about to leave.
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.drain() == 0 && self.open_events() > 0 {
            assert!(Instant::now() < deadline, "{:?}\n{}", self.events(), self.site.log());
        }
        self.await_all_done();
    }

    fn open_events(&self) -> i64 {
        let open =
            "SELECT COUNT(*) AS open FROM wp_agile_bridge_events WHERE state IN ('waiting', 'running', 'applied')";
        number(&self.site.sql(open)[0]["open"])
    }

    /// The inbox, oldest event first; numbers as texts where the database gives them so.
    pub fn events(&self) -> Vec<Value> {
        self.site.sql("SELECT * FROM wp_agile_bridge_events ORDER BY id")
    }

    /// Waits until no event is waiting, running or applied, up to a minute of real time.
    pub fn await_all_done(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let left = self.open_events();
            if left == 0 {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{left} events are still open:\n{:?}\n{}",
                self.events(),
                self.site.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A person in the CRM: her id as parameters have it.
    pub fn contact(&self, contact: Contact) -> String {
        self.crm.create_contact(contact).to_string()
    }

    /// A user as the database has them: the row of `wp_users`, `roles`, and every user meta under its key.
    pub fn user(&self, id: u64) -> Value {
        self.site.wp(&format!(
            "wp_cache_flush(); $user = get_userdata({id}); if (!$user) return null;
             $meta = array_map(fn($values) => maybe_unserialize(end($values)), get_user_meta({id}));
             return array_merge($meta, (array) $user->data, array('roles' => array_values($user->roles)));"
        ))
    }

    /// The only user with this address, null if there is none.
    pub fn user_with(&self, email: &str) -> Value {
        let rows = self.site.sql(&format!("SELECT ID FROM wp_users WHERE user_email = '{email}'"));
        assert!(rows.len() <= 1, "{email}: {rows:?}");
        rows.first().map_or(Value::Null, |row| self.user(number(&row["ID"]).try_into().expect("an id")))
    }

    /// Makes a user by WordPress' own means and gives their id.
    pub fn existing_user(&self, login: &str, email: &str, role: &str) -> u64 {
        let user = json!({"user_login": login, "user_email": email, "user_pass": "a-long-password", "role": role});
        let id = self.site.wp(&format!(
            "return wp_insert_user(json_decode('{}', true));",
            user.to_string().replace('\\', "\\\\").replace('\'', "\\'")
        ));
        id.as_u64().unwrap_or_else(|| panic!("no user was made: {id}"))
    }

    /// Runs PHP code in WordPress with `$given` before it.
    pub fn wp_given(&self, given: &Value, code: &str) -> Value {
        let given = given.to_string().replace('\\', "\\\\").replace('\'', "\\'");
        self.site.wp(&format!("$given = json_decode('{given}', true); {code}"))
    }

    /// Puts the contact into the CRM and sends `add` for it.
    pub fn add(&self, contact: Contact) -> (String, Answer) {
        let id = self.contact(contact);
        let answer = self.site.webhook("add", &[("contact_id", &id)]);
        (id, answer)
    }

    /// `wp_status` and, where there is one, `wp_code` are these.
    #[track_caller]
    pub fn expect(&self, answer: &Answer, status: u16, wp_status: &str, wp_code: &str) {
        let got = (answer.status, answer.wp_status(), answer.wp_code());
        assert_eq!(got, (status, wp_status, wp_code), "{}\n{}", answer.json, self.site.log());
    }

    /// Every row about users, past WordPress and its filters: equal before and after means that nothing was changed.
    pub fn user_tables(&self) -> Value {
        let users = self.site.sql("SELECT * FROM wp_users ORDER BY ID");
        json!([users, self.site.sql("SELECT * FROM wp_usermeta ORDER BY umeta_id")])
    }

    /// Every row of users, user meta and options as the database has it, but for the one option that webhooks may write.
    pub fn rows(&self) -> Vec<String> {
        let rows = self.site.sql(
            "SELECT CONCAT_WS('|', 'user', ID, user_login, user_pass, user_nicename, user_email, user_url, user_registered, \
                    user_activation_key, user_status, display_name) AS line FROM wp_users \
             UNION ALL SELECT CONCAT_WS('|', 'meta', user_id, umeta_id, meta_key, meta_value) FROM wp_usermeta \
             UNION ALL SELECT CONCAT_WS('|', 'option', option_name, autoload, option_value) FROM wp_options \
                    WHERE option_name <> 'agile_bridge_stats'",
        );
        rows.iter().map(|row| row["line"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The rows that were not there before, and those that are gone.
    pub fn changes_since(&self, before: &[String]) -> Vec<String> {
        let after = self.rows();
        let gone = before.iter().filter(|row| !after.contains(row)).map(|row| format!("gone: {row}"));
        let new = after.iter().filter(|row| !before.contains(row)).map(|row| format!("new: {row}"));
        gone.chain(new).collect()
    }

    /// Puts a field map into the database, past every check of ours.
    pub fn store_field_map(&self, map: &Value) {
        let row =
            "array('option_name' => 'agile_bridge_field_map', 'option_value' => serialize($given), 'autoload' => 'on')";
        let stored = self.wp_given(map, &format!("global $wpdb; return $wpdb->replace($wpdb->options, {row});"));
        assert_ne!(stored, json!(false), "{}", self.site.log());
    }

    /// What stand-in plugins have noted: JSON lines in `wp-content/notes.jsonl`, oldest first.
    pub fn notes(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.site.root().join("wp-content/notes.jsonl")).unwrap_or_default();
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// The same, and forgets them.
    pub fn take_notes(&self) -> Vec<Value> {
        let notes = self.notes();
        let _ = std::fs::remove_file(self.site.root().join("wp-content/notes.jsonl"));
        notes
    }

    pub fn user_count(&self) -> u64 {
        self.site
            .wp("global $wpdb; return (int) $wpdb->get_var(\"SELECT COUNT(*) FROM $wpdb->users\");")
            .as_u64()
            .unwrap()
    }
}

/// A contact like any other.
pub fn ana() -> Contact {
    Contact::person("ana@example.com").first_name("Ana").last_name("Ruiz").tag("Lead")
}

/// The nonce of the form on the screen that holds `marker`.
pub fn nonce(page: &str, marker: &str) -> String {
    let after = page.split(marker).nth(1).unwrap_or_else(|| panic!("no {marker} on the page:\n{page}"));
    let value = after.split("name=\"_wpnonce\" value=\"").nth(1).expect("a nonce");
    value.split('"').next().unwrap_or_default().to_owned()
}
