<?php
/**
 * Looking after what no webhook told us: a webhook that never arrived is repaired by the next look, and counted.
 *
 * The CRM is asked for the contacts that changed since the last look. Where the account refuses that filter, the linked users
 * are walked instead, the longest unseen first, within a daily budget of requests; and also where the admin wants to know of
 * deleted contacts, which no list of changes names. A change that we have not seen is one that would change the user: the
 * contact is compared as an event would apply it, and only then an event is queued. Users are never made this way: whether a
 * contact should be a user, only a webhook says.
 *
 * Never on a copy of the site under another address: a staging site would work through the account of the live one.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/run.php';
require_once __DIR__ . '/webhook.php';
require_once __DIR__ . '/requirements.php';
require_once __DIR__ . '/refusals.php';
require_once __DIR__ . '/walk.php';

/** Between two looks; WP-Cron comes by every hour. */
const RECONCILE_EVERY = 55 * MINUTE;

/** Searches trail behind writes by seconds, and clocks differ: each look begins this much before the last one. */
const RECONCILE_OVERLAP = 10 * MINUTE;

/** A webhook may be under way for up to a minute: what changed within this time is left to it, and to the next look. */
const WEBHOOK_ON_ITS_WAY = 2 * MINUTE;

/** Of 200 contacts each; what is left is for the next look. */
const PAGES_PER_LOOK = 50;

/**
 * One look, if it is time for one.
 *
 * @return ?int How many events were queued; null if there was no look.
 */
function reconcile(): ?int {
	require_schema();
	$connection = connection();
	if ( ! settings()['reconcile'] || is_paused() || null !== extension_problem() || null === $connection || wp_fusion_answers() || is_copy_of_the_site() ) {
		return null;
	}
	if ( ! take_lease( 'reconcile', new_owner(), RECONCILE_EVERY ) ) {
		return null;
	}
	$crm = new \AgileBridge\AgileCrm( $connection );
	if ( ! crm_may_be_asked( $crm ) ) {
		return null;
	}
	return without_wp_fusion(
		static function () use ( $crm ): int {
			try {
				$queued = look_at_changes( $crm );
			} catch ( \AgileBridge\FilterRefused $refused ) {
				$queued = null;
			} catch ( \AgileBridge\CrmUnauthorized $refused ) {
				if ( ! is_welcome( $crm ) ) {
					note_refusal( $refused->getMessage() );
					return 0;
				}
				// Who owns the API key may read contacts, and not list them.
				$queued = null;
			} catch ( \AgileBridge\Exception $error ) {
				// The next look asks for all that this one did not get.
				log_error( $error );
				return 0;
			}
			$walks = null === $queued || 'keep' !== settings()['gone_contacts'];
			return (int) $queued + ( $walks ? walk_linked_users( $crm ) : 0 );
		}
	);
}

function reconcile_by_cron(): void {
	try {
		reconcile();
	} catch ( \Throwable $error ) {
		log_error( $error );
	}
}

/**
 * Whether the database was copied to another address: compared as a hash, which search-and-replace does not find.
 *
 * @param bool $remember Whether to take this address for the site's own where none is known yet.
 */
function is_copy_of_the_site( bool $remember = true ): bool {
	$record = lease_record( 'reconcile' )['details'];
	if ( ! isset( $record['home'] ) ) {
		if ( $remember ) {
			remember_the_site();
		}
		return false;
	}
	return home_digest() !== $record['home'];
}

/**
 * This address is the site's own: at the first look, and when an admin saves the settings here.
 */
function remember_the_site(): void {
	keep_with_lease( 'reconcile', [ 'home' => home_digest() ] + lease_record( 'reconcile' )['details'] );
}

function home_digest(): string {
	return hash( 'sha256', (string) preg_replace( '~^https?://(www\.)?~', '', strtolower( untrailingslashit( home_url() ) ) ) );
}

/**
 * @throws \AgileBridge\Exception
 */
function look_at_changes( \AgileBridge\AgileCrm $crm ): int {
	$now    = now_ms();
	$record = lease_record( 'reconcile' )['details'];
	// A look that was cut off goes on where it was.
	$began  = (int) ( $record['began'] ?? $now );
	$since  = (int) ( $record['since'] ?? $now - HOUR );
	$cursor = isset( $record['cursor'] ) ? (string) $record['cursor'] : null;
	$queued = 0;
	for ( $page = 1; $page <= PAGES_PER_LOOK; $page++ ) {
		$answer  = $crm->changedSince( $since - RECONCILE_OVERLAP, $cursor );
		$queued += queue_news( $answer['contacts'], $now );
		$cursor  = $answer['cursor'];
		if ( null === $cursor ) {
			keep_with_lease( 'reconcile', [ 'since' => $began ] + array_diff_key( $record, [ 'began' => 0, 'cursor' => 0 ] ) );
			return $queued;
		}
		keep_with_lease( 'reconcile', [ 'since' => $since, 'began' => $began, 'cursor' => $cursor ] + $record );
	}
	return $queued;
}

/**
 * Queues those of these contacts whose users would change.
 *
 * @param list<array<string, mixed>> $contacts
 * @return int How many.
 */
function queue_news( array $contacts, int $now ): int {
	global $wpdb;
	// Seconds, as the CRM counts.
	$settled  = array_filter( $contacts, static fn( array $contact ): bool => 1000 * (int) $contact['updated_time'] <= $now - WEBHOOK_ON_ITS_WAY );
	$contacts = array_column( $settled, null, 'id' );
	if ( [] === $contacts ) {
		return 0;
	}
	$ids    = array_map( 'strval', array_keys( $contacts ) );
	$places = implode( ', ', array_fill( 0, count( $ids ), '%s' ) );
	$linked = rows( "SELECT user_id, meta_value AS contact_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value IN ($places)", contact_id_key(), ...$ids );
	read_users_anew( array_map( 'intval', array_column( $linked, 'user_id' ) ) );
	$open   = array_column( rows( 'SELECT contact_id FROM ' . events_table() . " WHERE open_key IS NOT NULL AND contact_id IN ($places)", ...$ids ), 'contact_id' );
	$queued = 0;
	foreach ( $linked as $link ) {
		$contact = $contacts[ $link->contact_id ] ?? null;
		if ( null !== $contact && ! in_array( $link->contact_id, $open, true ) && has_news( $contact, (int) $link->user_id ) ) {
			put_webhook( [ 'action' => 'update', 'contact_id' => $contact['id'], 'email' => null ], 'reconcile' );
			++$queued;
		}
	}
	count_repaired( $queued );
	return $queued;
}

/**
 * Whether an event of this contact would change the user, as read just now.
 *
 * @param array<string, mixed> $contact
 */
function has_news( array $contact, int $user_id ): bool {
	$user = get_userdata( $user_id );
	if ( false === $user || 'PERSON' !== $contact['type'] || ! is_member( $user ) ) {
		return false;
	}
	try {
		$settled = settled_update( $user, false, null, $contact, mapped_data( $contact ) );
		$tags    = null === $contact['tags'] ? null : array_values( array_unique( $contact['tags'] ) );
		return planned_update( $user, $settled['data'], $contact['id'], $tags, null, null )['writes'];
	} catch ( \Throwable $error ) {
		// It cannot be applied; an event would only say so.
		return false;
	}
}

/**
 * The admin sees how many webhooks never arrived.
 */
function count_repaired( int $count ): void {
	if ( $count > 0 ) {
		$stats = get_option( STATS_OPTION );
		$next  = is_array( $stats ) ? $stats : [];
		replace_stats( $stats, [ 'repaired' => (int) ( $next['repaired'] ?? 0 ) + $count ] + $next );
	}
}
