<?php
/**
 * What is configured: constants of wp-config.php first, then what the settings screen stored.
 *
 * Loaded by every webhook; what an admin types is checked in admin/settings. The early key check runs while the main plugin
 * file loads: key_digests() therefore touches nothing but constants and one autoloaded option.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class Settings {

	/** Autoloaded, so that reading it costs no query. */
	public const OPTION  = 'agile_bridge_settings';

	/** Access keys below this many bytes open nothing. The extension refuses them too. */
	public const MIN_ACCESS_KEY_BYTES = 8;

	/** So begin the keys of self-tests, of which nothing is known here: self-test-key.php. */
	public const SELF_TEST_PREFIX = 'self-test-';

	/** How many workers of all servers together process webhooks while their requests wait; the rest is answered 202 and drained. */
	private const INLINE_WORKERS = 2;

	/** Days that events stay which are done, and which were given up. */
	private const KEEP_DONE = 14;

	private const KEEP_DEAD = 90;

	/**
	 * @param string          $api_key       Sealed.
	 * @param int             $inline_workers See inline_workers().
	 * @param int             $keep_done_days See inbox/retention.php.
	 * @param int             $keep_dead_days The same of events that were given up.
	 * @param bool            $alert_mails   Whether somebody is mailed about what is wrong.
	 * @param string          $alert_address Who; '' is the site's admin.
	 * @param string          $welcome_mails `asked`, `always` or `never`: which new users get WordPress' welcome mail.
	 * @param bool            $removes_user_data Whether uninstalling takes links, tags and marks of users with it.
	 * @param bool            $follow_emails Whether the address of users who were there before follows their contact's too.
	 * @param int             $missed_creations_since Contacts created since then become users also without a webhook; milliseconds
	 *                                                since 1970, 0: no.
	 * @param string          $gone_contacts `keep`, `unlink`, or `role:` and a slug: what happens to users whose contact is gone.
	 * @param bool            $returns_link  Whether a new user's contact gets a link to set a password, and not the generated password.
	 * @param string          $login_format  `email`, `first.last`, or `field:` and a WordPress key of the field map: the login of new users.
	 * @param bool            $limit_roles   Whether webhooks give only the roles of the next list.
	 * @param list<string>    $webhook_roles Their slugs, as an admin once chose them.
	 * @param list<string>    $allowed_roles Slugs of roles that an admin has allowed although they grant more than contacts give by themselves.
	 * @param bool            $role_changes  Whether webhooks change the role of users who exist.
	 * @param bool            $keeps_deleted_away Whether a contact whose user was deleted makes no new one.
	 * @param bool            $keeps_values  Whether the inbox keeps the values of fields that changed, and not only their names.
	 * @param list<TagRule>   $tag_roles     The first whose tag a user has decides.
	 * @param list<AccessKey> $access_keys   At most two, the newer one first; the other one until the admin revokes it.
	 */
	private function __construct(
		public string $domain,
		public string $email,
		public string $api_key,
		public string $return_password_field,
		public bool $answer_beside_wp_fusion,
		public bool $paused,
		public int $inline_workers,
		public int $keep_done_days,
		public int $keep_dead_days,
		public bool $alert_mails,
		public string $alert_address,
		public string $welcome_mails,
		public bool $removes_user_data,
		public bool $reconcile,
		public bool $follow_emails,
		public int $missed_creations_since,
		public string $gone_contacts,
		public bool $returns_link,
		public string $login_format,
		public bool $limit_roles,
		public array $webhook_roles,
		public array $allowed_roles,
		public bool $role_changes,
		public bool $keeps_deleted_away,
		public bool $keeps_values,
		public array $tag_roles,
		public array $access_keys,
	) {}

	public static function stored(): self {
		static $read = null, $settings = null;
		$stored = self::option();
		// A webhook asks some ten times.
		if ( $read !== $stored ) {
			[ $read, $settings ] = [ $stored, self::of( $stored ) ];
		}
		return $settings;
	}

	/**
	 * @param array<string, mixed> $stored As the option holds them.
	 */
	private static function of( array $stored ): self {
		$text   = static fn( string $name ): string => is_string( $stored[ $name ] ?? null ) ? $stored[ $name ] : '';
		$list   = static fn( string $name ): array => is_array( $stored[ $name ] ?? null ) ? $stored[ $name ] : [];
		return new self(
			domain: $text( 'domain' ),
			email: $text( 'email' ),
			api_key: $text( 'api_key' ),
			return_password_field: $text( 'return_password_field' ),
			answer_beside_wp_fusion: true === ( $stored['answer_beside_wp_fusion'] ?? false ),
			paused: true === ( $stored['paused'] ?? false ),
			inline_workers: is_int( $stored['inline_workers'] ?? null ) ? max( 0, $stored['inline_workers'] ) : self::INLINE_WORKERS,
			keep_done_days: is_int( $stored['keep_done_days'] ?? null ) ? $stored['keep_done_days'] : self::KEEP_DONE,
			keep_dead_days: is_int( $stored['keep_dead_days'] ?? null ) ? $stored['keep_dead_days'] : self::KEEP_DEAD,
			alert_mails: true === ( $stored['alert_mails'] ?? false ),
			alert_address: $text( 'alert_address' ),
			welcome_mails: '' === $text( 'welcome_mails' ) ? 'asked' : $text( 'welcome_mails' ),
			removes_user_data: true === ( $stored['removes_user_data'] ?? false ),
			reconcile: false !== ( $stored['reconcile'] ?? true ),
			follow_emails: true === ( $stored['follow_emails'] ?? false ),
			missed_creations_since: is_int( $stored['missed_creations_since'] ?? null ) ? $stored['missed_creations_since'] : 0,
			gone_contacts: '' === $text( 'gone_contacts' ) ? 'keep' : $text( 'gone_contacts' ),
			returns_link: true === ( $stored['returns_link'] ?? false ),
			login_format: '' === $text( 'login_format' ) ? 'email' : $text( 'login_format' ),
			limit_roles: true === ( $stored['limit_roles'] ?? false ),
			webhook_roles: array_values( array_filter( $list( 'webhook_roles' ), 'is_string' ) ),
			allowed_roles: array_values( array_filter( $list( 'allowed_roles' ), 'is_string' ) ),
			role_changes: false !== ( $stored['role_changes'] ?? true ),
			keeps_deleted_away: true === ( $stored['keeps_deleted_away'] ?? false ),
			keeps_values: true === ( $stored['keeps_values'] ?? false ),
			tag_roles: array_values( array_filter( array_map( static fn( $rule ): ?TagRule => TagRule::of_stored( $rule ), $list( 'tag_roles' ) ) ) ),
			access_keys: array_map( static fn( array $key ): AccessKey => AccessKey::of_stored( $key ), self::stored_keys( $stored ) ),
		);
	}

	/**
	 * Stores these settings in place of those of the same names, and keeps the others.
	 *
	 * @param array<string, mixed> $changes By the names of the properties above.
	 */
	public static function store( array $changes ): void {
		update_option( self::OPTION, $changes + self::stored()->to_array(), true );
	}

	/**
	 * @return array<string, mixed> As the option holds them.
	 */
	public function to_array(): array {
		$lists = [
			'tag_roles'   => array_map( 'get_object_vars', $this->tag_roles ),
			'access_keys' => array_map( 'get_object_vars', $this->access_keys ),
		];
		return array_replace( get_object_vars( $this ), $lists );
	}

	/**
	 * @return array<string, mixed>
	 */
	private static function option(): array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) ? $stored : [];
	}

	/**
	 * @param array<string, mixed> $stored
	 * @return list<array<string, mixed>> Each with a `digest`.
	 */
	private static function stored_keys( array $stored ): array {
		$keys = is_array( $stored['access_keys'] ?? null ) ? $stored['access_keys'] : [];
		return array_values( array_filter( $keys, static fn( $key ): bool => is_array( $key ) && is_string( $key['digest'] ?? null ) ) );
	}

	/**
	 * What this process knows of the settings may be as old as it is; a long one looks again. An object cache may keep a copy in each
	 * process, so the database is asked; the cache all servers share is emptied of the options only where it is wrong.
	 */
	public static function refresh(): void {
		global $wpdb;
		if ( wp_using_ext_object_cache() ) {
			// phpcs:ignore WordPress.DB -- past the cache, on purpose.
			$stored = $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", self::OPTION ) );
			$cached = wp_load_alloptions()[ self::OPTION ] ?? wp_cache_get( self::OPTION, 'options' );
			if ( (string) $stored === (string) $cached ) {
				return;
			}
			wp_cache_delete( self::OPTION, 'options' );
			wp_cache_delete( 'notoptions', 'options' );
		}
		wp_cache_delete( 'alloptions', 'options' );
		wp_load_alloptions( true );
	}

	/**
	 * A configuration constant, or null where it is not defined and the stored setting counts.
	 *
	 * Only a string is taken as it is; anything else counts as empty, because 12345678 and "12345678" must not be the same key.
	 */
	public static function constant_text( string $name ): ?string {
		if ( ! defined( $name ) ) {
			return null;
		}
		$value = constant( $name );
		return is_string( $value ) ? $value : '';
	}

	/**
	 * SHA-256 of each valid access key, lowercase hex. None means that every webhook is refused.
	 *
	 * @return list<string>
	 */
	public static function key_digests(): array {
		$key = self::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
		if ( null !== $key ) {
			return strlen( $key ) >= self::MIN_ACCESS_KEY_BYTES ? [ hash( 'sha256', $key ) ] : [];
		}
		return array_column( self::stored_keys( self::option() ), 'digest' );
	}

	/**
	 * The custom field that takes a generated password, as named in the CRM. '' is off.
	 */
	public static function return_password_field(): string {
		return trim( self::constant_text( 'AGILE_BRIDGE_RETURN_PASSWORD_FIELD' ) ?? self::stored()->return_password_field );
	}

	/**
	 * Whether we, and not WP Fusion, answer while WP Fusion is active with Agile CRM. The admin's choice.
	 */
	public static function answer_beside_wp_fusion(): bool {
		return self::stored()->answer_beside_wp_fusion;
	}

	/**
	 * Whether events are only stored. The admin's switch.
	 */
	public static function is_paused(): bool {
		return self::stored()->paused;
	}

	/**
	 * How many workers of all servers may process webhooks while their requests wait. 0: every webhook is answered 202.
	 */
	public static function inline_workers(): int {
		return max( 0, (int) apply_filters( 'agile_bridge_inline_workers', self::stored()->inline_workers ) );
	}
}
