<?php
/**
 * Processes stored webhooks from the command line: for sites that get few visitors, by system cron or as a service.
 *
 *   php wp-content/plugins/bridge-for-agile-crm/drain.php             until nothing is due, then ends: for cron, every minute
 *   php wp-content/plugins/bridge-for-agile-crm/drain.php --watch     goes on until it is ended: for a service
 *   … --url=https://example.com/site/                                 which site: on a network, and where the request makes the address
 *   … --path=/var/www/html                                            where WordPress is, if the plugin folder is a link
 *
 * Any number may run, on any number of servers; one works at a time.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

if ( 'cli' !== PHP_SAPI ) {
	exit;
}

/*
 * WordPress is loaded here, at file scope and not inside a function: plugins rely on their variables being global. So what is
 * ours among them has names of its own.
 */
$agile_bridge_arguments = getopt( '', [ 'watch', 'url:', 'path:' ] );
$agile_bridge_watch     = isset( $agile_bridge_arguments['watch'] );
$agile_bridge_path      = $agile_bridge_arguments['path'] ?? dirname( __DIR__, 3 );
if ( ! is_file( "$agile_bridge_path/wp-load.php" ) && ! isset( $agile_bridge_arguments['path'] ) ) {
	// Bedrock, and who else has the core in a folder beside that of the content; if there are two, it is not for us to choose.
	$agile_bridge_cores = (array) glob( "$agile_bridge_path/*/wp-load.php" );
	$agile_bridge_path  = 1 === count( $agile_bridge_cores ) ? dirname( (string) $agile_bridge_cores[0] ) : $agile_bridge_path;
}
if ( ! is_file( "$agile_bridge_path/wp-load.php" ) ) {
	fwrite( STDERR, "No WordPress in $agile_bridge_path: say where it is, --path=/var/www/html\n" );
	exit( 2 );
}
// What a request would have brought; a network finds its site by it. Who names none gets a name that nobody has.
$agile_bridge_url = parse_url( (string) ( $agile_bridge_arguments['url'] ?? 'http://no-url.invalid/' ) );
if ( ! isset( $agile_bridge_url['host'] ) ) {
	fwrite( STDERR, "--url wants a whole address: --url=https://example.com/site/\n" );
	exit( 2 );
}
$_SERVER['HTTP_HOST']       = $agile_bridge_url['host'] . ( isset( $agile_bridge_url['port'] ) ? ":{$agile_bridge_url['port']}" : '' );
$_SERVER['SERVER_NAME']     = $agile_bridge_url['host'];
$_SERVER['REQUEST_URI']     = $agile_bridge_url['path'] ?? '/';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
// Login walls and spam filters end what is no visitor's; cron they let through.
defined( 'DOING_CRON' ) || define( 'DOING_CRON', true );
$agile_bridge_step = 'load';
// A function of its own after all others that are registered meanwhile: `exit` in one of them ends them all.
register_shutdown_function(
	static function (): void {
		$step = $GLOBALS['agile_bridge_step'] ?? 'load';
		if ( 'end' !== $step ) {
			fwrite(
				STDERR,
				'load' === $step
					? "Another plugin or the theme ended WordPress while it loaded (an error, a redirect, exit): nothing was processed. A plugin that keeps visitors out has to let cron through (DOING_CRON).\n"
					: "Another plugin or the theme ended this while webhooks were processed (an error, a redirect, exit). What was begun is taken up again; PHP's error log may say more.\n"
			);
			register_shutdown_function( static fn() => exit( 1 ) );
		}
	}
);
if ( 'https' === strtolower( $agile_bridge_url['scheme'] ?? '' ) ) {
	$_SERVER['HTTPS'] = 'on';
}

/**
 * The site is not known by itself: whoever runs this has to name it.
 */
function demand_url( string $why ): never {
	$GLOBALS['agile_bridge_step'] = 'end';
	fwrite( STDERR, "$why Say which site is meant: --url=https://example.com/\n" );
	exit( 2 );
}

// (There is no add_action() yet. WordPress would redirect to the network's first site, and end.)
$GLOBALS['wp_filter']['ms_site_not_found'][10][] = [
	'function'      => static fn() => demand_url( 'This is a network, and has no site at that address.' ),
	'accepted_args' => 0,
];
require $agile_bridge_path . '/wp-load.php';
$agile_bridge_step = 'drain';

// What is mailed and written would bear that name, and the site would look like a copy of itself.
if ( str_contains( home_url() . site_url(), 'no-url.invalid' ) ) {
	demand_url( 'The address of this site is made of the request, by WP_HOME or WP_SITEURL in wp-config.php or by a plugin.' );
}

// The plugin is there already, unless it is not active: then its classes, and none of its hooks.
if ( ! class_exists( Site\Clock::class ) ) {
	define( 'AGILE_BRIDGE_CLASSES_ONLY', true );
	require __DIR__ . '/bridge-for-agile-crm.php';
}
// All of them, now: a service that loads one later would get that of another version after an update.
foreach ( [ 'inbox', 'work', 'user', 'upkeep', 'crm', 'site' ] as $agile_bridge_room ) {
	// (Not by one pattern with braces: musl knows none.)
	foreach ( (array) glob( __DIR__ . "/$agile_bridge_room/*.php" ) as $agile_bridge_file ) {
		require_once $agile_bridge_file;
	}
}

/**
 * Changes when the plugin is updated: another main file in this place, or another place under the name by which this was started.
 */
function plugin_stamp(): string {
	clearstatcache( true );
	// phpcs:ignore WordPress.PHP.NoSilencedErrors -- in the middle of an update there is none.
	$file = @stat( __DIR__ . '/bridge-for-agile-crm.php' );
	return realpath( (string) ( $_SERVER['argv'][0] ?? '' ) ) . implode( ' ', false === $file ? [] : [ $file['ino'], $file['size'], $file['ctime'] ] );
}

/**
 * @return int The exit code.
 */
function drain_from_command_line( bool $watch ): int {
	$is_news = Site\Stats::note_php();
	$works   = null === Site\Extension::problem();
	$advice  = Site\Advice::current();
	// What is wrong with the web's PHP alone is said once a day: cron mails it.
	if ( null !== $advice && ( ! $works || $is_news || true === Site\Host::call( 'stream_isatty', STDERR ) ) ) {
		fwrite( STDERR, $advice->plain_text() );
	}
	if ( ! $works ) {
		return 1;
	}
	$blocked = Crm\Account::blocked_host();
	if ( null !== $blocked && ( $is_news || true === Site\Host::call( 'stream_isatty', STDERR ) ) ) {
		fwrite( STDERR, "WP_HTTP_BLOCK_EXTERNAL in wp-config.php forbids this site to call $blocked: nothing is processed. Add it to WP_ACCESSIBLE_HOSTS there.\n" );
	}
	$looked = 0;
	$stamp  = plugin_stamp();
	do {
		try {
			if ( $watch ) {
				Site\Settings::refresh();
			}
			// By the minute in a service: what is changed on the settings screen counts from then on.
			$count = Work\Drain::run( $watch ? Site\Clock::MINUTE : Site\Clock::DAY );
			// To ask whether an hour is over is worth a minute: a service comes by every second.
			if ( time() - $looked >= 60 ) {
				$looked = time();
				Upkeep\LinkMending::take();
				Upkeep\Look::take();
			}
		} catch ( \Throwable $error ) {
			fwrite( STDERR, $error->getMessage() . "\n" );
			return 1;
		}
		if ( $watch && 0 === $count ) {
			Site\Host::call( 'sleep', 1 ) ?? Site\Host::call( 'usleep', 1000000 );
		}
		wp_cache_flush_runtime();
	} while ( $watch && plugin_stamp() === $stamp );
	if ( $watch ) {
		fwrite( STDOUT, "The plugin was updated. This service ends: what runs it starts the new one.\n" );
		return 0;
	}
	fwrite( STDOUT, 1 === $count ? "1 event was processed\n" : "$count events were processed\n" );
	return 0;
}

$agile_bridge_exit_code = drain_from_command_line( $agile_bridge_watch );
$agile_bridge_step      = 'end';
exit( $agile_bridge_exit_code );
