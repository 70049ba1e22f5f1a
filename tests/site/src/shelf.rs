//! A copy of WordPress' core beside the sites, where these lie on another disk than the cache, or in memory: a link costs a tenth of a
//! copy, but never leads from one disk to another.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::wordpress;

struct Shelf {
    core: PathBuf,
    parent: PathBuf,
    copy: PathBuf,
    /// Removes the copy when our process ends.
    _guard: Guard,
}

/// Of this process; for its lifetime.
static SHELVES: Mutex<Vec<Shelf>> = Mutex::new(Vec::new());

/// The core's own folder if the site lies on the same disk; otherwise a copy that does, without what all sites share.
pub fn near(site: &Path, core: &Path) -> Result<PathBuf> {
    let disk = |path: &Path| fs::metadata(path).map(|folder| folder.dev()).map_err(Error::doing(path.display()));
    if disk(site)? == disk(core)? {
        return Ok(core.to_owned());
    }
    let parent = site.parent().unwrap_or(site);
    let mut shelves = SHELVES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(shelf) = shelves.iter().find(|shelf| shelf.core == core && shelf.parent == parent) {
        return Ok(shelf.copy.clone());
    }
    let folder = tempfile::Builder::new().prefix("bridge-core-").tempdir_in(parent);
    let folder = folder.map_err(Error::doing("making a folder for the core"))?.keep();
    let guard = Guard::watch(&folder)?;
    let copy = folder.join("core");
    wordpress::copy_into("--reflink=auto", &wordpress::parts(core, true)?, &copy)?;
    shelves.push(Shelf { core: core.to_owned(), parent: parent.to_owned(), copy: copy.clone(), _guard: guard });
    Ok(copy)
}
