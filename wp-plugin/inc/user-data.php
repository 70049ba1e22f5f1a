<?php
/**
 * From a contact to what a user shall have: the extension's mapping, then the filters of the site, then the guards again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * The contact, mapped. Stripping tags is WordPress' part of the mapping; a value of nothing but tags is an empty one.
 *
 * @param array<string, mixed> $contact
 * @return array{data: array<string, string|list<string>>, emails: list<string>, email_problem: ?string, notes: list<string>}
 */
function mapped_data( array $contact ): array {
	$read = \AgileBridge\user_data( $contact, field_map(), wp_timezone_string() );
	foreach ( $read['text'] as $key ) {
		$read['data'][ $key ] = wp_strip_all_tags( (string) $read['data'][ $key ] );
		if ( '' === $read['data'][ $key ] && ! in_array( $key, cleared_when_empty(), true ) ) {
			unset( $read['data'][ $key ] );
		}
	}
	unset( $read['text'] );
	return $read;
}

/**
 * @return list<string> Keys of user meta that an empty value of the CRM empties.
 */
function cleared_when_empty(): array {
	$entries = \AgileBridge\check_field_map( field_map() )['entries'];
	return array_column( array_filter( $entries, static fn( array $entry ): bool => 'clear' === $entry['when_empty'] ), 'wp' );
}

/**
 * What the site's own code makes of it.
 *
 * @param array<string, string|list<string>> $data
 * @param array<string, mixed>               $contact
 * @param ?\WP_User                          $user    Null where one will be created.
 * @return array{data: array<string, string|list<string>>, notes: list<string>}
 * @throws Failure If a filter cancels.
 */
function filtered_data( array $data, array $contact, ?\WP_User $user ): array {
	$data = not_cancelled( apply_filters( 'agile_bridge_user_data', $data, without_passwords( $contact ) ) );
	// phpcs:disable WordPress.NamingConventions.PrefixAllGlobals -- WP Fusion's names.
	if ( null === $user ) {
		$data = not_cancelled( apply_filters( 'wpf_import_user', $data, $contact['id'] ) );
	} else {
		$data = not_cancelled( apply_filters( 'wpf_pulled_user_meta', $data, $user->ID ) );
		$data = not_cancelled( apply_filters( 'wpf_set_user_meta', $data, $user->ID ) );
	}
	// phpcs:enable
	return \AgileBridge\guard_user_data( $data );
}

/**
 * The meta of a user who was just created: `wpf_set_user_meta` wants a user id. The password is no meta.
 *
 * @param array<string, string|list<string>> $data
 * @return array{data: array<string, string|list<string>>, notes: list<string>}
 */
function filtered_meta( array $data, int $user_id ): array {
	unset( $data['user_pass'] );
	try {
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WP Fusion's name.
		$filtered = apply_filters( 'wpf_set_user_meta', $data, $user_id );
	} catch ( \Throwable $error ) {
		// The user exists by now; half of the meta would be worse than the meta as the CRM sent it.
		log_error( $error );
		$filtered = $data;
	}
	// Only the filters before the creation can cancel it.
	return \AgileBridge\guard_user_data( is_array( $filtered ) ? $filtered : $data );
}

/**
 * The contact as other plugins may see it: without the properties that give or take passwords.
 *
 * @param array<string, mixed> $contact
 * @return array<string, mixed>
 */
function without_passwords( array $contact ): array {
	$names = [ return_password_field() ];
	foreach ( field_map() as $rule ) {
		if ( 'user_pass' === ( $rule['wp'] ?? '' ) ) {
			// `name+subtype`, or a name with a plus sign in it.
			$names[] = (string) ( $rule['crm'] ?? '' );
			$names[] = (string) preg_replace( '/\+[^+]*$/D', '', (string) ( $rule['crm'] ?? '' ) );
		}
	}
	$contact['properties'] = array_values(
		array_filter( $contact['properties'], static fn( array $property ): bool => ! in_array( $property['name'], $names, true ) )
	);
	return $contact;
}

/**
 * @param mixed $data What a filter returned.
 * @return array<string, mixed>
 */
function not_cancelled( $data ): array {
	if ( ! is_array( $data ) ) {
		throw new Failure( 422, 'rejected_by_site', 'Code of the site refuses this contact: a filter cancelled it.' );
	}
	return $data;
}

/**
 * Notes of the guards, without those about what is used on creation only; a password has a note of its own.
 *
 * @param list<string> $notes
 * @return list<string>
 */
function notes_for( array $notes, bool $creating ): array {
	$password = [ 'value_refused:user_pass', 'password_refused' ];
	$kept     = [];
	foreach ( $notes as $note ) {
		if ( in_array( $note, $password, true ) ) {
			$note = 'password_refused';
		}
		if ( $creating || ! in_array( $note, [ 'password_refused', 'value_refused:user_login' ], true ) ) {
			$kept[] = $note;
		}
	}
	return array_values( array_unique( $kept ) );
}
