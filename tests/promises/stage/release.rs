//! The release before this one on a site, and its two parts replaced under it: `tests/site/release-before.sh` brings it.

use crate::stage::world::World;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tells which extension PHP-FPM's workers have.
const TELLS: &str = "<?php
    add_action('send_headers', fn() => header('X-Interface: ' . AgileBridge\\INTERFACE_NUMBER));";

const OURS: &str = "public const INTERFACE_NUMBER = ";

/// Whether this is a shallow clone without that commit, so that no upgrade from it can be tried; says so.
pub fn is_cut_off(commit: &str) -> bool {
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(site::repository()).output();
    let has = git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).is_ok_and(|output| output.status.success());
    let is_shallow =
        || git(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.stdout.starts_with(b"true"));
    let is_cut_off = !has && is_shallow();
    if is_cut_off {
        eprintln!("LEFT OUT: {commit} is not in this shallow clone; `git fetch --unshallow` brings it");
    }
    is_cut_off
}

/// The commit of the release before, as `tests/site/release-before.sh` has it.
pub fn commit_before() -> String {
    let script = fs::read_to_string(site::repository().join("tests/site/release-before.sh")).expect("the script");
    let line = script.lines().find_map(|line| line.strip_prefix("commit=")).expect("a commit");
    line.to_owned()
}

/// A site with both parts of the release before, and where a host would put the extension's file.
pub struct OldSite {
    pub world: World,
    extension: tempfile::TempDir,
}

impl OldSite {
    pub fn new() -> Self {
        let extension = tempfile::tempdir().expect("a folder");
        let file = extension.path().join("agile_bridge.so");
        fs::copy(before("libagile_bridge.so"), &file).expect("the old extension is copied");
        // Nothing of the new plugin ever runs before the old one.
        let world = World::with(|site| {
            let site = site.extension_file(&file).plugin_active(false).mu_plugin_file("tells.php", TELLS);
            site.field_map(&[("Plan", "plan")])
        });
        let site = Self { world, extension };
        site.put_plugin(&before("wp-plugin"));
        site.widen();
        site.world.site.wp("require_once ABSPATH . 'wp-admin/includes/plugin.php';
             return activate_plugin('bridge-for-agile-crm/bridge-for-agile-crm.php');");
        assert_eq!(site.interface(), 3, "the old extension");
        site
    }

    /// Which extension the web has.
    pub fn interface(&self) -> i64 {
        let page = self.world.site.get("/");
        page.header("X-Interface").and_then(|number| number.parse().ok()).expect("the extension is there")
    }

    /// As a package does: a new file under the same name, and a graceful reload.
    pub fn upgrade_extension(&self) {
        let (file, new) = (self.extension.path().join("agile_bridge.so"), self.extension.path().join("new"));
        fs::copy(site::extension(), &new).expect("the new extension is copied");
        fs::rename(&new, &file).expect("the new extension is put in place");
        self.world.site.reload_fpm();
        assert!(self.interface() > 3, "the new extension");
    }

    /// As WordPress does: another folder in the old one's place.
    pub fn upgrade_plugin(&self) {
        self.put_plugin(&site::repository().join("wp-plugin"));
    }

    fn put_plugin(&self, source: &Path) {
        let plugins = self.world.site.root().join("wp-content/plugins");
        let (folder, new, old) = (plugins.join("bridge-for-agile-crm"), plugins.join(".new"), plugins.join(".old"));
        let copied = Command::new("cp").args(["-rT"]).args([source, &new]).status().expect("cp runs");
        assert!(copied.success(), "{} is copied", source.display());
        fs::rename(&folder, &old).expect("the plugin is moved away");
        fs::rename(&new, &folder).expect("the plugin is put in place");
        fs::remove_dir_all(&old).expect("the plugin that was there is removed");
    }

    /// No release is out yet, and the last commit of interface 3 still refused whatever was newer. The first release that people
    /// have takes it: so the old plugin gets the check of this tree, under its own number.
    fn widen(&self) {
        let check = fs::read_to_string(site::repository().join("wp-plugin/site/extension.php")).expect("the check");
        let (before, after) = check.split_once(OURS).expect("the plugin's number");
        let (_, after) = after.split_once(';').expect("the plugin's number");
        let file = self.world.site.root().join("wp-content/plugins/bridge-for-agile-crm/site/extension.php");
        fs::write(file, format!("{before}{OURS}3;{after}")).expect("the check is written");
    }
}

fn before(name: &str) -> PathBuf {
    let path = site::cache().join("release-before").join(name);
    assert!(path.exists(), "{} is not there: run tests/site/release-before.sh", path.display());
    path
}
