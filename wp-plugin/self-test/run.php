<?php
/**
 * A self-test, as far as it has come: what is to be done, what came of it, whose turn it is. Kept when it is done, as its result.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final readonly class Run {

	/**
	 * @param list<Step>    $steps       Those that are not done.
	 * @param list<Verdict> $verdicts    Of those that are.
	 * @param int           $user_id     Who has begun it.
	 * @param int           $begun_at    Milliseconds since 1970.
	 * @param int           $finished_at The same; 0: it is not finished.
	 */
	public function __construct(
		public array $steps,
		public array $verdicts,
		public int $user_id,
		public int $begun_at,
		public int $finished_at = 0,
	) {}

	/**
	 * With what came of the next step.
	 *
	 * @param int $now Milliseconds since 1970.
	 */
	public function after( Verdict $verdict, int $now ): self {
		$left = array_slice( $this->steps, 1 );
		return new self( $left, [ ...$this->verdicts, $verdict ], $this->user_id, $this->begun_at, [] === $left ? $now : 0 );
	}

	public function is_finished(): bool {
		return 0 < $this->finished_at;
	}

	/**
	 * Which address was tested.
	 */
	public function home(): string {
		return $this->verdicts[0]->step->url ?? $this->steps[0]->url ?? '';
	}

	/**
	 * The worst of all, as WordPress' Site Health has it.
	 *
	 * @return 'good'|'recommended'|'critical'
	 */
	public function level(): string {
		$levels = array_map( static fn( Verdict $verdict ): string => $verdict->level(), $this->verdicts );
		return match ( true ) {
			in_array( 'critical', $levels, true ) => 'critical',
			in_array( 'recommended', $levels, true ) => 'recommended',
			default => 'good',
		};
	}

	/**
	 * @return array<string, mixed>
	 */
	public function to_array(): array {
		return [
			'steps'       => array_map( 'get_object_vars', $this->steps ),
			'verdicts'    => array_map( static fn( Verdict $verdict ): array => $verdict->to_array(), $this->verdicts ),
			'user_id'     => $this->user_id,
			'begun_at'    => $this->begun_at,
			'finished_at' => $this->finished_at,
		];
	}

	/**
	 * @param array<string, mixed> $stored As to_array() gives it, or another version of the plugin; what has no steps is no self-test.
	 */
	public static function of_array( array $stored ): ?self {
		$rows = static fn( string $name ): array => array_values( array_filter( (array) ( $stored[ $name ] ?? [] ), 'is_array' ) );
		if ( [] === [ ...$rows( 'steps' ), ...$rows( 'verdicts' ) ] ) {
			return null;
		}
		$number = static fn( string $name ): int => (int) ( $stored[ $name ] ?? 0 );
		return new self( array_map( self::step( ... ), $rows( 'steps' ) ), array_map( self::verdict( ... ), $rows( 'verdicts' ) ), $number( 'user_id' ), $number( 'begun_at' ), $number( 'finished_at' ) );
	}

	/**
	 * @param array<string, mixed> $stored
	 */
	private static function step( array $stored ): Step {
		return new Step( (string) ( $stored['url'] ?? '' ), 'POST' === ( $stored['method'] ?? '' ) ? 'POST' : 'GET', true === ( $stored['is_home'] ?? false ) );
	}

	/**
	 * @param array<string, mixed> $stored
	 */
	private static function verdict( array $stored ): Verdict {
		$text = static fn( string $name ): string => (string) ( $stored[ $name ] ?? '' );
		return new Verdict( self::step( $stored ), Meaning::tryFrom( $text( 'meaning' ) ) ?? Meaning::OtherStatus, $text( 'detail' ), $text( 'by' ) );
	}
}
