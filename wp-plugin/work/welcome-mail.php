<?php
/**
 * WordPress' own mail with the link to set a password, for a new user.
 *
 * Made while it is still owed, and sent when it no longer is (payment.php). Making it stores the link's key: where the database
 * refuses that, or is gone by then, nothing has been sent, and whoever comes next makes it anew. Each one made ends the link
 * before it, so there must not be two.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\User\HeldMail;
use AgileBridge\Plugin\User\HeldMails;
use AgileBridge\Plugin\User\ResetKey;
use AgileBridge\Plugin\User\SetPasswordLink;

defined( 'ABSPATH' ) || exit;

final class WelcomeMail {

	/**
	 * @param ?string          $link         One that was made for this user a moment ago; null lets WordPress make one.
	 * @param callable(): void $require_held Throws where it is somebody else's to make by now.
	 * @return list<HeldMail> It, and what code of the site sends with it; none where the site sends none, or the user is gone.
	 * @throws \Throwable Where the link would lead nowhere: see reset-key.php.
	 */
	public static function make( int $user_id, #[\SensitiveParameter] ?string $link, callable $require_held ): array {
		return Paid::during_welcome(
			static fn(): array => ResetKey::stored(
				$user_id,
				static fn( ?\WP_User $user ): array => null === $user ? [] : HeldMails::during( static fn( HeldMails $held ): array => self::made( $user, $link, $held ) ),
				$require_held
			)
		);
	}

	/**
	 * @return list<HeldMail>
	 */
	private static function made( \WP_User $user, #[\SensitiveParameter] ?string $link, HeldMails $held ): array {
		try {
			SetPasswordLink::during( $link, static fn() => wp_new_user_notification( $user->ID, null, 'user' ) );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		return $held->all();
	}
}
