<?php
/**
 * What activation leaves in the database.
 *
 * Hook: register_activation_hook → activate. A network-wide activation prepares only the site it is made from; the others
 * get theirs when somebody first opens their settings screen (or, with constants in wp-config.php, need none).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\Failure;

use function AgileBridge\Plugin\require_schema;
use function AgileBridge\Plugin\schedule_drain;

use const AgileBridge\Plugin\FIELD_MAP_OPTION;
use const AgileBridge\Plugin\SETTINGS_OPTION;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/access-keys.php';
require_once __DIR__ . '/../inc/schema.php';

function activate(): void {
	// An option that exists and is autoloaded costs a webhook no query; one that is missing costs one each time.
	add_option( SETTINGS_OPTION, [], '', true );
	add_option( FIELD_MAP_OPTION, [], '', true );
	make_first_access_key();
	try {
		require_schema();
		// Deactivation has taken them away.
		schedule_drain();
	} catch ( Failure $failure ) {
		// The first webhook tries again, and answers with what is wrong.
		unset( $failure );
	}
}
