//! Beside WP Fusion: where the full plugin works with Agile CRM it answers, unless the admin chose us; beside WP Fusion
//! Lite, which answers no webhooks, we answer. While we work, neither writes back to the CRM or ends our request.

use crate::stage::world::{World, ana};
use sandbox::Faults;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Builder, Request};
use std::time::{Duration, Instant};

/// What the stand-ins share: WP Fusion's classes, hooks and priorities as published in WP Fusion Lite's source. What they
/// would do to the CRM, they note.
const SHARED: &str = r"
function wpf_note( string $what, $more = null ): void {
	file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( array( $what, $more ) ) . PHP_EOL, FILE_APPEND | LOCK_EX );
}
class WPF_User {
	const HOOKS = array( 'user_register' => 20, 'profile_update' => 10, 'set_user_role' => 10, 'updated_user_meta' => 10, 'added_user_meta' => 10 );
	public function __construct() {
		add_action( 'user_register', array( $this, 'user_register' ), 20 );
		add_action( 'profile_update', array( $this, 'profile_update' ), 10, 2 );
		add_action( 'set_user_role', array( $this, 'add_remove_user_role' ), 10, 2 );
		add_action( 'updated_user_meta', array( $this, 'push_user_meta_single' ), 10, 4 );
		add_action( 'added_user_meta', array( $this, 'push_user_meta_single' ), 10, 4 );
		add_action( 'shutdown', array( $this, 'who_listens' ), 1 );
	}
	public function user_register() { wpf_note( 'listener', current_action() ); }
	public function profile_update() { wpf_note( 'listener', current_action() ); }
	public function add_remove_user_role() { wpf_note( 'listener', current_action() ); }
	public function push_user_meta_single() { wpf_note( 'listener', current_action() ); }
	public function who_listens() {
		$methods = array( 'user_register' => 'user_register', 'profile_update' => 'profile_update', 'set_user_role' => 'add_remove_user_role',
			'updated_user_meta' => 'push_user_meta_single', 'added_user_meta' => 'push_user_meta_single' );
		$held = array();
		foreach ( $methods as $hook => $method ) {
			$held[ $hook ] = has_action( $hook, array( $this, $method ) );
		}
		$held['wpf_api_success'] = has_action( 'wpf_api_success', array( $GLOBALS['wpf_crm'], 'api_success' ) );
		wpf_note( 'at the end', $held );
	}
}
class WPF_AgileCRM {
	public function __construct() {
		add_action( 'wpf_api_success', array( $this, 'api_success' ), 10, 2 );
	}
	public function api_success() { wpf_note( 'listener', 'wpf_api_success' ); wp_die( 'ended by WP Fusion' ); }
}
$GLOBALS['wpf_user'] = new WPF_User();
$GLOBALS['wpf_crm'] = new WPF_AgileCRM();
";

pub(super) const FULL: &str = r"<?php
/* Plugin Name: WP Fusion */
final class WP_Fusion { public $crm; }
SHARED
class WPF_API {
	public function __construct() { add_action( 'init', array( $this, 'handle_webhooks' ) ); }
	public function handle_webhooks() {
		if ( ! isset( $_REQUEST['wpf_action'] ) ) {
			return;
		}
		wpf_note( 'WP Fusion answers' );
		$options = get_option( 'wpf_options' );
		if ( $options['access_key'] !== ( $_REQUEST['access_key'] ?? '' ) ) {
			wp_die( 'Invalid Access Key', 'Invalid Access Key', 403 );
		}
		wp_die( '<h3>Success</h3>', 'Success', 200 );
	}
}
new WPF_API();
";

const LITE: &str = r"<?php
/* Plugin Name: WP Fusion Lite */
final class WP_Fusion_Lite { public $crm; }
SHARED
";

/// Somebody else's listeners on the same hooks, which are none of our business.
const OTHER: &str = r"<?php
foreach ( array( 'user_register', 'profile_update', 'set_user_role', 'updated_user_meta', 'added_user_meta', 'wpf_api_success' ) as $hook ) {
	add_action( $hook, function () use ( $hook ) {
		file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( array( 'other', $hook ) ) . PHP_EOL, FILE_APPEND | LOCK_EX );
	} );
}";

pub(super) const FUSIONS_KEY: &str = "key-of-wp-fusion";

pub(super) fn beside(main_file: &str, code: &str, crm: &str, we_answer: bool) -> World {
    World::with(|site| as_neighbour(site, main_file, code, crm, we_answer))
}

pub(super) fn as_neighbour(site: Builder, main_file: &str, code: &str, crm: &str, we_answer: bool) -> Builder {
    site.plugin_file(main_file, &code.replace("SHARED", SHARED))
        .plugin_file("other/other.php", OTHER)
        .option("wpf_options", json!({"crm": crm, "access_key": FUSIONS_KEY, "connection_configured": true}))
        .option("agile_bridge_settings", json!({"answer_beside_wp_fusion": we_answer}))
}

/// The hooks that were noted under this word, each once, sorted.
pub(super) fn heard(notes: &[Value], by: &str) -> Vec<String> {
    let mut hooks: Vec<_> =
        notes.iter().filter(|note| note[0] == by).map(|note| note[1].as_str().unwrap_or("").to_owned()).collect();
    hooks.sort();
    hooks.dedup();
    hooks
}

/// PHP-FPM's workers go on for a moment after the answer: a request is over when its last note is there.
fn notes_of_two_requests(world: &World) -> Vec<Value> {
    let patience = Instant::now() + Duration::from_secs(10);
    let ended = || world.notes().iter().filter(|note| note[0] == "at the end").count();
    while ended() < 2 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    world.take_notes()
}

/// A user is created, then changed in every way; WP Fusion's listeners hear of nothing, others of everything.
fn we_answer_undisturbed(world: &World) {
    let id = world.contact(ana());
    world.take_notes();
    let event = json!({"eventName": "Contact is Created", "eventData": {"id": id, "type": "PERSON"}});
    let answer = world.site.webhook_json("add", &[], &event);
    world.expect(&answer, 200, "created", "");
    let number: u64 = id.parse().expect("an id");
    world.crm.set_property(number, "SYSTEM", "last_name", "", "Changed");
    world.crm.set_property(number, "SYSTEM", "email", "work", "changed@example.com");
    world.crm.add_tag(number, "New");
    let answer = world.site.webhook("update", &[("contact_id", &id), ("role", "author")]);
    world.expect(&answer, 200, "updated", "");
    let notes = notes_of_two_requests(world);
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!((&user["user_email"], &user["roles"]), (&json!("changed@example.com"), &json!(["author"])));
    world.take_notes();

    assert_eq!(heard(&notes, "listener"), Vec::<String>::new(), "{notes:?}");
    assert_eq!(heard(&notes, "WP Fusion answers"), Vec::<String>::new(), "{notes:?}");
    let all =
        ["added_user_meta", "profile_update", "set_user_role", "updated_user_meta", "user_register", "wpf_api_success"];
    assert_eq!(heard(&notes, "other"), all, "{notes:?}");
    let back = json!({"user_register": 20, "profile_update": 10, "set_user_role": 10, "updated_user_meta": 10,
                      "added_user_meta": 10, "wpf_api_success": 10});
    let ends: Vec<_> = notes.iter().filter(|note| note[0] == "at the end").map(|note| note[1].clone()).collect();
    assert_eq!(ends, [back.clone(), back], "after our work they listen again");

    // Nor when it is done later, where no webhook is: from the command line, or by WP-Cron.
    queued(world, &id);
    world.crm.set_property(number, "SYSTEM", "last_name", "", "Later");
    world.catch_up();
    let notes = world.take_notes();
    assert_eq!(heard(&notes, "listener"), Vec::<String>::new(), "{notes:?}");
    assert_eq!(heard(&notes, "other"), ["profile_update", "updated_user_meta", "wpf_api_success"], "{notes:?}");
    assert_eq!(world.user_with("changed@example.com")["last_name"], "Later", "{:?}", world.events());
    world.take_notes();

    // A wrong key is turned away by us, and early.
    let answer =
        world.site.answer(&Request::new("GET", "/?wpf_action=update&access_key=key-of-wp-fusion&contact_id=1"));
    world.expect(&answer, 403, "rejected", "invalid_access_key");
    assert_eq!(heard(&world.take_notes(), "at the end"), Vec::<String>::new(), "plugins after ours had been loaded");
}

/// A webhook that meets a CRM in trouble.
fn queued(world: &World, id: &str) {
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    world.expect(&world.site.webhook("update", &[("contact_id", id)]), 202, "queued", "");
    world.crm.set_faults(Faults::default());
    world.take_notes();
}

#[test]
fn the_full_plugin_answers_unless_the_admin_chose_us() {
    let world = beside("wp-fusion/wp-fusion.php", FULL, "agilecrm", false);
    let id = world.contact(ana());
    let before = world.rows();
    world.take_notes();
    let target = |key: &str| format!("/?wpf_action=add&access_key={key}&contact_id={id}");
    for (what, key, status, text) in [
        ("WP Fusion's key", FUSIONS_KEY, 200, "Success"),
        ("our key", ACCESS_KEY, 403, "Invalid Access Key"),
        ("a wrong key", "the-key-of-nobody", 403, "Invalid Access Key"),
        ("no key", "", 403, "Invalid Access Key"),
    ] {
        let response = world.site.get(&target(key));
        assert_eq!(response.status, status, "{what}: {}", response.body());
        assert!(response.body().contains(text) && response.body().contains("<html"), "{what}: {}", response.body());
        assert_eq!(heard(&world.take_notes(), "WP Fusion answers").len(), 1, "{what}");
    }
    let event = json!({"eventName": "Contact is Created", "eventData": {"id": id, "type": "PERSON"}}).to_string();
    let response = world.site.post(&target(FUSIONS_KEY), "application/json", event);
    assert!(response.body().contains("Success") && !response.body().contains("wp_status"), "{}", response.body());
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());
    assert_eq!(world.changes_since(&before), Vec::<String>::new());
    world.take_notes();

    // The admin chooses us.
    world.site.wp("update_option('agile_bridge_settings', array('answer_beside_wp_fusion' => true));");
    we_answer_undisturbed(&world);

    // And WP Fusion again: what waits for us goes on waiting, and is not lost.
    queued(&world, &id);
    world.site.wp("update_option('agile_bridge_settings', array('answer_beside_wp_fusion' => false));");
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.drain(), 0, "{:?}", world.events());
    assert_eq!(world.events().pop().expect("an event")["state"], "waiting");
    world.site.wp("update_option('agile_bridge_settings', array('answer_beside_wp_fusion' => true));");
    assert_eq!(world.drain(), 1, "{:?}", world.events());

    // With another CRM, its webhooks are another matter: ours are Agile CRM's.
    world.site.wp("update_option('agile_bridge_settings', array()); delete_user_meta(2, 'agilecrm_contact_id');
         update_option('wpf_options', array('crm' => 'hubspot', 'access_key' => 'key-of-wp-fusion'));");
    let answer = world.site.webhook("update_tags", &[("email", "changed@example.com")]);
    assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
    assert_eq!(heard(&world.take_notes(), "WP Fusion answers"), Vec::<String>::new());
}

#[test]
fn beside_the_lite_edition_we_answer() {
    let world = beside("wp-fusion-lite/wp-fusion-lite.php", LITE, "agilecrm", false);
    we_answer_undisturbed(&world);
    // What others do to users goes on as before.
    world.take_notes();
    world.existing_user("another", "another@example.com", "subscriber");
    assert!(
        heard(&world.take_notes(), "listener").contains(&"user_register".to_owned()),
        "WP Fusion hears of other users"
    );
}
