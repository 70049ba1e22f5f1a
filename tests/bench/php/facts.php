<?php
/**
 * What this PHP-FPM is, for the head of the report.
 */

declare(strict_types=1);

$opcache = opcache_get_status( false );
echo json_encode(
	[
		'php'         => PHP_VERSION,
		'opcache'     => (bool) ( $opcache['opcache_enabled'] ?? false ),
		'revalidate'  => (int) ini_get( 'opcache.revalidate_freq' ),
		'jit'         => (bool) ( $opcache['jit']['on'] ?? false ),
		'display'     => (bool) ini_get( 'display_errors' ),
		'assertions'  => ini_get( 'zend.assertions' ),
	]
);
