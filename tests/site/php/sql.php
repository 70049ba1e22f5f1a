<?php
/**
 * Runs the statements of the JSON list on standard input straight at the database, past WordPress, and prints the rows
 * of the last one as JSON.
 *
 * Usage: php sql.php DSN USER <STATEMENTS
 */

declare(strict_types=1);

[ , $dsn, $user ] = $argv;

$database = new PDO( $dsn, $user, '', [ PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 20 ] );
$rows     = [];
if ( str_starts_with( $dsn, 'mysql:' ) ) {
	// As WordPress does: its tables have days of zeros, which MySQL does not take by itself.
	$database->exec( "SET SESSION sql_mode = REPLACE( REPLACE( @@sql_mode, 'NO_ZERO_DATE', '' ), 'NO_ZERO_IN_DATE', '' )" );
}
foreach ( json_decode( stream_get_contents( STDIN ), true, 4, JSON_THROW_ON_ERROR ) as $statement ) {
	$result = $database->query( $statement );
	$rows   = $result->columnCount() > 0 ? $result->fetchAll( PDO::FETCH_ASSOC ) : [];
}
echo json_encode( $rows, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
