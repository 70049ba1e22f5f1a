<?php
/**
 * The fields that contacts of the account have: what Agile CRM itself defines, the account's custom fields, and what its newest
 * contacts have besides. Read when an admin looks at the field map, kept for a day, never asked for by anybody else's page.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AgileCrm;
use AgileBridge\Exception;

defined( 'ABSPATH' ) || exit;

final readonly class KnownFields {

	/** A transient: what is lost is asked again. */
	public const RECORD = 'agile_bridge_crm_fields';

	/** In seconds, for how long it is kept; and for how long where the account did not tell all. */
	private const KEPT       = 86400;
	private const KEPT_PARTS = 60;

	/** So many seconds both questions may take together: somebody waits for the page. */
	private const TIME = 6.0;

	/** Of the newest contacts, whose fields are looked at: custom ones that the account does not list, and subtypes. */
	private const CONTACTS = 20;

	/** More are no help. */
	private const MOST = 1500;

	private const PARTS = [
		''        => [ 'first_name', 'last_name', 'email', 'phone', 'company', 'title', 'website', 'image' ],
		'email'   => [ 'work', 'personal', 'home', 'primary' ],
		'phone'   => [ 'work', 'home', 'mobile', 'main', 'home fax', 'work fax', 'other' ],
		'address' => [ 'address', 'city', 'state', 'zip', 'country', 'countryname' ],
		'website' => [ 'URL', 'SKYPE', 'TWITTER', 'LINKEDIN', 'FACEBOOK', 'XING', 'FEED', 'GOOGLE_PLUS', 'FLICKR', 'GITHUB', 'YOUTUBE' ],
	];

	/**
	 * @param list<KnownField> $fields  Each name once.
	 * @param int              $read_at Seconds since 1970; 0 if the account was not asked.
	 * @param string           $problem What the account did not tell, and why, for the admin; '' if it has told all.
	 * @param string           $contact Id of the contact whose values are shown beside them, '' if there is none.
	 */
	private function __construct( public array $fields, public int $read_at, public string $problem, public string $contact ) {}

	/**
	 * What every account has.
	 */
	public static function without_asking( string $problem ): self {
		return new self( self::named( [] ), 0, $problem, '' );
	}

	/**
	 * What was read of this very account lately, or null.
	 */
	public static function kept(): ?self {
		$record = get_transient( self::RECORD );
		$record = is_string( $record ) ? json_decode( $record, true ) : null;
		if ( ! is_array( $record ) || Account::name() !== ( $record['account'] ?? null ) || ! is_array( $record['fields'] ?? null ) ) {
			return null;
		}
		return new self( self::named( $record['fields'] ), (int) ( $record['read_at'] ?? 0 ), (string) ( $record['problem'] ?? '' ), (string) ( $record['contact'] ?? '' ) );
	}

	/**
	 * Asks the account, and keeps what it says.
	 *
	 * @param string $contact Id of the contact whose values are shown; '' for the newest person.
	 */
	public static function read( string $contact ): self {
		$crm = Account::client( microtime( true ) + self::TIME );
		if ( null === $crm ) {
			return self::without_asking( '' );
		}
		$found   = [];
		$problem = null;
		try {
			foreach ( method_exists( AgileCrm::class, 'customFields' ) ? $crm->customFields() : [] as $field ) {
				$found[ $field['label'] ] = $field['type'];
			}
		} catch ( Exception $error ) {
			$problem = $error;
		}
		if ( null === $problem || ! CrmError::of_exception( $problem )->is_outage ) {
			try {
				$newest   = $crm->newestContacts( null, self::CONTACTS )['contacts'];
				$found   += self::seen_in( $newest );
				$contact  = '' === $contact ? self::first_person( $newest ) : $contact;
			} catch ( Exception $error ) {
				$problem ??= $error;
			}
		}
		$read = new self( self::named( $found ), time(), (string) $problem?->getMessage(), $contact );
		$read->keep();
		return $read;
	}

	/**
	 * The same with another contact beside them.
	 */
	public function with_contact( string $id ): self {
		$with = new self( $this->fields, $this->read_at, $this->problem, $id );
		$with->keep();
		return $with;
	}

	private function keep(): void {
		if ( 0 === $this->read_at ) {
			return;
		}
		$record = [
			'account' => Account::name(),
			'fields'  => array_column( $this->fields, 'type', 'name' ),
			'read_at' => $this->read_at,
			'problem' => $this->problem,
			'contact' => $this->contact,
		];
		// As ASCII: an old table of options may have another charset.
		set_transient( self::RECORD, (string) wp_json_encode( $record ), '' === $this->problem ? self::KEPT : self::KEPT_PARTS );
	}

	/**
	 * @param array<array-key, mixed> $found Type by name.
	 * @return list<KnownField> The account's own first, then what every account has.
	 */
	private static function named( array $found ): array {
		$system = [];
		foreach ( self::PARTS as $name => $parts ) {
			foreach ( $parts as $part ) {
				$system[ '' === $name ? $part : "$name+$part" ] = KnownField::SYSTEM;
			}
		}
		$own    = array_diff_key( array_filter( $found, 'is_string' ), $system );
		$fields = [];
		foreach ( array_slice( $own, 0, self::MOST, true ) + $system as $name => $type ) {
			$fields[] = new KnownField( (string) $name, $type );
		}
		return $fields;
	}

	/**
	 * @param list<array<string, mixed>> $contacts As the extension gives them.
	 * @return array<string, string> Type by name.
	 */
	private static function seen_in( array $contacts ): array {
		$seen = [];
		foreach ( $contacts as $contact ) {
			foreach ( (array) ( $contact['properties'] ?? [] ) as $property ) {
				$subtype = (string) ( $property['subtype'] ?? '' );
				$name    = $property['name'] . ( '' === $subtype ? '' : "+$subtype" );
				// The parts of an address are known; its kinds (home, postal) are no fields of the map.
				if ( 'address' !== $property['name'] && strlen( $name ) <= 255 && 1 !== preg_match( '/\p{Cc}/u', $name ) ) {
					$seen[ $name ] = KnownField::SYSTEM === $property['type'] ? KnownField::SYSTEM : '';
				}
			}
		}
		return $seen;
	}

	/**
	 * @param list<array<string, mixed>> $contacts As the extension gives them.
	 */
	private static function first_person( array $contacts ): string {
		foreach ( $contacts as $contact ) {
			if ( 'PERSON' === $contact['type'] ) {
				return (string) $contact['id'];
			}
		}
		return '';
	}
}
