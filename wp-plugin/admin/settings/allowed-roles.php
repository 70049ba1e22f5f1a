<?php
/**
 * The row of roles that an admin may allow by name: each with what it grants beyond what contacts give by themselves. And those
 * that nobody can allow, with the reason.
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

	/** @param list<string> $allowed Slugs. */
	public static function show( array $allowed ): void {
		$legend  = __( 'Roles that grant more', 'bridge-for-agile-crm' );
		$name    = Fields::field_name( 'allowed_roles' ) . '[]';
		$rights  = array_filter( array_map( Roles::rights( ... ), self::slugs() ) );
		$further = array_filter( $rights, static fn( Rights $of ): bool => [] === $of->dangerous && [] !== $of->further );
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset id="agile-bridge-allowed-roles">
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<input type="hidden" name="<?php echo esc_attr( $name ); ?>" value="">
					<?php foreach ( $further as $role => $of ) : ?>
						<label><input type="checkbox" name="<?php echo esc_attr( $name ); ?>" value="<?php echo esc_attr( (string) $role ); ?>" <?php checked( in_array( (string) $role, $allowed, true ) ); ?>> <?php echo esc_html( RoleChoices::name( (string) $role ) ); ?></label>
						<span class="description"><?php echo esc_html( self::what_it_grants( (string) $role, $of ) ); ?></span><br>
					<?php endforeach; ?>
				</fieldset>
				<p class="description">
					<?php
					esc_html_e( 'By themselves webhooks and rules give only roles with which people read, write posts of their own and take part in a forum.', 'bridge-for-agile-crm' );
					echo ' ';
					[] === $further
						? esc_html_e( 'No other role of this site can be allowed.', 'bridge-for-agile-crm' )
						: esc_html_e( 'Tick a role to let them give it too. Users who have it are protected until then: their contact changes tags and mapped fields, never the account.', 'bridge-for-agile-crm' );
					?>
				</p>
				<p class="description"><?php echo esc_html( self::who_is_never_given( $rights ) ); ?></p>
				<?php self::show_default_role(); ?>
			</td>
		</tr>
		<?php
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

	/** @param array<string, Rights> $rights By slug. */
	private static function who_is_never_given( array $rights ): string {
		$never = [];
		foreach ( array_filter( $rights, static fn( Rights $of ): bool => [] !== $of->dangerous ) as $role => $of ) {
			$never[] = RoleChoices::name( (string) $role ) . " ({$of->dangerous[0]})";
		}
		/* translators: %s: names of roles, each with a capability. */
		return [] === $never ? '' : sprintf( __( 'There is no box for these, because webhooks and rules never give them; with the capability in brackets one could take the site over: %s.', 'bridge-for-agile-crm' ), implode( ', ', $never ) );
	}

	private static function show_default_role(): void {
		$role       = (string) get_option( 'default_role' );
		$capability = Roles::objection( $role );
		if ( null !== $capability ) {
			/* translators: 1: name of a role, 2: name of a capability. */
			Fields::show_inline_notice( 'warning', sprintf( __( 'The default role of this site, %1$s, is not given to new users: it grants %2$s. They become subscribers, until you allow it here or choose another one under Settings → General.', 'bridge-for-agile-crm' ), RoleChoices::name( $role ), $capability ) );
		}
	}
}
