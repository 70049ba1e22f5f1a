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

	/** Agile CRM has not answered these credentials yet. */
	case Unconfirmed;

	case Connected;

	private const RECORD = 'connected';

	/**
	 * @param bool $has_processed Whether events were processed lately: by whatever credentials, so it counts only where nobody has ever
	 *                            tested any (constants alone may configure the site).
	 */
	public static function now( Breaker $breaker, bool $has_processed ): self {
		return match ( true ) {
			null !== Extension::problem()     => self::NoExtension,
			null === Account::api_key()       => self::KeyLost,
			null === Account::connection()    => self::NotSetUp,
			null !== Account::blocked_host()  => self::Blocked,
			$breaker->is_open()               => 'refusal' === $breaker->reason ? self::Refused : self::Silent,
			self::is_proven( $has_processed ) => self::Connected,
			default                           => self::Unconfirmed,
		};
	}

	/**
	 * Agile CRM has said who we are.
	 */
	public static function note_proof(): void {
		if ( ! self::is_proven( false ) ) {
			Stats::write( self::RECORD, [ 'account' => Account::fingerprint() ] );
		}
	}

	/**
	 * Whether it has said so to these credentials.
	 *
	 * @param bool $otherwise Where it has never said so to any.
	 */
	private static function is_proven( bool $otherwise ): bool {
		$proof = Stats::record( self::RECORD )['account'] ?? null;
		return null === $proof ? $otherwise : Account::fingerprint() === $proof;
	}
}
