//! What became of webhooks is for whoever may manage the site, or for whom code of the site names; nobody else sees it, and what
//! changes something is only done by who has sent it from the screen.

use crate::stage::world::{World, ana, nonce};
use site::{Database, Request, Response, form};

const SCREEN: &str = "/wp-admin/tools.php?page=agile-bridge-activity";

fn get(world: &World, cookie: &str, target: &str) -> Response {
    world.site.send(&Request::new("GET", target).header("Cookie", cookie))
}

fn post(world: &World, cookie: &str, fields: &[(&str, &str)]) -> Response {
    let request = Request::new("POST", SCREEN).header("Cookie", cookie);
    world.site.send(&request.body("application/x-www-form-urlencoded", form(fields)))
}

#[test]
fn only_from_the_screen_and_only_who_may() {
    let plugin = "<?php add_filter('agile_bridge_capability', fn() => get_option('who_may') ?: '');";
    let world = World::with(|site| site.database(Database::Sqlite).mu_plugin_file("who-may.php", plugin));
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    for (login, role) in [("ed", "editor"), ("sue", "subscriber"), ("otto", "administrator")] {
        world.existing_user(login, &format!("{login}@example.com"), role);
    }
    let login = |name: &str| world.site.login(name, "a-long-password");
    let (editor, subscriber, other) = (login("ed"), login("sue"), login("otto"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = get(&world, &admin, SCREEN).body();
    assert!(page.contains("A user was created."), "{page}");
    let of = |cookie: &str| nonce(&get(&world, cookie, SCREEN).body(), "<form method=\"post\"");
    let (mine, others) = (of(&admin), of(&other));

    let writes: [(&str, &str); 4] = [("replay", "1"), ("replay_dead", "1"), ("process_now", "1"), ("export", "1")];
    for (name, value) in writes {
        let fields = |nonce| [(name, value), ("_wpnonce", nonce)];
        for (case, cookie, nonce) in [
            ("an editor", &editor, &*mine),
            ("a subscriber", &subscriber, &mine),
            ("nobody", &String::new(), &mine),
            ("no nonce", &admin, ""),
            ("another's nonce", &admin, &others),
        ] {
            let answer = post(&world, cookie, &fields(nonce));
            assert!(
                answer.status == 403 || (cookie.is_empty() && answer.status == 302),
                "{name}, {case}: {}",
                answer.status
            );
        }
        let target = format!("{SCREEN}&{name}={value}&_wpnonce={mine}&action=replay&events[]=1");
        assert!(get(&world, &admin, &target).body().contains("id=\"the-list\""), "{name} by GET only shows the list");
    }
    assert_eq!(world.events().len(), 1);
    for cookie in [&editor, &subscriber] {
        assert_eq!(get(&world, cookie, SCREEN).status, 403);
    }

    // Code of the site may let editors see it; what it says must be a capability.
    world.site.wp("update_option('who_may', 'edit_others_posts'); return 1;");
    let answer = post(&world, &editor, &[("replay", "1"), ("_wpnonce", &of(&editor))]);
    assert_eq!(answer.status, 302, "{}", answer.body());
    assert_eq!(world.events().len(), 2);
    assert_eq!(get(&world, &subscriber, SCREEN).status, 403);
    assert_eq!(get(&world, &editor, "/wp-admin/options-general.php?page=bridge-for-agile-crm").status, 403);
}
