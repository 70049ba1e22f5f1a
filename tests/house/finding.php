<?php
/**
 * Something that is not as it should be, and where.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class Finding {

	public function __construct( public string $file, public int $line, public string $what ) {}

	public function __toString(): string {
		return "$this->file:$this->line: $this->what";
	}
}

/**
 * One file uses a name of another.
 */
final readonly class Reference {

	public function __construct( public string $from, public int $line, public string $name, public string $to ) {}
}
