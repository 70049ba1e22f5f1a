//! Access key, API key and passwords: in no log, no answer, no mail and no table, whatever goes wrong, on a PHP that is told
//! to write everything down; neither while an event waits nor when it was done later.

use crate::stage::world::{CLOCK, World};
use sandbox::{Contact, Error500, Faults, Form, Options, Sandbox};
use serde_json::{Value, json};
use site::{ACCESS_KEY, Request, Site, form};
use std::fs;
use std::time::Duration;

const API_KEY: &str = "an-API-key-like-no-other-0123456789";
const MAPPED: &str = "a-mapped-password-like-no-other";

/// Where that plugin fails: with an exception, and with a fatal error. The first while nothing waits yet, so that it is no worker
/// who drains that meets it.
const FAILING: [&str; 6] = [
    "agile_bridge_user_created",
    "user_register",
    "wp_pre_insert_user_data",
    "wp_hash_password_options",
    "added_user_meta",
    "init",
];

/// A plugin that logs every stack it sees, arguments and all, as error trackers do, and fails when it is told to.
/// (The contact is among the arguments, with all its fields: of passwords only what others log is looked at.)
const TRACKER: &str = r"<?php
function track( $what ) {
	$stack = array_map( static fn( $frame ) => ( $frame['class'] ?? '' ) . ' ' . $frame['function'] . json_encode( $frame['args'] ?? null, JSON_PARTIAL_OUTPUT_ON_ERROR, 20 ), debug_backtrace( 0 ) );
	error_log( 'STACK ' . $what . ' ' . implode( ' < ', $stack ) );
	if ( ( $_SERVER['HTTP_X_FAIL'] ?? '' ) === $what ) {
		throw new RuntimeException( 'no more' );
	}
	if ( ( $_SERVER['HTTP_X_FAIL'] ?? '' ) === $what . '!' ) {
		trigger_error( 'no more', E_USER_ERROR );
	}
}
foreach ( array( 'plugins_loaded', 'init', 'wp_pre_insert_user_data', 'wp_hash_password_options', 'user_register', 'profile_update', 'added_user_meta',
	'agile_bridge_user_data', 'agile_bridge_user_created', 'wpf_user_imported', 'wpf_api_fail', 'wpf_set_user_meta', 'shutdown' ) as $hook ) {
	add_filter( $hook, static function ( $value = null ) use ( $hook ) { track( $hook ); return $value; } );
}
set_error_handler( static function ( $number, $text ) { track( 'error ' . $text ); return false; } );";

/// What everybody may come to read.
struct Paper<'a> {
    world: &'a World,
    answers: String,
    persons: usize,
}

impl Paper<'_> {
    fn person(&mut self) -> Contact {
        self.persons += 1;
        let address = format!("p{}@example.com", self.persons);
        Contact::person(&address).first_name("Jo").custom("Plan", "gold").tag("Lead")
    }

    /// Sends it, keeps the answer and gives its status.
    fn send(&mut self, request: &Request) -> u16 {
        let response = self.world.site.send(request);
        self.answers.push_str(&[format!("{:?}", response.headers), response.body(), String::new()].join("\n"));
        response.status
    }

    /// Both ways to show the key. What fails on purpose may be answered in any way; what waits is answered 202.
    fn add(&mut self, contact: u64, fail: &str, [first, second]: [u16; 2]) {
        let parameters = [
            ("wpf_action", "add"),
            ("access_key", ACCESS_KEY),
            ("contact_id", &contact.to_string()),
            ("send_notification", "1"),
        ];
        for (request, status) in [
            (Request::new("GET", &format!("/?{}", form(&parameters))), first),
            (Request::new("POST", "/").body("application/x-www-form-urlencoded", form(&parameters)), second),
        ] {
            let got = self.send(&request.header("X-Fail", fail));
            assert!(
                !fail.is_empty() || got == status,
                "{got}, not {status}\n{}\n{}",
                self.answers,
                self.world.site.log()
            );
        }
    }

    fn logs(&self) -> String {
        let folder = self.world.site.dir().join("logs");
        let mut logs = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder of logs").flatten() {
            // The web server's own, which holds every address: that is why a key may be sent in the body.
            if entry.file_name() != "access.log" {
                logs.push(String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default()).into_owned());
            }
        }
        logs.join("\n")
    }

    fn tables(&self) -> String {
        let site = &self.world.site;
        let names = site.sql("SHOW TABLES");
        let names = names.iter().filter_map(|row| row.as_object()?.values().next()?.as_str());
        let tables: Vec<_> =
            names.map(|name| json!(site.sql(&format!("SELECT * FROM `{name}`"))).to_string()).collect();
        assert!(tables.len() > 10, "{tables:?}");
        // The inbox, with events that wait, were done, were refused; its leases, with why the CRM is not asked; the locks.
        for table in ["wp_agile_bridge_events", "wp_agile_bridge_leases", "wp_agile_bridge_identities"] {
            assert!(!site.sql(&format!("SELECT * FROM {table}")).is_empty(), "{table} is empty: nothing was looked at");
        }
        tables.join("\n")
    }

    fn mails(&self) -> String {
        let mails = self.world.site.mails();
        assert!(!mails.is_empty(), "no mail was sent");
        mails.into_iter().flat_map(|mail| [mail.to, mail.subject, mail.body]).collect::<Vec<_>>().join("\n")
    }
}

/// What surrounds it, if it is there.
fn found(secret: &str, text: &str) -> Option<String> {
    let at = text.find(secret)?;
    let start = text[..at].rfind('\n').unwrap_or(0).max(at.saturating_sub(1000));
    Some(text.get(start..at + secret.len()).unwrap_or("…").to_owned())
}

/// Passwords: made, mapped, refused, lost on their way to the CRM, and in the hands of failing plugins. Gives the made ones.
fn users(paper: &mut Paper<'_>) -> Vec<String> {
    let crm = &paper.world.crm;
    let contact = crm.create_contact(paper.person());
    paper.add(contact, "", [200, 200]);
    let returned = crm.property(contact, "WP Password").expect("the password was returned");
    for password in [MAPPED, "sh0rt"] {
        let contact = crm.create_contact(paper.person().custom("Password", password));
        paper.add(contact, "", [200, 200]);
    }
    let only_route = Some("PUT contacts/edit-properties".to_owned());
    crm.set_faults(Faults { error_500: Some(Error500::html()), only_route, ..Faults::default() });
    let contact = crm.create_contact(paper.person());
    paper.add(contact, "", [200, 200]);
    let requests = crm.requests();
    let lost = requests.iter().rfind(|request| request.method == "PUT").expect("the password was sent");
    let lost: Value = serde_json::from_str(&lost.body).expect("JSON");
    crm.set_faults(Faults::default());
    // The last: what waits because of these is drained, and others are not processed at once meanwhile.
    for hook in FAILING {
        for kind in ["", "!"] {
            let contact = crm.create_contact(paper.person().custom("Password", MAPPED));
            paper.add(contact, &format!("{hook}{kind}"), [0, 0]);
        }
    }
    vec![returned, lost["properties"][0]["value"].as_str().expect("a password").to_owned()]
}

/// A CRM that fails in every way: all of it waits.
fn failures_of_the_crm(paper: &mut Paper<'_>) {
    let crm = &paper.world.crm;
    for fault in [
        Faults { error_500: Some(Error500::json()), ..Faults::default() },
        Faults { truncated_json: true, ..Faults::default() },
        Faults { hang_up: true, ..Faults::default() },
        Faults { stalled_headers: true, ..Faults::default() },
        // The last: then the CRM is not asked any more.
        Faults { redirect: Some("http://127.0.0.1:1/login".to_owned()), ..Faults::default() },
    ] {
        let contact = crm.create_contact(paper.person().custom("Password", MAPPED));
        crm.set_faults(fault);
        paper.add(contact, "", [202, 202]);
    }
    crm.set_faults(Faults::default());
}

/// A database that fails, requests that are refused, and a CRM that refuses us.
fn refusals(paper: &mut Paper<'_>) {
    let (crm, site) = (&paper.world.crm, &paper.world.site);
    for table in ["wp_users", "wp_usermeta", "wp_agile_bridge_identities", "wp_agile_bridge_events"] {
        let contact = crm.create_contact(paper.person().custom("Password", MAPPED));
        site.sql(&format!("CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW SIGNAL SQLSTATE '45000'"));
        paper.add(contact, "", if table.ends_with("events") { [503, 503] } else { [503, 202] });
        site.sql("DROP TRIGGER broken");
    }
    for (query, status) in [
        ("wpf_action=nonsense&access_key=KEY", 400),
        ("wpf_action=add&access_key=KEYx", 403),
        ("wpf_action=add&access_key=KEY&access_key[]=KEY", 403),
        ("wpf_action=add&access_key=KEY&contact_id=KEY", 400),
        ("wpf_action=KEY&access_key=KEY", 400),
        ("wpf_action=add&access_key=KEY&email=KEY", 400),
    ] {
        let target = format!("/?{}", query.replace("KEY", ACCESS_KEY));
        assert_eq!(paper.send(&Request::new("GET", &target)), status, "{query}");
    }
    let contact = crm.create_contact(paper.person().custom("Password", MAPPED));
    crm.set_faults(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    paper.add(contact, "", [202, 202]);
    crm.set_faults(Faults::default());
}

#[test]
fn after_all_that_can_go_wrong() {
    let crm =
        Sandbox::start(Options { api_key: API_KEY.to_owned(), ..Options::default() }).expect("the sandbox starts");
    let site = Site::builder()
        .crm(&crm.url(), crm.email(), API_KEY)
        .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Password")])
        .field_map(&[("Password", "user_pass"), ("Plan", "plan")])
        .php_ini(&[("zend.exception_ignore_args", "0"), ("zend.exception_string_param_max_len", "1000000")])
        .mu_plugin_file("tracker.php", TRACKER)
        .mu_plugin_file("clock.php", CLOCK)
        .start()
        .expect("the site starts");
    let world = World { crm, site };
    // The clock is there from the start: the tracker would write down each look for it.
    world.advance(Duration::ZERO);
    let mut paper = Paper { world: &world, answers: String::new(), persons: 0 };
    let mut passwords = users(&mut paper);
    passwords.push(MAPPED.to_owned());
    failures_of_the_crm(&mut paper);
    // In every state that an event can be left in before its end: a password that is owed, a user who is written and not told.
    let events = json!(world.events()).to_string();
    for state in [r#""action":"return_password""#, r#""state":"waiting""#, r#""state":"applied""#] {
        assert!(events.contains(state), "no event with {state}: {events}");
    }
    nothing_is_found(&paper, &passwords, "while they wait");
    world.catch_up();
    refusals(&mut paper);
    nothing_is_found(&paper, &passwords, "when they are done");
    world.catch_up();
    nothing_is_found(&paper, &passwords, "in the end");
    let owed = world.site.sql("SELECT * FROM wp_agile_bridge_events WHERE owed IS NOT NULL OR state <> 'done'");
    assert!(owed.is_empty(), "what is done is not wiped: {owed:?}");
}

fn nothing_is_found(paper: &Paper<'_>, passwords: &[String], when: &str) {
    let (logs, tables, mails) = (paper.logs(), paper.tables(), paper.mails());
    assert!(logs.contains(" STACK user_register") && logs.contains("write_under_locks"), "the tracker has not seen us");
    // The header that the CRM gets.
    let header = paper.world.site.wp(&format!("return base64_encode('{}:{API_KEY}');", paper.world.crm.email()));
    let keys = [ACCESS_KEY.to_owned(), API_KEY.to_owned(), header.as_str().expect("a text").to_owned()];
    for secret in &keys {
        for (place, text) in [("a log", &logs), ("a table", &tables), ("an answer", &paper.answers), ("a mail", &mails)]
        {
            assert_eq!(found(secret, text), None, "'{secret}' is in {place} {when}");
        }
    }
    let logs: String = logs.split_inclusive('\n').filter(|line| !line.contains(" STACK ")).collect();
    for secret in passwords {
        assert!(secret.len() > 20, "'{secret}' is no password of ours");
        for (place, text) in [("a log", &logs), ("a table", &tables), ("an answer", &paper.answers), ("a mail", &mails)]
        {
            assert_eq!(found(secret, text), None, "the password '{secret}' is in {place} {when}");
        }
    }
}
