<?php
/**
 * Paying what is owed once a user is written: the password, or a link to set one, to the CRM, mails, actions.
 *
 * What is owed no longer names a mail before it is sent: each goes at most once. It is lost where code of the site ends the script
 * while it is made, where PHP is killed while it leaves, or the database between storing that and saying so; and where all tries
 * are used up, which an admin sees. Actions fire at least once. A password is sealed while it waits, and wiped when the CRM has it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Inbox\ClaimLost;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Inbox\Record;
use AgileBridge\Plugin\Site\AfterAnswer;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\HeldMail;
use AgileBridge\Plugin\User\SetPasswordLink;
use AgileBridge\Plugin\User\Written;

defined( 'ABSPATH' ) || exit;

final class Payment {

	/** What mails that wait are sealed for. */
	private const HELD_MAILS = 'held_mails';

	/**
	 * What is owed for what was written.
	 *
	 * @param list<string>   $notes  Of the plan.
	 * @param list<string>   $before The user's tags until now.
	 * @param list<HeldMail> $mails  That WordPress and others have sent meanwhile, and that are to go out.
	 */
	public static function due( Event $event, Contact $contact, array $notes, Written $written, array $before, array $mails ): Owed {
		$is_created = 'created' === $written->status;
		$password   = $is_created && '' !== Settings::return_password_field() ? $written->password : null;
		$is_link    = Settings::stored()->returns_link;
		return new Owed(
			status: $written->status,
			user_id: $written->user_id,
			action: $event->action,
			notes: [ ...$notes, ...$written->notes ],
			changed: Record::of_changes( $written->changed ),
			contact: $contact->without_passwords(),
			data: $written->data,
			before: $before,
			password: null === $password || $is_link ? null : Secret::seal( $password, PasswordReturn::PURPOSE ),
			// Nobody waits for one but the campaign whose webhook this is.
			link: null !== $password && $is_link && $event->is_of_webhook(),
			welcome: $is_created && self::is_welcomed( $event ),
			mails: [] === $mails ? null : Secret::seal( Database::json( array_map( static fn( HeldMail $mail ): array => $mail->to_array(), $mails ) ), self::HELD_MAILS ),
		);
	}

	/**
	 * Whether there is anything to do after the commit. Mostly not, and then the event ends with the transaction. (A shared cache
	 * is to be cleaned, also if this process is killed before it could.)
	 */
	public static function is_anything( Owed $owed ): bool {
		return self::leaves_the_site( $owed ) || Announcement::is_heard() || wp_using_ext_object_cache();
	}

	/**
	 * Pays what is owed, and ends the event. The user is stored, whatever comes of this: where the database fails, another worker
	 * pays the rest later.
	 *
	 * @param ?AfterAnswer $after Where somebody waits for the answer.
	 * @return list<string> Notes.
	 */
	public static function settle( Event $event, Owed $owed, AgileCrm $crm, ?AfterAnswer $after = null ): array {
		try {
			$notes  = self::pay( $event, $owed, $crm );
			$finish = static fn(): bool => Progress::finish( $event, self::outcome( $owed, $notes ) );
			null === $after ? $finish() : $after->postpone( $finish );
			return $notes;
		} catch ( ClaimLost $lost ) {
			// Somebody else took over, and pays.
			return [];
		} catch ( \Throwable $error ) {
			Log::note( "what follows user $owed->user_id, who is stored, was not all done: " . ( $error instanceof Failure ? 'the database failed.' : get_class( $error ) . ": {$error->getMessage()}" ) );
			self::leave( $event, $owed );
			return [];
		}
	}

	/**
	 * @return list<string> Notes.
	 * @throws ClaimLost
	 * @throws \Throwable Where the database failed.
	 */
	private static function pay( Event $event, Owed $owed, AgileCrm $crm ): array {
		if ( self::leaves_the_site( $owed ) && Home::is_elsewhere() ) {
			return self::pay_nobody_else( $owed );
		}
		$require_owner = static fn() => Claims::require_owner( $event );
		// What only the database can refuse comes first: nothing has left the site then.
		$link    = $owed->link ? SetPasswordLink::make( $owed->user_id, $require_owner ) : null;
		$welcome = $owed->welcome ? WelcomeMail::make( $owed->user_id, $link, $require_owner ) : [];
		$notes   = self::return_password( $owed, $link, $crm ) ? [] : [ 'password_not_returned' ];
		Paid::note_returned();
		if ( $owed->welcome || null !== $owed->mails ) {
			Progress::keep_owed( $event, $owed->once_all_has_left() ) || throw new ClaimLost( 'somebody else took over, and sends them' );
			Paid::note_mails_taken();
			foreach ( [ ...$welcome, ...array_filter( array_map( [ HeldMail::class, 'of_stored' ], self::mails( $owed ) ) ) ] as $mail ) {
				$mail->send();
			}
		}
		Announcement::make( $owed );
		return $notes;
	}

	/**
	 * Another worker goes on with it. Where the database is still out of reach, when our lease is over.
	 */
	private static function leave( Event $event, Owed $owed ): void {
		$delay = \AgileBridge\retry_delay( max( 1, $event->attempts ), null );
		$what  = 'The user is stored, but not all that follows was done: mails, the password to Agile CRM, actions of other plugins. The error log of the site says why.';
		try {
			if ( null === $delay ) {
				Progress::give_up( $event, Outcome::noted( 'failed', 'site_unavailable', "$what All tries are used up.", $owed->user_id, $event->contact_id ) );
				return;
			}
			$delay = (int) ( 1000 * $delay );
			// Of a user of whom nothing differed nothing is noted yet.
			Progress::postpone( $event, $delay, true, "$what It will be tried again." );
			// By what this worker knows, not by what is stored: a statement that was stored and not confirmed may have taken off mails that nobody has sent.
			Progress::postpone_owed( $event, $delay, "$what It will be tried again.", static fn(): Owed => Paid::left_of( $owed ) );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	/**
	 * Whether the admin wants it for this new user. 'Always' is of those whom a webhook makes: a replay and the hourly look may make
	 * hundreds at once, for whom it is too late.
	 */
	private static function is_welcomed( Event $event ): bool {
		return match ( Settings::stored()->welcome_mails ) {
			'always' => $event->is_of_webhook(),
			'never'  => false,
			default  => $event->send_notification,
		};
	}

	private static function leaves_the_site( Owed $owed ): bool {
		return null !== $owed->password || $owed->link || $owed->welcome || null !== $owed->mails;
	}

	/**
	 * On a copy of the site: neither Agile CRM nor anybody's mailbox hears of it.
	 *
	 * @return list<string> Notes.
	 */
	private static function pay_nobody_else( Owed $owed ): array {
		Stats::count_unsent_mails( (int) $owed->welcome + count( self::mails( $owed ) ) );
		Announcement::make( $owed );
		return [ ...( null !== $owed->password || $owed->link ? [ 'password_not_returned' ] : [] ), 'copy_of_site' ];
	}

	/**
	 * @return array<mixed> Those that were held, as they were stored.
	 */
	private static function mails( Owed $owed ): array {
		return (array) json_decode( (string) Secret::unseal( (string) $owed->mails, self::HELD_MAILS ), true );
	}

	/**
	 * @param ?string $link In place of the password, if that is owed and could be made.
	 * @return bool Whether the CRM has got what it wants.
	 */
	private static function return_password( Owed $owed, #[\SensitiveParameter] ?string $link, AgileCrm $crm ): bool {
		if ( null === $link && null === $owed->password ) {
			return ! $owed->link;
		}
		$password = $link ?? Secret::unseal( (string) $owed->password, PasswordReturn::PURPOSE );
		if ( null !== $password && ! PasswordReturn::should_wait() && PasswordReturn::write( $crm, $owed->contact['id'], $password ) ) {
			return true;
		}
		// One that does not open is lost: its own event says so, and is counted.
		Hooks::fire( 'wpf_api_fail', $owed->user_id, $owed->action, $owed->contact['id'] );
		PasswordReturn::owe( null === $link ? $owed : $owed->with( [ 'password' => Secret::seal( $link, PasswordReturn::PURPOSE ) ] ) );
		return false;
	}

	/**
	 * What the event has come to once all is paid.
	 *
	 * @param list<string> $notes Of the payment.
	 */
	public static function outcome( Owed $owed, array $notes = [] ): Outcome {
		return Outcome::done( $owed->status, $owed->user_id, (string) ( $owed->contact['id'] ?? '' ), array_values( array_unique( [ ...$owed->notes, ...$notes ] ) ), $owed->changed );
	}
}
