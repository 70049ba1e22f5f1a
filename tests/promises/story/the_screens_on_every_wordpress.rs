//! The screens of the story on the oldest and the newest WordPress, read from left and from right, at a desk and on a phone: nothing is
//! wider than the window or cut off (`tests/browser/fits.mjs`). Each leaves its pictures in `target/screens`, to be looked at.

use super::an_admin_in_a_browser::{new_site, play};
use site::Database;
use std::path::Path;

/// As a translation that is read from right to left says it.
const RIGHT_TO_LEFT: &str =
    "<?php add_action('init', fn() => $GLOBALS['wp_locale']->text_direction = 'rtl', PHP_INT_MIN);";

#[test]
#[ignore = "minutes, and somebody has to look at what it leaves: `make test-screens`"]
fn in_both_directions_and_at_both_widths() {
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    for (wordpress, database) in [("6.8", Database::Sqlite), ("latest", Database::MariaDb)] {
        for direction in ["ltr", "rtl"] {
            for width in ["1280", "390"] {
                let name = format!("{wordpress}-{direction}-{width}");
                println!("{name}");
                let folder = pictures.join(&name);
                std::fs::create_dir_all(&folder).expect("a folder");
                let world = new_site(|site| {
                    let site = site.database(database).wordpress(wordpress);
                    if direction == "rtl" { site.mu_plugin_file("rtl.php", RIGHT_TO_LEFT) } else { site }
                });
                play(&world, &[("WIDTH", width), ("SCREENSHOTS", folder.to_str().expect("a path in UTF-8"))]);
            }
        }
    }
}
