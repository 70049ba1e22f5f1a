//! The files of one site's WordPress: the core, the drop-in for SQLite, `wp-config.php`, the plugins.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::builder::Database;
use crate::error::{Error, Result};
use crate::layout::{self, Layout, sqlite_plugin};
use crate::{mariadb, shelf};

/// The part of the core that all sites share by a symbolic link, as big hosts do it: what PHP has compiled of it serves them
/// all. (The scripts outside it find their configuration by where they lie.)
pub const SHARED: &str = "wp-includes";

/// Puts the core into the site's folder. Its files are those of the cache, by links where the disk allows, so a test must
/// never write into one of them. `shares`: see [`SHARED`].
pub fn lay_out(layout: &Layout, core: &Path, database: Database, shares: bool) -> Result<()> {
    let wordpress = layout.wordpress();
    let core = core.canonicalize().map_err(Error::doing(core.display()))?;
    // Links do not lead from one disk to another.
    let near = if shares { shelf::near(&layout.folder, &core)? } else { core.clone() };
    let own = parts(&near, shares)?;
    copy_into("--link", &own, &wordpress).or_else(|_| {
        let _ = fs::remove_dir_all(&wordpress);
        copy_into("--reflink=auto", &own, &wordpress)
    })?;
    if shares {
        symlink(core.join(SHARED), wordpress.join(SHARED)).map_err(Error::doing(wordpress.display()))?;
    }
    let content = wordpress.join("wp-content");
    let must_use = content.join("mu-plugins");
    fs::create_dir_all(&must_use).map_err(Error::doing(must_use.display()))?;
    layout::write(&must_use.join("no-update-checks.php"), include_str!("../php/no_update_checks.php"))?;
    if database == Database::Sqlite {
        let plugin = content.join("plugins/sqlite-database-integration");
        copy("--reflink=auto", &sqlite_plugin(), &plugin)?;
        // As the plugin does when it is asked to on its settings page.
        let drop_in = plugin.join("db.copy");
        let drop_in = fs::read_to_string(&drop_in).map_err(Error::doing(drop_in.display()))?;
        let drop_in = drop_in
            .replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", &plugin.display().to_string())
            .replace("{SQLITE_PLUGIN}", "sqlite-database-integration/load.php");
        layout::write(&content.join("db.php"), &drop_in)?;
    }
    Ok(())
}

/// What lies in the core's folder, but not what all sites share if this one does.
pub fn parts(core: &Path, shares: bool) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(core).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(Error::doing(core.display()))?;
    let is_own = |path: &PathBuf| !shares || !path.ends_with(SHARED);
    Ok(entries.iter().map(fs::DirEntry::path).filter(is_own).collect())
}

/// `cp -a` with one more option; `to` must not exist.
pub fn copy(option: &str, from: &Path, to: &Path) -> Result<()> {
    cp(Command::new("cp").args(["--archive", option, "-T"]).arg(from).arg(to))
}

/// The same for files and folders that are to lie in a new folder.
pub fn copy_into(option: &str, from: &[PathBuf], folder: &Path) -> Result<()> {
    fs::create_dir(folder).map_err(Error::doing(folder.display()))?;
    cp(Command::new("cp").args(["--archive", option, "-t"]).arg(folder).args(from))
}

fn cp(command: &mut Command) -> Result<()> {
    let output = command.output().map_err(Error::doing("starting cp"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::new(format!("copying: {}", String::from_utf8_lossy(&output.stderr))))
}

/// Writes `wp-config.php`. Of two values for one constant the first counts, so the given ones win over ours.
pub fn configure(layout: &Layout, network: Option<&str>, constants: &[(String, Value)]) -> Result<()> {
    let mut text = String::from("<?php\n");
    for (name, value) in constants {
        text.push_str(&constant(name, value));
    }
    let host = format!("localhost:{}", mariadb::socket(layout).display());
    let log = layout.php_log().display().to_string();
    let mut ours: Vec<(&str, Value)> = vec![
        ("DB_NAME", "wordpress".into()),
        ("DB_USER", "wordpress".into()),
        ("DB_PASSWORD", "wordpress".into()),
        ("DB_HOST", host.into()),
        ("DB_CHARSET", "utf8mb4".into()),
        ("DB_COLLATE", "".into()),
        ("WP_DEBUG", true.into()),
        ("WP_DEBUG_DISPLAY", false.into()),
        ("WP_DEBUG_LOG", log.into()),
        // A test decides itself when something happens, and nothing may call the world outside.
        ("DISABLE_WP_CRON", true.into()),
        ("WP_HTTP_BLOCK_EXTERNAL", true.into()),
        // But for the CRM, under its own name and those that tests give it: the plugin heeds this too.
        ("WP_ACCESSIBLE_HOSTS", "*.agilecrm.com,*.example,*.test,*.invalid,*.example.com".into()),
        ("AUTOMATIC_UPDATER_DISABLED", true.into()),
        ("FS_METHOD", "direct".into()),
    ];
    for secret in ["AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE"] {
        text.push_str(&constant(&format!("{secret}_KEY"), &salt(layout, secret, "key").into()));
        text.push_str(&constant(&format!("{secret}_SALT"), &salt(layout, secret, "salt").into()));
    }
    if let Some(host) = network {
        ours.extend([
            ("MULTISITE", true.into()),
            ("SUBDOMAIN_INSTALL", false.into()),
            ("DOMAIN_CURRENT_SITE", host.into()),
            ("PATH_CURRENT_SITE", "/".into()),
            ("SITE_ID_CURRENT_SITE", 1.into()),
            ("BLOG_ID_CURRENT_SITE", 1.into()),
            // A network takes its cookies' domain from its address, and a port is none.
            ("COOKIE_DOMAIN", "".into()),
        ]);
    }
    for (name, value) in &ours {
        text.push_str(&constant(name, value));
    }
    text.push_str(
        "$table_prefix = 'wp_';\n\
         defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );\n\
         require_once ABSPATH . 'wp-settings.php';\n",
    );
    layout::write(&layout.wordpress().join("wp-config.php"), &text)
}

/// Puts a constant before all others; it counts from the next request on.
pub fn set_constant(layout: &Layout, name: &str, value: &Value) -> Result<()> {
    let path = layout.wordpress().join("wp-config.php");
    let text = fs::read_to_string(&path).map_err(Error::doing(path.display()))?;
    let text = text.replacen("<?php\n", &format!("<?php\n{}", constant(name, value)), 1);
    // Replaced at once: a request must never meet half a file.
    let new = path.with_extension("new");
    layout::write(&new, &text)?;
    fs::rename(&new, &path).map_err(Error::doing(path.display()))
}

/// The variable of a pool's environment that says which database is its own.
pub const DATABASE: &str = "SITE_DATABASE";

/// From the next request on a pool with [`DATABASE`] in its environment has that one.
pub fn let_pools_choose_database(layout: &Layout) -> Result<()> {
    let path = layout.wordpress().join("wp-config.php");
    let text = fs::read_to_string(&path).map_err(Error::doing(path.display()))?;
    let line = format!("<?php\nfalse !== getenv( '{DATABASE}' ) && define( 'DB_HOST', getenv( '{DATABASE}' ) );\n");
    layout::write(&path, &text.replacen("<?php\n", &line, 1))
}

fn constant(name: &str, value: &Value) -> String {
    format!("defined( '{name}' ) || define( '{name}', {} );\n", literal(value))
}

/// A value as PHP source.
pub fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::Array(_) | Value::Object(_) => format!("json_decode( {}, true )", literal(&value.to_string().into())),
        other => other.to_string(),
    }
}

/// Different for every site and every secret, as long as real ones; not secret.
fn salt(layout: &Layout, secret: &str, kind: &str) -> String {
    let name = layout.folder.file_name().unwrap_or_default().to_string_lossy();
    format!("{secret} {kind} of the site in {name}, for tests only, as long as a real one is")
}
