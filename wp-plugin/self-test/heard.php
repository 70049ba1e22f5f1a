<?php
/**
 * What came back of one call.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final readonly class Heard {

	/**
	 * @param int                   $status  Of HTTP; 0 where nothing came back.
	 * @param array<string, string> $headers By their names in lower case.
	 * @param string                $body    Its first 64 KiB.
	 * @param string                $error   Why nothing came back: WordPress' code and text.
	 */
	public function __construct( public int $status, public array $headers = [], public string $body = '', public string $error = '' ) {}

	/**
	 * @param array<string, mixed>|\WP_Error $response Of WordPress' HTTP API.
	 */
	public static function of_response( $response ): self {
		if ( is_wp_error( $response ) ) {
			return new self( 0, error: $response->get_error_code() . ': ' . $response->get_error_message() );
		}
		$headers = wp_remote_retrieve_headers( $response );
		$headers = is_object( $headers ) ? $headers->getAll() : (array) $headers;
		return new self(
			(int) wp_remote_retrieve_response_code( $response ),
			array_map( static fn( $value ): string => implode( ', ', (array) $value ), array_change_key_case( $headers ) ),
			(string) wp_remote_retrieve_body( $response )
		);
	}

	public function header( string $name ): string {
		return $this->headers[ $name ] ?? '';
	}

	/**
	 * The answer, where it is what the plugin answers; empty where it is not.
	 *
	 * @return array<string, mixed>
	 */
	public function own_answer(): array {
		$json = json_decode( $this->body, true );
		return is_array( $json ) && isset( $json['success'], $json['wp_status'] ) ? $json : [];
	}

	/**
	 * What tells the plugin's answer from every other; '' where it is none that says that all is well.
	 */
	public function mark(): string {
		$mark = $this->own_answer()['wp_self_test'] ?? '';
		return is_string( $mark ) ? $mark : '';
	}

	/**
	 * What a page calls itself, as plain text.
	 */
	public function title(): string {
		$found = 1 === preg_match( '~<title[^>]*>(.*?)</title>~is', $this->body, $title );
		$text  = $found ? html_entity_decode( wp_strip_all_tags( $title[1] ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) : '';
		return mb_substr( trim( (string) preg_replace( '/\s+/', ' ', wp_check_invalid_utf8( $text, true ) ) ), 0, 80 );
	}
}
