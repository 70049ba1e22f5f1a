<?php
/**
 * What activation leaves in the database.
 *
 * Hook: register_activation_hook → activate. A network-wide activation prepares only the site it is made from; the others
 * get theirs when somebody first opens their settings screen (or, with constants in wp-config.php, need none). But WP-Cron comes by on
 * all of them: webhooks of earlier days may wait there.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\Admin\Settings\AccessKeys;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class Activation {

	/**
	 * @param bool $network_wide As WordPress says.
	 */
	public static function activate( bool $network_wide = false ): void {
		// An option that exists and is autoloaded costs a webhook no query; one that is missing costs one each time.
		add_option( Settings::OPTION, [], '', true );
		add_option( FieldMap::OPTION, [], '', true );
		add_option( Home::OPTION, [], '', true );
		Home::remember();
		AccessKeys::make_first_access_key();
		try {
			Schema::ensure();
			// Deactivation has taken them away.
			$network_wide ? Schedule::ensure_everywhere() : Schedule::ensure();
		} catch ( Failure $failure ) {
			// The first webhook tries again, and answers with what is wrong.
			unset( $failure );
		}
	}
}
