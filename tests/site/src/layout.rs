//! Where things are: on this machine, and inside the folder of one site.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{StatVfsMountFlags, statfs, statvfs};

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

/// A folder in memory, where the machine has one that programs may run from, and room in it for more sites than ever stand at once:
/// a site begins with two thousand small files, and a disk takes longer to make them than WordPress to be installed. `TMPDIR` names
/// another place.
fn memory() -> Option<PathBuf> {
    const TMPFS: i128 = 0x0102_1994;
    const ROOM: u64 = 2 << 30;
    let folder = Path::new("/dev/shm");
    let (kind, room) = (statfs(folder).ok()?.f_type, statvfs(folder).ok()?);
    let fits = i128::from(kind) == TMPFS
        && !room.f_flag.contains(StatVfsMountFlags::NOEXEC)
        && room.f_bavail.saturating_mul(room.f_frsize) >= ROOM;
    (fits && env::var_os("TMPDIR").is_none()).then(|| folder.to_owned())
}

/// The folder of one site.
#[derive(Clone)]
pub struct Layout {
    pub folder: PathBuf,
}

impl Layout {
    /// A new folder with a short name: a unix socket's path must fit into 108 bytes. `in_memory`: where this machine has room there.
    pub fn create(in_memory: bool) -> Result<Self> {
        let parent = memory().filter(|_| in_memory).unwrap_or_else(env::temp_dir);
        let folder = tempfile::Builder::new().prefix("bridge-").tempdir_in(parent);
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
