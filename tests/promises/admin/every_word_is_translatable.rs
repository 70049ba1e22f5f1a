//! Whoever translates the plugin finds every word of its screens: under a pseudo-locale that brackets what is translated nothing of
//! ours stands without brackets (`tests/browser/words.mjs`).

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use site::{Database, Request, Server};

/// Of PHP and of scripts. (WordPress reads the names of months and roles with the same functions.)
const PSEUDO_LOCALE: &str = "<?php
    foreach (['gettext', 'gettext_with_context', 'ngettext', 'ngettext_with_context'] as $filter) {
        add_filter($filter, fn($text) => '' === $text || str_contains($text, '⟦') ? $text : '⟦' . $text . '⟧', PHP_INT_MAX);
    }
    add_filter('translations_api', fn() => ['translations' => []]); // The profile offers languages, which it would fetch.
    add_action('admin_enqueue_scripts', fn() => wp_add_inline_script('wp-i18n',
        \"wp.hooks.addFilter('i18n.gettext', 'pseudo', text => '⟦' + text + '⟧'); wp.hooks.addFilter('i18n.ngettext', 'pseudo', text => '⟦' + text + '⟧');\"));";

#[test]
fn on_every_screen() {
    let world = World::with(|site| {
        site.database(Database::Sqlite)
            .server(Server::BuiltIn)
            .field_map(&[("Plan", "plan")])
            .mu_plugin_file("pseudo.php", PSEUDO_LOCALE)
    });
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.expect(&world.site.webhook("add", &[("contact_id", &id), ("role", "editor")]), 200, "unchanged", "");
    // Two contacts with one address, a body that is no event, an id that is nobody's, and one that is given up.
    world.expect(&world.add(ana()).1, 422, "failed", "email_conflict");
    world.site.answer(&Request::new("POST", &world.site.webhook_target("add", &[])).body("application/json", "{"));
    world.expect(&world.site.webhook("update", &[("contact_id", "4242")]), 404, "failed", "contact_not_found");
    world.give_up(sandbox::Contact::person("late@example.org"));
    let events: Vec<_> = world.events().iter().map(|event| number(&event["id"]).to_string()).collect();
    let user = number(&world.site.sql("SELECT ID FROM wp_users WHERE user_email = 'ana@example.com'")[0]["ID"]);
    // Somebody's, and the terms of Agile CRM's form.
    let data = ["ana@example.com", "Ana", "Ruiz", "Lead", "late@example.org", "admin@example.org", "A WordPress"];
    let terms = ["demo", ".agilecrm.com", "URL", "wpf_action", "access_key", "contact_id"];
    let data = [&data[..], &terms].concat();
    world.site.forget_log();
    world.play_with(
        "words.mjs",
        "all",
        &[("EVENTS", &events.join(",")), ("USER", &user.to_string()), ("DATA", &data.join("\n"))],
    );
}

#[test]
fn also_without_the_extension() {
    let world = World::with(|site| {
        site.database(Database::Sqlite)
            .server(Server::BuiltIn)
            .extension(false)
            .mu_plugin_file("pseudo.php", PSEUDO_LOCALE)
    });
    let data = ["ana@example.com", "owner@example.com", "admin@example.org", "A WordPress", "demo", ".agilecrm.com"];
    let terms = ["URL", "wpf_action", "access_key", "contact_id"];
    world.play_with("words.mjs", "settings", &[("DATA", &[&data[..], &terms].concat().join("\n"))]);
}
