<?php
/**
 * What would happen with a contact: who it is, each field before and after, role and tags, notes.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Activity\Words;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\FieldMap;
use AgileBridge\Plugin\User\Tags;
use AgileBridge\Plugin\Work\Decision;
use AgileBridge\Plugin\Work\Preview;

defined( 'ABSPATH' ) || exit;

final class PreviewSection {

	/** What is always mapped, unless something else is mapped to it. */
	private const ALWAYS = [
		'user_email' => 'email',
		'first_name' => 'first_name',
		'last_name'  => 'last_name',
	];

	public static function show( Preview $preview ): void {
		$decision = $preview->decision;
		echo '<div id="agile-bridge-preview">';
		printf( '<h2>%s</h2>', esc_html( self::who( $preview ) ) );
		self::show_fields( $preview );
		self::show_role_and_tags( $preview );
		$notes = array_unique( [ ...$decision->notes, ...( $preview->changes->notes ?? [] ) ] );
		self::show_list( __( 'Notes', 'bridge-for-agile-crm' ), array_map( Words::note( ... ), array_values( $notes ) ) );
		printf( '<input type="hidden" name="agile_bridge_contact" value="%s" form="%s">', esc_attr( $preview->contact->id ), esc_attr( Buttons::form_id( 'apply' ) ) );
		echo '<p>';
		Buttons::show( 'apply', __( 'Do it now', 'bridge-for-agile-crm' ) );
		echo '</p></div>';
	}

	private static function who( Preview $preview ): string {
		$decision = $preview->decision;
		$user     = $decision->user;
		if ( null === $user ) {
			/* translators: %s: a login. */
			return sprintf( __( 'This contact has no user yet: %s would be created.', 'bridge-for-agile-crm' ), (string) $decision->login?->name );
		}
		$why = match ( true ) {
			$decision->is_relinked                     => __( 'by the e-mail address; until now linked to another contact', 'bridge-for-agile-crm' ),
			$decision->linked === $preview->contact->id => __( 'linked by contact id', 'bridge-for-agile-crm' ),
			default                                    => __( 'by the e-mail address', 'bridge-for-agile-crm' ),
		};
		/* translators: 1: name of a user, 2: their id, 3: why it is them. */
		return sprintf( __( 'This contact is %1$s, user %2$d: %3$s.', 'bridge-for-agile-crm' ), $user->display_name, $user->ID, $why );
	}

	private static function show_fields( Preview $preview ): void {
		$rows = self::rows( $preview );
		if ( [] === $rows ) {
			return;
		}
		$in_crm_title = __( 'In Agile CRM', 'bridge-for-agile-crm' );
		$now_title    = __( 'Stored now', 'bridge-for-agile-crm' );
		$then_title   = __( 'Would be stored', 'bridge-for-agile-crm' );
		$nothing      = __( 'nothing stored', 'bridge-for-agile-crm' );
		?>
		<table class="widefat striped agile-bridge-stack">
			<thead>
				<tr>
					<th scope="col"><?php esc_html_e( 'Field', 'bridge-for-agile-crm' ); ?></th>
					<th scope="col"><?php echo esc_html( $in_crm_title ); ?></th>
					<th scope="col"><?php echo esc_html( $now_title ); ?></th>
					<th scope="col"><?php echo esc_html( $then_title ); ?></th>
				</tr>
			</thead>
			<tbody>
				<?php foreach ( $rows as [ $field, $in_crm, $now, $then, $changes ] ) : ?>
					<tr<?php echo $changes ? ' class="agile-bridge-changes"' : ''; ?>>
						<td><code><?php echo esc_html( $field ); ?></code><?php echo $changes ? ' <strong>' . esc_html__( 'changes', 'bridge-for-agile-crm' ) . '</strong>' : ''; ?></td>
						<td data-colname="<?php echo esc_attr( $in_crm_title ); ?>"><?php self::show_value( $in_crm, __( 'nothing', 'bridge-for-agile-crm' ) ); ?></td>
						<td data-colname="<?php echo esc_attr( $now_title ); ?>"><?php self::show_value( $now, $nothing ); ?></td>
						<td data-colname="<?php echo esc_attr( $then_title ); ?>"><?php self::show_value( $then, $nothing ); ?></td>
					</tr>
				<?php endforeach; ?>
			</tbody>
		</table>
		<?php
	}

	/** @param string $nothing In its place, where there is none: no value of anybody looks like it. */
	private static function show_value( string $value, string $nothing ): void {
		'' === $value ? printf( '<em class="description">%s</em>', esc_html( $nothing ) ) : print( esc_html( $value ) );
	}

	/**
	 * @return list<array{string, string, string, string, bool}> Those that change first. Never a password.
	 */
	private static function rows( Preview $preview ): array {
		$changes = $preview->changes;
		$wanted  = null === $changes ? $preview->decision->data : $changes->data;
		$written = null === $changes ? $wanted : $changes->account + $changes->meta;
		$rows    = [];
		foreach ( array_diff_key( $wanted, [ 'user_pass' => true ] ) as $field => $value ) {
			$is_changed = array_key_exists( $field, $written );
			$now        = null === $preview->decision->user ? '' : self::stored( $preview->decision, (string) $field );
			$then       = $is_changed ? ShownValue::text( $written[ $field ] ) : $now;
			$rows[]     = [ (string) $field, self::in_crm( $preview->contact, (string) $field ), $now, $then, $is_changed ];
		}
		usort( $rows, static fn( array $a, array $b ): int => $b[4] <=> $a[4] );
		return $rows;
	}

	private static function stored( Decision $decision, string $field ): string {
		$user = $decision->user;
		return ShownValue::text( isset( $user->data->$field ) ? $user->data->$field : get_user_meta( $user->ID, $field, true ) );
	}

	/** What the contact has for it, as Agile CRM sends it. */
	private static function in_crm( Contact $contact, string $field ): string {
		$rules = array_column( FieldMap::stored(), 'crm', 'wp' );
		$name  = (string) ( $rules[ $field ] ?? self::ALWAYS[ $field ] ?? '' );
		return ShownValue::in_crm( $contact, $name );
	}

	/** Who asks whether they would change is told so in any case. */
	private static function show_role_and_tags( Preview $preview ): void {
		[ $role, $tags ] = [ self::role( $preview ), self::tags( $preview ) ];
		$none            = [ null === $preview->decision->user ? __( 'None', 'bridge-for-agile-crm' ) : __( 'No change', 'bridge-for-agile-crm' ) ];
		if ( [] === $role && [] === $tags ) {
			self::show_list( __( 'Role and tags', 'bridge-for-agile-crm' ), $none );
			return;
		}
		self::show_list( __( 'Role', 'bridge-for-agile-crm' ), $role ?: $none );
		self::show_list( __( 'Tags', 'bridge-for-agile-crm' ), $tags ?: $none );
	}

	/**
	 * @return list<string>
	 */
	private static function role( Preview $preview ): array {
		$gives = null === $preview->changes ? (string) $preview->decision->role->role : (string) $preview->changes->role?->gives;
		$takes = (string) $preview->changes?->role?->takes;
		return array_values( array_filter( [ '' === $gives ? '' : '+ ' . RoleChoices::name( $gives ), '' === $takes ? '' : '− ' . RoleChoices::name( $takes ) ] ) );
	}

	/**
	 * @return list<string>
	 */
	private static function tags( Preview $preview ): array {
		$tags = null === $preview->changes ? $preview->decision->tags : $preview->changes->tags;
		if ( null === $tags ) {
			return [];
		}
		[ $added, $removed ] = array_values( Tags::changes( null === $preview->changes ? [] : $preview->decision->before, $tags ) );
		return [
			...array_map( static fn( string $tag ): string => "+ $tag", $added ),
			...array_map( static fn( string $tag ): string => "− $tag", $removed ),
		];
	}

	/** @param list<string> $items */
	private static function show_list( string $title, array $items ): void {
		if ( [] === $items ) {
			return;
		}
		printf( '<h3>%s</h3><ul>', esc_html( $title ) );
		foreach ( $items as $item ) {
			printf( '<li>%s</li>', esc_html( $item ) );
		}
		echo '</ul>';
	}
}
