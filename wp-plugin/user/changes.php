<?php
/**
 * What differs between what a user has and what they shall have: the plan of an update. Making it only reads, so that a webhook
 * without news needs no transaction and writes nothing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final readonly class Changes {

	/**
	 * @param array<string, string>              $account    Account fields to write.
	 * @param ?RoleChange                        $role       Null leaves their roles.
	 * @param array<string, string|list<string>> $meta       Mapped user meta to write.
	 * @param bool                               $link       Whether the link is to be written.
	 * @param ?list<string>                      $tags       Tags to write; null leaves them.
	 * @param bool                               $hands_over Whether the account is another contact's from now on.
	 * @param list<string>                       $notes
	 * @param array<string, string|list<string>> $data    What the user shall have, of what may be changed of them.
	 */
	private function __construct(
		public array $account,
		public ?RoleChange $role,
		public array $meta,
		public bool $link,
		public ?array $tags,
		public bool $hands_over,
		public array $notes,
		public array $data,
	) {}

	/**
	 * @param array<string, string|list<string>> $data    Account fields and meta, guarded; empty for tags only.
	 * @param ?list<string>                      $tags    Null where the CRM did not tell.
	 * @param bool                               $relinks Whether they were another contact's until now.
	 * @throws Failure If the address belongs to somebody else.
	 */
	public static function between( \WP_User $user, array $data, string $contact_id, ?array $tags, RoleWish $wish, bool $relinks = false ): self {
		$mark    = Database::mark();
		$names   = [ ...AccountFields::NAME_META, ...array_keys( AccountFields::COLUMN_SIZE ) ];
		$data    = Roles::is_out_of_reach( $user ) ? [] : $data;
		$keeps   = Ownership::keeps_email( $user, $data['user_email'] ?? null );
		$data    = array_diff_key( $data, array_flip( array_diff( AccountFields::ALL, Ownership::account_fields( $user ) ) ) );
		$email   = self::email( $user, $data['user_email'] ?? null );
		$account = null === $email || '' === $email ? [] : [ 'user_email' => $email ];
		$notes   = [ ...( '' === $email || $keeps ? [ 'email_kept' ] : [] ), ...( self::is_rule_refused( $user, $wish, $tags ) ? [ 'role_refused' ] : [] ) ];
		foreach ( array_intersect_key( $data, array_flip( $names ) ) as $key => $value ) {
			$stored = AccountFields::form( $key, (string) $value );
			if ( null !== $stored && AccountFields::has( $user, $key, $stored ) ) {
				continue;
			}
			if ( null === AccountFields::stored_form( $key, (string) $value ) ) {
				$notes[] = "value_refused:$key";
			} else {
				$account[ $key ] = (string) $value;
			}
		}
		$meta = array_diff_key( $data, array_flip( AccountFields::ALL ) );
		$meta = array_filter( $meta, static fn( $value, $key ): bool => ! UserMeta::is( $user->ID, (string) $key, $value ), ARRAY_FILTER_USE_BOTH );
		$changed = null !== $tags && array_filter( Tags::changes( Tags::of_user( $user->ID ), $tags ) ) ? $tags : null;
		foreach ( $meta + ( null === $changed ? [] : [ Tags::key() => $changed ] ) as $key => $value ) {
			// To try it again with each webhook would change nothing.
			if ( ! UserMeta::can_hold( (string) $key, $value ) ) {
				$notes[] = "value_refused:$key";
				if ( Tags::key() === $key ) {
					// Tags that are not stored give no role either.
					$changed = null;
					$tags    = null;
				}
				unset( $meta[ $key ] );
			}
		}
		$changes = new self(
			account: $account,
			role: self::role( $user, $wish, $tags ),
			meta: $meta,
			link: ! UserMeta::is( $user->ID, Links::key(), $contact_id ),
			tags: $changed,
			hands_over: $relinks && Ownership::can_be_handed_over( $user ),
			notes: $notes,
			data: $data,
		);
		// A lookup that failed looks like a free address, or like a value that differs.
		Database::require_since( $mark );
		return $changes;
	}

	/**
	 * Whether there is anything to write.
	 */
	public function are_any(): bool {
		return [] !== $this->account || [] !== $this->meta || $this->link || null !== $this->role || null !== $this->tags;
	}

	/**
	 * What was written by it, as far as the notes do not say otherwise.
	 *
	 * @param list<string> $notes
	 * @return array<string, string|list<string>> By the names of fields.
	 */
	public function written( string $contact_id, array $notes ): array {
		$all = $this->account + $this->meta
			+ ( $this->link ? [ Links::key() => $contact_id ] : [] )
			+ ( null === $this->tags ? [] : [ Tags::key() => $this->tags ] )
			+ ( true === $this->role?->changes_roles() ? [ 'role' => $this->role->gives ] : [] );
		return array_filter( $all, static fn( $name ): bool => ! in_array( "value_refused:$name", $notes, true ), ARRAY_FILTER_USE_KEY );
	}

	/**
	 * @param ?list<string> $tags
	 */
	private static function role( \WP_User $user, RoleWish $wish, ?array $tags ): ?RoleChange {
		return match ( true ) {
			! Membership::has( $user )   => null === $wish->role ? null : RoleChange::joining( $user, $wish->role, $wish->rule ),
			Roles::is_protected( $user ) => null,
			null === $wish->role         => RoleChange::by_tags( $user, $tags ),
			default                      => RoleChange::to( $user, $wish->role, $wish->rule ),
		};
	}

	/**
	 * Whether a rule of the admin would give this user a role that nobody may get.
	 *
	 * @param ?list<string> $tags
	 */
	private static function is_rule_refused( \WP_User $user, RoleWish $wish, ?array $tags ): bool {
		$rule = null === $wish->role ? TagRoles::deciding( $tags ) : null;
		return null !== $rule && ! TagRoles::may_give( $rule ) && ! Roles::is_protected( $user );
	}

	/**
	 * @param mixed $email The address that the user shall have, null if it stays.
	 * @return ?string To be written; null if nothing is; '' where WordPress would not store it.
	 * @throws Failure If it belongs to somebody else.
	 */
	private static function email( \WP_User $user, $email ): ?string {
		if ( ! is_string( $email ) || strtolower( $user->user_email ) === $email ) {
			return null;
		}
		AccountFields::forget_cached_name( $email );
		if ( ! AccountFields::is_storable_email( $email ) ) {
			return '';
		}
		if ( ! in_array( Users::with_email( $email )?->ID, [ null, $user->ID ], true ) || ! in_array( email_exists( $email ), [ false, $user->ID ], true ) ) {
			throw new Failure( 422, 'email_conflict', 'The e-mail address of the contact belongs to another user.' );
		}
		return $email;
	}
}
