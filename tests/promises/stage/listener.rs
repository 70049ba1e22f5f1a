//! Code of the site that listens to every hook of ours and of WP Fusion's.

use crate::stage::world::World;
use serde_json::Value;

/// Notes every hook with its arguments. For an action also what somebody else sees of the user in the database at that
/// moment: only what is written for good.
const LISTENER: &str = r"<?php
function note_hook( string $hook, array $args, bool $action ): void {
	$row = null;
	if ( $action && is_int( $args[0] ) ) {
		$other = new wpdb( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST );
		$row   = $other->get_row( 'SELECT user_email, (SELECT meta_value FROM wp_usermeta WHERE user_id = ID AND meta_key = \'plan\') AS plan,
			(SELECT meta_value FROM wp_usermeta WHERE user_id = ID AND meta_key = \'agilecrm_tags\') AS tags FROM wp_users WHERE ID = ' . $args[0], ARRAY_A );
	}
	$note = array( 'hook' => $hook, 'args' => $args, 'stored' => $row );
	file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( $note ) . PHP_EOL, FILE_APPEND | LOCK_EX );
}
$actions = array( 'agile_bridge_user_created', 'agile_bridge_user_updated', 'agile_bridge_tags_changed', 'wpf_user_imported', 'wpf_user_updated',
	'wpf_tags_applied', 'wpf_tags_removed', 'wpf_tags_modified', 'wpf_api_success', 'wpf_api_fail' );
foreach ( $actions as $hook ) {
	add_action( $hook, function ( ...$args ) use ( $hook ) {
		note_hook( $hook, $args, true );
		if ( get_option( 'test_throws' ) === $hook ) {
			throw new Error( 'thrown by a test' );
		}
	}, 10, 9 );
}
foreach ( array( 'agile_bridge_user_data', 'wpf_import_user', 'wpf_pulled_user_meta', 'wpf_set_user_meta' ) as $hook ) {
	add_filter( $hook, function ( ...$args ) use ( $hook ) {
		note_hook( $hook, $args, false );
		return $args[0];
	}, 10, 9 );
}";

/// A site where all of it is noted; the option `test_throws` names an action in which the listener then throws.
pub fn world() -> World {
    World::with(|site| {
        site.plugin_file("listener/listener.php", LISTENER)
            .field_map(&[("Plan", "plan"), ("Secret", "user_pass")])
            .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Password")])
    })
}

/// The names of the hooks of these notes, sorted: the contract orders only filters before actions.
pub fn names(notes: &[Value]) -> Vec<&str> {
    let mut names: Vec<_> = notes.iter().filter_map(|note| note["hook"].as_str()).collect();
    names.sort_unstable();
    names
}
