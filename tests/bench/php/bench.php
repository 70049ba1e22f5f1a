<?php
/**
 * Plugin Name: Bench
 *
 * What plain WordPress is asked to do for comparison, at the end of `init`, where a webhook is answered too:
 *
 *   ?bench=boot              nothing
 *   ?bench=insert            one durable row
 *   ?bench=create&n=7        a user with the fields that the measured `add` gives one
 *   ?bench=create_cheap&n=7  the same, with the hash cost that a generated password needs
 */

declare(strict_types=1);

// How many contacts drain.php fetches at once, where the bench says so.
add_filter( 'agile_bridge_concurrent_fetches', static fn( $number ) => (int) ( getenv( 'BENCH_FETCHES' ) ?: $number ) );

// A site that has grown keeps as many events as the bench gives it.
add_filter( 'agile_bridge_max_events', static fn() => 10_000_000 );

if ( isset( $_GET['bench'] ) ) {
	add_action( 'init', 'bench_answer', PHP_INT_MAX );
}

function bench_answer(): never {
	$done = match ( $_GET['bench'] ) {
		'boot'         => true,
		'insert'       => bench_insert(),
		'create'       => bench_create( (int) $_GET['n'] ),
		'create_cheap' => bench_create_cheap( (int) $_GET['n'] ),
		default        => false,
	};
	header( 'Content-Type: application/json' );
	echo json_encode( [ 'success' => $done ] );
	exit;
}

function bench_insert(): bool {
	global $wpdb;
	$row = [
		'body'    => '{"action":"update","contact_id":"5667649732214784"}',
		'created' => gmdate( 'Y-m-d H:i:s' ),
	];
	return 1 === $wpdb->insert( 'bench_rows', $row );
}

/**
 * As one writes it: all at once what wp_insert_user() takes, the rest one by one.
 */
function bench_create( int $n ): bool {
	$user_id = wp_insert_user(
		[
			'user_login'    => "person$n@example.com",
			'user_email'    => "person$n@example.com",
			'user_pass'     => wp_generate_password( 24, false ),
			'user_nicename' => "ana-ruiz-$n",
			'nickname'      => "Ana Ruiz $n",
			'display_name'  => "Ana Ruiz $n",
			'first_name'    => 'Ana',
			'last_name'     => "Ruiz $n",
			'role'          => 'subscriber',
		]
	);
	if ( ! is_int( $user_id ) || $user_id < 1 ) {
		return false;
	}
	update_user_meta( $user_id, 'agilecrm_contact_id', (string) ( 5667649732214784 + $n ) );
	update_user_meta( $user_id, 'agilecrm_tags', [ 'Lead', 'Customer' ] );
	update_user_meta( $user_id, 'plan', 'Gold' );
	update_user_meta( $user_id, 'city', 'Lima' );
	return true;
}

function bench_create_cheap( int $n ): bool {
	add_filter( 'wp_hash_password_options', static fn( $options, $algorithm ) => PASSWORD_BCRYPT === $algorithm ? [ 'cost' => 4 ] : $options, 10, 2 );
	return bench_create( $n );
}
