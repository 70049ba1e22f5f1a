<?php
/**
 * What several parts of one page tell of the inbox and the account, read once.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\Connection;
use AgileBridge\Plugin\Inbox\Counts;
use AgileBridge\Plugin\Inbox\LastWebhook;
use AgileBridge\Plugin\Inbox\Replay;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final readonly class Overview {

	private const RECORD = 'first_processed';

	/**
	 * @param ?int $last_webhook Milliseconds since 1970; null where none came.
	 */
	private function __construct(
		public Counts $counts,
		public Breaker $breaker,
		public ?int $last_webhook,
	) {}

	/**
	 * Null where the database does not answer, which has other ways to say so. (Before the first webhook there may be no tables.)
	 */
	public static function read(): ?self {
		/** @var self|false|null $read */
		static $read = false;
		if ( false === $read ) {
			try {
				$read = Schema::is_there()
					? new self( Replay::count_events(), Breaker::read(), LastWebhook::time() )
					: new self( new Counts(), Breaker::closed(), null );
			} catch ( \Throwable $error ) {
				$read = null;
			}
		}
		return $read;
	}

	public function connection(): Connection {
		return Connection::now( $this->breaker, $this->counts->done > 0 );
	}

	/**
	 * Whether a webhook was ever processed. Finished events are forgotten after a while, so who sees one writes it down. (What an
	 * admin tried or brought up to date by hand is no webhook.)
	 */
	public function was_ever_processed(): bool {
		$is_known = [] !== Stats::record( self::RECORD );
		$is_seen  = $this->counts->done > 0 && null !== $this->last_webhook;
		if ( ! $is_known && $is_seen ) {
			Stats::write( self::RECORD, [ 'seen' => time() ] );
		}
		return $is_known || $is_seen;
	}

	/**
	 * Whether Agile CRM has ever called, as far as is known.
	 */
	public function has_webhooks(): bool {
		return null !== $this->last_webhook || $this->was_ever_processed();
	}
}
