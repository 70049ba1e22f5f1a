<?php
/**
 * What became of an event, said in words: what happened, why, and what to do.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final class Words {

	/** Keys that a contact's link and tags are kept under: no fields to an admin. */
	private const NO_FIELDS = [ 'agilecrm_contact_id', 'agilecrm_tags', 'role' ];

	/**
	 * Plain text, a sentence or two.
	 */
	public static function of( ActivityRow $event ): string {
		return match ( true ) {
			'waiting' === $event->state => self::waiting( $event ),
			'running' === $event->state => __( 'Is being processed now.', 'bridge-for-agile-crm' ),
			'applied' === $event->state => __( 'The user is stored. What was promised besides, a mail or a password for the contact, follows.', 'bridge-for-agile-crm' ),
			$event->is_given_up()       => trim( self::given_up() . ' ' . self::why( $event ) ),
			default                     => self::finished( $event ),
		};
	}

	private static function waiting( ActivityRow $event ): string {
		if ( '' === $event->message ) {
			return __( 'Waits to be processed.', 'bridge-for-agile-crm' );
		}
		$now  = Clock::now();
		$next = $event->due_at > $now
			/* translators: %s: how long, for instance "4 minutes". */
			? sprintf( __( 'Next try in %s.', 'bridge-for-agile-crm' ), human_time_diff( intdiv( $now, Clock::SECOND ), intdiv( $event->due_at, Clock::SECOND ) ) )
			: __( 'The next try is due.', 'bridge-for-agile-crm' );
		return __( 'Waits for another try.', 'bridge-for-agile-crm' ) . ' ' . $next;
	}

	private static function finished( ActivityRow $event ): string {
		return match ( $event->status ) {
			'created'   => __( 'A user was created.', 'bridge-for-agile-crm' ),
			'updated'   => self::changes( $event ),
			'unchanged' => __( 'Nothing had changed.', 'bridge-for-agile-crm' ),
			default     => self::why( $event ),
		};
	}

	private static function changes( ActivityRow $event ): string {
		$fields = count( array_diff( array_map( 'strval', array_keys( $event->changed ) ), self::NO_FIELDS ) );
		$parts  = array_filter(
			[
				/* translators: %d: a number. */
				$fields > 0 ? sprintf( _n( '%d field', '%d fields', $fields, 'bridge-for-agile-crm' ), $fields ) : '',
				array_key_exists( 'role', $event->changed ) ? __( 'the role', 'bridge-for-agile-crm' ) : '',
				array_key_exists( 'agilecrm_tags', $event->changed ) ? __( 'tags', 'bridge-for-agile-crm' ) : '',
			]
		);
		return [] === $parts
			? __( 'The user was updated.', 'bridge-for-agile-crm' )
			/* translators: %s: what changed, for instance "3 fields, tags". */
			: sprintf( __( 'The user was updated: %s.', 'bridge-for-agile-crm' ), implode( ', ', $parts ) );
	}

	public static function given_up(): string {
		return __( 'Given up.', 'bridge-for-agile-crm' );
	}

	/**
	 * A sentence; '' where nobody knows.
	 */
	public static function why( ActivityRow $event ): string {
		return self::sentence( self::reason( $event->code, $event->message ) );
	}

	/**
	 * A wp_code as a sentence of its own where we have one for it.
	 *
	 * @param string $message What there is to say else.
	 */
	public static function reason( string $code, string $message ): string {
		return match ( $code ) {
			'no_matching_user'  => __( 'No user of this site belongs to this contact, and the webhook only updates.', 'bridge-for-agile-crm' ),
			'deal_event'        => __( 'This was about a deal, which never becomes a user.', 'bridge-for-agile-crm' ),
			'not_a_person'      => __( 'This was about a company, which never becomes a user.', 'bridge-for-agile-crm' ),
			'contact_not_found' => __( 'Agile CRM has no such contact (any more).', 'bridge-for-agile-crm' ),
			'email_missing'     => __( 'The contact has no e-mail address, so it cannot become a user.', 'bridge-for-agile-crm' ),
			'email_invalid'     => __( 'The contact has no valid e-mail address, so it cannot become a user.', 'bridge-for-agile-crm' ),
			'email_conflict'    => __( 'The contact\'s address belongs to a user who is linked to another contact. Nothing was changed. Merge the two contacts in Agile CRM, or change one address.', 'bridge-for-agile-crm' ),
			'rejected_by_site'  => __( 'Code of this site refused this user.', 'bridge-for-agile-crm' ),
			'crm_unavailable'   => __( 'Agile CRM gave no usable answer.', 'bridge-for-agile-crm' ),
			'crm_unauthorized'  => __( 'Agile CRM refuses the credentials of this site.', 'bridge-for-agile-crm' ),
			'site_unavailable'  => __( 'The database of this site failed.', 'bridge-for-agile-crm' ),
			'site_error'        => __( 'Code of this site failed while the user was written.', 'bridge-for-agile-crm' ),
			'password_not_returned' => __( 'The password of the new user could not be returned to Agile CRM.', 'bridge-for-agile-crm' ),
			'copy_of_site'      => __( 'This is a copy of the site: the password of the new user was not written to Agile CRM, and is wiped here.', 'bridge-for-agile-crm' ),
			'replayed'          => __( 'Was given up, and processed again since.', 'bridge-for-agile-crm' ),
			default             => '' === $message ? $code : $message,
		};
	}

	private static function sentence( string $text ): string {
		return '' === $text || 1 === preg_match( '/[.!?)]$/', $text ) ? $text : "$text.";
	}

	public static function action( string $action ): string {
		return match ( $action ) {
			'add'             => __( 'Add', 'bridge-for-agile-crm' ),
			'update'          => __( 'Update', 'bridge-for-agile-crm' ),
			'update_tags'     => __( 'Tags', 'bridge-for-agile-crm' ),
			'return_password' => __( 'Password for the contact', 'bridge-for-agile-crm' ),
			default           => $action,
		};
	}

	public static function origin( string $origin ): string {
		return match ( $origin ) {
			'webhook'   => __( 'by a webhook', 'bridge-for-agile-crm' ),
			'reconcile' => __( 'by the hourly look', 'bridge-for-agile-crm' ),
			'replay'    => __( 'by a replay', 'bridge-for-agile-crm' ),
			'admin'     => __( 'by an admin', 'bridge-for-agile-crm' ),
			'sync'      => __( 'by Sync now', 'bridge-for-agile-crm' ),
			'retry'     => __( 'by another try', 'bridge-for-agile-crm' ),
			default     => $origin,
		};
	}

	public static function state( string $state, bool $is_first ): string {
		return match ( $state ) {
			'waiting' => $is_first ? __( 'Received', 'bridge-for-agile-crm' ) : __( 'Waits for another try', 'bridge-for-agile-crm' ),
			'running' => __( 'Taken up', 'bridge-for-agile-crm' ),
			'applied' => __( 'Written', 'bridge-for-agile-crm' ),
			'done'    => __( 'Finished', 'bridge-for-agile-crm' ),
			'dead'    => __( 'Given up', 'bridge-for-agile-crm' ),
			'replayed' => __( 'Processed again, as an event of its own', 'bridge-for-agile-crm' ),
			default   => $state,
		};
	}

	/**
	 * A note of the answer.
	 */
	public static function note( string $note ): string {
		[ $code, $key ] = explode( ':', $note, 2 ) + [ 1 => '' ];
		return match ( $code ) {
			'role_refused'          => __( 'The role that was asked for grants too much, or is not allowed, so another one was given.', 'bridge-for-agile-crm' ),
			'protected_user'        => __( 'This user may manage the site or other people\'s content, so only tags and mapped fields were written.', 'bridge-for-agile-crm' ),
			'email_kept'            => __( 'The user\'s e-mail address was kept.', 'bridge-for-agile-crm' ),
			'login_derived'         => __( 'The login that was wished for could not be given, so one was made from it.', 'bridge-for-agile-crm' ),
			'password_refused'      => __( 'The mapped password was refused, so a generated one was given.', 'bridge-for-agile-crm' ),
			'password_not_returned' => __( 'The password could not be returned to Agile CRM.', 'bridge-for-agile-crm' ),
			/* translators: %s: the name of a field. */
			'value_refused'         => sprintf( __( 'The value for %s is not of its type, so the field was left as it was.', 'bridge-for-agile-crm' ), $key ),
			'relinked'              => __( 'The user was linked to another contact before.', 'bridge-for-agile-crm' ),
			'copy_of_site'          => __( 'This is a copy of the site, or it has moved and nobody has said so yet: nothing was written to Agile CRM, and no mail was sent.', 'bridge-for-agile-crm' ),
			'tags_missing'          => __( 'Agile CRM sent no readable list of tags; the user\'s tags were kept.', 'bridge-for-agile-crm' ),
			default                 => $note,
		};
	}
}
