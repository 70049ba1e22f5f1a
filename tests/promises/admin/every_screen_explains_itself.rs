//! Under 'Help', where WordPress has it, every screen and every tab says what it is for, and where to read on; and each picture of the
//! screens that `readme.txt` shows has its caption.

use crate::stage::world::World;
use site::{Database, Request};
use std::path::Path;

#[test]
fn each_has_its_own_help() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let settings = ["connect", "webhooks", "fields", "users", "try", "advanced"];
    let mut screens: Vec<_> = settings.iter().map(|tab| (world.settings_tab(&cookie, tab), *tab)).collect();
    let activity = Request::new("GET", "/wp-admin/tools.php?page=agile-bridge-activity").header("Cookie", &cookie);
    screens.push((world.site.send(&activity).body(), "events"));
    let said: Vec<_> = screens.iter().map(|(page, id)| help(page, id)).collect();
    for (number, text) in said.iter().enumerate() {
        assert!(text.len() > 80, "{text}");
        assert!(!said[..number].contains(text), "said twice: {text}");
    }
}

#[test]
fn each_picture_of_the_directory_has_its_caption() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("wp-plugin/readme.txt")).expect("a readme");
    let captions =
        readme.split("== Screenshots ==").nth(1).and_then(|rest| rest.split("\n== ").next()).expect("captions");
    let captions = captions.lines().filter_map(|line| line.split_once(". "));
    let mut captioned: Vec<_> = captions.map(|(number, _)| format!("screenshot-{number}.png")).collect();
    captioned.sort();
    let pictures = std::fs::read_dir(root.join("packaging/wordpress-org")).expect("a folder");
    let mut pictures: Vec<_> =
        pictures.map(|file| file.expect("a file").file_name().into_string().expect("UTF-8")).collect();
    pictures.retain(|name| name.starts_with("screenshot-"));
    pictures.sort();
    assert_eq!(pictures, captioned);
}

/// What it says; the sidebar leads on.
fn help<'a>(page: &'a str, id: &str) -> &'a str {
    let panel = page.split(&format!("id=\"tab-panel-agile-bridge-help-{id}\"")).nth(1);
    let panel = panel.unwrap_or_else(|| panic!("no help about {id}"));
    let sidebar = page.split("class=\"contextual-help-sidebar\"").nth(1).expect("a sidebar");
    assert!(sidebar.split("</div>").next().is_some_and(|text| text.contains("<a href=") && text.contains("docs/")));
    panel.split("</div>").next().unwrap_or_default()
}
