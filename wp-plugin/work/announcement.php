<?php
/**
 * Who is told, once everything is written: other code, by actions. (The new user, by mail: welcome-mail.php.)
 *
 * WP Fusion's actions fire at the same moments as its own do, so that code written for them keeps working. No action gets a
 * password, nor the contact's properties that hold one.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\User\Tags;

defined( 'ABSPATH' ) || exit;

final class Announcement {

	/** Everything that make() may fire. */
	private const ACTIONS = [
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
	public static function is_heard(): bool {
		return [] !== array_filter( self::ACTIONS, static fn( string $hook ): bool => has_action( $hook ) );
	}

	/**
	 * Fires the actions, ours and WP Fusion's, but for those that have fired already.
	 *
	 * @param Owed $owed No passwords are in it but a sealed one, which goes to nobody here.
	 */
	public static function make( Owed $owed ): void {
		if ( 'created' === $owed->status ) {
			self::fire( 'agile_bridge_user_created', $owed->user_id, $owed->contact );
			self::fire( 'wpf_user_imported', $owed->user_id, $owed->data );
		} elseif ( 'updated' === $owed->status && 'update_tags' !== $owed->action ) {
			self::fire( 'agile_bridge_user_updated', $owed->user_id, $owed->contact );
			self::fire( 'wpf_user_updated', $owed->user_id, $owed->data );
		}
		$after   = Tags::of_user( $owed->user_id );
		$changes = Tags::changes( $owed->before, $after );
		if ( array_filter( $changes ) ) {
			self::fire( 'agile_bridge_tags_changed', $owed->user_id, $changes['added'], $changes['removed'] );
			if ( [] !== $changes['added'] ) {
				self::fire( 'wpf_tags_applied', $owed->user_id, $changes['added'] );
			}
			if ( [] !== $changes['removed'] ) {
				self::fire( 'wpf_tags_removed', $owed->user_id, $changes['removed'] );
			}
			self::fire( 'wpf_tags_modified', $owed->user_id, $after );
		}
		self::fire( 'wpf_api_success', $owed->user_id, $owed->action, $owed->contact['id'] );
	}

	/**
	 * Of a callback that exits, or kills the process, the next worker must not hear once more.
	 *
	 * @param mixed ...$arguments
	 */
	private static function fire( string $hook, ...$arguments ): void {
		if ( Paid::note_told( $hook ) ) {
			Hooks::fire( $hook, ...$arguments );
		}
	}
}
