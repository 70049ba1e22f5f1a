<?php
/**
 * The contact whose values stand beside the rows of the field map: what Agile CRM has, and what would be stored of it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Exception;
use AgileBridge\Plugin\Admin\Activity\Words;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\KnownFields;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\User\AccountFields;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\UserMeta;

defined( 'ABSPATH' ) || exit;

final readonly class SampleContact {

	/** A transient, sealed: somebody's data. */
	public const RECORD = 'agile_bridge_sample_contact';

	/** In seconds: each change of a row looks at it. */
	private const KEPT         = 600;
	private const KEPT_FAILURE = 60;

	/** Before what is in the record in place of a contact: why there is none. */
	private const FAILED = 'failed: ';

	/** So many seconds the page waits for it. */
	private const TIME = 4.0;

	/**
	 * @param ?Contact $contact Null if there is none.
	 * @param string   $problem Why there is none, a sentence; '' if nobody has asked for one.
	 */
	private function __construct( public ?Contact $contact, public string $problem = '' ) {}

	public static function none(): self {
		return new self( null );
	}

	/**
	 * The one that was chosen before, or the account's newest person.
	 */
	public static function of( KnownFields $known ): self {
		if ( '' === $known->contact ) {
			return self::none();
		}
		$sealed = get_transient( self::RECORD );
		if ( is_string( $sealed ) && str_starts_with( $sealed, self::FAILED ) ) {
			return new self( null, substr( $sealed, strlen( self::FAILED ) ) );
		}
		$record = is_string( $sealed ) ? json_decode( (string) Secret::unseal( $sealed, self::purpose() ), true ) : null;
		if ( is_array( $record ) && ( $record['id'] ?? '' ) === $known->contact ) {
			return new self( Contact::of_record( $record ) );
		}
		$found = self::find( $known->contact );
		if ( null === $found->contact ) {
			// Else each change of a row would wait for an account that does not answer.
			set_transient( self::RECORD, self::FAILED . $found->problem, self::KEPT_FAILURE );
		}
		return $found;
	}

	/**
	 * Asks Agile CRM.
	 *
	 * @param string $who An e-mail address or a contact's id.
	 */
	public static function find( string $who ): self {
		$email = is_email( $who ) ? strtolower( $who ) : '';
		if ( '' === $email && ! LinkIndex::is_contact_id( $who ) ) {
			return new self( null, TryTab::neither_address_nor_id() );
		}
		$crm = Account::client( microtime( true ) + self::TIME );
		if ( null === $crm ) {
			return new self( null, TryTab::not_connected() );
		}
		try {
			$contact = Contact::of_record( '' === $email ? $crm->contact( $who ) : $crm->contactByEmail( $email ) );
		} catch ( Exception $error ) {
			return new self( null, ucfirst( $error->getMessage() ) . '.' );
		}
		if ( 'PERSON' !== $contact->type ) {
			return new self( null, Words::reason( 'not_a_person', '' ) );
		}
		set_transient( self::RECORD, Secret::seal( (string) wp_json_encode( $contact->record ), self::purpose() ), self::KEPT );
		return new self( $contact );
	}

	/** What is kept of one account does not open for another. */
	private static function purpose(): string {
		return 'sample contact ' . Account::name();
	}

	/**
	 * The contact's name, or what else there is to tell it by.
	 */
	public function name(): string {
		$parts = array_filter( array_map( fn( string $part ): string => $this->in_crm( new FieldMapRow( $part ) ), [ 'first_name', 'last_name' ] ) );
		return [] === $parts ? (string) $this->contact?->id : implode( ' ', $parts );
	}

	/**
	 * What the contact has, as it is sent; '' for nothing.
	 */
	public function in_crm( FieldMapRow $row ): string {
		if ( null === $this->contact || '' === $row->crm ) {
			return '';
		}
		return 'user_pass' === $row->wp ? ShownValue::HIDDEN : ShownValue::in_crm( $this->contact, $row->crm );
	}

	/**
	 * What would be stored of it, in words; '' where nobody can tell.
	 */
	public function would_be_stored( FieldMapRow $row ): string {
		if ( null === $this->contact || $row->is_half() || '' !== $row->problem ) {
			return '';
		}
		$key   = $row->wp;
		$read  = $this->mapped( $row );
		$value = $read['data'][ $key ] ?? null;
		if ( null === $value ) {
			$is_refused = in_array( "value_refused:$key", $read['notes'], true ) || in_array( 'password_refused', $read['notes'], true ) || ( 'user_email' === $key && 'email_invalid' === $read['email_problem'] );
			return $is_refused ? self::refused() : __( 'Nothing: it is empty', 'bridge-for-agile-crm' );
		}
		if ( 'user_pass' === $key ) {
			return ShownValue::HIDDEN;
		}
		if ( in_array( $key, AccountFields::ALL, true ) ) {
			$is_named = in_array( $key, AccountFields::NAME_META, true ) || isset( AccountFields::COLUMN_SIZE[ $key ] );
			$value    = $is_named ? AccountFields::stored_form( $key, (string) $value ) : $value;
			return null === $value ? self::refused() : ShownValue::text( $value );
		}
		if ( [] === $value || '' === $value ) {
			return __( 'Emptied', 'bridge-for-agile-crm' );
		}
		return UserMeta::can_hold( $key, $value ) ? ShownValue::text( sanitize_meta( $key, $value, 'user' ) ) : self::refused();
	}

	/**
	 * By the code that maps in earnest.
	 *
	 * @return array<string, mixed> Of user_data().
	 */
	private function mapped( FieldMapRow $row ): array {
		return \AgileBridge\user_data( (array) $this->contact?->record, [ $row->rule() ], wp_timezone_string() );
	}

	private static function refused(): string {
		return __( 'Nothing: the value does not fit the type, or is too long', 'bridge-for-agile-crm' );
	}
}
