<?php
/**
 * What an admin wants a webhook to do, and what has to stand in Agile CRM for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class WebhookRecipe {

	private const ACTIONS = [ 'add', 'update', 'update_tags' ];

	private const WAYS = [ 'post', 'get', 'account' ];

	/**
	 * @param 'add'|'update'|'update_tags' $action
	 * @param 'post'|'get'|'account'       $way    How Agile CRM calls: a campaign, with a form or with all in the address, or the whole account.
	 * @param string                       $role   Slug; '' is the site's own choice.
	 * @param bool                         $mails  Whether WordPress welcomes new users.
	 */
	private function __construct(
		public string $action,
		public string $way,
		public string $role,
		public bool $mails,
	) {}

	/**
	 * As the address of the page says; what it does not say is the first of its kind.
	 */
	public static function of_request(): self {
		// phpcs:disable WordPress.Security.NonceVerification -- it only chooses what is shown.
		$given  = static fn( string $name ): string => is_string( $_GET[ $name ] ?? null ) ? sanitize_text_field( wp_unslash( $_GET[ $name ] ) ) : '';
		$action = $given( 'do' );
		$action = in_array( $action, self::ACTIONS, true ) ? $action : self::ACTIONS[0];
		$way    = $given( 'way' );
		$role   = $given( 'role' );
		return new self(
			$action,
			in_array( $way, self::WAYS, true ) ? $way : self::WAYS[0],
			'update_tags' !== $action && isset( RoleChoices::all()[ $role ] ) ? $role : '',
			'add' === $action && '1' === $given( 'mail' )
		);
		// phpcs:enable
	}

	public function is_campaign(): bool {
		return 'account' !== $this->way;
	}

	/**
	 * Whether the parameters are in the address.
	 */
	public function is_address(): bool {
		return 'post' !== $this->way;
	}

	/**
	 * @return array<string, string> Name => value, but for the access key and the contact.
	 */
	public function parameters(): array {
		return array_filter(
			[
				'wpf_action'        => $this->action,
				'role'              => $this->role,
				'send_notification' => $this->mails ? 'true' : '',
			]
		);
	}

	/**
	 * What a campaign's node takes as its parameters, in this order: those that are not in the address, and the contact.
	 *
	 * @return array<string, string> Name => value; the access key's is left out.
	 */
	public function grid(): array {
		return ( $this->is_address() ? [] : $this->parameters() + [ 'access_key' => '' ] ) + [ 'contact_id' => '{{id}}' ];
	}

	/**
	 * With the parameters and this key, unless they are sent as a form.
	 */
	public function url( #[\SensitiveParameter] string $key ): string {
		return $this->is_address()
			? add_query_arg( array_map( 'rawurlencode', $this->parameters() + [ 'access_key' => $key ] ), home_url( '/' ) )
			: home_url( '/' );
	}
}
