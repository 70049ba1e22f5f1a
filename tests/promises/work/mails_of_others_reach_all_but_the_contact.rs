//! What other plugins mail while a user is written: to whoever is not the contact, an admin who has to approve, it goes out once the
//! user is stored (sealed until then), as its sender wanted it; what names the contact or the user goes to nobody. Where nobody called, at a replay
//! or an hourly look, none goes out, and the screen says how many did not.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Request;

/// Mails on every change of a user. If the file `replaced` is there, `wp_mail()` is another plugin's, which knows the filter
/// `wp_mail` and no `pre_wp_mail`. What really leaves is noted, with whether the user is stored by then.
const OTHERS: &str = r#"<?php
function note_mail( array $mail ) {
	$other  = new wpdb( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST );
	$mail[] = $other->get_var( "SELECT meta_value FROM wp_usermeta WHERE meta_key = 'last_name' AND meta_value <> '' ORDER BY user_id DESC LIMIT 1" );
	file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( $mail ) . PHP_EOL, FILE_APPEND | LOCK_EX );
}
if ( is_file( WP_CONTENT_DIR . '/replaced' ) ) {
	function wp_mail( $to, $subject, $message, $headers = '', $attachments = array() ) {
		$mail = apply_filters( 'wp_mail', compact( 'to', 'subject', 'message', 'headers', 'attachments' ) );
		$all  = array_filter( (array) $mail['to'] );
		foreach ( is_array( $mail['headers'] ) ? $mail['headers'] : explode( "\n", $mail['headers'] ) as $header ) {
			if ( preg_match( '/^b?cc:(.*)/i', $header, $copy ) ) {
				$all[] = trim( $copy[1] );
			}
		}
		if ( $all ) {
			note_mail( array( $mail['subject'], implode( ', ', $all ) ) );
		}
		return (bool) $all;
	}
}
add_action( 'phpmailer_init', function ( $mailer ) {
	note_mail( array( $mailer->Subject, implode( ', ', array_keys( $mailer->getAllRecipientAddresses() ) ), $mailer->From, $mailer->FromName, $mailer->ContentType, $mailer->CharSet ) );
} );
add_action( 'wp_mail_succeeded', function ( $mail ) {
	if ( 'Approve' === $mail['subject'] ) {
		wp_mail( 'log@example.com', 'Sent', 'x' );
	}
} );
add_filter( 'query', function ( $query ) {
	if ( str_contains( $query, 'wants in' ) ) {
		note_mail( array( 'in clear', $query ) );
	}
	return $query;
} );
function others_mail( $id ) {
	$user = get_userdata( $id )->user_email;
	$set  = array(
		'wp_mail_content_type' => fn() => 'text/html',
		'wp_mail_from'         => fn( $from ) => 'from-' . $from,
		'wp_mail_from_name'    => fn( $name ) => "Club $name",
		'wp_mail_charset'      => fn() => 'ISO-8859-1',
	);
	foreach ( $set as $filter => $value ) {
		add_filter( $filter, $value );
	}
	wp_mail( 'boss@example.com', 'Approve', "<b>$user</b> wants in" );
	wp_mail( array( 'boss@example.com' ), 'Headers', 'x', "From: \"The Shop\" <shop@example.com>\nReply-To: $user\r\nContent-Type: text/plain; charset=\"utf-8\"\nCc: copy@example.com" );
	foreach ( $set as $filter => $value ) {
		remove_filter( $filter, $value );
	}
	wp_mail( "not-$user", 'Like', 'x' );
	wp_mail( strtoupper( $user ), 'Welcome', 'x' );
	wp_mail( "boss@example.com, Jo <$user>", 'Both', 'x' );
	wp_mail( 'boss@example.com', 'Copy', 'x', "Cc: copy@example.com, $user" );
	wp_mail( 'boss@example.com', 'Blind', 'x', array( 'X-A: b', "bcc: <{$user}>" ) );
	wp_mail( 'second@example.com', 'Second', 'x' );
}
add_action( 'user_register', 'others_mail' );
add_action( 'profile_update', 'others_mail' );"#;

fn person(name: &str) -> Contact {
    Contact::person(&format!("{}@example.com", name.to_lowercase())).first_name("Jo").last_name(name)
}

/// Subject and recipients of what has left, and that nothing left before the user was stored.
#[track_caller]
fn left(world: &World, stored: &str) -> Vec<(String, String)> {
    world.await_rest();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let notes = world.take_notes();
    for note in &notes {
        assert_eq!(note.as_array().and_then(|note| note.last()), Some(&json!(stored)), "{notes:?}");
    }
    let others = notes.iter().filter(|note| note[0] != "Sent");
    others.map(|note| (text(&note[0]), text(&note[1]))).collect()
}

/// All that others may get of the mails above.
fn wanted(name: &str) -> Vec<(String, String)> {
    let like = format!("not-{}@example.com", name.to_lowercase());
    [("Approve", "boss@example.com"), ("Headers", "boss@example.com, copy@example.com"), ("Like", &*like)]
        .map(|(subject, to)| (subject.to_owned(), to.to_owned()))
        .into()
}

/// A second address of the contact is the contact's as well.
fn add(world: &World, name: &str) -> u64 {
    let id = world.crm.create_contact(person(name));
    world.crm.set_property(id, "SYSTEM", "email", "home", "second@example.com");
    world.expect(&world.site.webhook("add", &[("contact_id", &id.to_string())]), 200, "created", "");
    id
}

fn rename(world: &World, id: u64, name: &str) {
    world.crm.set_property(id, "SYSTEM", "last_name", "", name);
}

fn senders_get_what_they_set(world: &World) {
    let settings = |subject: &str| {
        let note = world.notes().into_iter().find(|note| note[0] == subject).expect("it left");
        json!([note[2], note[3], note[4], note[5]])
    };
    let host = "from-wordpress@127.0.0.1";
    assert_eq!(settings("Approve"), json!([host, "Club WordPress", "text/html", "ISO-8859-1"]));
    assert_eq!(settings("Headers"), json!(["from-shop@example.com", "Club The Shop", "text/html", "ISO-8859-1"]));
    assert_eq!(settings("Like")[2], "text/plain");
}

fn nobody_is_mailed_where_nobody_called(world: &World, id: u64) {
    world.pause(true);
    rename(world, id, "Replay");
    world.expect(&world.site.webhook("update", &[("contact_id", &id.to_string())]), 202, "queued", "");
    let dead = "UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL WHERE state = 'waiting'";
    world.site.sql(dead);
    world.pause(false);
    let event = number(&world.events().pop().expect("an event")["id"]);
    let replayed = world.site.wp(&format!("return AgileBridge\\Plugin\\Inbox\\Replay::replay_event({event});"));
    assert_eq!(replayed, true);
    world.drain_and_rest();
    world.expect_event(&world.event_of(&id.to_string()), "done", "updated", "");
    assert_eq!(left(world, "Replay"), []);
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let screen = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced";
    let page = world.site.send(&Request::new("GET", screen).header("Cookie", &cookie)).body();
    let told = page.split("id=\"agile-bridge-unsent-mails\">").nth(1).expect("the screen tells it");
    // Those that would have gone out.
    assert!(told.starts_with('3'), "{}", &told[..60]);
}

#[test]
fn mails_of_others_reach_all_but_the_contact() {
    let world = World::with(|site| site.mu_plugin_file("others.php", OTHERS));
    let id = add(&world, "Grace");
    world.await_rest();
    senders_get_what_they_set(&world);
    let sent =
        world.notes().into_iter().find(|note| note[0] == "Sent").expect("what is sent because of it is another mail");
    assert_eq!((&sent[1], &sent[3], &sent[4]), (&json!("log@example.com"), &json!("WordPress"), &json!("text/plain")));
    assert_eq!(left(&world, "Grace"), wanted("Grace"));
    rename(&world, id, "Hopper");
    world.expect(&world.site.webhook("update", &[("contact_id", &id.to_string())]), 200, "updated", "");
    assert_eq!(left(&world, "Hopper"), wanted("Grace"));

    nobody_is_mailed_where_nobody_called(&world, id);

    std::fs::write(world.site.root().join("wp-content/replaced"), "").expect("a file");
    add(&world, "Kay");
    assert_eq!(left(&world, "Kay"), wanted("Kay"));
}

/// Plugins log mails where `wp_mail()` asks them. One that is held and sent later, the welcome mail too, is one mail.
#[test]
fn who_logs_mails_notes_each_once() {
    let world = World::with(|site| {
        site.mu_plugin_file(
            "logs.php",
            r#"<?php
            function log_mail( $where, $subject ) { file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( "$where $subject" ) . PHP_EOL, FILE_APPEND ); }
            add_filter( 'wp_mail', function ( $mail ) { log_mail( 'wp_mail', $mail['subject'] ); $mail['message'] .= ' -- the footer'; return $mail; } );
            add_filter( 'pre_wp_mail', function ( $sent, $mail ) { log_mail( 'pre_wp_mail', $mail['subject'] ); return $sent; }, 10, 2 );
            add_action( 'wp_mail_succeeded', function ( $mail ) { log_mail( 'left', $mail['subject'] ); 'Approve' === $mail['subject'] && wp_mail( 'log@example.com', 'Sent', 'x' ); } );
            add_action( 'user_register', fn() => wp_mail( 'boss@example.com', 'Approve', 'x' ) );"#,
        )
    });
    let id = world.contact(person("Ana"));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 200, "created", "");
    world.await_rest();
    let mut noted: Vec<_> =
        world.take_notes().iter().map(|note| note.as_str().unwrap_or_default().to_owned()).collect();
    noted.sort_unstable();
    let mut wanted = Vec::new();
    for place in ["left", "pre_wp_mail", "wp_mail"] {
        wanted.extend(["Approve", "Sent", "[A WordPress] Login Details"].map(|subject| format!("{place} {subject}")));
    }
    wanted.sort_unstable();
    assert_eq!(noted, wanted);
    for mail in world.site.mails() {
        assert_eq!(mail.body.matches("-- the footer").count(), 1, "{}: {}", mail.subject, mail.body);
    }
}

/// Plugins that send by a service, in `pre_wp_mail` or by a `wp_mail()` of their own: what is held does not leave before its time, nor
/// what goes to nobody at all, and the sender is the one they are set to.
#[test]
fn a_service_that_sends_mails_gets_them_once_and_keeps_its_sender() {
    let in_hook = "add_filter( 'pre_wp_mail', fn( $sent, $mail ) => $sent ?? service_send( $mail ), 10, 2 );";
    let in_place = "function wp_mail( $to, $subject, $message, $headers = '', $attachments = array() ) {
        $mail = apply_filters( 'wp_mail', compact( 'to', 'subject', 'message', 'headers', 'attachments' ) );
        return array_filter( (array) $mail['to'] ) ? service_send( $mail ) : false;
    }";
    for service in [in_hook, in_place] {
        let world = World::with(|site| {
            site.mu_plugin_file(
                "service.php",
                &format!(
                    r"<?php
                    function service_send( $mail ) {{
                        $from = 'shop@configured.example';
                        $from = has_filter( 'wp_mail_from' ) ? apply_filters( 'wp_mail_from', $from ) : $from;
                        file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( array( $mail['subject'], implode( ', ', (array) $mail['to'] ), $from ) ) . PHP_EOL, FILE_APPEND );
                        return true;
                    }}
                    {service}
                    add_action( 'user_register', function ( $id ) {{
                        wp_mail( get_userdata( $id )->user_email, 'Hello', 'x' );
                        wp_mail( 'boss@example.com', 'Approve', 'x' );
                    }} );"
                ),
            )
        });
        let id = world.contact(person("Ana"));
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 200, "created", "");
        world.await_rest();
        let from = "shop@configured.example";
        let mut sent = world.take_notes();
        sent.sort_by_key(ToString::to_string);
        assert_eq!(
            sent,
            [
                json!(["Approve", "boss@example.com", from]),
                json!(["[A WordPress] Login Details", "ana@example.com", from])
            ],
            "{service}\n{}",
            world.site.log()
        );
    }
}
