<?php
/**
 * The unpacked archive: nothing of it is used that was not signed.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

final class Archive {

	public string $version;
	public string $machine;
	public string $libc;

	private string $folder;

	/** @var array<string, string> Path in the archive => SHA-256. */
	private array $sums;

	/** The archive in a folder, if its signature is right, and if all that lies there was signed and is whole. */
	public static function opened( string $folder, bool $unsigned ): self {
		$text = @file_get_contents( "$folder/manifest.json" );
		if ( false === $text ) {
			throw new Failure( "There is no manifest.json in $folder, so this is not an unpacked archive. Nothing was installed. Unpack " . where( archive_name() ) . ' and run the install.php in it.' );
		}
		check_signature( 'manifest.json', $text, (string) @file_get_contents( "$folder/manifest.json.sig" ), $unsigned );
		$manifest = json_decode( $text, true );
		if ( ! isset( $manifest['version'], $manifest['architecture'], $manifest['libc'], $manifest['files'] ) ) {
			throw new Failure( 'This installer does not understand manifest.json. Nothing was installed. Run the install.php that came with it.' );
		}
		$archive          = new self();
		$archive->folder  = $folder;
		$archive->version = $manifest['version'];
		$archive->machine = $manifest['architecture'];
		$archive->libc    = $manifest['libc'];
		$archive->sums    = $manifest['files'];
		foreach ( $archive->files() as $name ) {
			if ( ! isset( $archive->sums[ $name ] ) ) {
				throw new Failure( "The file $name is not in the archive's list, so nobody answers for it. Nothing was installed. Unpack the archive into a new folder; if it has the file again, do not use that archive." );
			}
		}
		foreach ( array_keys( $archive->sums ) as $name ) {
			$archive->content( $name );
		}
		return $archive;
	}

	/**
	 * @return list<string> Such as `8.2-nts`.
	 */
	public function builds(): array {
		return array_values( preg_filter( '#^lib/([\d.]+-(?:nts|zts))\.so$#', '$1', array_keys( $this->sums ) ) );
	}

	/** The very bytes that were signed. */
	public function content( string $name ): string {
		// (No way out of the folder.)
		$content = preg_match( '#^/|(^|/)\.\.?(/|$)#', $name ) ? false : @file_get_contents( "$this->folder/$name" );
		if ( false === $content || ! hash_equals( (string) $this->sums[ $name ], hash( 'sha256', $content ) ) ) {
			throw new Failure( "The file $name of the archive is " . ( false === $content ? 'missing' : 'not the one that was released' ) . ': the archive is damaged, or somebody changed it. Nothing was installed. Fetch it again, compare its checksum and unpack it into a new folder.' );
		}
		return $content;
	}

	/**
	 * @return array<string, string> Path in the plugin's folder => content.
	 */
	public function plugin(): array {
		$files = [];
		foreach ( preg_grep( '#^' . PLUGIN . '/#', array_keys( $this->sums ) ) as $name ) {
			$files[ substr( $name, strlen( PLUGIN ) + 1 ) ] = $this->content( $name );
		}
		return $files;
	}

	/**
	 * @return list<string> All that has to be in the list.
	 */
	private function files(): array {
		$names = [];
		foreach ( new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $this->folder, \FilesystemIterator::SKIP_DOTS ) ) as $path => $file ) {
			// (A link is never in the list.)
			$names[] = substr( $path, strlen( $this->folder ) + 1 ) . ( $file->isLink() ? ' (a link)' : '' );
		}
		return array_diff( $names, [ 'install.php', 'manifest.json', 'manifest.json.sig' ] );
	}
}

/** Of the manifest, and of a whole archive that was fetched. */
function check_signature( string $name, string $text, string $signature, bool $unsigned ): void {
	// (Not the placeholder in full: it would be filled in here too.)
	$released = '@' !== PUBLIC_KEY[0];
	if ( $released && $unsigned ) {
		throw new Failure( '--unsigned is for archives that were never released. This one was, and its signature is checked. Nothing was installed. Leave the option out.' );
	}
	if ( ! $released && ! $unsigned ) {
		throw new Failure( 'This is not a released archive: its installer has no key to check a signature with. Nothing was installed. Use ' . where( 'a released archive' ) . '; for one that you made yourself add --unsigned.' );
	}
	if ( $unsigned ) {
		return;
	}
	if ( ! function_exists( 'sodium_crypto_sign_verify_detached' ) ) {
		throw new Failure( 'This PHP has no sodium, so it cannot check the archive\'s signature. Nothing was installed. Run this without -n; or install sodium (php-sodium; Remi: php82-php-sodium; Alpine: php82-sodium); or run this with another PHP of this server: all of them are served.' );
	}
	if ( SODIUM_CRYPTO_SIGN_BYTES !== strlen( $signature ) || ! sodium_crypto_sign_verify_detached( $signature, $text, (string) base64_decode( PUBLIC_KEY, true ) ) ) {
		throw new Failure( "The signature of $name is wrong: the archive is damaged, or it does not come from whoever made this installer. Nothing was installed. Fetch it again from where it is published; if that does not help, tell them and do not use it." );
	}
}

/** Of the archive for the PHP that runs this. */
function archive_name(): string {
	[ $machine, $libc ] = elf( own_program() ) ?? [ php_uname( 'm' ), 'LIBC' ];
	return 'agile-bridge-' . VERSION . "-$machine-linux-$libc.tar.xz";
}

/** Where a file is to be had. */
function where( string $file ): string {
	return '' === DOWNLOAD_ADDRESS ? $file : "$file from " . DOWNLOAD_ADDRESS;
}
