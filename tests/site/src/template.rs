//! An installed WordPress' database, made once and copied for every site: an installation takes seconds, a copy none.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::builder::Database;
use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::{Layout, cache, sqlite_plugin};
use crate::php::Php;
use crate::sql_server::SqlServer;
use crate::{mariadb, wordpress};

/// Threads of one process take turns; another process makes its own, and the first one done wins.
static MAKING: Mutex<()> = Mutex::new(());

/// Where a site's database lies.
pub fn place(layout: &Layout, database: Database) -> PathBuf {
    match database {
        Database::MariaDb => mariadb::data(layout),
        Database::Sqlite => layout.wordpress().join("wp-content/database"),
    }
}

/// Copies an installed database into the site's folder.
pub fn fill(layout: &Layout, core: &Path, database: Database, multisite: bool) -> Result<()> {
    let template = cache().join("templates").join(key(core, database, multisite));
    {
        let _turn = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !template.is_dir() {
            make(&template, core, database, multisite)?;
        }
    }
    wordpress::copy("--reflink=auto", &template, &place(layout, database))
}

/// Names all that decides what is in the template, so that a stale one is never used.
fn key(core: &Path, database: Database, multisite: bool) -> String {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    read(core.join("wp-includes/version.php")).hash(&mut hasher);
    include_str!("../php/install.php").hash(&mut hasher);
    // Its installation is also what keeps the core compiled for it.
    Php::release().hash(&mut hasher);
    match database {
        Database::Sqlite => read(sqlite_plugin().with_extension("from")).hash(&mut hasher),
        Database::MariaDb => {
            let server = SqlServer::chosen();
            SqlServer::name().hash(&mut hasher);
            server.options().collect::<Vec<_>>().hash(&mut hasher);
            // The server's size stands for its version, which would cost a start of it.
            fs::metadata(server.program()).map_or(0, |file| file.len()).hash(&mut hasher);
        }
    }
    let kind = if multisite { "network" } else { "single" };
    format!("{database:?}-{kind}-{:016x}", hasher.finish()).to_lowercase()
}

fn make(template: &Path, core: &Path, database: Database, multisite: bool) -> Result<()> {
    let layout = Layout::create(true)?;
    let mut guard = Arc::new(Guard::watch(&layout.folder)?);
    wordpress::lay_out(&layout, core, database, true)?;
    wordpress::configure(&layout, None, &[])?;
    let php = Php::set_up(&layout, None, &[], &[])?;
    let server = match database {
        Database::Sqlite => None,
        Database::MariaDb => {
            let mut server = mariadb::create(&layout, &guard)?;
            mariadb::await_ready(&mut server, &layout)?;
            Some(server)
        }
    };
    let folder = layout.wordpress().display().to_string();
    let mut arguments = vec![folder.as_str(), "http://127.0.0.1"];
    if multisite {
        arguments.push("network");
    }
    php.script("install.php", &arguments)?;
    if let Some(server) = server {
        server.stop();
    }
    // Complete or not there: copied beside its place, then renamed.
    let parent = cache().join("templates");
    fs::create_dir_all(&parent).map_err(Error::doing(parent.display()))?;
    let new = tempfile::Builder::new().prefix("new-").tempdir_in(&parent);
    let new = new.map_err(Error::doing(parent.display()))?;
    let copy = new.path().join("database");
    wordpress::copy("--reflink=auto", &place(&layout, database), &copy)?;
    if let Err(error) = fs::rename(&copy, template)
        && !template.is_dir()
    {
        return Err(Error::doing(template.display())(error));
    }
    if let Some(guard) = Arc::get_mut(&mut guard) {
        guard.finish();
    }
    Ok(())
}
