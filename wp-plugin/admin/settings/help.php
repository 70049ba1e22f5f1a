<?php
/**
 * What 'Help' at the top of the settings screen tells: about the tab that is open.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Activity\Address;

defined( 'ABSPATH' ) || exit;

final class Help {

	public static function add(): void {
		$tab    = Tab::current();
		$screen = get_current_screen();
		if ( null === $screen ) {
			return;
		}
		$screen->add_help_tab(
			[
				'id'      => 'agile-bridge-help-' . $tab->value,
				'title'   => $tab->label(),
				'content' => implode( '', array_map( static fn( string $text ): string => '<p>' . esc_html( $text ) . '</p>', self::about( $tab ) ) ),
			]
		);
		$screen->set_help_sidebar(
			sprintf(
				'<p><strong>%s</strong></p><p><a href="%s">%s</a></p><p>%s</p>',
				esc_html__( 'For more information:', 'bridge-for-agile-crm' ),
				esc_url( Address::url() ),
				esc_html__( 'What became of every webhook', 'bridge-for-agile-crm' ),
				/* translators: do not translate the name of the file. */
				esc_html__( 'Every setting in detail: docs/settings.md, in the source code of this plugin.', 'bridge-for-agile-crm' )
			)
		);
	}

	/**
	 * @return list<string> Paragraphs, plain text.
	 */
	private static function about( Tab $tab ): array {
		return match ( $tab ) {
			Tab::Connect  => [
				__( 'Here the site learns which account of Agile CRM is yours. Subdomain is the first part of the address at which you use it; in Agile CRM the API key is under Admin Settings → API & Analytics.', 'bridge-for-agile-crm' ),
				__( 'The button saves what you typed and asks Agile CRM at once. The list above it tells what is still to do.', 'bridge-for-agile-crm' ),
			],
			Tab::Webhooks => [
				__( 'A webhook is a call: Agile CRM tells this site that something happened to a contact. Choose what should happen then, and copy what is shown into Agile CRM.', 'bridge-for-agile-crm' ),
				__( 'The self-test finds redirects, page caches, login walls and firewalls between this server and the site. Others, such as Agile CRM, may meet what this server does not.', 'bridge-for-agile-crm' ),
				__( 'Whoever knows the access key can make this site fetch a contact. Replace it if it became known: the former one stays valid until you remove it, so that no webhook is lost meanwhile.', 'bridge-for-agile-crm' ),
			],
			Tab::Fields   => [
				__( 'E-mail address, first name and last name are always taken over, unless a row fills the same field of the user. Each row takes one more property of the contact into a field of the user.', 'bridge-for-agile-crm' ),
				__( 'Fields that decide what a user may do are refused, whoever asks. A field of WordPress is a field of the account (user_url, description …) or the key of user meta, in lowercase. What a row would store for a contact shows Try it.', 'bridge-for-agile-crm' ),
			],
			Tab::Users    => self::about_users(),
			Tab::TryIt    => [
				__( 'Name a contact, and see what a webhook about them would do: which user it is, and each field before and after. Nothing is changed by looking.', 'bridge-for-agile-crm' ),
				__( 'The button below the result does it, as an event like any other.', 'bridge-for-agile-crm' ),
			],
			Tab::Advanced => [
				__( 'Every webhook is stored before it is processed. If Agile CRM does not answer, it waits and is tried again; what was given up can be processed again here.', 'bridge-for-agile-crm' ),
				__( 'Most sites need to change nothing on this tab.', 'bridge-for-agile-crm' ),
				__( 'While webhooks are paused, or more come than are processed at once, they are answered 202 (queued). Of a value that changed 200 characters are kept, for as long as the event. A copy of the site goes on processing webhooks that reach it, and reads contacts.', 'bridge-for-agile-crm' ),
				__( 'Alerts are sent by WordPress\' cron: where that does not run, no mail comes. When the plugin is deleted, links to contacts and tags stay unless you say otherwise here: other plugins may give access by those tags, and a plugin that is installed again knows whose contact is whose. While WP Fusion is active they stay in any case, because they are its too.', 'bridge-for-agile-crm' ),
			],
		};
	}

	/** @return list<string> Paragraphs, plain text. */
	private static function about_users(): array {
		return [
			__( 'New users: a login name that is taken, not allowed or not there becomes one that is made from it, or from the address without its domain; a mapped user_login comes before. By "Always" nobody gets a welcome mail whom the hourly look, an admin or a replay creates. The link that goes back to Agile CRM is WordPress\' own, the same as in the welcome mail. Missed creations get the default role; contacts from before it was switched on are left alone.', 'bridge-for-agile-crm' ),
			__( 'Existing users: users whom a webhook made follow their contact\'s address in any case. The others were only matched by it, which proves nothing: where they follow, whoever can change a contact can move such a user\'s address to their own, and ask for a new password there. Users with special rights never follow. No user is ever deleted. That deleted users do not come back counts for deletions from now on; switch it off to let all of them come back.', 'bridge-for-agile-crm' ),
			__( 'Roles: a webhook never makes anybody an administrator, and never changes the role or the password of one. Users with a role that grants more are protected until you allow it: their contact changes tags and mapped fields, never the account. What webhooks may give does not limit your own choices: the default role, rules for tags, the role for deleted contacts.', 'bridge-for-agile-crm' ),
			__( 'Tags: write a tag as in Agile CRM, in upper and lower case. When the tag is gone, the role that a rule gave gives way to the default role. Without JavaScript each save brings one more empty row.', 'bridge-for-agile-crm' ),
		];
	}
}
