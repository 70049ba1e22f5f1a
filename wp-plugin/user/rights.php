<?php
/**
 * What capabilities allow, weighed: which are dangerous, and which go further than those that contacts may have.
 *
 * An allow-list, because every plugin brings capabilities of its own, and nobody knows what they open: one lets its owner
 * download the database. By themselves only those count as harmless with which people read, write posts of their own and take
 * part in a forum.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class Rights {

	/** Who has one of these can take over the site, or other users; no contact gives them, and no contact changes who has them. */
	private const DANGEROUS = [
		'promote_users',
		'edit_users',
		'create_users',
		'delete_users',
		'remove_users',
		'list_users',
		'manage_options',
		'install_plugins',
		'activate_plugins',
		'update_plugins',
		'delete_plugins',
		'upload_plugins',
		'edit_plugins',
		'install_themes',
		'switch_themes',
		'update_themes',
		'delete_themes',
		'upload_themes',
		'edit_themes',
		'edit_theme_options',
		'edit_files',
		'update_core',
		'edit_dashboard',
		'unfiltered_html',
		'unfiltered_upload',
		'import',
		'export',
		'manage_woocommerce',
		'manage_sites',
		'create_sites',
		'delete_sites',
		'upgrade_network',
		'setup_network',
	];

	/** Of WordPress' subscribers, contributors and authors, and of the spectators and participants of bbPress. */
	private const HARMLESS = [
		'read',
		'level_0',
		'level_1',
		'level_2',
		'edit_posts',
		'delete_posts',
		'publish_posts',
		'edit_published_posts',
		'delete_published_posts',
		'upload_files',
		'spectate',
		'participate',
		'read_private_forums',
		'publish_topics',
		'edit_topics',
		'publish_replies',
		'edit_replies',
		'assign_topic_tags',
	];

	/**
	 * @param list<string> $dangerous
	 * @param list<string> $further   Those that are not dangerous, and not known to be harmless.
	 */
	private function __construct( public array $dangerous, public array $further ) {}

	/**
	 * @param array<string, mixed> $capabilities Name => granted.
	 */
	public static function of( array $capabilities ): self {
		$granted   = array_map( 'strval', array_keys( array_filter( $capabilities ) ) );
		$dangerous = array_filter( $granted, self::is_dangerous( ... ) );
		return new self( array_values( $dangerous ), array_values( array_diff( $granted, $dangerous, self::HARMLESS ) ) );
	}

	public static function is_dangerous( string $capability ): bool {
		return in_array( $capability, self::DANGEROUS, true ) || str_starts_with( $capability, 'manage_network' );
	}
}
