//! Where things are: on this machine, and inside the folder of one site.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The repository.
pub fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    folder.canonicalize().unwrap_or(folder)
}

/// What `setup.sh` has brought, and our templates.
pub fn cache() -> PathBuf {
    env::var_os("AGILE_BRIDGE_CACHE").map_or_else(|| repository().join(".cache"), PathBuf::from)
}

/// The extension that `cargo build --release` has made.
pub fn extension() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join("release/libagile_bridge.so")
}

/// The folder of the WordPress of that name: `6.8`, the oldest we promise to work with, or `latest`.
pub fn wordpress(name: Option<&str>) -> Result<PathBuf> {
    let folder = match (name, env::var_os("WORDPRESS_DIR")) {
        (None, Some(folder)) => PathBuf::from(folder),
        (name, _) => cache().join(format!("wordpress-{}", name.unwrap_or("6.8"))),
    };
    if folder.join("wp-load.php").is_file() {
        Ok(folder)
    } else {
        Err(Error::new(format!(
            "no WordPress in {}: run tests/site/setup.sh, or set WORDPRESS_DIR to the folder of one",
            folder.display()
        )))
    }
}

pub fn sqlite_plugin() -> PathBuf {
    cache().join("sqlite-database-integration")
}

pub fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::doing(path.display()))
}

/// The folder of one site.
#[derive(Clone)]
pub struct Layout {
    pub folder: PathBuf,
}

impl Layout {
    /// A new folder with a short name: a unix socket's path must fit into 108 bytes.
    pub fn create() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bridge-").tempdir();
        let layout = Self { folder: folder.map_err(Error::doing("making the site's folder"))?.keep() };
        for folder in [layout.php(), layout.mails(), layout.logs(), layout.run()] {
            fs::create_dir(&folder).map_err(Error::doing(folder.display()))?;
        }
        Ok(layout)
    }

    pub fn wordpress(&self) -> PathBuf {
        self.folder.join("wordpress")
    }

    /// Our ini file and the PHP scripts.
    pub fn php(&self) -> PathBuf {
        self.folder.join("php")
    }

    pub fn mails(&self) -> PathBuf {
        self.folder.join("mails")
    }

    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Sockets and the servers' own temporary files.
    pub fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// What the error logs of PHP and of WordPress end up in.
    pub fn php_log(&self) -> PathBuf {
        self.logs().join("php.log")
    }
}
