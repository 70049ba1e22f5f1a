<?php
/**
 * `make lint-house`: whether the house is as ARCHITECTURE.md says.
 *
 *   php tests/house/check.php [ROOT]
 *
 * It reads the names that files really use, by PHP's own tokens, and for the extension the paths that begin with `crate::`.
 * What it finds is printed as `file:line: what is wrong`; the exit code is 1 then. Each rule stands in a file of its own.
 */

declare(strict_types=1);

namespace AgileBridge\House;

require __DIR__ . '/finding.php';
require __DIR__ . '/arrows.php';
require __DIR__ . '/php-file.php';
require __DIR__ . '/php-tree.php';
require __DIR__ . '/graph.php';
require __DIR__ . '/unused.php';
require __DIR__ . '/undefined.php';
require __DIR__ . '/columns.php';
require __DIR__ . '/hooks.php';
require __DIR__ . '/interfaces.php';
require __DIR__ . '/links.php';
require __DIR__ . '/rooms.php';
require __DIR__ . '/size.php';
require __DIR__ . '/writers.php';
require __DIR__ . '/rust-tree.php';
require __DIR__ . '/text.php';

$root     = rtrim( $argv[1] ?? dirname( __DIR__, 2 ), '/' );
$text     = Text::read( "$root/ARCHITECTURE.md" );
$arrows   = Arrows::of_text( $text->content );
$findings = [ ...$arrows->findings, ...Links::findings( $root ) ];

if ( is_dir( "$root/wp-plugin" ) ) {
	$plugin   = PhpTree::read( $root, 'wp-plugin' );
	$names    = "$root/tests/house/public-names.txt";
	$findings = [
		...$findings,
		...$plugin->findings(),
		...Graph::findings( 'wp-plugin', $plugin->references(), $arrows ),
		...Unused::findings( $plugin, $names ),
		...Undefined::findings( $plugin ),
		...Columns::findings( $plugin, $names ),
		...Hooks::findings( $plugin, $names, Text::read( "$root/docs/hooks.md" )->content ),
		...Rooms::findings( $root, $plugin ),
		...Size::of_php( $plugin ),
		...Writers::findings( $plugin ),
		...$text->findings( $plugin ),
	];
}
if ( is_dir( "$root/src" ) ) {
	$crate    = RustTree::read( $root );
	$findings = [ ...$findings, ...$crate->findings(), ...Graph::findings( 'src', $crate->references(), $arrows ), ...Size::of_rust( $crate ) ];
	$findings = is_file( "$root/php/agile_bridge.stub.php" ) ? [ ...$findings, ...Interfaces::findings( $root, $crate, $plugin ) ] : $findings;
}

foreach ( $findings as $finding ) {
	fwrite( STDOUT, "$finding\n" );
}
exit( [] === $findings ? 0 : 1 );
