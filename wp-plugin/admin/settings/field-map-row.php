<?php
/**
 * A row of the field map as it is on the screen, and why it cannot be saved, if it cannot.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class FieldMapRow {

	/**
	 * @param string $crm        Name of a property in Agile CRM.
	 * @param string $wp         Key in WordPress.
	 * @param string $type       '' lets the CRM's type decide.
	 * @param string $when_empty '' is the same as keep.
	 * @param string $problem    A sentence, '' if there is none.
	 */
	public function __construct( public string $crm = '', public string $wp = '', public string $type = '', public string $when_empty = '', public string $problem = '' ) {}

	/**
	 * @param mixed $row Of the form or the stored map: anything.
	 */
	public static function of( $row ): self {
		$text = static fn( string $name ): string => is_array( $row ) && is_string( $row[ $name ] ?? null ) ? wp_check_invalid_utf8( trim( $row[ $name ] ) ) : '';
		return new self( $text( 'crm' ), $text( 'wp' ), $text( 'type' ), $text( 'when_empty' ) );
	}

	public function is_empty(): bool {
		return '' === $this->crm && '' === $this->wp;
	}

	/**
	 * Whether somebody is still at it.
	 */
	public function is_half(): bool {
		return '' === $this->crm || '' === $this->wp;
	}

	public function refused( string $problem ): self {
		return new self( $this->crm, $this->wp, $this->type, $this->when_empty, $problem );
	}

	/**
	 * @return array<string, string> As the map is stored.
	 */
	public function rule(): array {
		return [
			'crm'        => $this->crm,
			'wp'         => $this->wp,
			'type'       => $this->type,
			'when_empty' => $this->when_empty,
		];
	}
}
