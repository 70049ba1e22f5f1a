<?php
/**
 * Says, to who can do something about it, that webhooks wait or were given up, and why.
 *
 * Hook: admin_notices → show_inbox_notice. On the dashboard and our own screen; two queries there, none anywhere else.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use function AgileBridge\Plugin\count_events;
use function AgileBridge\Plugin\crm_stopped;
use function AgileBridge\Plugin\is_copy_of_the_site;
use function AgileBridge\Plugin\is_paused;
use function AgileBridge\Plugin\lease_record;
use function AgileBridge\Plugin\settings;

use const AgileBridge\Plugin\SCHEMA_OPTION;
use const AgileBridge\Plugin\SCHEMA_VERSION;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/../inc/schema.php';
require_once __DIR__ . '/settings-screen.php';

function show_inbox_notice(): void {
	$screen = get_current_screen();
	if ( null === $screen || ! in_array( $screen->id, [ 'dashboard', SCREEN_ID ], true ) || ! current_user_can( 'manage_options' ) ) {
		return;
	}
	if ( SCHEMA_VERSION !== (int) get_option( SCHEMA_OPTION ) ) {
		// No webhook came yet.
		return;
	}
	require_once __DIR__ . '/../inc/replay.php';
	require_once __DIR__ . '/../inc/reconcile.php';
	try {
		$counts  = count_events();
		$stopped = crm_stopped( lease_record( 'crm' ) );
	} catch ( \Throwable $error ) {
		// A database in trouble has other ways to say so.
		return;
	}
	$waiting = $counts['waiting'] + $counts['running'] + $counts['applied'];
	/* translators: %s: a number. */
	$wait = sprintf( _n( '%s webhook waits; none is lost.', '%s webhooks wait; none is lost.', $waiting, 'bridge-for-agile-crm' ), number_format_i18n( $waiting ) );
	if ( null !== $stopped ) {
		$title = 'refusal' === $stopped['reason']
			? __( 'Bridge for Agile CRM: Agile CRM refuses the credentials of this site.', 'bridge-for-agile-crm' )
			: __( 'Bridge for Agile CRM: Agile CRM does not answer.', 'bridge-for-agile-crm' );
		$what  = 'refusal' === $stopped['reason']
			? __( 'Check subdomain, e-mail address and API key, save them, and press Test connection; webhooks are then processed again.', 'bridge-for-agile-crm' )
			: __( 'It is asked again every 30 seconds; there is nothing that you have to do.', 'bridge-for-agile-crm' );
		/* translators: %s: date and time. */
		$since = sprintf( __( 'Since %s.', 'bridge-for-agile-crm' ), wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), intdiv( $stopped['since'], 1000 ) ) );
		show_inbox_line( 'refusal' === $stopped['reason'] ? 'error' : 'warning', 'agile-bridge-crm', $title, "$since $wait $what " . $stopped['message'] . '.' );
	} elseif ( is_paused() ) {
		show_inbox_line( 'warning', 'agile-bridge-pause-notice', __( 'Bridge for Agile CRM is paused.', 'bridge-for-agile-crm' ), $wait );
	}
	if ( $counts['dead'] > 0 ) {
		/* translators: %s: a number. */
		$title = sprintf( _n( 'Bridge for Agile CRM: %s webhook was given up.', 'Bridge for Agile CRM: %s webhooks were given up.', $counts['dead'], 'bridge-for-agile-crm' ), number_format_i18n( $counts['dead'] ) );
		show_inbox_line( 'error', 'agile-bridge-dead', $title, __( 'They are kept for 90 days and can be processed again: Settings → Bridge for Agile CRM, section Processing.', 'bridge-for-agile-crm' ) );
	}
	if ( SCREEN_ID === $screen->id && settings()['reconcile'] && is_copy_of_the_site( false ) ) {
		show_inbox_line(
			'warning',
			'agile-bridge-copy',
			__( 'This looks like a copy of the site under another address.', 'bridge-for-agile-crm' ),
			__( 'It does not look for missed changes in Agile CRM, so as not to work against the original. If the site has moved here, save the settings.', 'bridge-for-agile-crm' )
		);
	}
}

function show_inbox_line( string $type, string $id, string $title, string $text ): void {
	wp_admin_notice(
		'<p><strong>' . esc_html( $title ) . '</strong> ' . esc_html( $text ) . '</p>',
		[
			'type'           => $type,
			'id'             => $id,
			'paragraph_wrap' => false,
		]
	);
}
