//! The files of this machine that a client is made from: which name servers it asks, and whose certificates it trusts.
//!
//! A client reads them once. A PHP worker lives long, and may have begun before the network was up: so each client knows
//! how they were when it was made, and another one is made where they differ. To look costs a `stat` for each.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Which name servers this machine asks.
pub const RESOLV_CONF: &str = "/etc/resolv.conf";
const HOSTS: &str = "/etc/hosts";

/// The files, as they were at one moment.
pub struct Machine(Vec<(PathBuf, Option<Stamp>)>);

/// What no change leaves as it was: device, inode, size, and when content and inode last changed, with nanoseconds.
type Stamp = (u64, u64, u64, (i64, i64), (i64, i64));

impl Machine {
    pub fn now() -> Self {
        // The same look-up as that of rustls-native-certs, `SSL_CERT_FILE` and `SSL_CERT_DIR` first.
        let roots = openssl_probe::probe();
        Self::of([RESOLV_CONF, HOSTS].map(PathBuf::from).into_iter().chain(roots.cert_file).chain(roots.cert_dir))
    }

    fn of(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let stamped = |path: PathBuf| {
            let stamp = stamp(&path);
            (path, stamp)
        };
        Self(paths.into_iter().map(stamped).collect())
    }

    /// Whether all is as it was.
    pub fn is_unchanged(&self) -> bool {
        self.0.iter().all(|(path, was)| stamp(path) == *was)
    }
}

fn stamp(path: &PathBuf) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let times = ((file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec()));
    Some((file.dev(), file.ino(), file.size(), times.0, times.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_comes_changes_or_goes_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("resolv.conf"), folder.path().join("other"));
        let machine = || Machine::of([file.clone()]);
        let before = machine();
        assert!(before.is_unchanged(), "it is not there, as before");
        fs::write(&file, "nameserver 127.0.0.1\n").unwrap();
        let there = machine();
        assert!(!before.is_unchanged() && there.is_unchanged());
        // Another one of the same length takes its place, as DHCP clients do it.
        fs::write(&other, "nameserver 127.0.0.2\n").unwrap();
        fs::rename(&other, &file).unwrap();
        assert!(!there.is_unchanged());
        let renamed = machine();
        fs::remove_file(&file).unwrap();
        assert!(!renamed.is_unchanged());
    }

    #[test]
    fn name_servers_and_certificates_count() {
        let paths: Vec<PathBuf> = Machine::now().0.into_iter().map(|(path, _)| path).collect();
        assert!(paths.contains(&PathBuf::from(RESOLV_CONF)) && paths.len() > 2, "{paths:?}");
    }
}
