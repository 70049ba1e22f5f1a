<?php
/**
 * Put before index.php: the part of a visit that php-cgi would take for a sign that a web server is calling.
 */

declare(strict_types=1);

$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['SERVER_NAME']    = '127.0.0.1';
