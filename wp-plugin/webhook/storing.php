<?php
/**
 * One authentic webhook becomes an event of the inbox: as soon as it has come; or at the end of `init`, where the tables were missing
 * or the database failed; or while PHP shuts down, where somebody else has ended the request before.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Inbox\Arrival;
use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\CallbackStopped;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Reconnection;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Storing {

	/** Null while it could not be stored. */
	public ?Arrival $arrival = null;

	public function __construct( private readonly Webhook $webhook ) {}

	/**
	 * Where it cannot be stored, the tables are missing or the database fails, and the end of `init` is the time to see to that.
	 *
	 * @throws Failure If it has waited for a lock in vain, or the database is gone: more would take longer than the caller waits.
	 */
	public function on_arrival(): void {
		if ( ! Schema::is_there() ) {
			return;
		}
		try {
			$this->arrival = Reconnection::at_most( 1, $this->store( ... ) );
		} catch ( Failure | CallbackStopped $error ) {
			if ( Database::is_out_of_reach() ) {
				throw Database::failure();
			}
		}
	}

	/**
	 * @throws Failure If it could not be stored.
	 */
	public function at_last(): Arrival {
		return $this->arrival ??= $this->after_all();
	}

	/**
	 * Another plugin or the theme ended the request before its webhook could be processed: somebody else does it.
	 *
	 * @throws Failure
	 */
	public function for_later(): void {
		if ( null === $this->arrival ) {
			// When it came, the tables were missing or the database failed.
			Schema::ensure();
			Inbox::store( $this->webhook );
		} elseif ( null !== $this->arrival->event ) {
			Progress::postpone( $this->arrival->event, 0, false );
		}
		// Where every request ends so, nothing but WP-Cron processes it.
		Schedule::ensure();
		$this->note_key();
	}

	/**
	 * For when the answer is out: that its access key was used.
	 */
	public function note_key(): void {
		KeyUse::note( $this->webhook->key_digest, $this->arrival?->key_used_at );
	}

	/**
	 * @throws Failure If it could not be stored.
	 */
	private function after_all(): Arrival {
		Schema::ensure();
		try {
			return $this->store();
		} catch ( Failure $failure ) {
			if ( ! Database::is_table_missing() ) {
				throw $failure;
			}
			// A restored backup has the option and not the tables.
			Schema::install();
			return $this->store();
		}
	}

	/**
	 * @throws Failure If it could not be stored.
	 */
	private function store(): Arrival {
		$arrival = Inbox::receive( $this->webhook, ! $this->webhook->is_async && ! Settings::is_paused() );
		// Whoever ends the request from here on: it is not for nothing.
		Answer::give_if_ended( Outcome::queued( $this->webhook->contact_id ) );
		return $arrival;
	}
}
