//! From our main file on the answer is JSON and ours: what others print is discarded, what they set on the response is
//! undone, and where they end the request the campaign reads `site_error`, or `queued` if nothing has failed.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use site::{Database, Request, Response, Server, await_until};
use std::time::Duration;

/// Does what the header `X-Noise: WHEN:WHAT` says.
const NOISE: &str = r#"<?php
function noise( $stage ) {
	[ $when, $what ] = explode( ':', $_SERVER['HTTP_X_NOISE'] ?? ':' );
	if ( $when !== $stage ) {
		return;
	}
	switch ( $what ) {
		case 'echo': echo '<p>noise</p>'; break;
		case 'bom': echo "\xEF\xBB\xBF"; break;
		case 'notice': echo $undefined; trigger_error( 'noise', E_USER_WARNING ); break;
		case 'flush': echo 'noise'; @ob_flush(); flush(); break;
		case 'implicit': ob_implicit_flush(); echo 'noise'; break;
		case 'clean': while ( ob_get_level() ) { ob_end_clean(); } break;
		case 'clean_echo': while ( ob_get_level() ) { ob_end_clean(); } echo 'noise'; break;
		case 'flush_all': echo 'noise'; wp_ob_end_flush_all(); break;
		case 'open': ob_start(); echo 'noise'; break;
		case 'callback': ob_start( static fn( $page ) => $page . '<!-- cached -->' ); break;
		case 'cookie': setcookie( 'noise', '1' ); header( 'Set-Cookie: more=1', false ); break;
		case 'session': session_start(); $_SESSION['noise'] = 1; break;
		case 'headers':
			foreach ( [ 'Location: /elsewhere', 'Content-Type: text/html', 'Content-Length: 3', 'Content-Encoding: gzip',
				'Cache-Control: public, max-age=9', 'X-Robots-Tag: all' ] as $header ) {
				header( $header );
			}
			status_header( 418 );
			break;
		case 'throw': throw new RuntimeException( 'noise' );
		case 'fatal': no_such_function();
		case 'error': trigger_error( 'noise', E_USER_ERROR ); break;
		case 'parse': file_put_contents( WP_CONTENT_DIR . '/broken.php', '<?php if (' ); include WP_CONTENT_DIR . '/broken.php'; break;
		case 'exit': exit;
		case 'die': die( 'noise' );
		case 'wp_die': wp_die( 'noise', 'noise', array( 'response' => 403 ) );
		case 'json': wp_send_json( array( 'noise' => true ) );
		case 'redirect': wp_redirect( home_url( '/elsewhere/' ) ); exit;
		case 'memory': ini_set( 'memory_limit', '48M' ); for ( $noise = array(); ; ) { $noise[] = str_repeat( 'x', 100000 ); }
		case 'time': set_time_limit( 1 ); for ( ; ; ) { $noise = 1; }
		default: throw new LogicException( "no such noise: $what" );
	}
}
foreach ( array( 'plugins_loaded', 'init', 'user_register', 'agile_bridge_user_created', 'shutdown' ) as $hook ) {
	add_action( $hook, static fn() => noise( $hook ) );
}
register_shutdown_function( static fn() => noise( 'end' ) );"#;

/// `When` and each `What`.
type Noises<'a> = &'a [(&'a str, &'a str)];

/// The answer is as if nothing had happened.
const HARMLESS: Noises = &[
    ("before", "callback open cookie session headers"),
    ("after", "echo bom notice flush implicit clean flush_all open callback cookie session headers"),
    ("plugins_loaded", "echo clean open headers"),
    ("init", "echo bom notice flush implicit clean flush_all open callback cookie session headers"),
    ("user_register", "echo notice flush clean flush_all open callback cookie session headers redirect"),
    (
        "agile_bridge_user_created",
        "echo notice flush clean flush_all open callback cookie session headers wp_die redirect",
    ),
    (
        "shutdown",
        "echo notice flush clean clean_echo flush_all open callback cookie headers throw fatal exit die wp_die redirect",
    ),
    ("end", "echo notice clean_echo headers throw fatal exit die memory"),
];

/// The request is over before we could do our work, by an error; it is done later.
const DEADLY: Noises = &[
    ("after", "throw fatal error parse memory time"),
    ("plugins_loaded", "throw fatal"),
    ("init", "throw fatal error parse memory time"),
    ("user_register", "throw fatal error memory"),
    ("agile_bridge_user_created", "error memory"),
];

/// The same, and nothing has failed: somebody does not want the visitor.
const ENDED: Noises = &[
    ("after", "exit die"),
    ("plugins_loaded", "exit wp_die"),
    ("init", "exit die wp_die json redirect"),
    ("user_register", "exit die json"),
    ("agile_bridge_user_created", "exit"),
];

fn world(database: Database, server: Server) -> World {
    World::with(|site| {
        site.database(database)
            .server(server)
            .constant("WP_DEBUG_DISPLAY", true)
            .mu_plugin_file("noise.php", NOISE)
            .plugin_file("aaa-before.php", "<?php noise( 'before' );")
            .plugin_file("zzz-after.php", "<?php noise( 'after' );")
    })
}

/// Why an answer is not ours alone; nothing if it is.
fn spoilt(response: &Response) -> Option<&'static str> {
    let has = |name: &str, value: &str| response.header(name).is_some_and(|header| header.contains(value));
    let theirs = ["Set-Cookie", "Location", "Content-Encoding"];
    [
        ("is not JSON", serde_json::from_slice::<serde_json::Value>(&response.bytes).is_err()),
        ("is not called JSON", !has("Content-Type", "application/json")),
        ("may be stored", !has("Cache-Control", "no-store") || has("Cache-Control", "public")),
        ("may be indexed", response.header("X-Robots-Tag") != Some("noindex")),
        ("has another's header", theirs.iter().any(|name| response.header(name).is_some())),
    ]
    .into_iter()
    .find_map(|(what, is)| is.then_some(what))
}

/// A webhook with this noise beside it, that creates a user; then one in silence. The fault, if there is one.
fn amid(noise: &str, expected: &[(u16, &str)], world: &World) -> Result<(), String> {
    let contact = Contact::person(&format!("{}@example.com", noise.replace(':', "-"))).first_name("Jo").tag("Lead");
    let id = world.contact(contact);
    let target = world.site.webhook_target("add", &[("contact_id", &id)]);
    let response = world.site.send(&Request::new("GET", &target).header("X-Noise", noise));
    let fault = |what: &str| {
        Err(format!(
            "{noise} {what}: {} {:?}\n{}\n{}",
            response.status,
            response.headers,
            response.body(),
            world.site.log()
        ))
    };
    if let Some(what) = spoilt(&response) {
        return fault(what);
    }
    let json = response.json();
    let code = json["wp_code"].as_str().or(json["wp_status"].as_str()).unwrap_or_default();
    if !expected.contains(&(response.status, code)) {
        return fault("has another answer");
    }
    // The event is stored when the webhook comes, before others can spoil anything, and the next call is merged with it. That
    // brings on what waits; what a dead worker holds is done when its time is over, though nobody calls again.
    let began = !["after", "plugins_loaded", "init"].contains(&noise.split(':').next().unwrap_or_default());
    if !began && response.status != 200 {
        // Nobody has begun to work on it, and when the request is over it waits like any other: not for a dead worker's time.
        let waits = await_until(Duration::from_secs(20), || {
            let event = world.events().pop().expect("an event");
            let rests = ["waiting", "done"].iter().any(|state| event["state"] == *state);
            event["contact_id"] == *id && rests && number(&event["crashes"]) == 0
        });
        if !waits {
            return fault(&format!("does not wait, {:?}", world.events().pop()));
        }
    }
    let (merged, done) = ((202, "queued"), (200, "unchanged"));
    let next: &[_] = if response.status == 200 {
        &[done]
    } else if began && expected.len() > 1 {
        // The failure was told too early: nobody ended our work.
        world.await_all_done();
        &[done]
    } else if began {
        &[merged]
    } else {
        // What waits may be done by whoever drains, also before this one comes.
        &[merged, done]
    };
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    if !next.contains(&(answer.status, answer.wp_status())) {
        return fault(&format!("left something behind, {}", answer.json));
    }
    if answer.status == 202 {
        world.catch_up();
        let event = world.events().pop().expect("an event");
        if event["state"] != "done" || event["contact_id"] != *id {
            return fault(&format!("is not made good, {event}"));
        }
        let answer = world.site.webhook("add", &[("contact_id", &id)]);
        if (answer.status, answer.wp_status()) != (200, "unchanged") {
            return fault(&format!("is not made good, {}", answer.json));
        }
    }
    Ok(())
}

/// The users that are not as their contact says.
fn not_whole(world: &World) -> Vec<serde_json::Value> {
    let meta = |key: &str, value: &str| {
        format!("ID IN (SELECT user_id FROM wp_usermeta WHERE meta_key = '{key}' AND meta_value LIKE '%{value}%')")
    };
    let whole = [meta("first_name", "Jo"), meta("agilecrm_tags", "Lead"), meta("wp_capabilities", "subscriber")];
    world.site.sql(&format!("SELECT user_email FROM wp_users WHERE ID > 1 AND NOT ({})", whole.join(" AND ")))
}

/// `flush_sends`: this server sends the headers at PHP's `flush()`, which nobody can call back. Nobody is told that it was done then.
fn the_answer_is_ours(world: &World, flush_sends: bool) {
    let mut faults = Vec::new();
    let all = [(HARMLESS, (200, "created")), (DEADLY, (500, "site_error")), (ENDED, (202, "queued"))];
    for (noises, expected) in all {
        for (when, whats) in noises {
            for what in whats.split(' ') {
                let sent = flush_sends && ["flush", "implicit"].contains(&what);
                let expected = if sent { vec![expected, (202, "queued")] } else { vec![expected] };
                faults.extend(amid(&format!("{when}:{what}"), &expected, world).err());
                world.site.forget_log();
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
    assert!(not_whole(world).is_empty(), "{:?}", not_whole(world));
    let addresses =
        HARMLESS.iter().chain(DEADLY).chain(ENDED).map(|(_, whats)| whats.split(' ').count()).sum::<usize>();
    assert_eq!(world.user_count(), addresses as u64 + 1);

    // A wrong key never meets them.
    for noise in ["after:fatal", "init:exit", "plugins_loaded:redirect"] {
        let answer =
            world.site.answer(&Request::new("GET", "/?wpf_action=add&access_key=not-the-key").header("X-Noise", noise));
        assert_eq!((answer.status, answer.wp_code()), (403, "invalid_access_key"), "{noise}: {}", answer.json);
    }
    // Who throws our buffer away and prints at once cannot be called back. Nobody may take that for a success.
    for noise in ["after:clean_echo", "init:clean_echo"] {
        let page =
            world.site.send(&Request::new("GET", &world.site.webhook_target("test", &[])).header("X-Noise", noise));
        assert!(page.status >= 500 || page.status == 200 && page.json()["wp_status"] == "ok", "{noise}: {page:?}");
    }
    // And beside no webhook they are as loud as ever.
    let home = world.site.send(&Request::new("GET", "/").header("X-Noise", "init:echo"));
    assert!(home.body().contains("<p>noise</p>") && home.body().contains("</html>"), "{}", home.body());
}

#[test]
fn on_php_fpm() {
    the_answer_is_ours(&world(Database::MariaDb, Server::Nginx { workers: 2 }), false);
}

#[test]
fn on_the_built_in_server_with_sqlite() {
    the_answer_is_ours(&world(Database::Sqlite, Server::BuiltIn), true);
}
