<?php
/**
 * What is owed once a user is written: the password to the CRM, mails, actions.
 *
 * Kept with the event (its column `owed`, written in the transaction of the user) until all is paid, so that a killed worker's
 * successor does the rest. Password and mails are sealed: another plugin's mail may hold anything.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class Owed {

	/**
	 * @param ''|'created'|'updated'|'unchanged' $status      What became of the user.
	 * @param string                             $action      Of the event.
	 * @param list<string>                       $notes
	 * @param list<string>|array<string, ?string> $changed    Of the user: see record.php.
	 * @param array<string, mixed>               $contact     As hooks get it, without the properties that hold passwords.
	 * @param array<string, mixed>               $data        As written.
	 * @param list<string>                       $before      The user's tags until now.
	 * @param ?string                            $password    A generated one that the CRM wants, sealed; or such a link.
	 * @param bool                               $link        Whether the CRM wants a link to set a password, which is made when it is written.
	 * @param bool                               $welcome     Whether the new user gets WordPress' mail.
	 * @param ?string                            $mails       Held while the user was written, sealed.
	 * @param list<string>                       $told        Actions that have fired already, where a callback of one ended the script.
	 * @param bool                               $is_finished Whether nothing is owed, so that the event ends with the transaction.
	 */
	public function __construct(
		public string $status = '',
		public int $user_id = 0,
		public string $action = '',
		public array $notes = [],
		public array $changed = [],
		public array $contact = [],
		public array $data = [],
		public array $before = [],
		public ?string $password = null,
		public bool $link = false,
		public bool $welcome = false,
		public ?string $mails = null,
		public array $told = [],
		public bool $is_finished = false,
	) {}

	/**
	 * Never throws: one row that somebody has damaged must not stop those behind it.
	 *
	 * @param array<string, mixed> $owed As stored; of a password that is owed alone, `password`, `link` and `user_id`.
	 */
	public static function of_stored( array $owed ): self {
		$text = static fn( string $name ): ?string => is_string( $owed[ $name ] ?? null ) ? $owed[ $name ] : null;
		$list = static fn( string $name ): array => is_array( $owed[ $name ] ?? null ) ? $owed[ $name ] : [];
		return new self(
			status: (string) $text( 'status' ),
			user_id: is_int( $owed['user_id'] ?? null ) ? $owed['user_id'] : 0,
			action: (string) $text( 'action' ),
			notes: array_values( array_filter( $list( 'notes' ), 'is_string' ) ),
			changed: array_filter( $list( 'changed' ), static fn( $value ): bool => null === $value || is_string( $value ) ),
			contact: $list( 'contact' ),
			data: $list( 'data' ),
			before: array_values( array_filter( $list( 'before' ), 'is_string' ) ),
			password: $text( 'password' ),
			link: true === ( $owed['link'] ?? false ),
			welcome: true === ( $owed['welcome'] ?? false ),
			mails: $text( 'mails' ),
			told: array_values( array_filter( $list( 'told' ), 'is_string' ) ),
		);
	}

	/**
	 * Whether it says whose user it is about, and what for: else it can be paid to nobody.
	 */
	public function is_whole(): bool {
		return $this->user_id > 0 && '' !== $this->status && isset( $this->contact['id'] );
	}

	/**
	 * @return array<string, mixed> To be stored.
	 */
	public function to_array(): array {
		return array_diff_key( get_object_vars( $this ), [ 'is_finished' => true ] );
	}

	/**
	 * The same, once all that goes out of the site has gone: what is left are actions.
	 */
	public function once_all_has_left(): self {
		return $this->with(
			[
				'password' => null,
				'link'     => false,
				'welcome'  => false,
				'mails'    => null,
			]
		);
	}

	/**
	 * The same, changed.
	 *
	 * @param array<string, mixed> $changes By the names above.
	 */
	public function with( array $changes ): self {
		return new self( ...( $changes + get_object_vars( $this ) ) );
	}
}
