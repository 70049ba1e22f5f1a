<?php
/**
 * Roles: what webhooks may do with them, and which tag gives which.
 *
 * The rules are a table with an empty row at its end; settings.js adds more where it runs, and else each save brings one.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\TagRule;

defined( 'ABSPATH' ) || exit;

final class RolesSection {

	public static function show(): void {
		$settings = Settings::stored();
		?>
		<h2 id="agile-bridge-roles"><?php esc_html_e( 'Roles', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			AllowedRoles::show( $settings->allowed_roles );
			Fields::show_checkbox_row(
				'limit_roles',
				__( 'Roles in webhooks', 'bridge-for-agile-crm' ),
				$settings->limit_roles,
				__( 'Only the roles of this list', 'bridge-for-agile-crm' ),
				__( 'Otherwise a webhook may name each of them, ticked or not.', 'bridge-for-agile-crm' )
			);
			self::show_list( $settings->webhook_roles );
			Fields::show_checkbox_row(
				'role_changes',
				__( 'Existing users', 'bridge-for-agile-crm' ),
				$settings->role_changes,
				__( 'A webhook may change their role', 'bridge-for-agile-crm' ),
				__( 'Otherwise the role that a webhook names is for new users alone.', 'bridge-for-agile-crm' )
			);
			self::show_rules( $settings->tag_roles );
			?>
		</table>
		<?php
	}

	/** @param list<string> $chosen Slugs. */
	private static function show_list( array $chosen ): void {
		$legend = __( 'The list', 'bridge-for-agile-crm' );
		$name   = Fields::field_name( 'webhook_roles' ) . '[]';
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset>
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<input type="hidden" name="<?php echo esc_attr( $name ); ?>" value="">
					<?php foreach ( RoleChoices::all( $chosen ) as $role => $label ) : ?>
						<label><input type="checkbox" name="<?php echo esc_attr( $name ); ?>" value="<?php echo esc_attr( (string) $role ); ?>" <?php checked( in_array( (string) $role, $chosen, true ) ); ?>> <?php echo esc_html( $label ); ?></label><br>
					<?php endforeach; ?>
				</fieldset>
			</td>
		</tr>
		<?php
	}

	/** @param list<TagRule> $rules */
	private static function show_rules( array $rules ): void {
		$columns = [
			'tag'  => __( 'Tag', 'bridge-for-agile-crm' ),
			'role' => __( 'Role', 'bridge-for-agile-crm' ),
		];
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Tags to roles', 'bridge-for-agile-crm' ); ?></th>
			<td>
				<table class="widefat striped agile-bridge-map" id="agile-bridge-tag-roles">
					<thead>
						<tr>
							<?php foreach ( $columns as $column ) : ?>
								<th scope="col"><?php echo esc_html( $column ); ?></th>
							<?php endforeach; ?>
						</tr>
					</thead>
					<tbody>
						<?php
						foreach ( [ ...$rules, new TagRule( '', '' ) ] as $index => $rule ) {
							self::show_rule( $index, $rule, $columns );
						}
						?>
					</tbody>
				</table>
				<template id="agile-bridge-tag-role"><?php self::show_rule( count( $rules ) + 1, new TagRule( '', '' ), $columns ); ?></template>
				<p class="hide-if-no-js"><button type="button" class="button" data-agile-bridge-adds="agile-bridge-tag-role"><?php esc_html_e( 'Add a rule', 'bridge-for-agile-crm' ); ?></button></p>
				<p class="description"><?php esc_html_e( 'The first rule whose tag the contact has decides, unless the webhook names a role. When the tag is gone, the role that a rule gave gives way to the default role. Write the tag as in Agile CRM, in upper and lower case. Empty a tag to remove its rule. Saving leaves one empty row for another.', 'bridge-for-agile-crm' ); ?></p>
			</td>
		</tr>
		<?php
	}

	/** @param array<string, string> $columns Name of the field => what people read. */
	private static function show_rule( int $index, TagRule $rule, array $columns ): void {
		$field = Fields::field_name( 'tag_roles' ) . "[$index]";
		/* translators: 1: name of the column, 2: number of the row. */
		$label = static fn( string $column ): string => sprintf( __( '%1$s, rule %2$d', 'bridge-for-agile-crm' ), $columns[ $column ], $index + 1 );
		printf( '<tr><td data-colname="%s"><input type="text" value="%s" autocomplete="off" spellcheck="false"', esc_attr( $columns['tag'] ), esc_attr( $rule->tag ) );
		Fields::show_attributes( [ 'name' => "{$field}[tag]", 'aria-label' => $label( 'tag' ) ] );
		printf( '></td><td data-colname="%s">', esc_attr( $columns['role'] ) );
		// What is stored and no longer possible is shown, so that nobody takes another one for it.
		$choices = [ '' => __( 'Choose a role', 'bridge-for-agile-crm' ) ] + RoleChoices::all( [ $rule->role ] ) + [ $rule->role => $rule->role ];
		Fields::show_select( $choices, $rule->role, [ 'name' => "{$field}[role]", 'aria-label' => $label( 'role' ) ] );
		echo '</td></tr>';
	}
}
