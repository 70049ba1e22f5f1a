//! Leaves nothing behind, however the test process ends: panic, abort, Ctrl-C or SIGKILL.
//!
//! A shell waits at the other end of a pipe whose only writer is us. We tell it of each process that we start and stop;
//! when the pipe closes, because we dropped it or are gone, it kills what is left and removes the site's folder.
//! (`PR_SET_PDEATHSIG` would watch the *thread* that started a server, and tests share sites between threads.)

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

use crate::error::{Error, Result};

/// `$1` is the site's folder. Each server leads a process group, so its workers go with it.
const WATCH: &str = r#"
left=" "
while read -r what pid; do
  case "$what" in
    started) left="$left$pid " ;;
    stopped) left="${left%% "$pid" *} ${left#* "$pid" }" ;;
  esac
done
for pid in $left; do kill -s KILL -- "-$pid" 2>/dev/null; done
# A dying process may still add a file to a folder that is being emptied.
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2>/dev/null && break; sleep 0.1; done
"#;

pub struct Guard {
    shell: Child,
    pipe: Mutex<Option<ChildStdin>>,
}

impl Guard {
    pub fn watch(folder: &Path) -> Result<Self> {
        let mut shell = Command::new("sh")
            .args(["-c", WATCH, "guard"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in the terminal is for us; the guard works after us.
            .process_group(0)
            .spawn()
            .map_err(Error::doing("starting the guard"))?;
        let pipe = Mutex::new(shell.stdin.take());
        Ok(Self { shell, pipe })
    }

    pub fn started(&self, pid: u32) {
        self.tell("started", pid);
    }

    pub fn stopped(&self, pid: u32) {
        self.tell("stopped", pid);
    }

    /// Sends the guard off to kill and remove.
    pub fn close(&self) {
        if let Ok(mut pipe) = self.pipe.lock() {
            pipe.take();
        }
    }

    /// Waits until everything is gone; the children must have been waited for by then.
    pub fn finish(&mut self) {
        self.close();
        let _ = self.shell.wait();
    }

    fn tell(&self, what: &str, pid: u32) {
        if let Some(pipe) = self.pipe.lock().ok().as_mut().and_then(|pipe| pipe.as_mut()) {
            let _ = writeln!(pipe, "{what} {pid}");
        }
    }
}
