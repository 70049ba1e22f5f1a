<?php
/**
 * What is wrong with the extension on this server, and what to do: in the same words in the notice, in Site Health and by drain.php.
 *
 * For the PHP that asks; and where that has the extension, for the one of the other side (web or command line) that was seen
 * without it (stats.php notes that).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Advice {

	/** Seconds for which it counts that a PHP was seen with or without the extension. Who comes by every day is noted every day. */
	private const SEEN_LATELY = 2 * DAY_IN_SECONDS;

	/**
	 * @param list<string> $commands To be typed on the server, in this order.
	 */
	private function __construct(
		/** False: webhooks are processed all the same. */
		public readonly bool $is_urgent,
		/** What happened. */
		public readonly string $title,
		/** What it means, and what there is. */
		public readonly string $text,
		public readonly array $commands,
		/** What else is to be known; may be ''. */
		public readonly string $after,
	) {}

	/**
	 * @return ?self Null if all is well.
	 */
	public static function current(): ?self {
		return match ( Extension::state() ) {
			'missing' => self::of_missing(),
			'old'     => self::of_old(),
			'new'     => new self(
				true,
				__( 'Bridge for Agile CRM: the PHP extension agile_bridge is so much newer that it no longer serves this plugin.', 'bridge-for-agile-crm' ),
				self::meaning() . ' ' . __( 'Update the plugin.', 'bridge-for-agile-crm' ),
				[],
				''
			),
			'fits'    => self::of_other_side() ?? self::of_older(),
		};
	}

	/** For a terminal. */
	public function plain_text(): string {
		return implode( "\n", array_filter( [ $this->title, $this->text, ...array_map( static fn( string $command ): string => "  $command", $this->commands ), $this->after ] ) ) . "\n";
	}

	private static function of_missing(): self {
		$here  = new Installation( PhpBuild::own() );
		$other = self::seen_lately( 'cli' === PHP_SAPI ? 'web' : 'cli' );
		$there = null === $other || ! $other->is_loaded ? '' : sprintf(
			/* translators: 1: such as "PHP 8.2 of the web server", 2: date and time. */
			__( '%1$s has it (seen on %2$s); each PHP has ini files of its own.', 'bridge-for-agile-crm' ),
			$other->label(),
			self::date( $other->time )
		) . ' ';
		return new self(
			true,
			__( 'Bridge for Agile CRM: the PHP extension agile_bridge is not loaded.', 'bridge-for-agile-crm' ),
			self::meaning() . ' ' . $there . $here->finding,
			$here->commands,
			$here->after
		);
	}

	private static function of_old(): self {
		return self::to_be_updated( true, __( 'Bridge for Agile CRM: the PHP extension agile_bridge is too old for this plugin.', 'bridge-for-agile-crm' ), self::meaning() );
	}

	/** Of the release before, which serves this plugin in all that it has itself. */
	private static function of_older(): ?self {
		if ( ! Extension::is_behind() ) {
			return null;
		}
		$off = Extension::has( 'read_kept_webhook' ) ? '' : ' ' . __( 'Off until it is updated: to read webhooks that came while it was missing. They stay kept.', 'bridge-for-agile-crm' );
		return self::to_be_updated(
			false,
			__( 'Bridge for Agile CRM: the PHP extension agile_bridge is a release older than this plugin.', 'bridge-for-agile-crm' ),
			__( 'Webhooks are processed as ever.', 'bridge-for-agile-crm' ) . $off
		);
	}

	private static function to_be_updated( bool $is_urgent, string $title, string $meaning ): self {
		return new self(
			$is_urgent,
			$title,
			$meaning . ' ' . __( 'Install the one that belongs to this version of the plugin, in the folder in which its file is:', 'bridge-for-agile-crm' ),
			( new Installation( PhpBuild::own() ) )->update_commands(),
			__( 'If it was built from source, build and copy it again, and restart PHP.', 'bridge-for-agile-crm' )
		);
	}

	/** This PHP has it; the other side's may not, or the one by which WP-Cron comes. */
	private static function of_other_side(): ?self {
		$other = self::seen_lately( 'cli' === PHP_SAPI ? 'web' : 'cli' );
		if ( null !== $other && ! $other->fits ) {
			return self::of_other( $other, $other->is_web, self::meaning_of_other( $other->is_web ) );
		}
		$crons = self::seen_lately( 'cron' );
		if ( null !== $crons && ! $crons->fits && ! ( $crons->is_here() && $crons->is_same_as( SeenPhp::now() ) ) ) {
			/* translators: %s: date and time. */
			return self::of_other( $crons, false, __( 'When WP-Cron ran there last (%s), nothing was processed. What waits is processed when the next webhook comes.', 'bridge-for-agile-crm' ) );
		}
		return null;
	}

	private static function of_other( SeenPhp $other, bool $is_urgent, string $meaning ): self {
		$php     = $other->is_here() ? PhpBuild::beside( $other->build, $other->is_web ? $other->sapi : 'cli' ) : null;
		$install = null === $php ? null : new Installation( $php );
		$drain   = 'php ' . Installation::quoted( dirname( __DIR__ ) . '/drain.php' ) . ' --path=' . Installation::quoted( untrailingslashit( ABSPATH ) )
			. ( is_multisite() || defined( 'WP_HOME' ) ? ' --url=' . Installation::quoted( home_url( '/' ) ) : '' );
		$finding = match ( true ) {
			null !== $install && $other->is_loaded => __( 'Install the one that belongs to this version of the plugin, in the folder in which its file is:', 'bridge-for-agile-crm' ),
			null !== $install => $install->finding,
			$other->is_web && 'cli' !== PHP_SAPI => __( 'Install it for that PHP too, in the same way as for this one.', 'bridge-for-agile-crm' ),
			$other->is_web    => __( 'The notice in the site\'s dashboard says what to do.', 'bridge-for-agile-crm' ),
			default           => __( 'Run by that PHP, drain.php says what to do:', 'bridge-for-agile-crm' ),
		};
		$commands = match ( true ) {
			null !== $install && $other->is_loaded => $install->update_commands(),
			null !== $install => $install->commands,
			$other->is_web    => [],
			default           => [ $drain ],
		};
		/* translators: %s: path of a program, name of a server. */
		$which = '' === $other->place() ? '' : ' ' . sprintf( __( 'It is this one: %s.', 'bridge-for-agile-crm' ), $other->place() );
		return new self(
			$is_urgent,
			sprintf(
				$other->is_loaded
					/* translators: 1 and 2: such as "PHP 8.2 of the web server". */
					? __( 'Bridge for Agile CRM: %1$s has the PHP extension agile_bridge, and %2$s has one of another version, which does not fit this plugin.', 'bridge-for-agile-crm' )
					/* translators: 1 and 2: such as "PHP 8.2 of the web server". */
					: __( 'Bridge for Agile CRM: %1$s has the PHP extension agile_bridge, and %2$s does not have it.', 'bridge-for-agile-crm' ),
				SeenPhp::now()->label(),
				$other->label()
			),
			sprintf( $meaning, self::date( $other->time ) ) . "$which $finding",
			$commands,
			$install->after ?? ''
		);
	}

	/** What it means that the other side's PHP lacks it; with a place for a date. */
	private static function meaning_of_other( bool $is_web ): string {
		return $is_web
			/* translators: %s: date and time. */
			? __( 'It was seen so on %s. As long as that is so, webhooks that come by it are kept and answered 202, and a PHP that has the extension processes them: cron\'s, or drain.php.', 'bridge-for-agile-crm' )
			/* translators: %s: date and time. */
			: __( 'When cron ran there last (%s), nothing was processed. Webhooks are received as ever, and what waits is processed when the next one comes.', 'bridge-for-agile-crm' );
	}

	private static function meaning(): string {
		return 'cli' === PHP_SAPI
			? __( 'As long as that is so, the command line processes nothing. Webhooks that wait stay stored.', 'bridge-for-agile-crm' )
			: __( 'As long as that is so, webhooks are kept and answered 202, up to 100 MiB of them, and processed afterwards; a test of the access key is answered with an error (503). The rest of the site is not affected.', 'bridge-for-agile-crm' );
	}

	/**
	 * @param 'web'|'cli'|'cron' $side
	 * @return ?SeenPhp Null if it was not seen lately.
	 */
	private static function seen_lately( string $side ): ?SeenPhp {
		$seen = Stats::last_php( $side );
		return null !== $seen && $seen->time > time() - self::SEEN_LATELY ? $seen : null;
	}

	private static function date( int $time ): string {
		return (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time );
	}
}
