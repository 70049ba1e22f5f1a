<?php
/**
 * The tabs of the settings screen, in the order of the work.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

enum Tab: string {

	case Connect  = 'connect';
	case Webhooks = 'webhooks';
	case Fields   = 'fields';
	case Users    = 'users';
	case TryIt    = 'try';
	case Advanced = 'advanced';

	/**
	 * The one that this page shows.
	 */
	public static function current(): self {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		return self::tryFrom( sanitize_key( $_GET['tab'] ?? '' ) ) ?? self::Connect;
	}

	public function label(): string {
		return match ( $this ) {
			self::Connect  => __( 'Connect', 'bridge-for-agile-crm' ),
			self::Webhooks => __( 'Webhooks', 'bridge-for-agile-crm' ),
			self::Fields   => __( 'Fields', 'bridge-for-agile-crm' ),
			self::Users    => __( 'Users', 'bridge-for-agile-crm' ),
			self::TryIt    => __( 'Try it', 'bridge-for-agile-crm' ),
			self::Advanced => __( 'Advanced', 'bridge-for-agile-crm' ),
		};
	}
}
