<?php
/**
 * A call that becomes no event: answered when whoever listens to failures is there, and noted for the admin, if it had a valid key.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Inbox\RefusedCall;
use AgileBridge\Plugin\Inbox\RefusedCalls;
use AgileBridge\Plugin\Site\Callbacks;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final readonly class Refused {

	/**
	 * @param string $key_digest Of its access key, '' for none of ours.
	 */
	private function __construct( private int $status, private RefusedCall $call, private string $key_digest ) {}

	/**
	 * @param array{status: int, code: string, message: string} $why
	 * @param array<string, string>                             $raw    What came.
	 * @param string                                            $action Of those that we know, else ''.
	 */
	public static function of( array $why, array $raw, string $action ): self {
		$call = new RefusedCall( time(), $why['code'], $why['message'], $action, RefusedCall::way( $raw['method'], $raw['content_type'], $raw['body'] ) );
		return new self( $why['status'], $call, ( new Intake( ...$raw ) )->key_digest( Settings::key_digests() ) );
	}

	/**
	 * At the end of `init`.
	 */
	public function answer(): never {
		Output::take_over();
		WpFusion::detached( fn() => Callbacks::contained( fn() => Hooks::fire( 'wpf_api_fail', false, $this->call->action, false ) ) );
		Output::send( ...Output::problem( $this->status, 'rejected', $this->call->code, $this->call->message ) );
		$this->note();
		exit;
	}

	/**
	 * For when the caller has been answered. Who has no key leaves nothing.
	 */
	public function note(): void {
		if ( '' === $this->key_digest ) {
			return;
		}
		try {
			RefusedCalls::note( $this->call );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		KeyUse::note( $this->key_digest, null );
	}
}
