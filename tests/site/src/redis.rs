//! A Redis server of the site's own, reachable through a socket in its folder only, and WordPress' object cache in it.

use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use crate::error::Result;
use crate::guard::Guard;
use crate::layout::{self, Layout};
use crate::process::Process;

/// Debian's php-redis, and what it needs; nobody else's PHP loads them.
const EXTENSIONS: [&str; 2] = ["igbinary", "redis"];

/// What this machine's PHP loads anyway.
static LOADED: LazyLock<String> = LazyLock::new(|| {
    let output = Command::new("php").arg("-m").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
});

/// Lines of `php.ini` for a site with it.
pub fn ini() -> Vec<(String, String)> {
    let missing = EXTENSIONS.iter().filter(|extension| LOADED.lines().all(|line| line != **extension));
    missing.map(|extension| ("extension".to_owned(), format!("{extension}.so"))).collect()
}

/// Puts the drop-in into its place, and starts the server.
pub fn start(layout: &Layout, guard: &Arc<Guard>) -> Result<Process> {
    let drop_in = layout.wordpress().join("wp-content/object-cache.php");
    layout::write(&drop_in, include_str!("../php/object-cache.php"))?;
    let socket = layout.run().join("redis.sock");
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(&socket);
    command.arg("--dir").arg(layout.run());
    let mut process = Process::start("redis-server", &mut command, &layout.logs().join("redis.log"), guard)?;
    process.await_ready(|| UnixStream::connect(&socket).is_ok())?;
    Ok(process)
}
