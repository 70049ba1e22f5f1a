//! The command line's PHP of one site, which stands ready: tests run code in their sites a few thousand times, and PHP's start costs
//! more than the code.
//!
//! Each call has a process of its own that has done nothing before, forked from one that only waits (`run.php`): all they share is
//! what is compiled.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::Layout;
use crate::php::Php;
use crate::process::Process;

const SCRIPT: &str = "run.php";

pub struct CommandLine {
    process: Process,
    stamp: String,
    socket: PathBuf,
}

/// Names sockets, and the files of calls.
static NUMBER: AtomicU32 = AtomicU32::new(0);

impl CommandLine {
    pub fn start(layout: &Layout, guard: &Arc<Guard>, php: &Php, host: &str) -> Result<Self> {
        let socket = layout.run().join(format!("php-{}.sock", NUMBER.fetch_add(1, Ordering::Relaxed)));
        let stamp = php.stamp();
        let mut command = php.standing()?;
        command.arg(layout.php().join(SCRIPT)).arg(layout.wordpress()).arg(host).arg(&socket);
        let mut process = Process::start("php", &mut command, &layout.logs().join("php-cli.log"), guard)?;
        process.await_ready(|| UnixStream::connect(&socket).is_ok())?;
        Ok(Self { process, stamp, socket })
    }

    /// Whether one that is started now would be another, or this one is gone.
    pub fn is_outdated(&mut self, php: &Php) -> bool {
        self.process.has_ended() || self.stamp != php.stamp()
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    pub fn wait(&mut self) {
        self.process.wait();
    }
}

/// Has the one that listens there run code: what that returns, as JSON.
pub fn run(socket: &Path, php: &Php, code: &str) -> Result<String> {
    let file = socket.with_file_name(format!("call-{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
    fs::write(&file, code).map_err(Error::doing(file.display()))?;
    let mut status = String::new();
    let mut connection = UnixStream::connect(socket).map_err(Error::doing("calling php"))?;
    let asked = writeln!(connection, "{}", file.display()).and_then(|()| connection.read_to_string(&mut status));
    asked.map_err(Error::doing("calling php"))?;
    let [said, complaints, _] = ["out", "err", ""].map(|kind| {
        let file = file.with_extension(kind);
        let text = fs::read(&file).unwrap_or_default();
        let _ = fs::remove_file(&file);
        String::from_utf8_lossy(&text).into_owned()
    });
    let status = status.trim().parse().map(ExitStatus::from_raw);
    let status = status.map_err(|_| Error::new("the command line's PHP was ended while it ran a test's code"))?;
    if status.success() { Ok(said) } else { Err(php.ended(SCRIPT, status, &complaints)) }
}
