//! Nobody learns from the web which version of the plugin a site has, to look for one with a known hole: not from its files, and
//! not from what it answers. (WordPress reads the version from the header of the main file, which the web does not show.)

use crate::stage::world::{World, ana};
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_stranger_asks_for_all_of_them() {
    let world = World::new();
    let plugin = world.site.root().join("wp-content/plugins/bridge-for-agile-crm");
    let main = std::fs::read_to_string(plugin.join("bridge-for-agile-crm.php")).expect("the main file");
    let version = main.split("Version:").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a version");
    let mut all = Vec::new();
    files(&plugin, &mut all);
    let mut texts = 0;
    for file in &all {
        let path = file.strip_prefix(&plugin).expect("inside").to_str().expect("a path in UTF-8");
        let answer = world.site.get(&format!("/wp-content/plugins/bridge-for-agile-crm/{path}"));
        assert!(!answer.body().contains(version), "{path} tells {version}:\n{}", answer.body());
        texts +=
            usize::from(path == "readme.txt" && answer.status == 200 && answer.body().contains("== Description =="));
    }
    assert!(all.len() > 100 && texts == 1, "the web shows what there is: {} files", all.len());

    let (_, done) = world.add(ana());
    for answer in [
        done.response,
        world.site.webhook("nonsense", &[]).response,
        world.site.get("/"),
        world.site.get("/?wpf_action=add"),
    ] {
        let told = format!("{:?} {}", answer.headers, answer.body());
        assert!(!told.contains(&format!("ver={version}")) && !told.to_lowercase().contains("agile-bridge/"), "{told}");
    }
}
