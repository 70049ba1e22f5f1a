<?php
/**
 * The valid access keys as a table, and how to make another one, bring one along, or revoke one.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AccessKeysSection {

	/**
	 * The key that was just made, on the one page that shows it whole.
	 */
	public static function show_new(): void {
		$key = AccessKeys::new_key();
		if ( null === $key ) {
			return;
		}
		?>
		<div class="notice notice-success notice-alt inline" id="agile-bridge-new-key" role="status">
			<p><strong><?php esc_html_e( 'A new access key is valid. Copy it now: from the next page on it is shown as dots.', 'bridge-for-agile-crm' ); ?></strong></p>
			<?php Fields::show_copy_field( 'agile-bridge-new-access-key', __( 'New access key', 'bridge-for-agile-crm' ), $key ); ?>
			<p><?php esc_html_e( 'Put it into Agile CRM in place of the other one, wait until that one is not used any more, and revoke it below.', 'bridge-for-agile-crm' ); ?></p>
		</div>
		<?php
	}

	/** @param list<ShownKey> $keys The newer one first. */
	public static function show( array $keys ): void {
		?>
		<h2 id="agile-bridge-keys"><?php esc_html_e( 'Access keys', 'bridge-for-agile-crm' ); ?></h2>
		<p><?php esc_html_e( 'Anyone with one of these keys can create and change users of this site. Keep them secret.', 'bridge-for-agile-crm' ); ?></p>
		<?php
		if ( [] !== $keys ) {
			self::show_table( $keys );
		}
		foreach ( $keys as $key ) {
			if ( $key->weak ) {
				/* translators: 1: the label of an access key, and its end, 2: number of characters. */
				Fields::show_inline_notice( 'warning', sprintf( __( 'The key %1$s is weak: shorter than %2$d characters. It works, but replace it when you can.', 'bridge-for-agile-crm' ), $key->name(), AccessKeys::STRONG_ACCESS_KEY_BYTES ) );
			}
		}
		if ( AccessKeys::is_fixed() ) {
			echo '<p class="description">';
			Fields::show_source( 'AGILE_BRIDGE_ACCESS_KEY' );
			echo '</p>';
		} elseif ( count( $keys ) < AccessKeys::MOST ) {
			self::show_ways_to_another();
		} else {
			printf( '<p class="description">%s</p>', esc_html__( 'Two keys are valid, so that you can put the newer one into Agile CRM at leisure. Revoke one before you make another.', 'bridge-for-agile-crm' ) );
		}
	}

	/** @param list<ShownKey> $keys Not empty. */
	private static function show_table( array $keys ): void {
		$columns = [
			__( 'Label', 'bridge-for-agile-crm' ),
			__( 'Key', 'bridge-for-agile-crm' ),
			__( 'Created', 'bridge-for-agile-crm' ),
			__( 'Last used', 'bridge-for-agile-crm' ),
			__( 'Revoke', 'bridge-for-agile-crm' ),
		];
		echo '<table class="widefat striped agile-bridge-stack" aria-labelledby="agile-bridge-keys"><thead><tr>';
		array_map( static fn( string $column ) => printf( '<th scope="col">%s</th>', esc_html( $column ) ), $columns );
		echo '</tr></thead><tbody>';
		foreach ( $keys as $key ) {
			$cells = [
				static fn() => print( esc_html( '' === $key->label ? __( 'No label', 'bridge-for-agile-crm' ) : $key->label ) ),
				static fn() => printf( '<code>%s</code>', esc_html( $key->dots ) ),
				static fn() => print( esc_html( 0 === $key->created ? __( 'Not known', 'bridge-for-agile-crm' ) : Dates::date_and_time( $key->created ) ) ),
				static fn() => self::show_last_use( $key ),
				static fn() => self::show_revoking( $key, 1 === count( $keys ) ),
			];
			echo '<tr>';
			foreach ( $cells as $place => $show ) {
				printf( '<td data-colname="%s">', esc_attr( $columns[ $place ] ) );
				$show();
				echo '</td>';
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
	}

	private static function show_last_use( ShownKey $key ): void {
		if ( 0 === $key->used ) {
			esc_html_e( 'Never', 'bridge-for-agile-crm' );
			return;
		}
		printf(
			'<span title="%s">%s</span>',
			/* translators: %s: date and time. */
			esc_attr( sprintf( __( 'Noted on %s, at most once an hour', 'bridge-for-agile-crm' ), Dates::date_and_time( $key->used ) ) ),
			esc_html( self::last_use( $key->used ) )
		);
	}

	/** @param int $used Seconds since 1970. */
	private static function last_use( int $used ): string {
		return time() - $used < KeyUse::EXACTNESS / Clock::SECOND
			? __( 'Within the last hour', 'bridge-for-agile-crm' )
			/* translators: %s: how long ago, for instance "3 days". */
			: sprintf( __( '%s ago', 'bridge-for-agile-crm' ), human_time_diff( $used ) );
	}

	/**
	 * It cannot be undone, so it asks first; also without a script.
	 */
	private static function show_revoking( ShownKey $key, bool $is_only_one ): void {
		if ( AccessKeys::is_fixed() ) {
			echo '<code>wp-config.php</code>';
			return;
		}
		if ( $is_only_one ) {
			printf( '<span class="description">%s</span>', esc_html__( 'The only key: make a new one first.', 'bridge-for-agile-crm' ) );
			return;
		}
		printf(
			'<details><summary>%s<span class="screen-reader-text"> %s</span></summary><p>%s</p><p>',
			esc_html__( 'Revoke…', 'bridge-for-agile-crm' ),
			esc_html( $key->name() ),
			esc_html__( 'Every call with this key is refused from then on. This cannot be undone.', 'bridge-for-agile-crm' )
		);
		Buttons::show( 'revoke_key', __( 'Revoke this key', 'bridge-for-agile-crm' ), about: $key->id );
		echo '</p></details>';
	}

	private static function show_ways_to_another(): void {
		?>
		<p class="agile-bridge-line">
			<?php self::show_label_field( 'agile-bridge-label', 'agile_bridge_label', 'new_key' ); ?>
			<?php Buttons::show( 'new_key', __( 'New key', 'bridge-for-agile-crm' ), null === Extension::problem() ); ?>
		</p>
		<p class="description"><?php esc_html_e( 'A second key replaces the first without a webhook lost: both are valid until you revoke one.', 'bridge-for-agile-crm' ); ?></p>
		<details>
			<summary><?php esc_html_e( 'Use a key of your own', 'bridge-for-agile-crm' ); ?></summary>
			<p class="description" id="agile-bridge-own-key-help">
				<?php esc_html_e( 'With WP Fusion\'s access key its webhook URLs go on working unchanged. The key above stays valid until you revoke it.', 'bridge-for-agile-crm' ); ?>
			</p>
			<p class="agile-bridge-line">
				<?php self::show_label_field( 'agile-bridge-own-label', 'agile_bridge_own_label', 'own_key' ); ?>
				<label for="agile-bridge-own-key"><?php esc_html_e( 'Key of your own', 'bridge-for-agile-crm' ); ?></label>
				<input type="text" class="regular-text code" id="agile-bridge-own-key" name="agile_bridge_key" form="<?php echo esc_attr( Buttons::form_id( 'own_key' ) ); ?>"
					aria-describedby="agile-bridge-own-key-help" minlength="<?php echo esc_attr( (string) Settings::MIN_ACCESS_KEY_BYTES ); ?>" autocomplete="off" spellcheck="false" required>
				<?php Buttons::show( 'own_key', __( 'Use this key', 'bridge-for-agile-crm' ) ); ?>
			</p>
		</details>
		<?php
	}

	private static function show_label_field( string $id, string $name, string $action ): void {
		printf(
			'<label for="%1$s">%2$s</label> <input type="text" id="%1$s" name="%3$s" form="%4$s" maxlength="%5$d" placeholder="%6$s" autocomplete="off">',
			esc_attr( $id ),
			esc_html__( 'Label', 'bridge-for-agile-crm' ),
			esc_attr( $name ),
			esc_attr( Buttons::form_id( $action ) ),
			(int) AccessKeys::MAX_LABEL_LETTERS,
			/* translators: an example of what an access key may be called. */
			esc_attr__( 'For instance: Campaigns', 'bridge-for-agile-crm' )
		);
	}
}
