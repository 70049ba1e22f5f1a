//! What is measured: a CRM over HTTPS, a WordPress with the plugin that knows it, and a plain one that never saw either.
//! Both sites are configured as a production server is; each has nginx, four PHP-FPM workers and a MariaDB of its own.

use std::time::Duration;

use sandbox::{Contact, Faults, Options, Sandbox};
use serde_json::Value;
use site::{Builder, Database, Request, Server, Site, await_until};

use crate::Outcome;
use crate::load;

/// CRM field and where it lands; what the yardstick in `php/bench.php` gives a user too.
const FIELD_MAP: [(&str, &str); 2] = [("Plan", "plan"), ("City", "city")];

const WORKERS: u8 = 4;

/// What the CRM takes in a burst, and in the drain.
pub const CRM_LATENCY: Duration = Duration::from_millis(300);

/// Until the webhooks of the warm-up are through.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Stand {
    pub crm: Sandbox,
    pub plain: Site,
    pub ours: Site,
    /// Everything at a tenth, to try whether it runs.
    pub quick: bool,
}

impl Stand {
    pub fn start(quick: bool) -> Outcome<Self> {
        let crm = Sandbox::start(Options::default()).map_err(|error| error.to_string())?;
        let plain = builder().extension(false).plugin_active(false).start().map_err(|error| error.to_string())?;
        let ours = knowing(&crm, builder())?.start().map_err(|error| error.to_string())?;
        for (label, _) in FIELD_MAP {
            crm.define_custom_field(label, "TEXT", "");
        }
        plain.sql(
            "CREATE TABLE bench_rows (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, \
             body varchar(255) NOT NULL, created datetime NOT NULL) ENGINE=InnoDB",
        );
        let stand = Self { crm, plain, ours, quick };
        stand.warm_up()?;
        Ok(stand)
    }

    /// Every worker of both sites has compiled everything, and has its connection to the CRM.
    fn warm_up(&self) -> Outcome<()> {
        let ids: Vec<_> = (0..usize::from(WORKERS) * 5).map(|_| self.contact()).collect();
        for action in ["add", "update", "update_tags", "add"] {
            let targets: Vec<_> = ids.iter().map(|id| self.webhook(action, id)).collect();
            load::closed_loop(self.ours.port(), WORKERS.into(), &targets);
        }
        let targets: Vec<_> = (1..=ids.len()).map(|n| format!("/?bench=create_cheap&n={}", 1_000_000 + n)).collect();
        load::closed_loop(self.plain.port(), WORKERS.into(), &targets);
        let homes = vec!["/".to_owned(); ids.len()];
        for site in [&self.plain, &self.ours] {
            load::closed_loop(site.port(), WORKERS.into(), &homes);
        }
        // Of four at once some may be queued.
        let all_are_users = || self.expect_one_user_each(&ids).is_ok();
        if await_until(PATIENCE, all_are_users) {
            return Ok(());
        }
        Err(format!("the contacts of the warm-up were not made users\n{}", self.ours.logs()))
    }

    /// A new contact in the CRM, with the fields that the yardstick gives a user: its id.
    pub fn contact(&self) -> String {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let person = Contact::person(&format!("person{n}@example.com"));
        let person = person.first_name("Ana").last_name(&format!("Ruiz {n}")).tag("Lead").tag("Customer");
        self.crm.create_contact(person.custom("Plan", "Gold").custom("City", "Lima")).to_string()
    }

    pub fn contacts(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.contact()).collect()
    }

    /// Contacts that already are users.
    pub fn linked_contacts(&self, count: usize) -> Outcome<Vec<String>> {
        let ids = self.contacts(count);
        for id in &ids {
            let answer = self.ours.webhook("add", &[("contact_id", id)]);
            if answer.wp_status() != "created" {
                return Err(format!("the add of a new contact was answered {}", answer.json));
            }
        }
        Ok(ids)
    }

    /// The target of a webhook for this contact.
    pub fn webhook(&self, action: &str, contact: &str) -> String {
        self.ours.webhook_target(action, &[("contact_id", contact)])
    }

    /// The last that the measured site's PHP has logged, without the long traces.
    pub fn log_end(&self) -> String {
        let log = self.ours.log();
        let lines: Vec<_> = log.lines().map(|line| line.chars().take(250).collect::<String>()).collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    /// What the CRM waits before every answer.
    pub fn set_latency(&self, latency: Duration) {
        self.crm.set_faults(Faults { latency, ..Faults::default() });
    }

    /// `n`, or its tenth.
    pub fn many(&self, n: usize) -> usize {
        if self.quick { n / 10 } else { n }
    }

    /// How many users there are for each contact.
    pub fn users_by_contact(&self) -> std::collections::HashMap<String, u64> {
        let rows = self.ours.sql(
            "SELECT meta_value AS contact, COUNT(*) AS users FROM wp_usermeta \
             WHERE meta_key = 'agilecrm_contact_id' GROUP BY meta_value",
        );
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default();
        rows.iter().map(|row| (row["contact"].as_str().unwrap_or_default().to_owned(), number(&row["users"]))).collect()
    }

    /// An error unless each of these contacts has exactly one user.
    pub fn expect_one_user_each<'a>(&self, contacts: impl IntoIterator<Item = &'a String>) -> Outcome<()> {
        let users = self.users_by_contact();
        let wrong = contacts.into_iter().filter(|id| users.get(id.as_str()) != Some(&1)).count();
        if wrong == 0 { Ok(()) } else { Err(format!("{wrong} contacts do not have exactly one user")) }
    }
}

/// The site with the plugin, and this CRM.
pub fn knowing(crm: &Sandbox, site: Builder) -> Outcome<Builder> {
    let authority = crm.ca_pem_path().to_str().ok_or("a path that is not UTF-8")?.to_owned();
    let site = site.crm(&crm.https_url(), crm.email(), crm.api_key()).field_map(&FIELD_MAP);
    Ok(site.env(&[("SSL_CERT_FILE", &authority)]))
}

pub fn builder() -> Builder {
    Site::builder()
        .database(Database::MariaDb)
        .server(Server::Nginx { workers: WORKERS })
        .production()
        .mu_plugin_file("bench.php", include_str!("../php/bench.php"))
}

/// Whether this is the site's home page.
pub fn is_home_page(response: &site::Response) -> bool {
    response.status == 200 && response.bytes.windows(11).any(|part| part == b"A WordPress")
}

pub fn get(target: &str) -> Request {
    Request::new("GET", target)
}
