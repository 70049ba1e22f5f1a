//! After a restart of PHP-FPM all workers compile the plugin at the same moment, with an empty opcache. Nobody dies of it, and
//! no webhook is lost: neither in the bare race of four compilers over the plugin's files, nor on a site that is restarted under
//! eight webhooks.

use super::{FIELDS, Fate, Tally, differences, duplicates, expect_none, fate, logs, person, scaled, settle, users};
use crate::stage::inbox::at_once;
use crate::stage::world::World;
use site::Request;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn php_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| php_files(folder));
    files.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "php")).chain(below).collect()
}

#[test]
fn four_compilers_and_an_empty_cache() {
    // What a webhook may need: no worker compiles the screens because one comes.
    let plugin = site::repository().join("wp-plugin");
    let mut files = php_files(&plugin);
    files.retain(|file| !file.starts_with(plugin.join("admin")));
    assert!(files.len() > 50, "{files:?}");
    let race = site::repository().join("tests/site/php/compile_race.php");
    let starts = scaled(20_000);
    let mut died = Vec::new();
    for start in 0..starts {
        // Without Debian's extensions, which take a third of the time. A file that has just been written would not be cached at all.
        let settings = ["zend_extension=opcache", "opcache.enable_cli=1", "opcache.file_update_protection=0"];
        let settings = settings.iter().flat_map(|setting| ["-d", setting]);
        let output = Command::new("php").arg("-n").args(settings).arg(&race).args(&files).output().expect("php runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            died.push(format!("start {start}: {} {said}", output.status));
        }
    }
    println!("{starts} cold starts of four compilers over {} files: {} workers died", files.len(), died.len());
    assert!(died.is_empty(), "{died:#?}");
}

#[test]
fn a_restart_under_eight_webhooks() {
    let world = World::with(|site| site.field_map(&FIELDS).compiles_anew());
    // The first one must not meet a site without tables.
    world.drain();
    let (restarts, answers) = (scaled(300), Tally::default());
    let mut unknown = Vec::new();
    for restart in 0..restarts {
        world.site.reload_fpm();
        let fates = at_once(8, |caller| {
            let number = restart * 8 + u32::try_from(caller).expect("eight");
            let id = world.contact(person(&format!("p{number}@example.com"), number));
            let request = Request::new("GET", &world.site.webhook_target("add", &[("contact_id", &id)]));
            fate(world.site.try_send(&request), &answers)
        });
        if fates.iter().any(|fate| *fate != Fate::Accepted) {
            unknown.push(format!("restart {restart}"));
        }
    }
    println!("{restarts} restarts under eight webhooks: {answers}");
    expect_none("restarts under which a webhook was not accepted", &unknown, &world);
    let killed: Vec<_> =
        logs(&world).lines().filter(|line| line.contains("exited on signal")).map(str::to_owned).collect();
    expect_none("workers died", &killed, &world);

    settle(&world);
    let users = users(&world);
    assert_eq!(users.len(), restarts as usize * 8, "every contact is a user");
    expect_none("users twice", &duplicates(&users), &world);
    let wrong: Vec<_> = users
        .iter()
        .flat_map(|user| {
            let id = user["agilecrm_contact_id"][0].as_str().and_then(|id| id.parse().ok()).expect("a link");
            differences(user, &world.crm.contact(id).expect("a contact"))
        })
        .collect();
    expect_none("differences", &wrong, &world);
}
