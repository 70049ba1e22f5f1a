<?php
/**
 * WordPress' object cache in Redis, written as the popular drop-ins are: what this request has seen is kept in memory, all
 * else is one call to the server, or one for many keys.
 */

declare(strict_types=1);

final class Redis_Groups {
	public const OF_ALL_SITES = [ 'blog-details', 'blog-id-cache', 'blog-lookup', 'blog_meta', 'networks', 'network-queries', 'sites', 'site-details', 'site-options', 'site-queries', 'site-transient', 'users', 'user-queries', 'user_meta', 'useremail', 'userlogins', 'userslugs' ];
	public const NOT_SHARED   = [ 'counts', 'plugins', 'theme_json', 'themes' ];
}

class WP_Object_Cache {

	public Redis $redis;

	private array $held = [];

	private array $not_shared = Redis_Groups::NOT_SHARED;

	private array $of_all_sites = Redis_Groups::OF_ALL_SITES;

	private string $blog;

	public function __construct() {
		$this->blog  = is_multisite() ? get_current_blog_id() . ':' : '';
		$this->redis = new Redis();
		$this->redis->connect( dirname( ABSPATH ) . '/run/redis.sock' );
		$this->redis->setOption( Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP );
	}

	private function name( $key, $group ): string {
		$group = '' === (string) $group ? 'default' : $group;
		return ( in_array( $group, $this->of_all_sites, true ) ? '' : $this->blog ) . "$group:$key";
	}

	private function is_shared( $group ): bool {
		return ! in_array( $group, $this->not_shared, true );
	}

	private static function copy( $value ) {
		return is_object( $value ) ? clone $value : $value;
	}

	public function get( $key, $group = 'default', $force = false, &$found = null ) {
		return $this->get_multiple( [ $key ], $group, $force, $found )[ $key ];
	}

	public function get_multiple( $keys, $group = 'default', $force = false, &$found = null ) {
		$names  = [];
		$values = [];
		foreach ( $keys as $key ) {
			$names[ $key ] = $this->name( $key, $group );
		}
		$asked = array_values( array_filter( $names, fn( $name ) => $this->is_shared( $group ) && ( $force || ! array_key_exists( $name, $this->held ) ) ) );
		foreach ( [] === $asked ? [] : $this->redis->mget( $asked ) as $number => $value ) {
			// Values are wrapped, so that a stored false is one.
			if ( is_array( $value ) ) {
				$this->held[ $asked[ $number ] ] = $value[0];
			}
		}
		foreach ( $names as $key => $name ) {
			$found          = array_key_exists( $name, $this->held );
			$values[ $key ] = $found ? self::copy( $this->held[ $name ] ) : false;
		}
		return $values;
	}

	public function set( $key, $data, $group = 'default', $expire = 0 ) {
		$name                = $this->name( $key, $group );
		$this->held[ $name ] = self::copy( $data );
		return ! $this->is_shared( $group ) || $this->redis->set( $name, [ $data ], (int) $expire > 0 ? [ 'ex' => (int) $expire ] : [] );
	}

	public function add( $key, $data, $group = 'default', $expire = 0 ) {
		$name = $this->name( $key, $group );
		if ( wp_suspend_cache_addition() || array_key_exists( $name, $this->held ) ) {
			return false;
		}
		$options = (int) $expire > 0 ? [ 'nx', 'ex' => (int) $expire ] : [ 'nx' ];
		if ( $this->is_shared( $group ) && ! $this->redis->set( $name, [ $data ], $options ) ) {
			return false;
		}
		$this->held[ $name ] = self::copy( $data );
		return true;
	}

	public function replace( $key, $data, $group = 'default', $expire = 0 ) {
		$this->get( $key, $group, false, $found );
		return $found && $this->set( $key, $data, $group, $expire );
	}

	public function delete( $key, $group = 'default' ) {
		return $this->delete_multiple( [ $key ], $group )[ $key ];
	}

	public function delete_multiple( array $keys, $group = 'default' ) {
		$names = array_map( fn( $key ) => $this->name( $key, $group ), $keys );
		foreach ( $names as $name ) {
			unset( $this->held[ $name ] );
		}
		$this->is_shared( $group ) && $this->redis->del( $names );
		return array_fill_keys( $keys, true );
	}

	public function add_by( $key, $by, $group ) {
		$value = max( 0, (int) $this->get( $key, $group ) + $by );
		$this->set( $key, $value, $group );
		return $value;
	}

	public function flush() {
		$this->held = [];
		return $this->redis->flushDb();
	}

	public function flush_runtime() {
		$this->held = [];
		return true;
	}

	public function add_global_groups( $groups ) {
		$this->of_all_sites = array_merge( $this->of_all_sites, (array) $groups );
	}

	public function add_non_persistent_groups( $groups ) {
		$this->not_shared = array_merge( $this->not_shared, (array) $groups );
	}

	public function switch_to_blog( $blog_id ) {
		$this->blog = is_multisite() ? "$blog_id:" : '';
	}
}

function wp_cache_init() {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}

function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, $group, $force, $found );
}

function wp_cache_get_multiple( $keys, $group = '', $force = false ) {
	return $GLOBALS['wp_object_cache']->get_multiple( $keys, $group, $force );
}

function wp_cache_set( $key, $data, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $data, $group, $expire );
}

function wp_cache_add( $key, $data, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->add( $key, $data, $group, $expire );
}

function wp_cache_replace( $key, $data, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->replace( $key, $data, $group, $expire );
}

function wp_cache_delete( $key, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete( $key, $group );
}

function wp_cache_delete_multiple( array $keys, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete_multiple( $keys, $group );
}

function wp_cache_incr( $key, $offset = 1, $group = '' ) {
	return $GLOBALS['wp_object_cache']->add_by( $key, $offset, $group );
}

function wp_cache_decr( $key, $offset = 1, $group = '' ) {
	return $GLOBALS['wp_object_cache']->add_by( $key, -$offset, $group );
}

function wp_cache_flush() {
	return $GLOBALS['wp_object_cache']->flush();
}

function wp_cache_flush_runtime() {
	return $GLOBALS['wp_object_cache']->flush_runtime();
}

function wp_cache_supports( $feature ) {
	return in_array( $feature, [ 'get_multiple', 'delete_multiple', 'flush_runtime' ], true );
}

function wp_cache_add_global_groups( $groups ) {
	$GLOBALS['wp_object_cache']->add_global_groups( $groups );
}

function wp_cache_add_non_persistent_groups( $groups ) {
	$GLOBALS['wp_object_cache']->add_non_persistent_groups( $groups );
}

function wp_cache_switch_to_blog( $blog_id ) {
	$GLOBALS['wp_object_cache']->switch_to_blog( $blog_id );
}

function wp_cache_close() {
	return true;
}
