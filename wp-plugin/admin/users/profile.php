<?php
/**
 * A user's profile: which contact they are, whose account it is, what came of their events, and *Sync now*. For who may see that,
 * on their own profile too.
 *
 * The button stands in WordPress' form and belongs to another one, by its `form` attribute: forms cannot be nested.
 *
 * Hooks: load-user-edit.php, load-profile.php → begin.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Admin\Activity\History;
use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\User\Ownership;
use AgileBridge\Plugin\User\Roles;
use AgileBridge\Plugin\User\Tags;

defined( 'ABSPATH' ) || exit;

final class Profile {

	private const FORM = 'agile-bridge-sync-form';

	public static function begin(): void {
		if ( is_network_admin() || is_user_admin() || ! Capability::is_given() ) {
			return;
		}
		Sync::handle();
		Assets::enqueue();
		add_action( 'admin_notices', static fn() => SyncNotice::show( false ) );
		add_action( 'show_user_profile', self::show( ... ) );
		add_action( 'edit_user_profile', self::show( ... ) );
	}

	/** @param mixed $user */
	private static function show( $user = null ): void {
		if ( ! $user instanceof \WP_User ) {
			return;
		}
		printf( '<h2 id="agile-bridge-profile">%s</h2>', esc_html__( 'Agile CRM', 'bridge-for-agile-crm' ) );
		try {
			$history = History::of( $user );
		} catch ( Failure $failure ) {
			printf( '<p>%s</p>', esc_html__( 'The database did not tell what came for this user.', 'bridge-for-agile-crm' ) );
			return;
		}
		$synced = $history->last_synced();
		echo '<table class="form-table" role="presentation"><tbody>';
		self::show_row( __( 'Contact', 'bridge-for-agile-crm' ), ContactLink::html_with_id( $user->ID ) );
		if ( ContactLink::is_linked( $user->ID ) ) {
			self::show_row( __( 'Tags', 'bridge-for-agile-crm' ), esc_html( implode( ', ', Tags::of_user( $user->ID ) ) ?: __( 'none', 'bridge-for-agile-crm' ) ) );
			self::show_row( __( 'Account', 'bridge-for-agile-crm' ), esc_html( self::whose( $user ) ) );
			self::show_row( __( 'Last up to date', 'bridge-for-agile-crm' ), esc_html( null === $synced ? __( 'not known: older events are no longer kept', 'bridge-for-agile-crm' ) : Dates::date_and_time( intdiv( $synced, Clock::SECOND ) ) ) );
			self::show_row( __( 'By hand', 'bridge-for-agile-crm' ), self::button( $user ) );
		}
		echo '</tbody></table>';
		printf( '<h3>%s</h3>', esc_html__( 'What came for this user', 'bridge-for-agile-crm' ) );
		$history->show();
	}

	/** @param string $html Escaped. */
	private static function show_row( string $label, string $html ): void {
		// phpcs:ignore WordPress.Security.EscapeOutput -- escaped where it is made.
		printf( '<tr><th scope="row">%s</th><td>%s</td></tr>', esc_html( $label ), $html );
	}

	private static function whose( \WP_User $user ): string {
		return match ( true ) {
			Roles::is_out_of_reach( $user )      => __( 'Protected: this user may do harm in another place that shares the account, so only the link and tags are written.', 'bridge-for-agile-crm' ),
			Roles::is_protected( $user )         => __( 'Protected: this user may do more than a contact may make of anybody, so only tags, names and mapped user meta are written.', 'bridge-for-agile-crm' ),
			Ownership::is_contacts( $user->ID )  => __( 'The contact\'s own: a webhook of this site made it. Its e-mail address follows the contact\'s.', 'bridge-for-agile-crm' ),
			Ownership::follows_email( $user )    => __( 'It was there before and was matched by its e-mail address, which follows the contact\'s by your setting.', 'bridge-for-agile-crm' ),
			default                              => __( 'It was there before and was matched by its e-mail address, which proves nothing: e-mail address, login and password stay as they are.', 'bridge-for-agile-crm' ),
		};
	}

	private static function button( \WP_User $user ): string {
		if ( null !== Sync::obstacle() ) {
			return esc_html( (string) Sync::obstacle() );
		}
		add_action( 'admin_footer', static fn() => self::show_form( $user ) );
		return Sync::button(
			$user->ID,
			__( 'Sync now', 'bridge-for-agile-crm' ),
			[
				'class' => 'button',
				'form'  => self::FORM,
			]
		);
	}

	private static function show_form( \WP_User $user ): void {
		printf( '<form id="%s" method="post" action="%s" hidden>', esc_attr( self::FORM ), esc_url( IS_PROFILE_PAGE ? admin_url( 'profile.php' ) : admin_url( "user-edit.php?user_id=$user->ID" ) ) );
		wp_nonce_field( Sync::NONCE );
		echo '</form>';
	}
}
