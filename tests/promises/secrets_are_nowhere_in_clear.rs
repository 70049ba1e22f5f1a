//! Access key, API key and passwords: in no log, no answer, no mail and no table, whatever goes wrong, on a PHP that is told
//! to write everything down.

use crate::world::World;
use sandbox::{Contact, Error500, Faults, Form, Options, Sandbox};
use serde_json::json;
use site::{ACCESS_KEY, Request, Site, form};
use std::fs;

const API_KEY: &str = "an-API-key-like-no-other-0123456789";
const MAPPED: &str = "a-mapped-password-like-no-other";

/// A plugin that logs every stack it sees, arguments and all, as error trackers do, and fails when it is told to.
/// (The contact is among the arguments, with all its fields: of passwords only what others log is looked at.)
const TRACKER: &str = r"<?php
function track( $what ) {
	$stack = array_map( static fn( $frame ) => ( $frame['class'] ?? '' ) . ' ' . $frame['function'] . json_encode( $frame['args'] ?? null, JSON_PARTIAL_OUTPUT_ON_ERROR, 20 ), debug_backtrace( 0 ) );
	error_log( "STACK $what " . implode( ' < ', $stack ) );
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

fn everything(site: &Site) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(site.dir().join("logs")).expect("a folder of logs").flatten() {
        // The web server's own, which holds every address: that is why a key may be sent in the body.
        if entry.file_name() != "access.log" {
            let log = fs::read(entry.path()).unwrap_or_default();
            text.push_str(&format!("\n--- {}\n{}", entry.file_name().display(), String::from_utf8_lossy(&log)));
        }
    }
    for table in site.sql("SHOW TABLES") {
        let name = table.as_object().and_then(|row| row.values().next()).and_then(|name| name.as_str()).expect("a table");
        text.push_str(&format!("\n--- {name}\n{}", json!(site.sql(&format!("SELECT * FROM `{name}`")))));
    }
    text
}

#[test]
fn after_all_that_can_go_wrong() {
    let crm = Sandbox::start(Options { api_key: API_KEY.to_owned(), ..Options::default() }).expect("the sandbox starts");
    let builder = Site::builder().crm(&crm.url(), crm.email(), API_KEY).field_map(&[("Password", "user_pass"), ("Plan", "plan")]);
    let builder = builder
        .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Password")])
        .php_ini(&[("zend.exception_ignore_args", "0"), ("zend.exception_string_param_max_len", "1000000")])
        .mu_plugin_file("tracker.php", TRACKER);
    let world = World { crm, site: builder.start().expect("the site starts") };
    let (site, crm) = (&world.site, &world.crm);
    let mut answers = String::new();
    let mut secrets = vec![ACCESS_KEY.to_owned(), API_KEY.to_owned(), MAPPED.to_owned()];
    let mut persons = 0;
    let mut person = || {
        persons += 1;
        Contact::person(&format!("p{persons}@example.com")).first_name("Jo").custom("Plan", "gold").tag("Lead")
    };
    let mut call = |contact: u64, fail: &str, status: u16| {
        let parameters = [("wpf_action", "add"), ("access_key", ACCESS_KEY), ("contact_id", &contact.to_string()), ("send_notification", "1")];
        for request in [
            Request::new("GET", &format!("/?{}", form(&parameters))),
            Request::new("POST", "/").body("application/x-www-form-urlencoded", form(&parameters)),
        ] {
            let response = site.send(&request.header("X-Fail", fail));
            answers.push_str(&format!("{:?}\n{}\n", response.headers, response.body()));
            if fail.is_empty() {
                assert_eq!(response.status, status, "{}\n{}", response.body(), site.log());
            }
        }
    };

    let generated = crm.create_contact(person());
    call(generated, "", 200);
    secrets.push(crm.property(generated, "WP Password").expect("the password was returned"));
    call(crm.create_contact(person().custom("Password", MAPPED)), "", 200);
    call(crm.create_contact(person().custom("Password", "sh0rt")), "", 200);
    for hook in ["init", "wp_pre_insert_user_data", "wp_hash_password_options", "user_register", "added_user_meta", "agile_bridge_user_created"] {
        for kind in ["", "!"] {
            call(crm.create_contact(person().custom("Password", MAPPED)), &format!("{hook}{kind}"), 0);
        }
    }
    // A password that cannot be returned.
    crm.set_faults(Faults { error_500: Some(Error500::html()), only_route: Some("PUT contacts/edit-properties".to_owned()), ..Faults::default() });
    call(crm.create_contact(person()), "", 200);
    let lost = crm.requests().iter().rev().find(|request| request.route == "contacts/edit-properties").map(|request| request.body.clone());
    let lost: serde_json::Value = serde_json::from_str(&lost.expect("the password was sent")).expect("JSON");
    secrets.push(lost["properties"][0]["value"].as_str().expect("a password").to_owned());

    let contact = crm.create_contact(person().custom("Password", MAPPED));
    for (fault, status) in [
        (Faults { unauthorized: Some(Form::Json), ..Faults::default() }, 502),
        (Faults { error_500: Some(Error500::json()), ..Faults::default() }, 502),
        (Faults { redirect: Some("http://127.0.0.1:1/login".to_owned()), ..Faults::default() }, 502),
        (Faults { truncated_json: true, ..Faults::default() }, 502),
        (Faults { hang_up: true, ..Faults::default() }, 502),
        (Faults { stalled_headers: true, ..Faults::default() }, 504),
    ] {
        crm.set_faults(fault);
        call(contact, "", status);
    }
    crm.set_faults(Faults::default());
    for table in ["wp_users", "wp_usermeta"] {
        site.sql(&format!("CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW SIGNAL SQLSTATE '45000'"));
        call(contact, "", 503);
        site.sql("DROP TRIGGER broken");
    }
    for query in [
        format!("wpf_action=nonsense&access_key={ACCESS_KEY}"),
        format!("wpf_action=add&access_key={ACCESS_KEY}x"),
        format!("wpf_action=add&access_key={ACCESS_KEY}&access_key[]={ACCESS_KEY}"),
        format!("wpf_action=add&access_key={ACCESS_KEY}&contact_id={ACCESS_KEY}"),
        format!("wpf_action=add&access_key={ACCESS_KEY}&email={ACCESS_KEY}"),
    ] {
        let response = site.get(&format!("/?{query}"));
        assert!(matches!(response.status, 400 | 403), "{query}: {}", response.body());
        answers.push_str(&format!("{:?}\n{}\n", response.headers, response.body()));
    }
    let text = everything(site);
    assert!(text.contains("STACK user_register") && text.contains("AgileBridge"), "the tracker has seen nothing of us");
    let mails: String = site.mails().iter().map(|mail| format!("{} {} {}", mail.to, mail.subject, mail.body)).collect();
    // The header that the CRM gets.
    let code = format!("return base64_encode('{}:{API_KEY}');", crm.email());
    secrets.push(site.wp(&code).as_str().expect("a text").to_owned());
    assert!(secrets.iter().all(|secret| secret.len() > 20), "{secrets:?}");
    for secret in &secrets {
        let password = ![ACCESS_KEY, API_KEY].contains(&&**secret);
        let text: String = text.split_inclusive('\n').filter(|line| !password || !line.contains(" STACK ")).collect();
        for (where_, text) in [("a log or a table", &text), ("an answer", &answers), ("a mail", &mails)] {
            let found = text.find(secret.as_str()).map(|at| {
                let start = text[..at].rfind('\n').unwrap_or(0).max(at.saturating_sub(1500));
                text.get(start..at + secret.len()).unwrap_or("…").to_owned()
            });
            assert_eq!(found, None, "'{secret}' is in {where_}");
        }
    }
}
