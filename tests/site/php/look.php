<?php
/**
 * Answers one question after another, a line of JSON each: the rows of the last of some SQL statements, sent straight to a database,
 * past WordPress, on a connection of their own; or the mails that a site's sendmail has caught, decoded, oldest first.
 *
 * Usage: php look.php, then {"dsn": "...", "statements": [...]} or {"mails": "FOLDER"} a line. The answers are
 * {"found": [...]} or {"error": "..."}.
 */

declare(strict_types=1);

/**
 * A webhook is answered just before its last statement, and who looks the very moment the answer is there sees what was before. So
 * requests that are about to end are let end; those that go on, as a drain, are not waited for. (Of SQLite nobody can be asked who
 * uses it: servers.rs.)
 */
function let_requests_end( PDO $database ): void {
	$patience = hrtime( true ) + 100_000_000;
	while ( [] !== $database->query( "SELECT 1 FROM information_schema.processlist WHERE user = 'wordpress'" )->fetchAll() && hrtime( true ) < $patience ) {
		usleep( 2000 );
	}
}

function rows( string $dsn, array $statements ): array {
	$database = new PDO( $dsn, 'root', '', [ PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 20 ] );
	$rows     = [];
	if ( str_starts_with( $dsn, 'mysql:' ) ) {
		// As WordPress does: its tables have days of zeros, which MySQL does not take by itself.
		$database->exec( "SET SESSION sql_mode = REPLACE( REPLACE( @@sql_mode, 'NO_ZERO_DATE', '' ), 'NO_ZERO_IN_DATE', '' )" );
		let_requests_end( $database );
	}
	foreach ( $statements as $statement ) {
		$result = $database->query( $statement );
		$rows   = $result->columnCount() > 0 ? $result->fetchAll( PDO::FETCH_ASSOC ) : [];
	}
	return $rows;
}

function mails( string $folder ): array {
	$mails = [];
	foreach ( glob( $folder . '/*.eml' ) as $file ) {
		[ $head, $body ] = preg_split( '/\r?\n\r?\n/', file_get_contents( $file ), 2 ) + [ 1 => '' ];
		$headers         = array_change_key_case( iconv_mime_decode_headers( $head, ICONV_MIME_DECODE_CONTINUE_ON_ERROR, 'UTF-8' ) );
		$body            = match ( strtolower( trim( $headers['content-transfer-encoding'] ?? '' ) ) ) {
			'base64'           => base64_decode( $body ),
			'quoted-printable' => quoted_printable_decode( $body ),
			default            => $body,
		};
		$mails[] = [
			'to'      => $headers['to'] ?? '',
			'subject' => $headers['subject'] ?? '',
			'body'    => str_replace( "\r\n", "\n", $body ),
		];
	}
	return $mails;
}

for ( $line = fgets( STDIN ); false !== $line; $line = fgets( STDIN ) ) {
	try {
		$asked  = json_decode( $line, true, 4, JSON_THROW_ON_ERROR );
		$found  = isset( $asked['mails'] ) ? mails( $asked['mails'] ) : rows( $asked['dsn'], $asked['statements'] );
		$answer = json_encode( [ 'found' => $found ], JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
	} catch ( Throwable $error ) {
		$answer = json_encode( [ 'error' => (string) $error ], JSON_INVALID_UTF8_SUBSTITUTE );
	}
	fwrite( STDOUT, "$answer\n" );
	unset( $found, $answer );
}
