//! Code of the site that writes users, or sends mails, while we write a user: what it writes is stored as it wants it, and ours as
//! we want it. And one that deletes the user meanwhile is told of.

use crate::stage::password::{FIELD, who};
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};

/// Each once for each user: fills in a profile after every change, makes a family member before the user's own row, reports every
/// mail, makes up a code of the length of a reset key.
const BUSY: &str = r"<?php
    function busy_first($what) { return false !== @fopen(WP_CONTENT_DIR . '/busy-' . $what, 'x'); }
    add_action('profile_update', fn($id) => busy_first('profile' . $id)
        && wp_update_user(['ID' => $id, 'display_name' => 'Theirs', 'description' => 'Of theirs', 'user_url' => 'https://theirs.example']), 5);
    add_filter('pre_user_nickname', function ($nickname) {
        if (busy_first('sister')) wp_insert_user(['user_login' => 'sister', 'user_email' => 'sister@example.com', 'user_pass' => 'a-sisters-password']);
        return $nickname;
    });
    add_filter('pre_user_url', function ($url) {
        $user = get_user_by('email', 'before@example.com');
        if ($user && busy_first('before')) wp_update_user(['ID' => $user->ID, 'description' => 'Before us', 'nickname' => 'Early']);
        return $url;
    });
    add_action('wp_mail_succeeded', fn($mail) => busy_first('report' . md5(serialize($mail['to']))) && wp_mail('report@example.com', 'A mail was sent', 'To somebody'));
    add_filter('wp_new_user_notification_email', function ($mail) { update_option('busy_code', wp_generate_password(20, false)); return $mail; });
    add_action('user_register', 'busy_delete'); add_action('profile_update', 'busy_delete', 20);
    function busy_delete($id) {
        require_once ABSPATH . 'wp-admin/includes/user.php';
        if ('Gone' === get_userdata($id)->first_name) wp_delete_user($id);
    }";

/// Asks our own filters as code does that knows half of their arguments.
const SLOPPY: &str = r"<?php
    function sloppy() {
        foreach (['pre_wp_mail', 'insert_user_meta', 'wp_pre_insert_user_data', 'update_user_metadata', 'add_user_metadata', 'get_user_metadata',
            'random_password', 'wp_hash_password_options', 'cron_schedules', 'site_transient_update_plugins', 'send_auth_cookies', 'wpmu_drop_tables'] as $hook) {
            foreach ([null, 'text', 7, [], new stdClass] as $value) {
                apply_filters($hook, $value);
                apply_filters($hook, $value, null, null, null);
            }
        }
        // (WordPress' own callbacks of this one are as strict.)
        AgileBridge\Plugin\Upkeep\Look::after_update(null);
        AgileBridge\Plugin\Upkeep\Look::after_update(null, new stdClass);
    }
    add_action('user_register', 'sloppy'); add_action('profile_update', 'sloppy'); add_action('admin_init', 'sloppy_admin');
    function sloppy_admin() {
        sloppy();
        foreach (['plugin_action_links_bridge-for-agile-crm/bridge-for-agile-crm.php', 'site_status_tests', 'removable_query_args'] as $hook) apply_filters($hook, null);
        do_action('admin_enqueue_scripts', null);
    }";

#[test]
fn of_the_same_user_and_of_others() {
    let world = World::with(|site| {
        site.mu_plugin_file("busy.php", BUSY)
            .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
            .field_map(&[("Plan", "plan")])
    });
    // Who is made in the middle of a creation has a password of their own.
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    let password = world.crm.property(id.parse().expect("a number"), FIELD).expect("a password");
    assert_eq!(who(&world, "ana@example.com", &password), user);
    assert_ne!(who(&world, "sister", "a-sisters-password"), Value::Null);
    assert_eq!(who(&world, "sister", &password), Value::Null);

    // Who is changed in the middle of a change has all of both.
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let now = world.user(user);
    assert_eq!((&now["first_name"], &now["last_name"]), (&json!("Anna"), &json!("Ruiz")), "{now:#}");
    let theirs = [&now["display_name"], &now["description"], &now["user_url"]];
    assert_eq!(theirs, ["Theirs", "Of theirs", "https://theirs.example"], "{now:#}");

    let before = world.existing_user("before", "before@example.com", "subscriber");
    let (_, answer) = world.add(Contact::person("before@example.com").first_name("Bea"));
    world.expect(&answer, 200, "updated", "");
    let now = world.user(before);
    assert_eq!((&now["first_name"], &now["nickname"]), (&json!("Bea"), &json!("Early")), "{now:#}");
}

#[test]
fn a_mail_and_a_code() {
    let world = World::with(|site| {
        site.mu_plugin_file("busy.php", BUSY).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
    });
    world.set(&json!({"returns_link": true}));
    let id = world.contact(ana());
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 200, "created", "");
    let code = world.site.wp("return get_option('busy_code');");
    let link = world.crm.property(id.parse().expect("a number"), FIELD).expect("a link");
    assert!(!link.contains(code.as_str().expect("a code")), "somebody else got the key: {code} {link}");
    assert!(world.site.mails().iter().any(|mail| mail.body.contains("key=")), "{:?}", world.site.mails());
    // WordPress' notice of a new address waits for the commit; the report of it is another mail.
    world.site.forget_mails();
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "email", "work", "new@example.com");
    world.site.wp("array_map('unlink', glob(WP_CONTENT_DIR . '/busy-report*')); return 1;");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let mails: Vec<_> =
        world.site.mails().into_iter().map(|mail| (mail.to, mail.subject.contains("A mail was sent"))).collect();
    let reports = mails.iter().filter(|(to, is_report)| to.contains("report@") && *is_report).count();
    assert!(reports >= 1 && mails.iter().all(|(to, is_report)| to.contains("report@") == *is_report), "{mails:?}");
}

#[test]
fn who_deletes_the_user_is_told_of() {
    let world = World::with(|site| site.mu_plugin_file("busy.php", BUSY));
    let before = world.user_tables();
    let (id, answer) = world.add(Contact::person("gone@example.com").first_name("Gone"));
    world.expect(&answer, 422, "failed", "rejected_by_site");
    assert!(answer.json["message"].as_str().unwrap_or_default().contains("deleted"), "{}", answer.json);
    assert!(world.event_of(&id)["message"].as_str().unwrap_or_default().contains("deleted"));
    assert_eq!(world.orphans(), Vec::<Value>::new());
    let count = |tables: &Value| tables[0].as_array().map(Vec::len);
    // (The sister is made in the same transaction.)
    assert_eq!(count(&world.user_tables()), count(&before));
    // While a user is changed: nothing is stored, the deletion neither.
    let user = world.existing_user("bea", "bea@example.com", "subscriber");
    let (_, answer) = world.add(Contact::person("bea@example.com").first_name("Gone").tag("Lead"));
    world.expect(&answer, 422, "failed", "rejected_by_site");
    assert!(answer.json["message"].as_str().unwrap_or_default().contains("deleted"), "{}", answer.json);
    assert_eq!(world.user(user)["first_name"], "");
    assert_eq!(world.orphans(), Vec::<Value>::new());
}

#[test]
fn what_sloppy_plugins_pass_is_taken() {
    let world = World::with(|site| site.mu_plugin_file("sloppy.php", SLOPPY));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let cookie = world.site.login("admin", "password");
    let page = world.site.send(&site::Request::new("GET", "/wp-admin/plugins.php").header("Cookie", &cookie));
    assert_eq!(page.status, 200, "{}\n{}", page.body(), world.site.log());
    assert!(!world.site.log().contains("bridge-for-agile-crm/"), "{}", world.site.log());
}
