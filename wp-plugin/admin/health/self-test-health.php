<?php
/**
 * What the last self-test found, in WordPress' Site Health. It does not run there: it takes its time, and calls out.
 *
 * Hook: site_status_tests → add. Only where the screen asks for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Health;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Admin\SelfTestWords;
use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Admin\Settings\SelfTestSection;
use AgileBridge\Plugin\Admin\Settings\Tab;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\SelfTest\Run;
use AgileBridge\Plugin\SelfTest\Turns;
use AgileBridge\Plugin\SelfTest\Verdict;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class SelfTestHealth {

	private const TEST = 'agile_bridge_self_test';

	/**
	 * @param mixed $tests By kind and name.
	 * @return array<string, array<string, mixed>>
	 */
	public static function add( $tests ): array {
		$tests = (array) $tests;

		$tests['direct'][ self::TEST ] = [
			'label' => __( 'Self-test of Bridge for Agile CRM', 'bridge-for-agile-crm' ),
			'test'  => [ self::class, 'result' ],
		];
		return $tests;
	}

	/**
	 * @return array<string, mixed> As WordPress wants it.
	 */
	public static function result(): array {
		try {
			$run = Schema::is_there() ? Turns::read()->run : null;
		} catch ( Failure $failure ) {
			$run = null;
		}
		$known = null !== $run && $run->is_finished() && home_url( '/' ) === $run->home();
		$level = $known ? $run->level() : 'recommended';
		return [
			'label'       => __( 'Bridge for Agile CRM:', 'bridge-for-agile-crm' ) . ' ' . ( $known ? SelfTestWords::summary( $run ) : self::unknown( $run ) ),
			'status'      => $level,
			'badge'       => [
				'label' => __( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
				'color' => 'blue',
			],
			'description' => $known ? self::found( $run ) : '<p>' . esc_html__( 'A self-test calls the address of this site as Agile CRM would, and tells what on the way swallows webhooks.', 'bridge-for-agile-crm' ) . '</p>',
			'actions'     => self::link(),
			'test'        => self::TEST,
		];
	}

	private static function unknown( ?Run $run ): string {
		return match ( true ) {
			null === $run => __( 'whether webhooks reach this site was never tested.', 'bridge-for-agile-crm' ),
			! $run->is_finished() => __( 'the last self-test was not finished.', 'bridge-for-agile-crm' ),
			default => __( 'whether webhooks reach this site was tested at another address.', 'bridge-for-agile-crm' ),
		};
	}

	/**
	 * The day, and all that is not as it should be.
	 */
	private static function found( Run $run ): string {
		/* translators: %s: date and time. */
		$html = '<p>' . esc_html( sprintf( __( 'Tested on %s.', 'bridge-for-agile-crm' ), Dates::date_and_time( intdiv( $run->finished_at, 1000 ) ) ) ) . '</p>';
		$bad  = array_filter( $run->verdicts, static fn( Verdict $verdict ): bool => 'good' !== $verdict->level() );
		foreach ( $bad as $verdict ) {
			$html .= '<p>' . esc_html( SelfTestWords::sentence( $verdict ) . ' ' . SelfTestWords::advice( $verdict ) ) . '</p>';
		}
		return $html;
	}

	private static function link(): string {
		if ( ! SelfTestSection::is_allowed() ) {
			return '<p>' . esc_html__( 'A super admin of the network can run it.', 'bridge-for-agile-crm' ) . '</p>';
		}
		return sprintf( '<p><a href="%s">%s</a></p>', esc_url( Place::url( Tab::Webhooks ) . '#' . SelfTestSection::ID ), esc_html__( 'Run the self-test', 'bridge-for-agile-crm' ) );
	}
}
