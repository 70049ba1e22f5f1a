//! Spam filters, login walls and members-only sites end requests that are not of a visitor whom they know. A webhook shows them no
//! form to judge; one that they end is stored, answered 202, and processed by cron, which they let through.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;
use site::{Request, form};
use std::time::Duration;

/// What the header `X-Wall` says, and `drain.php` always: a wall that lets cron pass, or, if the file `closed` is there, nobody.
/// Beside it, what others see of the form.
const WALLS: &str = r"<?php
function wall( string $kind ): bool {
	$is_drain = 'cli' === PHP_SAPI && 'drain.php' === basename( $_SERVER['SCRIPT_NAME'] );
	return ( $_SERVER['HTTP_X_WALL'] ?? ( $is_drain ? 'login' : '' ) ) === $kind && ( ! wp_doing_cron() || is_file( WP_CONTENT_DIR . '/closed' ) );
}
function note_form( string $where, $what = null ) {
	$seen = array( $where, $_POST['note'] ?? null, $_REQUEST['note'] ?? null, count( $_POST ) );
	file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( $seen ) . PHP_EOL, FILE_APPEND | LOCK_EX );
	return $what;
}
foreach ( array( 'plugins_loaded' => 1, 'init' => PHP_INT_MAX ) as $hook => $priority ) {
	add_action( $hook, function () {
		if ( preg_grep( '/@/', array_filter( $_POST + $_REQUEST, 'is_string' ) ) ) {
			wp_die( 'Forbidden. Anti-Spam.', 'Forbidden', array( 'response' => 403 ) );
		}
	}, $priority );
}
add_action( 'init', function () {
	if ( wall( 'login' ) ) {
		wp_redirect( wp_login_url() );
		exit;
	}
}, 10 );
add_action( 'plugins_loaded', function () {
	if ( wall( 'members' ) ) {
		wp_die( 'Members only', 'Members only', 401 );
	}
} );
add_action( 'init', function () {
	if ( wall( 'broken' ) ) {
		no_such_function();
	}
} );
add_action( 'user_register', function () {
	if ( @unlink( WP_CONTENT_DIR . '/exits' ) ) {
		exit;
	}
} );
foreach ( array( 'wpf_import_user', 'user_register', 'agile_bridge_user_created', 'shutdown' ) as $hook ) {
	add_filter( $hook, fn( $what ) => empty( $_SERVER['HTTP_X_WALL'] ) || str_starts_with( $_SERVER['HTTP_X_WALL'], 'note' ) ? note_form( $hook, $what ) : $what );
}";

const FORM: &str = "application/x-www-form-urlencoded";

fn spam_filters_see_no_form(world: &World) {
    let id = world.contact(Contact::person("form@example.com").first_name("Jo"));
    let body = form(&[
        ("wpf_action", "add"),
        ("access_key", site::ACCESS_KEY),
        ("email", "form@example.com"),
        ("contact_id", &id),
        ("note", "it's"),
    ]);
    let answer = world.site.answer(&Request::new("POST", "/").body(FORM, &*body).header("X-Wall", "note"));
    world.expect(&answer, 200, "created", "");
    let ours = json!(["it\\'s", "it\\'s", 5]);
    let nothing = json!([null, null, 0]);
    let seen = |at: &str| {
        let notes = world.notes();
        let note = notes.iter().find(|note| note[0] == at).unwrap_or_else(|| panic!("no {at}: {notes:?}")).clone();
        json!([note[1], note[2], note[3]])
    };
    assert_eq!(seen("wpf_import_user"), ours);
    assert_eq!(seen("agile_bridge_user_created"), ours);
    assert_eq!(seen("user_register"), nothing, "WordPress' own hooks are other plugins' too");
    // A page of the site keeps its form, and is judged by it.
    let page = world.site.send(&Request::new("POST", "/").body(FORM, "email=a%40example.com").header("X-Wall", "none"));
    assert_eq!((page.status, page.body().contains("Anti-Spam")), (403, true), "{}", page.body());
}

fn what_walls_end_is_queued(world: &World) {
    for (wall, status, wp_status, code) in
        [("login", 202, "queued", ""), ("members", 202, "queued", ""), ("broken", 500, "failed", "site_error")]
    {
        let id = world.contact(Contact::person(&format!("{wall}@example.com")).first_name("Jo"));
        let target = world.site.webhook_target("add", &[("contact_id", &id)]);
        let answer = world.site.answer(&Request::new("GET", &target).header("X-Wall", wall));
        world.expect(&answer, status, wp_status, code);
        assert_eq!(answer.response.header("Location"), None);
        if status == 202 {
            assert_eq!((&answer.json["success"], &answer.json["wp_contact_id"]), (&json!(true), &json!(id)));
        }
        world.await_rest();
        world.expect_event(&world.event_of(&id), "waiting", "", "");
        // Nothing was stored of a test, so nothing is queued.
        let target = world.site.webhook_target("test", &[]);
        let answer = world.site.answer(&Request::new("GET", &target).header("X-Wall", wall));
        world.expect(&answer, 500, "failed", "site_error");
    }
}

fn the_command_counts_as_cron_and_says_if_it_is_ended(world: &World) {
    let closed = world.site.root().join("wp-content/closed");
    std::fs::write(&closed, "").expect("a file");
    let (out, err, status) = world.drain_php(&[]);
    assert_eq!((&*out, status), ("", Some(1)), "{err}");
    assert!(err.contains("ended") && err.contains("cron"), "it says what happened and what to do: {err}");
    std::fs::remove_file(&closed).expect("it is there");
    std::fs::write(closed.with_file_name("exits"), "").expect("a file");
    let (out, err, status) = world.drain_php(&[]);
    assert_eq!((&*out, status), ("", Some(1)), "{err}");
    assert!(err.contains("ended this while webhooks were processed"), "{err}");
    world.advance(Duration::from_secs(61));
    let (out, err, status) = world.drain_php(&[]);
    assert_eq!((&*out, &*err, status), ("3 events were processed\n", "", Some(0)));
    world.await_all_done();
    assert_eq!(world.user_count(), 5, "{:?}", world.events());
}

#[test]
fn who_ends_a_request_loses_no_webhook() {
    let world = World::with(|site| site.mu_plugin_file("walls.php", WALLS));
    spam_filters_see_no_form(&world);
    what_walls_end_is_queued(&world);
    the_command_counts_as_cron_and_says_if_it_is_ended(&world);
}
