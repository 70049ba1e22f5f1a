<?php
/**
 * Who is told, once everything is stored: the new user, by mail, and other code, by actions.
 *
 * WP Fusion's actions fire at the same moments as its own do, so that code written for them keeps working. No action gets a
 * password, nor the contact's properties that hold one.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** Everything that announce() may fire. */
const ANNOUNCEMENTS = [
	'agile_bridge_user_created',
	'agile_bridge_user_updated',
	'agile_bridge_tags_changed',
	'wpf_user_imported',
	'wpf_user_updated',
	'wpf_tags_applied',
	'wpf_tags_removed',
	'wpf_tags_modified',
	'wpf_api_success',
	// WordPress' own name for every action.
	'all',
];

/**
 * Whether code of the site waits for any of it.
 */
function somebody_listens(): bool {
	return [] !== array_filter( ANNOUNCEMENTS, static fn( string $hook ): bool => has_action( $hook ) );
}

/**
 * WordPress' own mail with the link to set a password. Each one ends the link before it: exactly one.
 */
function send_welcome( int $user_id ): void {
	try {
		wp_new_user_notification( $user_id, null, 'user' );
	} catch ( \Throwable $error ) {
		log_error( $error );
	}
}

/**
 * Fires the actions, ours and WP Fusion's.
 *
 * @param array<string, mixed> $owed Of owed(): no passwords are in it but a sealed one, which goes to nobody here.
 */
function announce( array $owed ): void {
	[ 'user_id' => $user_id, 'contact' => $contact, 'before' => $before ] = $owed;
	if ( 'created' === $owed['status'] ) {
		fire( 'agile_bridge_user_created', $user_id, $contact );
		fire( 'wpf_user_imported', $user_id, $owed['data'] );
	} elseif ( 'updated' === $owed['status'] && 'update_tags' !== $owed['action'] ) {
		fire( 'agile_bridge_user_updated', $user_id, $contact );
		fire( 'wpf_user_updated', $user_id, $owed['data'] );
	}
	$after   = stored_tags( $user_id );
	$changes = tag_changes( $before, $after );
	if ( array_filter( $changes ) ) {
		fire( 'agile_bridge_tags_changed', $user_id, $changes['added'], $changes['removed'] );
		if ( [] !== $changes['added'] ) {
			fire( 'wpf_tags_applied', $user_id, $changes['added'] );
		}
		if ( [] !== $changes['removed'] ) {
			fire( 'wpf_tags_removed', $user_id, $changes['removed'] );
		}
		fire( 'wpf_tags_modified', $user_id, $after );
	}
	fire( 'wpf_api_success', $user_id, $owed['action'], $contact['id'] );
}
