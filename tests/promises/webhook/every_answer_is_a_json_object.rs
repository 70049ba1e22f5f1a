//! The shape of what comes back: a JSON object of the contract's keys, never a null, under headers that keep every cache
//! and every search engine away.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults, Form};
use serde_json::{Value, json};
use site::{ACCESS_KEY, Answer, Request};

const KEYS: [&str; 7] = ["success", "wp_status", "wp_code", "message", "wp_user_id", "wp_contact_id", "wp_notes"];

/// Tells whether caching plugins are told to keep out, of a webhook that gets that far; and does what we undo.
const WITNESS: &str = r"<?php
add_action( 'init', static fn() => file_put_contents( WP_CONTENT_DIR . '/cached', ( defined( 'DONOTCACHEPAGE' ) && DONOTCACHEPAGE ) ? 'no' : 'yes' ) );
add_filter( 'nocache_headers', static fn() => array( 'Cache-Control' => 'public, max-age=3600', 'X-Theirs' => 'yes' ) );
add_action( 'init', static function () { setcookie( 'visitor', '1' ); session_start(); header( 'Cache-Control: public' ); header( 'Content-Type: text/html' ); } );";

fn well_formed(answer: &Answer, what: &str) {
    let headers = &answer.response.headers;
    let header = |name: &str| answer.response.header(name).unwrap_or_default().to_lowercase();
    assert!(header("Content-Type").starts_with("application/json"), "{what}: {headers:?}");
    let caches: Vec<_> = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Cache-Control")).collect();
    assert!(caches.len() == 1 && header("Cache-Control").contains("no-store"), "{what}: {headers:?}");
    assert!(header("X-Robots-Tag").contains("noindex"), "{what}: {headers:?}");
    assert_eq!(answer.response.header("Set-Cookie"), None, "{what}: {headers:?}");
    assert_eq!(answer.response.header("Retry-After").is_some(), answer.status == 503, "{what}: {headers:?}");
    assert_eq!(answer.response.header("Allow").is_some(), answer.status == 405, "{what}: {headers:?}");
    assert_eq!(answer.response.header("Location"), None, "{what}: {headers:?}");

    let body = answer.json.as_object().expect("an object");
    assert!(body.iter().all(|(key, value)| KEYS.contains(&&**key) && !value.is_null()), "{what}: {}", answer.json);
    assert_eq!(answer.json["success"], answer.status < 400, "{what}: {}", answer.json);
    assert!(answer.json["wp_user_id"].is_u64() || !body.contains_key("wp_user_id"), "{what}: {}", answer.json);
    assert!(answer.json["wp_contact_id"].is_string() || !body.contains_key("wp_contact_id"), "{what}: {}", answer.json);
    assert_eq!(body.contains_key("message"), answer.status >= 400, "{what}: {}", answer.json);
}

#[test]
fn bodies_and_headers() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    let site = &world.site;
    let id = world.contact(ana());
    let no_address = world.contact(Contact::person("").first_name("Jo"));
    let broken_address = world.contact(Contact::person("jo@ex_ample"));
    let company = world.contact(Contact::company("Acme"));

    // The contract's two examples, to the letter.
    let answer = site.webhook("add", &[("contact_id", &id)]);
    well_formed(&answer, "created");
    let user = answer.user_id().expect("the answer names the user");
    let created =
        json!({"success": true, "wp_status": "created", "wp_user_id": user, "wp_contact_id": id, "wp_notes": []});
    assert_eq!((answer.status, &answer.json), (200, &created), "{}", site.log());
    let answer = site.answer(&Request::new("GET", "/?wpf_action=add&access_key=not-the-right-one"));
    well_formed(&answer, "wrong key");
    let refused = json!({"success": false, "wp_status": "rejected", "wp_code": "invalid_access_key", "message": "The access key is not valid."});
    assert_eq!((answer.status, &answer.json), (403, &refused), "{}", site.log());

    // One of every status; which case gets which is the other promises' matter.
    let ok = |status: &str, more: &Value| {
        let mut body = json!({"success": true, "wp_status": status, "wp_notes": []});
        let more = more.as_object().cloned().unwrap_or_default();
        body.as_object_mut().expect("an object").extend(more);
        Some(body)
    };
    let known = json!({"wp_user_id": user, "wp_contact_id": id});
    let nobody = json!({"wp_code": "no_matching_user", "wp_contact_id": no_address});
    let not_a_person = json!({"wp_code": "not_a_person", "wp_contact_id": company});
    let huge = Request::new("POST", &site.webhook_target("add", &[])).body("application/json", " ".repeat(1_048_577));
    let put = Request::new("PUT", &format!("/index.php{}", &site.webhook_target("add", &[])[1..]));
    let text = Request::new("POST", &site.webhook_target("add", &[])).body("text/plain", "hello");
    let get = |action: &str, id: &str| Request::new("GET", &site.webhook_target(action, &[("contact_id", id)]));
    for (request, status, expected) in [
        (get("test", ""), 200, ok("ok", &Value::Null)),
        (get("add", &id), 200, ok("unchanged", &known)),
        (get("update", &no_address), 200, ok("ignored", &nobody)),
        (get("update", &company), 200, ok("ignored", &not_a_person)),
        (get("add", "x"), 400, None),
        (get("add", "4711"), 404, None),
        (put, 405, None),
        (huge, 413, None),
        (text, 415, None),
        (get("add", &no_address), 422, None),
        (get("add", &broken_address), 422, None),
    ] {
        let answer = site.answer(&request);
        let what = format!("{} {}", request.method, request.target);
        well_formed(&answer, &what);
        assert_eq!(answer.status, status, "{what}: {}\n{}", answer.json, site.log());
        if let Some(mut expected) = expected {
            // Where nothing was looked at, there is nothing to note.
            if !answer.json.as_object().is_some_and(|body| body.contains_key("wp_notes")) {
                expected.as_object_mut().expect("an object").remove("wp_notes");
            }
            assert_eq!(answer.json, expected, "{what}");
        }
    }

    // What is kept for later, whatever the reason; an address names no contact yet.
    let queued = |more: Value| ok("queued", &more).expect("a body");
    let by_email = [("email", "who@example.com")];
    for (what, faults, parameters) in [
        ("later", Faults::default(), &[("contact_id", &*id), ("async", "1")][..]),
        ("CRM refuses us", Faults { unauthorized: Some(Form::Html), ..Faults::default() }, &[("contact_id", &*id)]),
        ("CRM is not asked any more", Faults::default(), &[("contact_id", &*no_address)]),
        ("not even whom to ask for", Faults::default(), &by_email),
    ] {
        world.crm.set_faults(faults);
        let answer = site.webhook("add", parameters);
        well_formed(&answer, what);
        let named = parameters.iter().find(|(name, _)| *name == "contact_id");
        let expected = queued(named.map_or(Value::Null, |(_, id)| json!({"wp_contact_id": id})));
        assert_eq!((answer.status, &answer.json), (202, &expected), "{what}: {}", site.log());
        if what == "later" {
            world.await_all_done();
        }
    }
    world.crm.set_faults(Faults::default());

    site.set_constant("AGILE_BRIDGE_DOMAIN", "");
    let answer = site.webhook("add", &[("contact_id", &id)]);
    well_formed(&answer, "not configured");
    world.expect(&answer, 503, "failed", "not_configured");
    assert_eq!(answer.contact_id(), Some(&*id), "{}", answer.json);

    site.sql("RENAME TABLE wp_agile_bridge_events TO away");
    site.sql("CREATE TABLE wp_agile_bridge_events (id int)");
    let answer = site.webhook("add", &[("contact_id", &id)]);
    well_formed(&answer, "not stored");
    world.expect(&answer, 503, "failed", "site_unavailable");
    assert_eq!(answer.contact_id(), Some(&*id), "{}", answer.json);

    assert_eq!(std::fs::read_to_string(site.root().join("wp-content/cached")).ok().as_deref(), Some("no"));
    assert!(!site.log().contains(ACCESS_KEY));
}
