//! One server of a site: started in the foreground, awaited until it is ready, stopped by its process id.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::error::{Error, Result};
use crate::guard::Guard;

/// Far above what any of our servers needs, so that only a real failure meets it, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
    guard: Arc<Guard>,
}

impl Process {
    /// Starts `command` as the leader of its own process group; what it prints goes to `log`.
    pub fn start(name: &'static str, command: &mut Command, log: &Path, guard: &Arc<Guard>) -> Result<Self> {
        Self::start_with(Stdio::null(), name, command, log, guard)
    }

    /// The same, and what it finds as its standard input.
    pub fn start_with(
        input: Stdio,
        name: &'static str,
        command: &mut Command,
        log: &Path,
        guard: &Arc<Guard>,
    ) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log);
        let file = file.map_err(Error::doing(log.display()))?;
        let copy = file.try_clone().map_err(Error::doing(log.display()))?;
        let child = command
            .stdin(input)
            .stdout(file)
            .stderr(copy)
            .process_group(0)
            .spawn()
            .map_err(Error::doing(format!("starting {name} ({})", command.get_program().display())))?;
        guard.started(child.id());
        Ok(Self { name, child, log: log.to_owned(), guard: guard.clone() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` says so; an error if the process ends before, or takes too long.
    pub fn await_ready(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Error::new(format!("{} ended with {status}:\n{}", self.name, self.log())));
            }
            if ready() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Error::new(format!("{} is not ready after {PATIENCE:?}:\n{}", self.name, self.log())));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    pub fn signal(&self, signal: Signal) {
        if let Some(pid) = self.group() {
            let _ = kill_process(pid, signal);
        }
    }

    /// Asks the server to end in its own way, and waits for it.
    pub fn stop(mut self) {
        self.signal(Signal::TERM);
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && !matches!(self.child.try_wait(), Ok(Some(_))) {
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
    }

    /// Ends the server and its workers as a power cut would.
    pub fn kill(mut self) {
        if let Some(group) = self.group() {
            let _ = kill_process_group(group, Signal::KILL);
        }
        self.wait();
    }

    /// Takes note that somebody else has ended the process.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
        self.guard.stopped(self.child.id());
    }

    fn group(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// Waits until `condition` holds; false if it does not within `timeout`.
pub fn await_until(timeout: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + timeout;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

pub fn children(parent: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// Whether the kernel has this PHP wait for a request: PHP-FPM in `accept`, the built-in server in `pselect6`. (It waits for its
/// database and for the CRM in others.)
pub fn waits_for_a_request(worker: u32) -> bool {
    let numbers: &[&str] =
        if cfg!(target_arch = "aarch64") { &["202 ", "242 ", "72 "] } else { &["43 ", "288 ", "270 "] };
    let call = fs::read_to_string(format!("/proc/{worker}/syscall"));
    // Of one that has gone, or that the kernel does not show, nothing is to be waited for.
    call.map_or(true, |call| numbers.iter().any(|number| call.starts_with(number)))
}
