//! A MariaDB server of the site's own, or the server that [`SqlServer`] says; reachable through a socket in its folder only.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::Layout;
use crate::process::Process;
use crate::sql_server::SqlServer;

/// The database, and the account that WordPress uses.
const PREPARE: &str = "CREATE DATABASE wordpress CHARACTER SET utf8mb4;\n\
     CREATE USER 'wordpress'@'localhost' IDENTIFIED BY 'wordpress';\n\
     GRANT ALL PRIVILEGES ON wordpress.* TO 'wordpress'@'localhost';\n";

pub fn data(layout: &Layout) -> PathBuf {
    layout.folder.join("mariadb")
}

pub fn socket(layout: &Layout) -> PathBuf {
    layout.run().join("mariadb.sock")
}

/// Makes an empty database and starts it.
pub fn create(layout: &Layout, guard: &Arc<Guard>) -> Result<Process> {
    let mut installation = SqlServer::chosen().installation();
    installation.arg(format!("--datadir={}", data(layout).display()));
    let output = installation.output();
    let output = output.map_err(Error::doing(format!("starting {}", installation.get_program().display())))?;
    if !output.status.success() {
        return Err(Error::new(format!("making a database failed:\n{}", String::from_utf8_lossy(&output.stderr))));
    }
    let prepare = layout.run().join("prepare.sql");
    fs::write(&prepare, PREPARE).map_err(Error::doing(prepare.display()))?;
    launch(layout, guard, Some(&prepare), &[])
}

/// Starts the server; it is ready when its socket answers.
pub fn start(layout: &Layout, guard: &Arc<Guard>, options: &[&str]) -> Result<Process> {
    launch(layout, guard, None, options)
}

pub fn await_ready(process: &mut Process, layout: &Layout) -> Result<()> {
    let socket = socket(layout);
    process.await_ready(|| UnixStream::connect(&socket).is_ok())
}

fn launch(layout: &Layout, guard: &Arc<Guard>, first: Option<&Path>, options: &[&str]) -> Result<Process> {
    let server = SqlServer::chosen();
    let mut command = Command::new(server.program());
    command
        .args(["--no-defaults", "--skip-networking", "--skip-name-resolve"])
        .arg(format!("--datadir={}", data(layout).display()))
        .arg(format!("--socket={}", socket(layout).display()))
        .arg(format!("--pid-file={}", layout.run().join("mariadb.pid").display()))
        .arg(format!("--tmpdir={}", layout.run().display()))
        .args(as_root().then_some("--user=root"))
        .args(first.map(|file| format!("--init-file={}", file.display())))
        .args(server.options())
        .args(options);
    Process::start("the database", &mut command, &layout.logs().join("mariadb.log"), guard)
}

/// Root's servers ask to be told that they really should run as root.
pub fn as_root() -> bool {
    rustix::process::geteuid().is_root()
}
