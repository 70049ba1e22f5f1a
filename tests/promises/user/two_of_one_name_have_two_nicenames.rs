//! Nicenames are addresses of pages, and WordPress' table has no unique key on them: two new users of one name who are made at the
//! same time get one each.

use crate::stage::inbox::at_once;
use crate::stage::world::World;
use sandbox::Contact;

/// Whoever is being made waits a moment for a second one, who must not come as far before the first is stored.
const MEETING: &str = "<?php add_action('user_register', function () {
    file_put_contents(WP_CONTENT_DIR . '/met', 'x', FILE_APPEND);
    for ($i = 0; $i < 50 && strlen(file_get_contents(WP_CONTENT_DIR . '/met')) < 2; $i++) {
        usleep(10000);
    }
});
add_filter('agile_bridge_inline_workers', fn() => 4);";

#[test]
fn at_the_same_time() {
    let world = World::with(|site| site.mu_plugin_file("meeting.php", MEETING));
    let ids: Vec<_> = (0..2)
        .map(|number| {
            world.contact(Contact::person(&format!("ana{number}@example.com")).first_name("Ana").last_name("Ruiz"))
        })
        .collect();
    for answer in at_once(2, |caller| world.site.webhook("add", &[("contact_id", &ids[caller])])) {
        world.expect(&answer, 200, "created", "");
    }
    let rows = world.site.sql("SELECT user_nicename FROM wp_users WHERE user_email LIKE 'ana%' ORDER BY ID");
    let nicenames: Vec<_> = rows.iter().map(|row| row["user_nicename"].as_str().unwrap_or_default()).collect();
    assert_eq!(nicenames, ["ana-ruiz", "ana-ruiz-2"]);
}
