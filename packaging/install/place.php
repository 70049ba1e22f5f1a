<?php
/**
 * One PHP with its own set of ini files: where the extension can be enabled.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

final class Place {

	/** The path of the program that was asked, and that loads the extension on trial. */
	public string $program;

	/** `cli`, `fpm` or `cgi`; on Debian also any other folder below /etc/php/8.2. */
	public string $sapi;

	/** Debian's `apache2` and the like, without a program of its own: built with, and tried by, Debian's `cli`. */
	public bool $is_module = false;

	/** Such as `8.2`. */
	public string $minor;

	/** As its file is named: `8.2-nts`. */
	public string $build;

	public bool $is_debug;
	public string $machine;

	/** `glibc` or `musl`; `static` loads no extensions. */
	public string $libc;

	/** The folder of its further ini files; '' if it reads none. */
	public string $folder;

	/** The php.ini that it reads, or would read. */
	public string $ini;

	/** The extension's version, if this program has it loaded. */
	public ?string $loaded;

	public function __toString(): string {
		return "PHP $this->minor $this->sapi" . ( $this->is_module ? '' : " ($this->program)" );
	}

	/** Whether Debian's phpenmod and phpdismod decide here. */
	public function is_debian(): bool {
		return is_executable( '/usr/sbin/phpenmod' ) && "/etc/php/$this->minor/$this->sapi/conf.d" === $this->folder;
	}

	/** The admin said phpdismod. */
	public function is_unwanted(): bool {
		return $this->is_debian() && is_file( "/var/lib/php/modules/$this->minor/$this->sapi/disabled_by_admin/agile_bridge" );
	}

	/**
	 * @return array<string, string> Ini file => its line that loads the extension.
	 */
	public function lines(): array {
		$lines = [];
		foreach ( array_merge( [ $this->ini ], '' === $this->folder ? [] : paths( "$this->folder/*.ini" ) ) as $ini ) {
			if ( preg_match( '/^[ \t]*(?:zend_)?extension[ \t]*=.*agile[-_]bridge.*$/m', (string) @file_get_contents( $ini ), $found ) ) {
				$lines[ $ini ] = trim( $found[0] );
			}
		}
		return $lines;
	}

	/** Why this PHP does not load a file, or without one what its ini files name; null if it does. Asked in a child. */
	public function refusal( ?string $file = null ): ?string {
		$options = null === $file ? [] : [ '-n', '-d', "extension=$file" ];
		// fpm and cgi know no -r. With it, a request begins and ends too.
		$by_code = null !== $file && ( 'cli' === $this->sapi || $this->is_module );
		$options = array_merge( $options, $by_code ? [ '-r', 'exit( extension_loaded( "agile_bridge" ) ? 0 : 1 );' ] : [ '-m' ] );

		[ $code, $text ] = run( array_merge( [ $this->program ], $options ) );
		if ( 0 === $code && ( $by_code || preg_match( '/^agile_bridge$/m', $text ) ) ) {
			return null;
		}
		$text = trim( printable( (string) preg_replace( '/\[PHP Modules\].*/s', '', strip_tags( $text ) ) ) );
		return '' === $text ? "it ended with $code and said nothing" : $text;
	}
}
