<?php
/**
 * The meta of a user who is being made, written in one statement.
 *
 * WordPress inserts some sixteen rows for a new user one by one, looks before each whether it is there already, and reads all
 * of them again after it. Here they are gathered, and go out before the next statement of anybody, so that whoever asks the
 * database sees them; whoever asks WordPress finds them in its cache. Where code of the site listens to each single row, or
 * other processes share the cache, WordPress does it its own way.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class NewUserMeta {

	/** WordPress' own listener: one call does for all. */
	private const LAST_CHANGED = 'wp_cache_set_users_last_changed';

	/** What wp_insert_user() writes; besides, the mark and the role. */
	private const KEYS = [
		NewUser::MARK,
		'nickname',
		'first_name',
		'last_name',
		'description',
		'rich_editing',
		'syntax_highlighting',
		'comment_shortcuts',
		'admin_color',
		'use_ssl',
		'show_admin_bar_front',
		'locale',
	];

	/** @var list<array{int, string, string}> User, key, value as stored: not written yet. */
	private array $rows = [];

	private bool $writing = false;

	/**
	 * @param array<string, mixed> $keys By key. Who adds others may want to know the id of the row.
	 */
	private function __construct( private readonly NewUser $user, private readonly array $keys ) {}

	/**
	 * Runs $work, which inserts the user.
	 *
	 * @template T
	 * @param list<string>  $keys What we write ourselves.
	 * @param callable(): T $work
	 * @return T
	 */
	public static function gathered( NewUser $user, array $keys, callable $work ) {
		global $wpdb;
		if ( wp_using_ext_object_cache() || self::is_watched() ) {
			$user->note_not_gathered();
			return $work();
		}
		$role  = [ $wpdb->get_blog_prefix() . 'capabilities', $wpdb->get_blog_prefix() . 'user_level' ];
		$meta  = new self( $user, array_flip( [ ...self::KEYS, ...$role, ...$keys ] ) );
		$hooks = [
			[ 'add_user_metadata', [ $meta, 'gather' ], PHP_INT_MAX, 5 ],
			[ 'update_user_metadata', [ $meta, 'add_what_is_new' ], PHP_INT_MAX, 5 ],
			[ 'query', [ $meta, 'before_statement' ], PHP_INT_MIN, 1 ],
			// Who listens here may speak to the database past wpdb, and commit a user without the mark.
			[ 'add_user_role', [ $meta, 'before_callbacks' ], PHP_INT_MIN, 0 ],
			[ 'set_user_role', [ $meta, 'before_callbacks' ], PHP_INT_MIN, 0 ],
			[ 'user_register', [ $meta, 'before_callbacks' ], PHP_INT_MIN, 0 ],
		];
		foreach ( $hooks as $hook ) {
			add_filter( ...$hook );
		}
		try {
			$result = $work();
			$meta->write();
			return $result;
		} finally {
			foreach ( $hooks as [ $name, $callback, $priority ] ) {
				remove_filter( $name, $callback, $priority );
			}
		}
	}

	/**
	 * In place of add_metadata()'s own work.
	 *
	 * @param mixed $check  Not null: another plugin has decided.
	 * @param mixed $user_id
	 * @param mixed $key    Unslashed.
	 * @param mixed $value  Unslashed and sanitized.
	 * @param mixed $unique Whether it must not be there yet.
	 * @return mixed
	 */
	public function gather( $check = null, $user_id = 0, $key = '', $value = null, $unique = true ) {
		$stored = is_scalar( $value ) || is_array( $value ) ? (string) maybe_serialize( $value ) : null;
		// What is not ASCII wpdb looks at row by row: not every table holds it.
		if ( null !== $check || $unique || ! $this->is_ours( $user_id, $key ) || null === $stored || 1 === preg_match( '/[^\x01-\x7F]/', $key . $stored ) ) {
			return $check;
		}
		$cached = self::cached( (int) $user_id );
		if ( null === $cached ) {
			return $check;
		}
		$cached[ $key ][] = $stored;
		wp_cache_set( (int) $user_id, $cached, 'user_meta' );
		$this->rows[] = [ (int) $user_id, (string) $key, $stored ];
		return true;
	}

	/**
	 * update_metadata() looks into the database for what the cache says is not there.
	 *
	 * @param mixed $check
	 * @param mixed $user_id
	 * @param mixed $key
	 * @param mixed $value
	 * @param mixed $previous
	 * @return mixed
	 */
	public function add_what_is_new( $check = null, $user_id = 0, $key = '', $value = null, $previous = true ) {
		if ( null !== $check || ! empty( $previous ) || ! $this->is_ours( $user_id, $key ) || ! ( is_scalar( $value ) || is_array( $value ) ) || has_filter( "sanitize_user_meta_$key" ) ) {
			return $check;
		}
		$cached = self::cached( (int) $user_id );
		if ( null === $cached || isset( $cached[ $key ] ) ) {
			return $check;
		}
		return false !== add_user_meta( (int) $user_id, wp_slash( $key ), wp_slash( $value ) );
	}

	/**
	 * @param mixed $sql
	 * @return mixed
	 * @throws Failure
	 */
	public function before_statement( $sql ) {
		if ( ! $this->writing ) {
			$this->write();
		}
		return $sql;
	}

	/**
	 * @throws Failure
	 */
	public function before_callbacks(): void {
		$this->write();
	}

	/**
	 * @throws Failure
	 */
	private function write(): void {
		global $wpdb;
		if ( [] === $this->rows ) {
			return;
		}
		$rows          = $this->rows;
		$this->rows    = [];
		$this->writing = true;
		try {
			// The mark first: the first row's id is the one that the database tells (SQLite tells the last one's).
			usort( $rows, static fn( array $a, array $b ): int => (int) ( NewUser::MARK === $b[1] ) <=> (int) ( NewUser::MARK === $a[1] ) );
			$places = implode( ', ', array_fill( 0, count( $rows ), '(%d, %s, %s)' ) );
			Database::execute( "INSERT INTO {$wpdb->usermeta} (user_id, meta_key, meta_value) VALUES $places", ...array_merge( ...$rows ) );
			if ( NewUser::MARK === $rows[0][1] && ! Database::is_sqlite() ) {
				$this->user->note_mark( (int) $wpdb->insert_id );
			}
		} finally {
			$this->writing = false;
		}
		if ( has_action( 'added_user_meta', self::LAST_CHANGED ) ) {
			( self::LAST_CHANGED )();
		}
	}

	/**
	 * @param mixed $user_id
	 * @param mixed $key
	 */
	private function is_ours( $user_id, $key ): bool {
		return $this->user->is( (int) $user_id ) && isset( $this->keys[ (string) $key ] );
	}

	/**
	 * @return ?array<string, list<string>> As WordPress caches them.
	 */
	private static function cached( int $user_id ): ?array {
		$cached = wp_cache_get( $user_id, 'user_meta' );
		if ( ! is_array( $cached ) ) {
			$cached = update_meta_cache( 'user', [ $user_id ] )[ $user_id ] ?? null;
		}
		return is_array( $cached ) ? $cached : null;
	}

	/**
	 * Whether code of the site wants to know of each row.
	 */
	private static function is_watched(): bool {
		global $wp_filter;
		foreach ( [ 'all', 'add_user_meta', 'added_user_meta' ] as $hook ) {
			foreach ( isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [] as $callbacks ) {
				if ( array_diff( array_map( static fn( array $callback ) => is_string( $callback['function'] ) ? $callback['function'] : '', $callbacks ), [ self::LAST_CHANGED ] ) ) {
					return true;
				}
			}
		}
		return false;
	}
}
