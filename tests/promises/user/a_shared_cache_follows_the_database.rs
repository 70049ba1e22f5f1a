//! Beside a shared object cache (a real Redis) everybody sees users as they are stored: a page view while a user is written, just
//! before the commit, fixes nothing for those after it, and what never was committed was never to be seen.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Request;

/// `?view=ADDRESS` is the page view: who that is, and the list of users. Just before each commit of a webhook there is one, of
/// the file's address. Users of certain names are killed while they are written, or right after the commit.
const SITE: &str = r"<?php
    if (isset($_GET['view'])) {
        add_action('init', function () {
            $user = get_user_by('email', $_GET['view']);
            wp_send_json(array(
                'found' => $user ? $user->user_email : '',
                'listed' => in_array($_GET['view'], wp_list_pluck(get_users(), 'user_email'), true),
                'authors' => wp_list_pluck(get_users(array('role' => 'author')), 'user_email'),
                'plan' => $user ? get_user_meta($user->ID, 'plan', true) : '',
                'link' => $user ? get_user_meta($user->ID, 'agilecrm_contact_id', true) : '',
                'registered' => (int) wp_cache_get('registered', 'others'),
                'newest' => get_option('newest_user', ''),
            ));
        });
    }
    function viewed_before_commit($sql) {
        $view = WP_CONTENT_DIR . '/view-before-commit';
        if ('COMMIT' === $sql && isset($_GET['wpf_action']) && is_file($view)) {
            file_get_contents(home_url('/?view=' . rawurlencode(file_get_contents($view))));
            file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', '{}' . PHP_EOL, FILE_APPEND | LOCK_EX);
            $GLOBALS['is_committed'] = true;
        }
        return $sql;
    }
    add_filter('query', 'viewed_before_commit');
    add_action('user_register', function ($id, $data) {
        wp_cache_add('registered', 0, 'others');
        wp_cache_incr('registered', 1, 'others');
        update_option('newest_user', $data['user_email']);
        get_users();
        get_user_by('email', $data['user_email']);
        get_user_meta($id);
        if ('Throw' === $data['last_name']) { throw new Exception('no'); }
        if ('Exit' === $data['last_name']) {
            add_action('shutdown', function () { exit; }, 1);
            exit;
        }
        if ('Kill' === $data['last_name'] && !is_file(WP_CONTENT_DIR . '/killed')) {
            touch(WP_CONTENT_DIR . '/killed');
            posix_kill(getmypid(), 9);
        }
    }, 10, 2);
    add_action('muplugins_loaded', function () {
        if (!is_file(WP_CONTENT_DIR . '/kill-after-commit')) { return; }
        class Killing_Cache extends WP_Object_Cache {
            public function delete_multiple(array $keys, $group = 'default') {
                if (!empty($GLOBALS['is_committed'])) {
                    unlink(WP_CONTENT_DIR . '/kill-after-commit');
                    posix_kill(getmypid(), 9);
                }
                return parent::delete_multiple($keys, $group);
            }
        }
        $GLOBALS['wp_object_cache'] = new Killing_Cache();
    });";

fn view(world: &World, email: &str) -> Value {
    let response = world.site.send(&Request::new("GET", &format!("/?view={}", site::encode(email))));
    serde_json::from_slice(&response.bytes).unwrap_or_else(|error| panic!("{error}: {}", response.body()))
}

fn write(world: &World, name: &str, text: &str) {
    std::fs::write(world.site.root().join("wp-content").join(name), text).expect("a file");
}

/// A webhook during which somebody looks at this address, just before the commit; and what was seen before it.
fn seen_before_commit(world: &World, action: &str, contact: &str, email: &str) {
    view(world, email);
    write(world, "view-before-commit", email);
    world.take_notes();
    let target = world.site.webhook_target(action, &[("contact_id", contact)]);
    world.site.send(&Request::new("GET", &target));
    assert!(!world.take_notes().is_empty(), "nobody looked before a commit\n{}", world.site.log());
}

fn person(email: &str) -> Contact {
    Contact::person(email).first_name("Jo").last_name("Doe").custom("Plan", "Gold")
}

#[test]
fn whoever_looks_before_a_commit() {
    let world = World::with(|site| site.shared_cache().field_map(&[("Plan", "plan")]).mu_plugin_file("site.php", SITE));
    let site = &world.site;
    assert_eq!(site.wp("return wp_using_ext_object_cache();"), json!(true));

    let contact = world.contact(person("jo@example.com"));
    let id: u64 = contact.parse().expect("an id");
    seen_before_commit(&world, "add", &contact, "jo@example.com");
    let seen = view(&world, "jo@example.com");
    let expected = json!({"found": "jo@example.com", "listed": true, "authors": [], "plan": "Gold", "link": contact,
        "registered": 1, "newest": "jo@example.com"});
    assert_eq!(seen, expected, "a new user\n{}", site.log());

    what_is_cached_stays_where_nothing_has_changed(&world, &contact);
    world.crm.set_property(id, "CUSTOM", "Plan", "", "Silver");
    world.crm.set_property(id, "SYSTEM", "email", "work", "new@example.com");
    seen_before_commit(&world, "update", &contact, "jo@example.com");
    let seen = view(&world, "jo@example.com");
    assert_eq!((&seen["found"], &seen["listed"]), (&json!(""), &json!(false)), "the old address");
    let seen = view(&world, "new@example.com");
    assert_eq!((&seen["found"], &seen["plan"]), (&json!("new@example.com"), &json!("Silver")), "{seen}");

    a_contact_is_gone(&world, &contact);
    nothing_is_left_of_what_was_never_committed(&world);
    who_dies_after_the_commit_leaves_it_to_the_next(&world);
    assert!(!site.log().contains("Fatal"), "{}", site.log());
}

/// Whoever writes into a cache what they have read may overwrite what somebody else has just changed: a key that is not written
/// keeps its time to live.
fn what_is_cached_stays_where_nothing_has_changed(world: &World, contact: &str) {
    let redis = "$redis = $GLOBALS['wp_object_cache']->redis; return array_map(fn($key) => $redis->";
    let keys = "array('users:2', 'user_meta:2'));";
    assert_eq!(world.site.wp(&format!("{redis}expire($key, 1000), {keys}")), json!([true, true]));
    let answer = world.site.webhook("update", &[("contact_id", contact)]);
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(world.site.wp(&format!("{redis}ttl($key) > 0, {keys}")), json!([true, true]), "written again");
}

fn a_contact_is_gone(world: &World, contact: &str) {
    world.crm.delete_contact(contact.parse().expect("an id"));
    world.set(&json!({"gone_contacts": "role:author"}));
    seen_before_commit(world, "update", contact, "new@example.com");
    assert_eq!(view(world, "new@example.com")["authors"], json!(["new@example.com"]), "{}", world.site.log());
    world.set(&json!({"gone_contacts": "unlink"}));
    seen_before_commit(world, "update", contact, "new@example.com");
    assert_eq!(view(world, "new@example.com")["link"], "", "{}", world.site.log());
}

fn nothing_is_left_of_what_was_never_committed(world: &World) {
    write(world, "view-before-commit", "");
    let mut before = "jo@example.com".to_owned();
    for name in ["Throw", "Kill", "Exit"] {
        let email = format!("{}@example.com", name.to_lowercase());
        let contact = world.contact(Contact::person(&email).first_name("Jo").last_name(name));
        let target = world.site.webhook_target("add", &[("contact_id", &contact)]);
        world.site.send(&Request::new("GET", &target));
        let seen = view(world, &email);
        assert_eq!(seen["newest"], before, "an option that another plugin has written meanwhile");
        assert_eq!((&seen["found"], &seen["listed"]), (&json!(""), &json!(false)), "{name}\n{}", world.site.log());
        let cached = world.site.wp(&format!(
            "return array_values(array_filter($GLOBALS['wp_object_cache']->redis->keys('*'), fn($key) => str_contains($key, '{email}')));"
        ));
        assert_eq!(cached, json!([]), "{name}");
        world.crm.set_property(contact.parse().expect("an id"), "SYSTEM", "last_name", "", "Calm");
        world.catch_up();
        assert_eq!(view(world, &email)["listed"], true, "{name}\n{}", world.site.log());
        before = email;
    }
}

fn who_dies_after_the_commit_leaves_it_to_the_next(world: &World) {
    let contact = world.contact(person("late@example.com"));
    write(world, "kill-after-commit", "");
    seen_before_commit(world, "add", &contact, "late@example.com");
    assert!(!world.site.root().join("wp-content/kill-after-commit").exists(), "nobody was killed");
    world.catch_up();
    let seen = view(world, "late@example.com");
    assert_eq!((&seen["listed"], &seen["link"]), (&json!(true), &json!(contact)), "{}", world.site.log());
}

#[test]
fn on_a_network_with_the_newest_wordpress() {
    let world = World::with(|site| {
        site.wordpress("latest")
            .multisite(true)
            .shared_cache()
            .field_map(&[("Plan", "plan")])
            .mu_plugin_file("site.php", SITE)
    });
    let contact = world.contact(person("jo@example.com"));
    seen_before_commit(&world, "add", &contact, "jo@example.com");
    let expected = json!({"found": "jo@example.com", "listed": true, "authors": [], "plan": "Gold", "link": contact,
        "registered": 1, "newest": "jo@example.com"});
    assert_eq!(view(&world, "jo@example.com"), expected, "{}", world.site.log());
}
