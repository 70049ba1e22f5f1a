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
		<h2 id="agile-bridge-roles"><?php esc_html_e( 'Roles by webhook', 'bridge-for-agile-crm' ); ?></h2>
		<?php
		AllowedRoles::show_default_role();
		AllowedRoles::show_hidden();
		?>
		<table class="form-table" role="presentation">
			<?php
			Radios::show_row(
				'limit_roles',
				__( 'A webhook may give', 'bridge-for-agile-crm' ),
				[
					'0' => __( 'Any harmless role', 'bridge-for-agile-crm' ),
					'1' => __( 'Only the roles ticked here', 'bridge-for-agile-crm' ),
				],
				$settings->limit_roles ? '1' : '0',
				[ '0' => __( 'With these people read, write posts of their own and take part in a forum.', 'bridge-for-agile-crm' ) ],
				of_last: static fn() => self::show_list( $settings->webhook_roles )
			);
			AllowedRoles::show_row( $settings->allowed_roles );
			AllowedRoles::show_never_given();
			?>
		</table>
		<h2 id="agile-bridge-tags"><?php esc_html_e( 'Roles by tag', 'bridge-for-agile-crm' ); ?></h2>
		<?php
		self::show_rules( $settings->tag_roles );
	}

	/** @param list<string> $chosen Slugs. */
	private static function show_list( array $chosen ): void {
		$name = Fields::field_name( 'webhook_roles' ) . '[]';
		printf( '<input type="hidden" name="%s" value="">', esc_attr( $name ) );
		foreach ( RoleChoices::all( $chosen ) as $role => $label ) {
			printf( '<label><input type="checkbox" name="%s" value="%s"%s> %s</label><br>', esc_attr( $name ), esc_attr( (string) $role ), checked( in_array( (string) $role, $chosen, true ), true, false ), esc_html( $label ) );
		}
	}

	/** @param list<TagRule> $rules */
	private static function show_rules( array $rules ): void {
		$columns = [
			'tag'  => __( 'Tag', 'bridge-for-agile-crm' ),
			'role' => __( 'Role', 'bridge-for-agile-crm' ),
		];
		?>
		<p id="agile-bridge-tags-help"><?php esc_html_e( 'The first rule whose tag the contact has gives its role, unless the webhook names one.', 'bridge-for-agile-crm' ); ?></p>
		<table class="widefat striped agile-bridge-map" id="agile-bridge-tag-roles" aria-labelledby="agile-bridge-tags" aria-describedby="agile-bridge-tags-help">
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
		<p class="agile-bridge-line">
			<button type="button" class="button hide-if-no-js" data-agile-bridge-adds="agile-bridge-tag-role"><?php esc_html_e( 'Add a rule', 'bridge-for-agile-crm' ); ?></button>
			<span class="description"><?php esc_html_e( 'Empty a tag to remove its rule.', 'bridge-for-agile-crm' ); ?></span>
		</p>
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
