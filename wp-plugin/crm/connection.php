<?php
/**
 * How the site stands with Agile CRM, as far as is known without asking it now.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

enum Connection {

	/** The extension is missing, or does not fit. */
	case NoExtension;

	/** Something of the account is not filled in. */
	case NotSetUp;

	/** The stored API key cannot be read any more. */
	case KeyLost;

	/** The site's wp-config.php forbids the call. */
	case Blocked;

	/** Agile CRM does not know us. */
	case Refused;

	/** Agile CRM does not answer. */
	case Silent;

	/** Nobody has tried these credentials yet. */
	case Untried;

	case Connected;

	private const RECORD = 'connected';

	/**
	 * @param bool $has_processed Whether webhooks were processed lately, which nobody could without being connected.
	 */
	public static function now( Breaker $breaker, bool $has_processed ): self {
		return match ( true ) {
			null !== Extension::problem()     => self::NoExtension,
			null === Account::api_key()       => self::KeyLost,
			null === Account::connection()    => self::NotSetUp,
			null !== Account::blocked_host()  => self::Blocked,
			$breaker->is_open()               => 'refusal' === $breaker->reason ? self::Refused : self::Silent,
			$has_processed, self::is_proven() => self::Connected,
			default                           => self::Untried,
		};
	}

	/**
	 * Agile CRM has said who we are.
	 */
	public static function note_proof(): void {
		if ( ! self::is_proven() ) {
			Stats::write( self::RECORD, [ 'account' => Account::fingerprint() ] );
		}
	}

	/**
	 * Whether it has said so to these credentials.
	 */
	private static function is_proven(): bool {
		return Account::fingerprint() === ( Stats::record( self::RECORD )['account'] ?? '' );
	}
}
