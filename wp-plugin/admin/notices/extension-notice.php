<?php
/**
 * Says, to who can do something about it, that the PHP extension is missing or does not fit, and what to do on this server.
 *
 * Hooks: admin_notices, network_admin_notices → show. Only where it is looked for: the dashboard, the
 * plugins and our own screen.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Site\Extension;

defined( 'ABSPATH' ) || exit;

final class ExtensionNotice {

	private const NOTICE_SCREENS = [ 'dashboard', 'plugins', 'dashboard-network', 'plugins-network', Place::SCREEN_ID ];

	public static function show(): void {
		$state  = Extension::state();
		$screen = get_current_screen();
		if ( 'fits' === $state || null === $screen || ! in_array( $screen->id, self::NOTICE_SCREENS, true ) ) {
			return;
		}
		if ( ! current_user_can( 'manage_options' ) && ! current_user_can( 'activate_plugins' ) ) {
			return;
		}
		$title = match ( $state ) {
			'missing' => __( 'Bridge for Agile CRM: the PHP extension agile_bridge is not loaded.', 'bridge-for-agile-crm' ),
			'old'     => __( 'Bridge for Agile CRM: the PHP extension agile_bridge is too old for this plugin.', 'bridge-for-agile-crm' ),
			'new'     => __( 'Bridge for Agile CRM: the PHP extension agile_bridge is newer than this plugin.', 'bridge-for-agile-crm' ),
		};
		?>
		<div class="notice notice-error" id="agile-bridge-extension">
			<p><strong><?php echo esc_html( $title ); ?></strong>
			<?php esc_html_e( 'Until this is done every webhook is answered with an error (503). The rest of the site is not affected.', 'bridge-for-agile-crm' ); ?></p>
			<?php
			if ( 'new' === $state ) {
				echo '<p>' . esc_html__( 'Update the plugin.', 'bridge-for-agile-crm' ) . '</p>';
			} else {
				echo '<ol><li>' . implode( '</li><li>', array_map( 'wp_kses_data', self::extension_steps() ) ) . '</li></ol>'; // phpcs:ignore WordPress.Security.EscapeOutput -- wp_kses_data.
			}
			?>
		</div>
		<?php
	}

	/**
	 * What to do, for the PHP that serves this very page.
	 *
	 * @return list<string> HTML, paths and names in `code`.
	 */
	private static function extension_steps(): array {
		$folder = (string) ini_get( 'extension_dir' );
		$file   = rtrim( $folder, '/' ) . '/agile_bridge.so';
		$ini    = self::ini_folder();
		return [
			sprintf(
				self::is_there( $file )
					/* translators: 1: kind of PHP, 2: path of a file. */
					? __( 'The file %2$s is there. Make sure that it is the one built for %1$s: PHP loads no other. (PHP\'s log then says "Unable to load dynamic library".)', 'bridge-for-agile-crm' )
					/* translators: 1: kind of PHP, 2: path of a file. */
					: __( 'Copy the agile_bridge.so that was built for %1$s to %2$s.', 'bridge-for-agile-crm' ),
				self::code( self::php_build() ),
				self::code( $file )
			),
			null !== $ini
				/* translators: 1: path of a file, 2: a line of text. */
				? sprintf( __( 'Create the file %1$s with the line %2$s.', 'bridge-for-agile-crm' ), self::code( "$ini/30-agile_bridge.ini" ), self::code( 'extension=agile_bridge.so' ) )
				/* translators: 1: path of a file, 2: a line of text. */
				: sprintf( __( 'Add to %1$s the line %2$s.', 'bridge-for-agile-crm' ), self::code( (string) php_ini_loaded_file() ?: 'php.ini' ), self::code( 'extension=agile_bridge.so' ) ),
			self::restart_step(),
			/* translators: %s: a command. */
			sprintf( __( 'Reload this page: the notice is gone. (%s asks the PHP of the command line, which has ini files of its own; WP-CLI and system cron need the line there too.)', 'bridge-for-agile-crm' ), self::code( 'php -m' ) ),
		];
	}

	/**
	 * All that an extension has to be built for. PHP loads none that differs in one of them.
	 */
	private static function php_build(): string {
		$parts = [
			'PHP ' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION,
			PHP_ZTS ? 'ZTS' : 'NTS',
			PHP_DEBUG ? 'debug' : '',
			PHP_OS_FAMILY,
			// Hosts disable such functions.
			function_exists( 'php_uname' ) ? php_uname( 'm' ) : '',
			'Linux' === PHP_OS_FAMILY && function_exists( 'glob' ) ? ( @glob( '/lib/ld-musl-*' ) ? 'musl' : 'glibc' ) : '', // phpcs:ignore WordPress.PHP.NoSilencedErrors -- open_basedir.
		];
		return implode( ', ', array_filter( $parts ) );
	}

	/**
	 * The folder from which this PHP reads more ini files, if it does.
	 */
	private static function ini_folder(): ?string {
		$read = array_filter( array_map( 'trim', explode( ',', (string) php_ini_scanned_files() ) ) );
		if ( [] !== $read ) {
			return dirname( (string) end( $read ) );
		}
		$set    = function_exists( 'getenv' ) ? getenv( 'PHP_INI_SCAN_DIR' ) : false;
		$folder = explode( PATH_SEPARATOR, false === $set ? PHP_CONFIG_FILE_SCAN_DIR : $set )[0];
		return '' === $folder ? null : rtrim( $folder, '/' );
	}

	private static function restart_step(): string {
		$version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
		return match ( PHP_SAPI ) {
			/* translators: %s: a command. */
			'fpm-fcgi'       => sprintf( __( 'Restart PHP-FPM, for instance with %s.', 'bridge-for-agile-crm' ), self::code( "systemctl restart php$version-fpm" ) ),
			/* translators: %s: a command. */
			'apache2handler' => sprintf( __( 'Restart Apache, for instance with %s.', 'bridge-for-agile-crm' ), self::code( 'systemctl restart apache2' ) ),
			/* translators: %s: PHP's name for the way it is run. */
			default          => sprintf( __( 'Restart the web server\'s PHP (%s).', 'bridge-for-agile-crm' ), self::code( PHP_SAPI ) ),
		};
	}

	/** Silent where open_basedir forbids the question. */
	private static function is_there( string $path ): bool {
		return @is_file( $path ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- see above.
	}

	private static function code( string $text ): string {
		return '<code>' . esc_html( $text ) . '</code>';
	}
}
