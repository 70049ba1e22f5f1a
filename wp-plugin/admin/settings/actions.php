<?php
/**
 * The buttons of the settings screen that are not WordPress' 'Save': save the account and test the connection, make, bring and
 * revoke an access key, test the way of webhooks, do what was tried, process again what was given up, say whether this is a copy of
 * the site.
 *
 * Hook: load-settings_page_bridge-for-agile-crm → handle. Each is a form of its own that posts to the screen itself.
 * What changes something ends in a redirect, so that reloading the page does not do it again; but for a new key, which is shown once.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Replay;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Home;
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
		if ( FieldMapForm::ACTION === $action ) {
			check_admin_referer( Form::GROUP . '-options' );
			self::save_fields();
			return;
		}
		if ( ! isset( Buttons::ACTIONS[ $action ] ) ) {
			self::show_what_was_done();
			return;
		}
		check_admin_referer( "agile_bridge_$action" );
		$problem = match ( $action ) {
			'own_key'      => AccessKeys::bring( self::sent( 'agile_bridge_key' ), self::sent( 'agile_bridge_own_label' ) ),
			'new_key'      => AccessKeys::make( self::sent( 'agile_bridge_label' ) ),
			'revoke_key'   => AccessKeys::revoke( self::sent( 'agile_bridge_about' ) ),
			'self_test'    => SelfTestSection::act(),
			'apply'        => self::apply(),
			'replay_dead'  => self::replay_all(),
			'live_site'    => self::say( Home::be_here( ... ) ),
			'copy_of_site' => self::say( Home::be_a_copy( ... ) ),
		};
		if ( null !== $problem ) {
			self::show_notice( 'error', [ $problem, __( 'Nothing was changed.', 'bridge-for-agile-crm' ) ] );
			return;
		}
		if ( 'new_key' === $action ) {
			// It is shown now, and never again; sent again, the form is refused, as there are two keys then.
			return;
		}
		$arguments = [ 'agile_bridge_done' => $action ] + ( 'apply' === $action ? [ 'who' => rawurlencode( self::contact_id() ) ] : [] );
		$place     = 'self_test' === $action ? '#' . SelfTestSection::ID : '';
		wp_safe_redirect( add_query_arg( $arguments, Place::url( Buttons::ACTIONS[ $action ] ) ) . $place );
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
		[ $type, $found ] = ConnectionTest::run();
		/* translators: %s: sentences about the connection test, or the first of them. */
		$found[0] = sprintf( __( 'Settings saved. %s', 'bridge-for-agile-crm' ), $found[0] );
		self::show_notice( $type, $found );
	}

	/**
	 * What cannot be saved as a whole is shown again as it was typed.
	 */
	private static function save_fields(): void {
		if ( FieldMapForm::handle() ) {
			wp_safe_redirect( add_query_arg( 'agile_bridge_done', FieldMapForm::ACTION, Place::url( Tab::Fields ) ) );
			exit;
		}
	}

	/**
	 * What the form sent under this name, as it was typed.
	 */
	private static function sent( string $name ): string {
		// phpcs:ignore WordPress.Security -- handle() has verified the form; a secret is taken as it is, or refused, a label is cleaned.
		$sent = wp_unslash( $_POST[ $name ] ?? '' );
		return is_string( $sent ) ? $sent : '';
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

	private static function say( \Closure $which ): null {
		$which();
		return null;
	}

	private static function show_what_was_done(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- it only chooses one of these sentences.
		if ( isset( $_GET['settings-updated'] ) ) {
			// 'Save' brings us back to the address that the page had, and has a sentence of its own.
			return;
		}
		$message = match ( sanitize_key( $_GET['agile_bridge_done'] ?? '' ) ) {
			'own_key'            => __( 'Your access key is valid now. The other one stays valid until you revoke it.', 'bridge-for-agile-crm' ),
			'revoke_key'         => __( 'The access key is no longer valid: calls with it are refused.', 'bridge-for-agile-crm' ),
			'apply'              => __( 'The event is stored, and processed at once unless something is in the way; Tools → Agile CRM activity tells what came of it.', 'bridge-for-agile-crm' ),
			'replay_dead'        => __( 'The webhooks that were given up are stored anew and will be processed.', 'bridge-for-agile-crm' ),
			'live_site'          => __( 'This is the live site: from now on it writes to Agile CRM, looks for missed changes and sends mails. What it would have written or sent before stays undone.', 'bridge-for-agile-crm' ),
			'copy_of_site'       => __( 'Noted: this is a copy. You can change it below at any time.', 'bridge-for-agile-crm' ),
			FieldMapForm::ACTION => __( 'Settings saved.', 'bridge-for-agile-crm' ),
			default              => null,
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
