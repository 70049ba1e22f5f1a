//! Looking into the inbox, and setting it: what the promises about events share.

use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A number of the database, which may come as a text.
pub fn number(value: &Value) -> i64 {
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.unwrap_or_else(|| panic!("not a number: {value}"))
}

/// Runs it so many times at the same moment, each with its number.
pub fn at_once<T: Send>(times: usize, action: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (action, gate) = (&action, &std::sync::Barrier::new(times));
    std::thread::scope(|scope| {
        let run = |number| {
            gate.wait();
            action(number)
        };
        let threads: Vec<_> = (0..times).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the thread does not panic")).collect()
    })
}

impl World {
    /// The only event.
    #[track_caller]
    pub fn event(&self) -> Value {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "one event: {events:#?}");
        events.remove(0)
    }

    /// The newest event that names this contact.
    #[track_caller]
    pub fn event_of(&self, contact: &str) -> Value {
        let event = self.events().into_iter().rfind(|event| event["contact_id"] == contact);
        event.unwrap_or_else(|| panic!("no event of {contact}: {:#?}", self.events()))
    }

    /// `state`, `status` and `code` of an event.
    #[track_caller]
    pub fn expect_event(&self, event: &Value, state: &str, status: &str, code: &str) {
        let got = (event["state"].as_str(), event["status"].as_str(), event["code"].as_str());
        assert_eq!(got, (Some(state), Some(status), Some(code)), "{event:#}\n{}", self.site.log());
    }

    /// Milliseconds since 1970 by the clock of the inbox.
    pub fn now(&self) -> i64 {
        let ahead = std::fs::read_to_string(self.site.root().join("wp-content/clock")).unwrap_or_default();
        let real = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        i64::try_from(real.as_millis()).expect("before the year 292277026") + ahead.parse().unwrap_or(0)
    }

    /// Seconds until an event falls due.
    #[expect(clippy::cast_precision_loss, reason = "days, in milliseconds")]
    pub fn due_in(&self, event: &Value) -> f64 {
        (number(&event["due_at"]) - self.now()) as f64 / 1000.0
    }

    /// Changes settings as the settings screen stores them.
    pub fn set(&self, settings: &Value) {
        let code =
            "return update_option('agile_bridge_settings', $given + (array) get_option('agile_bridge_settings', []));";
        self.wp_given(settings, code);
    }

    /// Drains from the command line, and waits where a web server's worker was quicker.
    pub fn drain_and_rest(&self) {
        self.drain();
        self.await_rest();
    }

    /// A new contact about which Agile CRM answers nothing usable until the tries of its event are used up.
    pub fn give_up(&self, contact: Contact) {
        self.crm.set_faults(Faults { html_200: true, ..Faults::default() });
        self.expect(&self.add(contact).1, 202, "queued", "");
        while self.events().pop().expect("an event")["state"] != "dead" {
            self.advance(Duration::from_secs(30 * 3600));
            self.drain_and_rest();
        }
        self.crm.set_faults(Faults::default());
    }

    /// The script for a system cron, run with these arguments: what it printed, what it complained about, how it ended.
    pub fn drain_php(&self, arguments: &[&str]) -> (String, String, Option<i32>) {
        let script = self.site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
        let output = self.site.php().arg(script).args(arguments).output().expect("php runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (text(output.stdout), text(output.stderr), output.status.code())
    }

    /// Stores an `add` for each of so many people, and leaves them for whoever drains.
    pub fn store(&self, people: usize) {
        self.pause(true);
        for person in 0..people {
            let id = self.contact(Contact::person(&format!("p{person}@example.com")));
            self.expect(&self.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
        }
        self.pause(false);
    }

    pub fn pause(&self, paused: bool) {
        self.set(&json!({"paused": paused}));
    }

    /// User meta of nobody.
    pub fn orphans(&self) -> Vec<Value> {
        self.site.sql("SELECT * FROM wp_usermeta WHERE user_id NOT IN (SELECT ID FROM wp_users)")
    }

    /// Waits until no worker holds an event, up to half a minute of real time; those that wait for their time go on waiting.
    #[track_caller]
    pub fn await_rest(&self) {
        let busy = "SELECT COUNT(*) AS busy FROM wp_agile_bridge_events WHERE state IN ('running', 'applied')";
        let leases = "SELECT COUNT(*) AS busy FROM wp_agile_bridge_leases WHERE name = 'drain' AND owner <> ''";
        let deadline = Instant::now() + Duration::from_secs(30);
        while [busy, leases].iter().any(|sql| number(&self.site.sql(sql)[0]["busy"]) > 0) {
            assert!(
                Instant::now() < deadline,
                "it never rests: {:#?}\n{:?}\n{}",
                self.events(),
                self.crm.counts(),
                self.site.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
