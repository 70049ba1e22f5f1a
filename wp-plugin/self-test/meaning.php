<?php
/**
 * What became of a call, by who swallowed it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

enum Meaning: string {

	case Arrived            = 'arrived';
	case RedirectToHttps    = 'redirect_https';
	case RedirectToWww      = 'redirect_www';
	case RedirectByLanguage = 'redirect_language';
	case RedirectElsewhere  = 'redirect';
	case LoginWall          = 'login_wall';
	case PasswordWall       = 'password_wall';
	case ComingSoon         = 'coming_soon';
	case PageCache          = 'page_cache';
	case Firewall           = 'firewall';
	case PrintedAround      = 'printed_around';
	case AnotherPage        = 'another_page';
	case OtherStatus        = 'status';

	/* It reached the plugin: code of the site ended the request before the answer, or what was sent was not all there, or the plugin fails. */
	case EndedByCode = 'ended';
	case Dropped     = 'dropped';
	case OwnFailure  = 'failure';

	/* Nothing came back, which on many servers says nothing of calls from outside. */
	case Forbidden   = 'forbidden';
	case Silent      = 'silent';
	case Untrusted   = 'untrusted';
	case Unreachable = 'unreachable';

	/**
	 * Whether a call from outside may fare better, for all that can be seen from here.
	 */
	public function is_doubtful(): bool {
		return in_array( $this, [ self::Forbidden, self::Silent, self::Untrusted, self::Unreachable ], true );
	}
}
