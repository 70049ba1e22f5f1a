<?php
/**
 * Reads the mails that the site's sendmail has caught and prints them, decoded, as JSON, oldest first.
 *
 * Usage: php mails.php FOLDER
 */

declare(strict_types=1);

$mails = [];
foreach ( glob( $argv[1] . '/*.eml' ) as $file ) {
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
echo json_encode( $mails, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE );
