<?php
/**
 * One test of ours in WordPress' Site Health: whether the PHP extension is loaded and fits, in the words of the notice.
 *
 * Hook: site_status_tests → add. Only where the screen asks for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Health;

use AgileBridge\Plugin\Admin\Notices\ExtensionNotice;
use AgileBridge\Plugin\Site\Advice;
use AgileBridge\Plugin\Site\PhpBuild;

defined( 'ABSPATH' ) || exit;

final class ExtensionHealth {

	private const TEST = 'agile_bridge_extension';

	/**
	 * @param mixed $tests By kind and name.
	 * @return array<string, array<string, mixed>>
	 */
	public static function add( $tests ): array {
		$tests = (array) $tests;

		$tests['direct'][ self::TEST ] = [
			'label' => __( 'PHP extension of Bridge for Agile CRM', 'bridge-for-agile-crm' ),
			'test'  => [ self::class, 'result' ],
		];
		return $tests;
	}

	/**
	 * @return array<string, mixed> As WordPress wants it.
	 */
	public static function result(): array {
		$advice = Advice::current();
		$result = [
			'label'       => __( 'Bridge for Agile CRM: the PHP extension agile_bridge is loaded.', 'bridge-for-agile-crm' ),
			'status'      => 'good',
			'badge'       => [
				'label' => __( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
				'color' => 'blue',
			],
			/* translators: %s: such as "PHP 8.2 of the web server". */
			'description' => '<p>' . esc_html( sprintf( __( '%s has it, and it fits this version of the plugin.', 'bridge-for-agile-crm' ), PhpBuild::label( PhpBuild::own_build(), PHP_SAPI ) ) ) . '</p>',
			'actions'     => '',
			'test'        => self::TEST,
		];
		if ( null === $advice ) {
			return $result;
		}
		return [
			'label'       => $advice->title,
			'status'      => $advice->is_urgent ? 'critical' : 'recommended',
			'description' => ExtensionNotice::html( $advice ),
		] + $result;
	}
}
