<?php
/**
 * The row of roles that an admin may allow by name, where the site has any: each with what it grants beyond what contacts give by
 * themselves. And those that nobody can allow, with the reason.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\User\RefusedRoles;
use AgileBridge\Plugin\User\Rights;
use AgileBridge\Plugin\User\Roles;

defined( 'ABSPATH' ) || exit;

final class AllowedRoles {

	/** So many capabilities of a role are named; a shop's have a hundred. */
	private const NAMED = 8;

	private static function name(): string {
		return Fields::field_name( 'allowed_roles' ) . '[]';
	}

	/** Says that the list is there, though nothing of it may be ticked: a role that was allowed and is gone is forgotten. */
	public static function show_hidden(): void {
		printf( '<input type="hidden" name="%s" value="">', esc_attr( self::name() ) );
	}

	/** @param list<string> $allowed Slugs. */
	public static function show_row( array $allowed ): void {
		$legend  = __( 'Roles that grant more', 'bridge-for-agile-crm' );
		$further = array_filter( self::rights(), static fn( Rights $of ): bool => [] === $of->dangerous && [] !== $of->further );
		if ( [] === $further ) {
			return;
		}
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset id="agile-bridge-allowed-roles">
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<?php foreach ( $further as $role => $of ) : ?>
						<label><input type="checkbox" name="<?php echo esc_attr( self::name() ); ?>" value="<?php echo esc_attr( (string) $role ); ?>" <?php checked( in_array( (string) $role, $allowed, true ) ); ?>> <?php echo esc_html( RoleChoices::name( (string) $role ) ); ?></label>
						<span class="description"><?php echo esc_html( self::what_it_grants( (string) $role, $of ) ); ?></span><br>
					<?php endforeach; ?>
				</fieldset>
				<p class="description"><?php esc_html_e( 'Tick a role to let webhooks and tags give it; its users then follow their contacts as others do.', 'bridge-for-agile-crm' ); ?></p>
			</td>
		</tr>
		<?php
	}

	/** @return array<string, Rights> By slug. */
	private static function rights(): array {
		return array_filter( array_map( Roles::rights( ... ), self::slugs() ) );
	}

	/** @return array<string, string> Slug => slug. */
	private static function slugs(): array {
		$slugs = array_map( 'strval', array_keys( wp_roles()->get_names() ) );
		return array_combine( $slugs, $slugs );
	}

	private static function what_it_grants( string $role, Rights $of ): string {
		$rest  = count( $of->further ) - self::NAMED;
		$named = implode( ', ', array_slice( $of->further, 0, self::NAMED ) );
		$what  = $rest > 0
			/* translators: 1: names of capabilities, 2: a number. */
			? sprintf( _n( 'grants %1$s and %2$s more', 'grants %1$s and %2$s more', $rest, 'bridge-for-agile-crm' ), $named, number_format_i18n( $rest ) )
			/* translators: %s: names of capabilities. */
			: sprintf( __( 'grants %s', 'bridge-for-agile-crm' ), $named );
		$time = null === Roles::objection( $role ) ? null : RefusedRoles::time( $role );
		/* translators: 1: what a role grants, 2: date and time. */
		return null === $time ? $what : sprintf( __( '%1$s. Refused: a webhook or a rule was to give it, last on %2$s', 'bridge-for-agile-crm' ), $what, Dates::date_and_time( $time ) );
	}

	/** Those with which one could take the site over have no box. */
	public static function show_never_given(): void {
		$never = [];
		foreach ( array_filter( self::rights(), static fn( Rights $of ): bool => [] !== $of->dangerous ) as $role => $of ) {
			$never[] = sprintf( '%s <code>%s</code>', esc_html( RoleChoices::name( (string) $role ) ), esc_html( $of->dangerous[0] ) );
		}
		if ( [] !== $never ) {
			printf(
				'<tr><th scope="row">%s</th><td>%s<p class="description">%s</p></td></tr>',
				esc_html__( 'Never given', 'bridge-for-agile-crm' ),
				implode( ', ', $never ), // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above.
				esc_html__( 'With the right behind each of them one could take the site over.', 'bridge-for-agile-crm' )
			);
		}
	}

	/** Where it is not given. */
	public static function show_default_role(): void {
		$role       = (string) get_option( 'default_role' );
		$capability = Roles::objection( $role );
		if ( null !== $capability ) {
			/* translators: 1: name of a role, 2: name of a capability. */
			Fields::show_inline_notice( 'warning', sprintf( __( 'The default role of this site, %1$s, is not given to new users: it grants %2$s. They become subscribers, until you allow it here or choose another one under Settings → General.', 'bridge-for-agile-crm' ), RoleChoices::name( $role ), $capability ) );
		}
	}
}
