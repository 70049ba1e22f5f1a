<?php
/**
 * What a self-test says: what became of a call, and what to do about it. Each begins with where it was seen from; whoever calls from
 * elsewhere may meet something else.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\SelfTest\Meaning;
use AgileBridge\Plugin\SelfTest\Run;
use AgileBridge\Plugin\SelfTest\Verdict;

defined( 'ABSPATH' ) || exit;

final class SelfTestWords {

	/**
	 * What became of a call.
	 */
	public static function sentence( Verdict $verdict ): string {
		$call   = $verdict->step->method . ' ' . $verdict->step->url;
		$detail = $verdict->detail;
		$quoted = '' === $detail ? '' : " (\"$detail\")";
		$by     = '' === $verdict->by ? '' : ' ' . sprintf(
			/* translators: %s: name of a plugin, a service or a file. */
			__( 'It bears the mark of %s.', 'bridge-for-agile-crm' ),
			$verdict->by
		);
		$sentence = static fn( string $text, string $more = '' ): string => sprintf( $text, $call, $more ) . $by;
		return match ( $verdict->meaning ) {
			/* translators: 1: a method and an address. */
			Meaning::Arrived => $sentence( __( 'From this server, %1$s reaches the plugin, and its answer comes back whole.', 'bridge-for-agile-crm' ) ),
			/* translators: 1: a method and an address, 2: an address. */
			Meaning::RedirectToHttps => $sentence( __( 'From this server, %1$s is redirected to https: %2$s. A redirect drops what a form holds, and many senders follow none.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: an address. */
			Meaning::RedirectToWww => $sentence( __( 'From this server, %1$s is redirected to the other spelling of this site, with or without www: %2$s. A redirect drops what a form holds, and many senders follow none.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: an address. */
			Meaning::RedirectByLanguage => $sentence( __( 'From this server, %1$s is redirected to the page of a language: %2$s. The webhook stays behind.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: an address. */
			Meaning::RedirectElsewhere => $sentence( __( 'From this server, %1$s is redirected to %2$s. The webhook stays behind.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: an address or a title. */
			Meaning::LoginWall => $sentence( __( 'From this server, %1$s is answered by a page on which visitors have to log in: %2$s. A login wall swallows the webhook.', 'bridge-for-agile-crm' ), '' === $detail ? $verdict->step->url : $detail ),
			/* translators: 1: a method and an address. */
			Meaning::PasswordWall => $sentence( __( 'From this server, %1$s is refused: the web server asks for a user name and a password (401).', 'bridge-for-agile-crm' ) ),
			/* translators: 1: a method and an address, 2: a title in brackets, or nothing. */
			Meaning::ComingSoon => $sentence( __( 'From this server, %1$s is answered by a coming-soon or maintenance page%2$s. The webhook never reaches the plugin.', 'bridge-for-agile-crm' ), $quoted ),
			/* translators: 1: a method and an address. */
			Meaning::PageCache => $sentence( __( 'From this server, %1$s is answered by a page cache, with something that it has stored before. The webhook never reaches the plugin.', 'bridge-for-agile-crm' ) ),
			/* translators: 1: a method and an address, 2: a number. */
			Meaning::Firewall => $sentence( __( 'From this server, %1$s is refused with status %2$s, and not by the plugin: by a firewall, of the host or of a security plugin.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: a text in brackets, or nothing. */
			Meaning::PrintedAround => $sentence( __( 'From this server, %1$s reaches the plugin, but something else is printed before or after its answer%2$s. A campaign cannot read it, and takes its failure branch.', 'bridge-for-agile-crm' ), $quoted ),
			/* translators: 1: a method and an address, 2: a title in brackets, or nothing. */
			Meaning::AnotherPage => $sentence( __( 'From this server, %1$s is answered by a page%2$s, and not by the plugin. Another plugin, the theme or the web server answers first, or drops what is sent.', 'bridge-for-agile-crm' ), $quoted ),
			/* translators: 1: a method and an address, 2: name of a file. */
			Meaning::EndedByCode => $sentence( __( 'From this server, %1$s reaches the plugin, but other code of this site ends the request before the answer: %2$s. Webhooks are stored first, and then processed late.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: a code. */
			Meaning::Dropped => $sentence( __( 'From this server, %1$s reaches the plugin, but not with all that was sent: it does not find this test\'s key (%2$s). Something on the way drops or changes parameters, or another copy of the site answers.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: a code. */
			Meaning::OwnFailure => $sentence( __( 'From this server, %1$s reaches the plugin, which fails: %2$s. Not every server of this site may be set up alike.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: a number. */
			Meaning::OtherStatus => $sentence( __( 'From this server, %1$s is answered with status %2$s, and not by the plugin.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address. */
			Meaning::Forbidden => $sentence( __( 'From this server, %1$s was not called: wp-config.php forbids it (WP_HTTP_BLOCK_EXTERNAL). Whether webhooks arrive is not known.', 'bridge-for-agile-crm' ) ),
			/* translators: 1: a method and an address. */
			Meaning::Silent => $sentence( __( 'From this server, %1$s did not answer within 5 seconds. Either it answers nobody, or it cannot call itself. Whether webhooks arrive is not known.', 'bridge-for-agile-crm' ) ),
			/* translators: 1: a method and an address, 2: an error. */
			Meaning::Untrusted => $sentence( __( 'From this server, %1$s has no certificate that can be trusted (%2$s). Agile CRM may refuse it as well.', 'bridge-for-agile-crm' ), $detail ),
			/* translators: 1: a method and an address, 2: an error. */
			Meaning::Unreachable => $sentence( __( 'From this server, %1$s could not be reached (%2$s). Many servers cannot call themselves. Whether webhooks arrive is not known.', 'bridge-for-agile-crm' ), $detail ),
		};
	}

	/**
	 * What to do about it; '' where nothing is to be done.
	 */
	public static function advice( Verdict $verdict ): string {
		if ( 'good' === $verdict->level() ) {
			return Meaning::Arrived === $verdict->meaning ? '' : __( 'That harms nobody, as long as Agile CRM has the URL that stands above on this tab, to the letter.', 'bridge-for-agile-crm' );
		}
		return match ( $verdict->meaning ) {
			Meaning::RedirectToHttps, Meaning::RedirectToWww => __( 'Write the address to which it leads into both address fields under Settings → General, then copy the URL from this tab into Agile CRM anew.', 'bridge-for-agile-crm' ),
			Meaning::RedirectByLanguage => __( 'Tell what chooses the language to leave requests with the parameter wpf_action alone, or not to choose on the home page.', 'bridge-for-agile-crm' ),
			Meaning::RedirectElsewhere => __( 'Tell what redirects (a plugin, the theme, the web server) to leave requests with the parameter wpf_action alone.', 'bridge-for-agile-crm' ),
			Meaning::LoginWall, Meaning::ComingSoon => __( 'Switch it off, or tell it to let requests with the parameter wpf_action through: they have a key of their own.', 'bridge-for-agile-crm' ),
			Meaning::PasswordWall => __( 'Take the password away, or have the web server let requests with the parameter wpf_action through: they have a key of their own.', 'bridge-for-agile-crm' ),
			Meaning::PageCache => __( 'Tell the page cache to leave requests with the parameter wpf_action alone, and empty it. Until then use POST, which page caches let through.', 'bridge-for-agile-crm' ),
			Meaning::Firewall => __( 'Allow this method and the parameter wpf_action on the home page; hosts and security plugins have a list of what they refused.', 'bridge-for-agile-crm' ),
			Meaning::PrintedAround => __( 'Look for it in must-use plugins, wp-config.php and what the web server adds to pages: often it is an empty line outside of PHP, or a script of statistics.', 'bridge-for-agile-crm' ),
			Meaning::AnotherPage => __( 'Switch other plugins off one by one and test again; look whether the web server hands the query string on to WordPress.', 'bridge-for-agile-crm' ),
			Meaning::EndedByCode => __( 'Tell that plugin or theme to let requests with the parameter wpf_action through: they have a key of their own.', 'bridge-for-agile-crm' ),
			Meaning::Dropped => __( 'Look at rules of the web server and of firewalls that clean requests, and at who answers at this address.', 'bridge-for-agile-crm' ),
			Meaning::OwnFailure, Meaning::OtherStatus => __( 'The error logs of the web server and of PHP say more.', 'bridge-for-agile-crm' ),
			Meaning::Forbidden => __( 'Add this host to WP_ACCESSIBLE_HOSTS in wp-config.php, then test again.', 'bridge-for-agile-crm' ),
			Meaning::Untrusted => __( 'Have the host install a certificate for this very name, with its chain.', 'bridge-for-agile-crm' ),
			Meaning::Silent, Meaning::Unreachable => __( 'Send a webhook from Agile CRM and look under Tools → Agile CRM activity whether it came; ask the host whether the server may call its own address.', 'bridge-for-agile-crm' ),
			Meaning::Arrived => '',
		};
	}

	/**
	 * What came of all of it.
	 */
	public static function summary( Run $run ): string {
		return match ( $run->level() ) {
			'good'        => __( 'From this server, webhooks reach the plugin.', 'bridge-for-agile-crm' ),
			'recommended' => __( 'From this server, it cannot be told whether webhooks reach the plugin.', 'bridge-for-agile-crm' ),
			'critical'    => __( 'From this server, something swallows webhooks before the plugin can answer.', 'bridge-for-agile-crm' ),
		};
	}
}
