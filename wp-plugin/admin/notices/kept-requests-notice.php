<?php
/**
 * Says that webhooks are kept unread, how many and since when: with what to do where the extension is missing
 * (extension-notice.php), by itself where it is there and they wait all the same.
 *
 * Where it is there, whoever opens the dashboard has them read.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Inbox\KeptRequests;
use AgileBridge\Plugin\Inbox\Reading;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final class KeptRequestsNotice {

	/** How long a page of the dashboard may take longer. */
	private const BUDGET = 2 * Clock::SECOND;

	/**
	 * A sentence, '' where none are kept.
	 */
	public static function sentence(): string {
		$kept = KeptRequests::summary();
		return null === $kept ? '' : sprintf(
			/* translators: 1: a number, 2: date and time. */
			_n( '%1$s webhook is kept, since %2$s; it is processed as soon as the extension is there and fits.', '%1$s webhooks are kept, since %2$s; they are processed as soon as the extension is there and fits; none is lost.', $kept['count'], 'bridge-for-agile-crm' ),
			number_format_i18n( $kept['count'] ),
			Dates::date_and_time( intdiv( $kept['since'], Clock::SECOND ) )
		);
	}

	/**
	 * Where the extension is there.
	 */
	public static function show(): void {
		$kept = KeptRequests::summary();
		if ( null === $kept ) {
			return;
		}
		try {
			Reading::run( self::BUDGET );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		$kept = KeptRequests::summary();
		if ( null === $kept ) {
			return;
		}
		/* translators: 1: a number, 2: date and time. */
		$title = sprintf( _n( 'Bridge for Agile CRM: %1$s webhook is kept unread, since %2$s.', 'Bridge for Agile CRM: %1$s webhooks are kept unread, since %2$s.', $kept['count'], 'bridge-for-agile-crm' ), number_format_i18n( $kept['count'] ), Dates::date_and_time( intdiv( $kept['since'], Clock::SECOND ) ) );
		$what  = match ( true ) {
			Reading::is_possible() => __( 'They came while the PHP extension agile_bridge was missing, and are being read now. There is nothing that you have to do.', 'bridge-for-agile-crm' ),
			function_exists( 'gzinflate' ) => __( 'They came while the PHP extension agile_bridge was missing. The one that is there now is a release older than this plugin, and cannot read them: update it. New webhooks are processed.', 'bridge-for-agile-crm' ),
			default => __( 'They came while the PHP extension agile_bridge was missing, and are compressed: to read them PHP needs its extension zlib. New webhooks are processed.', 'bridge-for-agile-crm' ),
		};
		wp_admin_notice(
			'<p><strong>' . esc_html( $title ) . '</strong> ' . esc_html( $what ) . '</p>',
			[
				'type'           => 'warning',
				'id'             => 'agile-bridge-kept',
				'paragraph_wrap' => false,
			]
		);
	}
}
