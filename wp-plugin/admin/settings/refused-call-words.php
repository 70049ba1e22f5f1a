<?php
/**
 * A call with a valid access key that became no event, in words: how it came, why it was refused, and what to do.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Inbox\RefusedCall;

defined( 'ABSPATH' ) || exit;

final class RefusedCallWords {

	public static function way( RefusedCall $call ): string {
		$way = match ( $call->way ) {
			'GET'        => __( 'an address (GET)', 'bridge-for-agile-crm' ),
			'form'       => __( 'a form (POST)', 'bridge-for-agile-crm' ),
			'JSON'       => __( 'JSON (POST), as an account webhook', 'bridge-for-agile-crm' ),
			'other body' => __( 'a body of another type (POST)', 'bridge-for-agile-crm' ),
			/* translators: %s: an HTTP method, for instance PUT. */
			default      => sprintf( __( 'method %s', 'bridge-for-agile-crm' ), $call->way ),
		};
		/* translators: 1: name of an action, for instance update_tags, 2: how it came, for instance "a form (POST)". */
		return '' === $call->action ? $way : sprintf( __( '%1$s, by %2$s', 'bridge-for-agile-crm' ), $call->action, $way );
	}

	/**
	 * Why, and what to do: a sentence each.
	 *
	 * @return array{string, string}
	 */
	public static function why_and_what_to_do( RefusedCall $call ): array {
		return match ( $call->code ) {
			'method_not_allowed'     => [
				__( 'Only GET and POST are answered.', 'bridge-for-agile-crm' ),
				__( 'Choose POST in the JSON IO node. HEAD and OPTIONS come from browsers and monitors, and mean nothing.', 'bridge-for-agile-crm' ),
			],
			'body_too_large'         => [
				__( 'The body was larger than 1 MiB.', 'bridge-for-agile-crm' ),
				__( 'Send only what stands above; all else is read from Agile CRM anyway.', 'bridge-for-agile-crm' ),
			],
			'unsupported_media_type' => [
				__( 'The body was neither a form nor JSON.', 'bridge-for-agile-crm' ),
				__( 'Send it as application/x-www-form-urlencoded or as application/json.', 'bridge-for-agile-crm' ),
			],
			'not_kept'               => [
				__( 'The PHP extension was missing, and this call could not be kept for later: it was too large, or too many were kept already.', 'bridge-for-agile-crm' ),
				__( 'Install the extension, then look whether its contact is current; the hourly look finds what was missed.', 'bridge-for-agile-crm' ),
			],
			'left_to_wp_fusion'      => [
				__( 'Its action is none of this plugin\'s, so it was left to WP Fusion.', 'bridge-for-agile-crm' ),
				__( 'If it was meant for this plugin, use add, update, update_tags or test; else give WP Fusion a key of its own.', 'bridge-for-agile-crm' ),
			],
			default                  => self::malformed( $call->message ),
		};
	}

	/**
	 * @param string $message What its caller was told.
	 * @return array{string, string}
	 */
	private static function malformed( string $message ): array {
		$tells = static fn( string $part ): bool => str_contains( $message, $part );
		return match ( true ) {
			$tells( 'No contact is named' )    => [
				__( 'It named no contact.', 'bridge-for-agile-crm' ),
				__( 'Add the parameter contact_id = {{id}} to the JSON IO node; an account webhook names the contact by itself. If it was there, a redirect has dropped it: use the address above as it stands.', 'bridge-for-agile-crm' ),
			],
			$tells( 'two different contacts' ) => [
				__( 'The parameter contact_id and the JSON named two different contacts.', 'bridge-for-agile-crm' ),
				__( 'Leave contact_id out of the address of an account webhook: its JSON names the contact.', 'bridge-for-agile-crm' ),
			],
			$tells( 'wpf_action must be' )     => [
				__( 'Its action was none of add, update, update_tags and test.', 'bridge-for-agile-crm' ),
				__( 'Copy wpf_action from above.', 'bridge-for-agile-crm' ),
			],
			$tells( 'contact_id is not' )      => [
				__( 'The parameter contact_id held no id of a contact.', 'bridge-for-agile-crm' ),
				__( 'Copy contact_id from above: {{id}}, with both braces. Agile CRM puts the number in its place.', 'bridge-for-agile-crm' ),
			],
			$tells( 'email is not' )           => [
				__( 'The parameter email held no plain e-mail address.', 'bridge-for-agile-crm' ),
				__( 'Name the contact by contact_id = {{id}}, whatever its address is.', 'bridge-for-agile-crm' ),
			],
			$tells( 'The JSON body' )          => [
				/* translators: %s: what the caller was told, in English. */
				sprintf( __( 'Its JSON is none of Agile CRM: "%s"', 'bridge-for-agile-crm' ), $message ),
				__( 'Take an account webhook of Agile CRM as it is, with Contact checked; in a JSON IO node use a form.', 'bridge-for-agile-crm' ),
			],
			default                            => [
				/* translators: %s: what the caller was told, in English. */
				sprintf( __( 'A parameter was malformed: "%s"', 'bridge-for-agile-crm' ), $message ),
				__( 'Compare the address and the parameters in Agile CRM with what stands above.', 'bridge-for-agile-crm' ),
			],
		};
	}
}
