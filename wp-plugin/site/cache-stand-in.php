<?php
/**
 * What WordPress' functions find in place of a shared object cache while a transaction is open: see private-cache.php.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class CacheStandIn {

	/** What all sites of a network share. */
	private const OF_THE_NETWORK = [ 'users', 'user_meta', 'useremail', 'userlogins', 'userslugs', 'user-queries', 'site-options' ];

	private const OF_A_SITE = [ 'options', 'posts', 'post_meta', 'post-queries', 'terms', 'term_meta', 'term-queries', 'comment', 'comment_meta', 'comment-queries' ];

	private const PROBE = 'agile_bridge_probe';

	/** @var array<int, array<string, array<int|string, array{mixed}|null>>> By site (0: all), group and key; null is taken away. */
	private array $entries = [];

	/** @var array<int, array<string, array<int|string, true>>> By site, group and key. */
	private array $stale = [];

	public function __construct( private readonly object $shared ) {}

	/**
	 * Whether WordPress' functions come here.
	 */
	public function is_asked(): bool {
		$this->entries[0]['users'][ self::PROBE ] = [ true ];
		$is_asked                                 = true === wp_cache_get( self::PROBE, 'users' );
		$this->entries                            = [];
		return $is_asked;
	}

	/**
	 * @return array<int, array<string, array<int|string, true>>> What is to go from the shared cache: by site (0: all), group and key.
	 */
	public function stale(): array {
		return $this->stale;
	}

	/**
	 * @param mixed $group
	 * @return ?int The site whose it is, 0 for all; null if it stays shared.
	 */
	private static function site_of( $group ): ?int {
		return match ( true ) {
			in_array( $group, self::OF_THE_NETWORK, true ) => 0,
			in_array( $group, self::OF_A_SITE, true ), str_ends_with( (string) $group, '_relationships' ) => get_current_blog_id(),
			default => null,
		};
	}

	/**
	 * @param mixed $key
	 * @param mixed $group
	 * @param mixed $force
	 * @param mixed $found
	 * @return mixed
	 */
	public function get( $key, $group = 'default', $force = false, &$found = null ) {
		$site = self::site_of( $group );
		if ( null === $site || ! array_key_exists( $key, $this->entries[ $site ][ $group ] ?? [] ) ) {
			return $this->shared->get( $key, $group, $force, $found );
		}
		$entry = $this->entries[ $site ][ $group ][ $key ];
		$found = null !== $entry;
		return self::copy( $entry[0] ?? false );
	}

	/**
	 * @param array<mixed> $keys
	 * @param mixed        $group
	 * @param mixed        $force
	 * @return array<mixed>
	 */
	public function get_multiple( $keys, $group = 'default', $force = false ) {
		$site  = self::site_of( $group );
		$known = null === $site ? [] : ( $this->entries[ $site ][ $group ] ?? [] );
		$found = [];
		$asked = array_filter( (array) $keys, static fn( $key ) => ! array_key_exists( $key, $known ) );
		$asked = [] === $asked ? [] : $this->shared->get_multiple( array_values( $asked ), $group, $force );
		foreach ( (array) $keys as $key ) {
			$found[ $key ] = array_key_exists( $key, $known ) ? self::copy( $known[ $key ][0] ?? false ) : ( $asked[ $key ] ?? false );
		}
		return $found;
	}

	/**
	 * @param mixed $key
	 * @param mixed $value
	 * @param mixed $group
	 * @param mixed $expire
	 */
	public function set( $key, $value, $group = 'default', $expire = 0 ): bool {
		$site = self::site_of( $group );
		if ( null === $site ) {
			return (bool) $this->shared->set( $key, $value, $group, $expire );
		}
		$this->entries[ $site ][ $group ][ $key ] = [ self::copy( $value ) ];
		$this->stale[ $site ][ $group ][ $key ]   = true;
		return true;
	}

	/**
	 * What was read, not changed: the shared cache may keep what it has.
	 *
	 * @param mixed $key
	 * @param mixed $value
	 * @param mixed $group
	 * @param mixed $expire
	 */
	public function add( $key, $value, $group = 'default', $expire = 0 ): bool {
		$site = self::site_of( $group );
		if ( null === $site ) {
			return (bool) $this->shared->add( $key, $value, $group, $expire );
		}
		if ( wp_suspend_cache_addition() || isset( $this->entries[ $site ][ $group ][ $key ] ) ) {
			return false;
		}
		$this->entries[ $site ][ $group ][ $key ] = [ self::copy( $value ) ];
		return true;
	}

	/**
	 * @param mixed $key
	 * @param mixed $value
	 * @param mixed $group
	 * @param mixed $expire
	 */
	public function replace( $key, $value, $group = 'default', $expire = 0 ): bool {
		$found = false;
		$this->get( $key, $group, false, $found );
		return $found && $this->set( $key, $value, $group, $expire );
	}

	/**
	 * @param mixed $key
	 * @param mixed $group
	 */
	public function delete( $key, $group = 'default' ): bool {
		$site = self::site_of( $group );
		if ( null === $site ) {
			return (bool) $this->shared->delete( $key, $group );
		}
		$this->entries[ $site ][ $group ][ $key ] = null;
		$this->stale[ $site ][ $group ][ $key ]   = true;
		return true;
	}

	/**
	 * What takes many at once, what empties the cache, and what only this drop-in has.
	 *
	 * @param array<mixed> $arguments
	 * @return mixed
	 */
	public function __call( string $name, array $arguments ) {
		$one = [ 'set_multiple' => 'set', 'add_multiple' => 'add', 'delete_multiple' => 'delete' ][ $name ] ?? null;
		if ( null === $one || null === self::site_of( $arguments[1] ?? 'default' ) ) {
			// (What was flushed may be another group, and the shared one still have what is no longer true: taken away is no less.)
			$this->entries = str_starts_with( $name, 'flush' ) ? self::emptied( $this->entries ) : $this->entries;
			return $this->shared->$name( ...$arguments );
		}
		$results = [];
		foreach ( (array) $arguments[0] as $key => $value ) {
			$key             = 'delete' === $one ? $value : $key;
			$results[ $key ] = 'delete' === $one ? $this->delete( $key, $arguments[1] ) : $this->$one( $key, $value, $arguments[1] );
		}
		return $results;
	}

	/**
	 * @param array<int, array<string, array<int|string, mixed>>> $entries
	 * @return array<int, array<string, array<int|string, null>>>
	 */
	private static function emptied( array $entries ): array {
		$emptied = static fn( array $group ): array => array_fill_keys( array_keys( $group ), null );
		return array_map( static fn( array $groups ): array => array_map( $emptied, $groups ), $entries );
	}

	/**
	 * @return mixed
	 */
	public function __get( string $name ) {
		return $this->shared->$name ?? null;
	}

	/**
	 * @param mixed $value
	 */
	public function __set( string $name, $value ): void {
		$this->shared->$name = $value;
	}

	public function __isset( string $name ): bool {
		return isset( $this->shared->$name );
	}

	/**
	 * @param mixed $value
	 * @return mixed
	 */
	private static function copy( $value ) {
		return is_object( $value ) ? clone $value : $value;
	}
}
