<?php
/**
 * Counters for the admin: calls with a wrong access key, or left to WP Fusion, changes that no webhook told, mails that were not sent. And which PHP was seen with or without
 * the extension: the web's and the command line's are often two. And whose address did not follow their contact's.
 *
 * A flood of wrong keys must cost next to nothing: one option read a call, and at most one write a minute. The count is
 * therefore of the minutes in which something was refused: 'at least' so many calls. Called while the main plugin file
 * loads, so it uses options and $wpdb and no more.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Stats {

	/** Counters. The only option that a webhook may write, not autoloaded: writing an autoloaded one empties the cache of all. */
	public const OPTION = 'agile_bridge_stats';

	private const SECONDS_BETWEEN_WRITES = 60;

	/** So many users are remembered whose address did not follow; an admin reads no longer list. */
	private const MAX_KEPT_EMAILS = 100;

	/**
	 * @param 'invalid_access_key'|'left_to_wp_fusion' $reason
	 */
	public static function record_refusal( string $reason ): void {
		$stats = get_option( self::OPTION );
		$now   = time();
		$last  = self::last_refusal( $reason );
		// A time in the future is a clock that was set back; it must not silence the record.
		if ( null !== $last && $last['time'] <= $now && $now - $last['time'] < self::SECONDS_BETWEEN_WRITES ) {
			return;
		}
		$day  = wp_date( 'Y-m-d', $now );
		$next = is_array( $stats ) ? $stats : [];

		$next[ self::refusal_entry( $reason ) ] = [
			'time'   => $now,
			'reason' => $reason,
			'day'    => $day,
			'count'  => null !== $last && $last['day'] === $day ? $last['count'] + 1 : 1,
		];
		self::replace( $stats, $next );
	}

	/**
	 * @param 'invalid_access_key'|'left_to_wp_fusion' $reason
	 * @return ?array{time: int, day: string, count: int} `day` in the site's time zone, `count` of that day.
	 */
	public static function last_refusal( string $reason ): ?array {
		$stats  = get_option( self::OPTION );
		$record = is_array( $stats ) ? ( $stats[ self::refusal_entry( $reason ) ] ?? null ) : null;
		if ( ! is_array( $record ) ) {
			return null;
		}
		return [
			'time'  => (int) ( $record['time'] ?? 0 ),
			'day'   => (string) ( $record['day'] ?? '' ),
			'count' => (int) ( $record['count'] ?? 0 ),
		];
	}

	/**
	 * Each has a record of its own: what another CRM sends all day must not hide who tries keys.
	 */
	private static function refusal_entry( string $reason ): string {
		return 'invalid_access_key' === $reason ? 'refusal' : $reason;
	}

	/**
	 * How many changes reconciliation has found that no webhook told.
	 */
	public static function repaired_count(): int {
		$stats = get_option( self::OPTION );
		return is_array( $stats ) ? (int) ( $stats['repaired'] ?? 0 ) : 0;
	}

	/**
	 * The admin sees how many webhooks never arrived.
	 */
	public static function count_repaired( int $count ): void {
		if ( $count > 0 ) {
			$stats = get_option( self::OPTION );
			$next  = is_array( $stats ) ? $stats : [];
			self::replace( $stats, [ 'repaired' => (int) ( $next['repaired'] ?? 0 ) + $count ] + $next );
		}
	}

	/**
	 * Mails of other plugins that did not go out, because nobody called for what they are about.
	 */
	public static function unsent_mails(): int {
		$stats = get_option( self::OPTION );
		return is_array( $stats ) ? (int) ( $stats['unsent_mails'] ?? 0 ) : 0;
	}

	public static function count_unsent_mails( int $count ): void {
		if ( $count > 0 ) {
			$stats = get_option( self::OPTION );
			self::replace( $stats, [ 'unsent_mails' => self::unsent_mails() + $count ] + ( is_array( $stats ) ? $stats : [] ) );
		}
	}

	/**
	 * Notes that the address of a user did not follow their contact's, or that it need not any more. Writes only what is news.
	 */
	public static function note_kept_email( int $user_id, bool $is_kept ): void {
		$stats = get_option( self::OPTION );
		$kept  = self::kept_emails();
		if ( isset( $kept[ $user_id ] ) !== $is_kept ) {
			$next = $is_kept ? [ $user_id => time() ] + $kept : array_diff_key( $kept, [ $user_id => 0 ] );
			self::replace( $stats, [ 'kept_emails' => array_slice( $next, 0, self::MAX_KEPT_EMAILS, true ) ] + ( is_array( $stats ) ? $stats : [] ) );
		}
	}

	/**
	 * @return array<int, int> User => when that was noted; the latest first.
	 */
	public static function kept_emails(): array {
		$stats = get_option( self::OPTION );
		return is_array( $stats ) && is_array( $stats['kept_emails'] ?? null ) ? array_map( 'intval', $stats['kept_emails'] ) : [];
	}

	/**
	 * What is kept under another name.
	 *
	 * @return array<mixed>
	 */
	public static function record( string $name ): array {
		$stats = get_option( self::OPTION );
		return is_array( $stats ) && is_array( $stats[ $name ] ?? null ) ? $stats[ $name ] : [];
	}

	/**
	 * @param array<mixed> $record To keep under that name, small, and news.
	 */
	public static function write( string $name, array $record ): void {
		$stats = get_option( self::OPTION );
		self::replace( $stats, [ $name => $record ] + ( is_array( $stats ) ? $stats : [] ) );
	}

	/**
	 * Notes whether the PHP that runs this has the extension. Called where nobody waits, never for a webhook or a page of the site.
	 *
	 * @return bool Whether that was news: the first time, changed (at most once a minute, where two take turns), or a day old.
	 */
	public static function note_php(): bool {
		$php = SeenPhp::now();
		return self::note( $php->is_web ? 'web' : 'cli', $php );
	}

	/**
	 * The same where cron comes by. A web server's PHP that cannot drain is noted for itself besides: the admin's own visit is by a
	 * web server's PHP too, which may be another one.
	 */
	public static function note_cron_php(): void {
		$php  = SeenPhp::now();
		$last = self::last_php( 'cron' );
		self::note_php();
		if ( $php->is_web && ! $php->fits ) {
			self::note( 'cron', $php );
		} elseif ( null !== $last && $last->host === $php->host ) {
			$stats = get_option( self::OPTION );
			self::replace( $stats, [ 'php' => array_diff_key( (array) $stats['php'], [ 'cron' => true ] ) ] + $stats );
		}
	}

	/**
	 * Every minute: only where it is of consequence, so that a minute in which nothing waits costs no query for this.
	 */
	public static function note_cron_php_that_cannot_drain(): void {
		if ( null !== Extension::problem() ) {
			self::note_cron_php();
		}
	}

	/**
	 * @param 'web'|'cli'|'cron' $side
	 * @return ?SeenPhp The one that was noted last.
	 */
	public static function last_php( string $side ): ?SeenPhp {
		$stats = get_option( self::OPTION );
		return is_array( $stats ) ? SeenPhp::of_record( $stats['php'][ $side ] ?? null ) : null;
	}

	/**
	 * @param 'web'|'cli'|'cron' $side
	 * @return bool Whether that was news.
	 */
	private static function note( string $side, SeenPhp $php ): bool {
		$last = self::last_php( $side );
		$wait = null !== $last && $last->is_like( $php ) ? DAY_IN_SECONDS : self::SECONDS_BETWEEN_WRITES;
		if ( null !== $last && $last->time <= $php->time && $php->time - $last->time < $wait ) {
			return false;
		}
		$stats = get_option( self::OPTION );
		$next  = is_array( $stats ) ? $stats : [];
		self::replace( $stats, [ 'php' => [ $side => (array) $php ] + (array) ( $next['php'] ?? [] ) ] + $next );
		return true;
	}

	/**
	 * Writes the counters if they still are what was read. Of many requests that read the same, one writes: the others' record
	 * is as good as theirs, and update_option() would let the slowest of them undo what was counted since.
	 *
	 * @param mixed                $seen As get_option() gave it, false where there is none.
	 * @param array<string, mixed> $next What to write.
	 */
	private static function replace( $seen, array $next ): void {
		global $wpdb;
		// Errors stay silent: the answer is JSON, and a lost record is not worth a broken one.
		$shown = $wpdb->suppress_errors( true );
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- no function of WordPress compares before it writes.
		if ( false === $seen ) {
			$wpdb->query(
				$wpdb->prepare(
					"INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'off')",
					self::OPTION,
					maybe_serialize( $next )
				)
			);
			$missing = wp_cache_get( 'notoptions', 'options' );
			if ( is_array( $missing ) && isset( $missing[ self::OPTION ] ) ) {
				unset( $missing[ self::OPTION ] );
				wp_cache_set( 'notoptions', $missing, 'options' );
			}
		} else {
			$wpdb->query(
				$wpdb->prepare(
					"UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value = %s",
					maybe_serialize( $next ),
					self::OPTION,
					maybe_serialize( $seen )
				)
			);
		}
		// phpcs:enable
		// Also after a lost race: what the cache holds is then what lost it.
		wp_cache_delete( self::OPTION, 'options' );
		$wpdb->suppress_errors( $shown );
	}
}
