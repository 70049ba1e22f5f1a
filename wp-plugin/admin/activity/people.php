<?php
/**
 * Whom events were about, as far as they are users by now: an event that made nobody is told by the user's name all the same, once
 * another one has linked them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final readonly class People {

	/** @param array<string, int> $linked Contact => user. */
	private function __construct( private array $linked ) {}

	/**
	 * Three queries, however many events these are. Whom the index of links does not know yet keeps the contact's id.
	 *
	 * @param list<ActivityRow> $events
	 * @throws Failure If the database fails.
	 */
	public static function of( array $events ): self {
		$contacts = array_values( array_unique( array_filter( array_column( $events, 'contact_id' ), LinkIndex::is_contact_id( ... ) ) ) );
		$links    = [] === $contacts ? [] : LinkIndex::find( $contacts )->links;
		$users    = [ ...array_column( $events, 'user_id' ), ...array_map( 'intval', array_column( $links, 'user_id' ) ) ];
		cache_users( array_values( array_unique( array_filter( $users ) ) ) );
		$linked = [];
		foreach ( $links as $link ) {
			$user = (int) $link->user_id;
			// The index may know more than is true.
			if ( Links::contact_of( $user ) === (string) $link->contact_id ) {
				$linked[ $link->contact_id ] = min( $user, $linked[ $link->contact_id ] ?? $user );
			}
		}
		return new self( $linked );
	}

	public function user( ActivityRow $event ): ?\WP_User {
		$own = $event->user_id > 0 ? get_userdata( $event->user_id ) : false;
		return $own ?: get_userdata( $this->linked[ $event->contact_id ] ?? 0 ) ?: null;
	}

	/**
	 * Plain text: the name, or what else is known of the contact.
	 */
	public function name( ActivityRow $event ): string {
		return match ( true ) {
			null !== $this->user( $event )  => $this->user( $event )->display_name,
			'' !== $event->email            => $event->email,
			'' !== $event->contact_id       => $event->contact_id,
			default                         => __( 'No contact', 'bridge-for-agile-crm' ),
		};
	}
}
