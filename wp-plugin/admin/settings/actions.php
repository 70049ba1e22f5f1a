<?php
/**
 * The buttons of the settings screen that are not WordPress' 'Save': save the account and test the connection, replace the
 * access key, remove the former one, do what was tried, process again what was given up.
 *
 * Hook: load-settings_page_bridge-for-agile-crm → handle. Each is a form of its own that posts to the screen itself.
 * What changes something ends in a redirect, so that reloading the page does not do it again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Replay;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\Work\Drain;

defined( 'ABSPATH' ) || exit;

final class Actions {

	/** So long a page may take, in milliseconds. */
	private const APPLYING = 10000;

	public static function handle(): void {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		Help::add();
		AccessKeys::make_first_access_key();
		add_filter( 'removable_query_args', static fn( $names ): array => [ ...(array) $names, 'agile_bridge_done' ] );

		$action = sanitize_key( wp_unslash( $_POST['agile_bridge_action'] ?? '' ) );
		if ( Buttons::SAVE_AND_TEST === $action ) {
			check_admin_referer( Form::GROUP . '-options' );
			self::save_and_test();
			return;
		}
		if ( ! isset( Buttons::ACTIONS[ $action ] ) ) {
			self::show_what_was_done();
			return;
		}
		check_admin_referer( "agile_bridge_$action" );
		$problem = match ( $action ) {
			// phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- a secret is taken as it is, or refused.
			'own_key' => self::bring_access_key( wp_unslash( $_POST['agile_bridge_key'] ?? '' ) ),
			'replace_key' => self::replace_access_key(),
			'remove_key'  => AccessKeys::remove_former_access_key(),
			'apply'       => self::apply(),
			'replay_dead' => self::replay_all(),
		};
		if ( null !== $problem ) {
			self::show_notice( 'error', [ $problem, __( 'Nothing was changed.', 'bridge-for-agile-crm' ) ] );
			return;
		}
		$arguments = [ 'agile_bridge_done' => $action ] + ( 'apply' === $action ? [ 'who' => rawurlencode( self::contact_id() ) ] : [] );
		wp_safe_redirect( add_query_arg( $arguments, Place::url( Buttons::ACTIONS[ $action ] ) ) );
		exit;
	}

	/**
	 * What was typed is checked and stored as options.php does it; only then Agile CRM is asked.
	 */
	private static function save_and_test(): void {
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- by the option's own callback, in Saving.
		update_option( Settings::OPTION, wp_unslash( $_POST[ Settings::OPTION ] ?? null ) );
		if ( Form::is_refused() ) {
			return;
		}
		add_settings_error( Form::GROUP, 'settings_updated', __( 'Settings saved.', 'bridge-for-agile-crm' ), 'success' );
		self::show_notice( ...ConnectionTest::run() );
	}

	private static function replace_access_key(): ?string {
		if ( null !== Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' ) ) {
			return __( 'The access key is set in wp-config.php.', 'bridge-for-agile-crm' );
		}
		return Extension::problem() ?? AccessKeys::use_access_key( \AgileBridge\generate_access_key() );
	}

	/**
	 * @param mixed $key What the form sent.
	 */
	private static function bring_access_key( #[\SensitiveParameter] $key ): ?string {
		if ( null !== Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' ) ) {
			return __( 'The access key is set in wp-config.php.', 'bridge-for-agile-crm' );
		}
		$key = is_string( $key ) ? $key : '';
		return AccessKeys::access_key_problem( $key ) ?? AccessKeys::use_access_key( $key );
	}

	/**
	 * What was tried is done: as an event like any other, here and now where nobody else drains.
	 */
	private static function apply(): ?string {
		$contact_id = self::contact_id();
		if ( '' === $contact_id ) {
			return __( 'The form named no contact. Look for one first.', 'bridge-for-agile-crm' );
		}
		try {
			Schema::ensure();
			Inbox::store( new Webhook( 'add', $contact_id, origin: 'admin' ) );
			Drain::run( self::APPLYING );
			return null;
		} catch ( Failure $failure ) {
			return $failure->getMessage();
		}
	}

	private static function contact_id(): string {
		// phpcs:ignore WordPress.Security.NonceVerification -- handle() has verified it.
		$id = sanitize_text_field( wp_unslash( $_POST['agile_bridge_contact'] ?? '' ) );
		return LinkIndex::is_contact_id( $id ) ? $id : '';
	}

	private static function replay_all(): ?string {
		try {
			Replay::replay_dead_events();
			return null;
		} catch ( Failure $failure ) {
			return $failure->getMessage();
		}
	}

	private static function show_what_was_done(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- it only chooses one of these sentences.
		if ( isset( $_GET['settings-updated'] ) ) {
			// 'Save' brings us back to the address that the page had, and has a sentence of its own.
			return;
		}
		$message = match ( sanitize_key( $_GET['agile_bridge_done'] ?? '' ) ) {
			'replace_key', 'own_key' => __( 'The new access key is in use. The former one stays valid until you remove it: first put the new URLs into Agile CRM.', 'bridge-for-agile-crm' ),
			'remove_key'             => __( 'The former access key is no longer valid.', 'bridge-for-agile-crm' ),
			'apply'                  => __( 'The event is stored, and processed at once unless something is in the way; Tools → Agile CRM activity tells what came of it.', 'bridge-for-agile-crm' ),
			'replay_dead'            => __( 'The webhooks that were given up are stored anew and will be processed.', 'bridge-for-agile-crm' ),
			default                  => null,
		};
		// phpcs:enable
		if ( null !== $message ) {
			self::show_notice( 'success', [ $message ] );
		}
	}

	/**
	 * @param 'success'|'error'|'warning' $type       WordPress' kind of notice.
	 * @param list<string>                $paragraphs Plain text.
	 */
	private static function show_notice( string $type, array $paragraphs ): void {
		$html = implode( '', array_map( static fn( string $text ): string => '<p>' . esc_html( $text ) . '</p>', $paragraphs ) );
		$args = [
			'type'           => $type,
			'dismissible'    => true,
			'paragraph_wrap' => false,
			'id'             => 'agile-bridge-result',
			'attributes'     => [ 'role' => 'error' === $type ? 'alert' : 'status' ],
		];
		add_action( 'admin_notices', static fn() => wp_admin_notice( $html, $args ) );
	}
}
