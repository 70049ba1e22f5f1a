<?php
/**
 * One authentic webhook, from its arrival to its answer: stored first, then processed while the request waits, or left to the
 * drain.
 *
 * Where others wait for the worker that drains it is answered 202 here and now, before the theme and most plugins load. Else
 * WordPress loads, and at the end of `init` it waits only where that is cheap: few others are processing (a burst must not spend
 * the whole pool of PHP workers on waiting for the CRM), the CRM is well, nothing is paused, and nobody has asked for `async`;
 * all else is answered 202 then, without a question to the CRM.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Inbox\Arrival;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Inbox\Workload;
use AgileBridge\Plugin\Site\AfterAnswer;
use AgileBridge\Plugin\Site\Callbacks;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Form;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\Reconnection;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;
use AgileBridge\Plugin\User\Users;
use AgileBridge\Plugin\Work\Attempt;
use AgileBridge\Plugin\Work\Drain;
use AgileBridge\Plugin\Work\Fetches;
use AgileBridge\Plugin\Work\UnderWay;

defined( 'ABSPATH' ) || exit;

final class Reply {

	/** Seconds after the request's arrival at which calls to the CRM give up; the rest of the four is for the database. */
	private const CRM_DEADLINE = 3.6;

	/** Seconds that the CRM has in any case: where other plugins take all of the time, the event is not lost for it. */
	private const CRM_LEAST = 1.5;

	private readonly Storing $storing;

	public function __construct( private readonly Webhook $webhook, private readonly AfterAnswer $after = new AfterAnswer() ) {
		$this->storing = new Storing( $webhook );
	}

	/**
	 * While the main plugin file loads: stores the webhook as soon as it has come. What other plugins do to the request after that
	 * loses nothing.
	 *
	 * @param int $last The priority at which the rest happens at `init`, when post types, roles and other plugins are all there.
	 */
	public function begin( int $last ): void {
		Primary::is_wanted();
		if ( $this->webhook->is_about_a_contact() ) {
			try {
				$this->storing->on_arrival();
			} catch ( Failure $failure ) {
				Answer::send( Outcome::failed( $failure, $this->webhook->contact_id ) );
				exit;
			}
			$arrival = $this->storing->arrival;
			if ( null !== $arrival && $arrival->others_wait_for_drain ) {
				$is_left = $this->leave_to_drain( $arrival );
				$this->storing->note_key();
				if ( $is_left ) {
					exit;
				}
				add_action( 'init', [ self::class, 'drain_and_end' ], $last );
				return;
			}
			Output::if_nobody_answers( $this->storing->for_later( ... ) );
		}
		add_action( 'init', [ $this, 'answer' ], $last );
	}

	/**
	 * At the end of `init`.
	 */
	public function answer(): never {
		Output::take_over();
		// Whoever ends the script from here on, while the answer is sent: what is written is kept.
		Output::if_nobody_answers( $this->after->run( ... ) );
		Answer::send( Reconnection::at_most( 1, $this->process( ... ) ) );
		$this->after->run();
		$this->storing->note_key();
		if ( $this->webhook->is_about_a_contact() ) {
			self::drain_and_end();
		}
		exit;
	}

	/** The caller has what it wanted, and WordPress is loaded: the best moment to process what waits. */
	public static function drain_and_end(): never {
		Form::forget();
		Drain::after_answer( Output::has_let_caller_go() );
		exit;
	}

	/**
	 * Answers a webhook that is stored, and leaves it to the worker that drains: others wait before it. Nothing of the theme and of
	 * the plugins that load after ours is needed for that, and in a burst they are most of what a webhook costs.
	 *
	 * @return bool False where that worker may have come to its end before it could see it.
	 */
	private function leave_to_drain( Arrival $arrival ): bool {
		$queued = Outcome::queued( $this->webhook->contact_id );
		try {
			if ( null !== $arrival->event ) {
				Progress::postpone( $arrival->event, 0, false );
			}
			Answer::send( $queued );
			// Who holds the lease now finds it when he looks for the last time.
			return ! Workload::read()->is_drain_free;
		} catch ( Failure $failure ) {
			// It is stored; its lease runs out.
			Answer::send( $queued );
			return true;
		}
	}

	private function process(): Outcome {
		if ( ! $this->webhook->is_about_a_contact() ) {
			return 'test' === $this->webhook->action ? Outcome::ok() : Outcome::ignored( $this->webhook->ignored, $this->webhook->contact_id );
		}
		try {
			return $this->accept( $this->storing->at_last() );
		} catch ( Failure $failure ) {
			// Not stored: the one case in which the sender has to know that it was for nothing.
			return Outcome::failed( $failure, $this->webhook->contact_id );
		}
	}

	/**
	 * @throws Failure
	 */
	private function accept( Arrival $arrival ): Outcome {
		$event = $arrival->event;
		$began = (float) ( $_SERVER['REQUEST_TIME_FLOAT'] ?? microtime( true ) );
		$crm   = Account::client( max( $began + self::CRM_DEADLINE, microtime( true ) + self::CRM_LEAST ) );
		$later = null === $crm && null === Account::blocked_host() ? Outcome::failed( Account::not_configured(), $this->webhook->contact_id ) : Outcome::queued( $this->webhook->contact_id );
		if ( null === $event ) {
			return $later;
		}
		return UnderWay::during( $event, fn(): Outcome => $this->work_on( $event, $arrival, $crm, $later ) );
	}

	/**
	 * @param ?AgileCrm $crm   Null where there is none to be asked.
	 * @param Outcome   $later What to answer if it is left to the drain.
	 * @throws Failure
	 */
	private function work_on( Event $event, Arrival $arrival, ?AgileCrm $crm, Outcome $later ): Outcome {
		$breaker = Breaker::of( $arrival->crm );
		if ( null === $crm || $breaker->is_open() || $arrival->inline_workers > Settings::inline_workers() ) {
			Progress::postpone( $event, 0, false );
			return $later;
		}
		$attempt = function () use ( $crm, $event, $arrival, $breaker ): Outcome {
			$fetches = new Fetches( $crm );
			try {
				if ( ! $fetches->begin( $event, $arrival->versions ) ) {
					return Outcome::queued( $event->contact_id );
				}
				// While the CRM thinks.
				$known_user = Users::preload( $arrival->known_user, Claims::witness( $event ) );
				return ( new Attempt( $crm, $this->after ) )->run( $fetches->next(), $breaker, $known_user );
			} catch ( Failure $failure ) {
				// The database went away between storing and processing; the lease runs out, and the event is taken up again.
				return Outcome::failed( $failure, $event->contact_id );
			}
		};
		return WpFusion::detached( static fn(): Outcome => Callbacks::contained( $attempt ) );
	}
}
