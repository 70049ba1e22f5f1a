//! WordPress' list of users says who is linked to which contact, with which tags, and shows on demand only those who are, or are not:
//! to whoever may see what webhooks do, on a network of this site's users alone, and without a query for it. A profile tells the same of
//! one user, with what came for them.

use crate::stage::users_screen::{NO_LANGUAGES, USERS, between, row_of, text};
use crate::stage::world::{World, ana};
use sandbox::Contact;
use site::{Database, Request, Server};

#[test]
fn who_is_linked_with_which_tags() {
    let world = World::with(|site| {
        site.database(Database::Sqlite).server(Server::BuiltIn).mu_plugin_file("no-languages.php", NO_LANGUAGES)
    });
    let (id, answer) = world.add(ana().tag("R&D"));
    let ana = answer.user_id().expect("a user");
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let eve = world.existing_user("eve", "eve@example.com", "editor");
    world.site.wp(&format!("(new WP_User({eve}))->add_cap('list_users'); return 1;"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = world.page(&admin, USERS).body();
    let row = row_of(&page, ana);
    assert!(row.contains(&format!("#contact/{id}\"")), "{row}");
    assert!(text(&row).contains("Open contactLead, R&amp;D"), "{row}");
    assert!(row.contains("formmethod=\"post\""), "{row}");
    let row = row_of(&page, bob);
    assert!(text(&row).contains("not linked") && !row.contains("Sync now"), "{row}");

    the_filter(&world, &admin);
    the_profile(&world, &admin, ana, bob);
    only_who_may(&world, ana);
    while_the_index_is_not_whole_there_is_no_filter(&world, &admin);
    assert_eq!(world.site.log(), "");
}

fn the_filter(world: &World, admin: &str) {
    let linked = |query: &str| world.listed(admin, &format!("{USERS}?{query}"));
    assert_eq!(linked("agile_bridge_linked=yes"), ["ana@example.com"]);
    assert_eq!(linked("agile_bridge_linked=no"), [site::ADMIN.0, "bob", "eve"]);
    assert_eq!(linked("agile_bridge_linked=no&role=editor"), ["eve"]);
    assert_eq!(linked("agile_bridge_linked=no&s=bob"), ["bob"]);
    assert_eq!(linked("agile_bridge_linked=yes&s=bob"), [""; 0]);
    assert_eq!(linked("agile_bridge_linked=else").len(), 4);
    let page = world.page(admin, &format!("{USERS}?agile_bridge_linked=no")).body();
    assert_eq!(between(&page, "<span class=\"displaying-num\">", "<"), "3 items");
    assert!(page.contains("<option value=\"no\" selected='selected'>"), "{page}");
    // Who is linked no more is shown as linked no more, although the index still has it.
    world
        .site
        .wp("$id = get_user_by('login', 'bob')->ID; update_user_meta($id, 'agilecrm_contact_id', '77'); return 1;");
    assert_eq!(linked("agile_bridge_linked=yes"), ["ana@example.com", "bob"]);
    world.site.wp("return delete_user_meta(get_user_by('login', 'bob')->ID, 'agilecrm_contact_id');");
    assert_eq!(linked("agile_bridge_linked=yes"), ["ana@example.com"]);
}

fn the_profile(world: &World, admin: &str, ana: u64, bob: u64) {
    let profile = |user: u64| world.page(admin, &format!("/wp-admin/user-edit.php?user_id={user}")).body();
    let page = profile(ana);
    let ours = page.split("id=\"agile-bridge-profile\"").nth(1).expect("our part");
    for expected in
        ["#contact/", "Lead", "a webhook of this site made it", "A user was created.", "All events of this user"]
    {
        assert!(ours.contains(expected), "{expected}: {ours}");
    }
    // WordPress' form keeps its own nonce, by which it saves.
    assert_eq!(page.split("</form>").next().unwrap_or_default().matches("name=\"_wpnonce\"").count(), 1, "{page}");
    let page = profile(bob);
    let ours = text(page.split("id=\"agile-bridge-profile\"").nth(1).expect("our part"));
    assert!(ours.contains("not linked") && ours.contains("Nothing has come for this user"), "{ours}");
    assert!(!ours.contains("Sync now"), "{ours}");
    let matched = world.add(Contact::person("eve@example.com")).1.user_id().expect("matched by the address");
    let ours = text(profile(matched).split("id=\"agile-bridge-profile\"").nth(1).expect("our part"));
    assert!(ours.contains("Protected") && ours.contains("The user was updated"), "{ours}");
    world.site.wp(&format!("return delete_user_meta({matched}, 'agilecrm_contact_id');"));
}

/// The list alone is not enough, nor one's own profile.
fn only_who_may(world: &World, ana: u64) {
    let eve = world.site.login("eve", "a-long-password");
    let page = world.page(&eve, USERS);
    assert_eq!(page.status, 200);
    assert!(page.body().contains(&format!("<tr id='user-{ana}'>")), "{}", page.body());
    for part in ["agile_bridge", "agile-bridge", "Sync now", "#contact/"] {
        assert!(!page.body().contains(part), "{part}: {}", page.body());
    }
    assert_eq!(world.listed(&eve, &format!("{USERS}?agile_bridge_linked=yes")).len(), 4);
    assert!(!world.page(&eve, "/wp-admin/profile.php").body().contains("agile-bridge"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    assert!(world.page(&admin, "/wp-admin/profile.php").body().contains("agile-bridge-profile"));
}

fn while_the_index_is_not_whole_there_is_no_filter(world: &World, admin: &str) {
    assert!(world.page(admin, USERS).body().contains("agile_bridge_linked"));
    world.site.sql("UPDATE wp_agile_bridge_links SET user_id = 1 WHERE contact_id = ''");
    assert!(!world.page(admin, USERS).body().contains("agile_bridge_linked"));
    assert_eq!(world.listed(admin, &format!("{USERS}?agile_bridge_linked=yes")).len(), 4);
}

#[test]
fn each_site_of_a_network_shows_its_own_links() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    assert!(other.is_number(), "{other}\n{}", world.site.log());
    let ana = world.add(ana()).1.user_id().expect("a user");
    let bea = world.contact(Contact::person("bea@example.com").tag("There"));
    let target = world.site.webhook_target("add", &[("contact_id", &bea)]);
    let answer = world.site.answer(&Request::new("GET", &format!("/other{target}")));
    world.expect(&answer, 200, "created", "");
    world.site.wp(&format!("add_user_to_blog({other}, {ana}, 'subscriber'); return 1;"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);

    let query = "agile_bridge_linked=yes";
    assert_eq!(world.listed(&admin, &format!("{USERS}?{query}")), ["ana@example.com"]);
    assert_eq!(world.listed(&admin, &format!("/other{USERS}?{query}")), ["bea@example.com"]);
    let there = world.page(&admin, &format!("/other{USERS}")).body();
    assert!(text(&row_of(&there, ana)).contains("not linked"), "{there}");
    for screen in ["users.php", "site-users.php?id=1", &format!("user-edit.php?user_id={ana}")] {
        let page = world.page(&admin, &format!("/wp-admin/network/{screen}"));
        assert_eq!(page.status, 200, "{screen}");
        assert!(
            !page.body().contains("agile_bridge_") && !page.body().contains("agile-bridge-profile"),
            "{screen}: {}",
            page.body()
        );
    }

    // What the columns show is read with the users.
    let (_, queries) = world.site.queries_during(|| world.page(&admin, USERS));
    let of = |what: &str| queries.iter().filter(|query| query.contains(what)).count();
    assert_eq!((of("agilecrm_"), of("agile_bridge_links")), (0, 1), "{queries:#?}");
}
