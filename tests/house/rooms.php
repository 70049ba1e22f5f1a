<?php
/**
 * Each room of the plugin says in one sentence what happens in it, and where to begin reading: in its README.md.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Rooms {

	/**
	 * @return list<Finding>
	 */
	public static function findings( string $root, PhpTree $tree ): array {
		$findings = [];
		foreach ( array_unique( array_map( static fn( PhpFile $file ): string => dirname( $file->path ), $tree->files ) ) as $folder ) {
			if ( 1 !== substr_count( $folder, '/' ) ) {
				continue;
			}
			$readme = Text::read( "$root/$folder/README.md" )->content;
			if ( 1 !== preg_match( '/^# .+\n\n.+/', $readme ) ) {
				$findings[] = new Finding( "$folder/README.md", 1, 'the room does not say what happens in it' );
				continue;
			}
			preg_match_all( '/`([a-z][a-z-]*\/?[a-z-]*\.php)`/', $readme, $files );
			foreach ( $files[1] as $file ) {
				if ( ! is_file( "$root/$folder/$file" ) ) {
					$findings[] = new Finding( "$folder/README.md", 1, "there is no $file" );
				}
			}
		}
		return $findings;
	}
}
