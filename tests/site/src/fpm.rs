//! PHP-FPM with a fixed number of workers.

use std::fmt::Write;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rustix::process::Signal;

use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::{self, Layout};
use crate::mariadb::as_root;
use crate::php::Php;
use crate::process::{Process, await_until};

pub fn socket(layout: &Layout) -> PathBuf {
    layout.run().join("fpm.sock")
}

/// `environment` is what the pool's configuration hands to the workers, whose environment FPM clears.
pub fn start(
    layout: &Layout,
    guard: &Arc<Guard>,
    php: &Php,
    workers: u8,
    environment: &[(String, String)],
    name_server: Option<&str>,
) -> Result<Process> {
    let mut text = format!(
        "[global]\ndaemonize = no\nerror_log = {log}\n\
         [site]\nlisten = {socket}\npm = static\npm.max_children = {workers}\ncatch_workers_output = yes\n",
        log = log(layout).display(),
        socket = socket(layout).display(),
    );
    if as_root() {
        text.push_str("user = root\ngroup = root\n");
    }
    for (name, value) in environment {
        let _ = writeln!(text, "env[{name}] = \"{value}\"");
    }
    let configuration = layout.run().join("fpm.conf");
    layout::write(&configuration, &text)?;
    let mut command = match name_server {
        Some(address) => with_name_server(layout, &php.fpm(), address)?,
        None => php.fpm(),
    };
    command.arg("--nodaemonize").arg("--fpm-config").arg(configuration);
    command.args(as_root().then_some("--allow-to-run-as-root"));
    Process::start("php-fpm", &mut command, &layout.logs().join("fpm-output.log"), guard)
}

/// The same program, which becomes what is started here (so the process id stays) after its `/etc/resolv.conf` is ours.
fn with_name_server(layout: &Layout, program: &Command, address: &str) -> Result<Command> {
    let file = layout.run().join("resolv.conf");
    layout::write(&file, &format!("nameserver {address}\n"))?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""]).arg(file);
    command.arg(program.get_program()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ok(command)
}

/// Ready when its socket answers and every worker is there.
pub fn await_ready(process: &mut Process, layout: &Layout, wanted: u8) -> Result<()> {
    let (socket, pid) = (socket(layout), process.pid());
    process.await_ready(|| workers(pid).len() >= usize::from(wanted) && UnixStream::connect(&socket).is_ok())
}

/// What `systemctl reload` does: the master starts anew in the same process and replaces its workers.
pub fn reload(process: &Process, layout: &Layout) -> Result<()> {
    let starts = || fs::read_to_string(log(layout)).unwrap_or_default().matches("ready to handle connections").count();
    let (before, count) = (starts(), workers(process.pid()).len());
    process.signal(Signal::USR2);
    if await_until(|| starts() > before && workers(process.pid()).len() >= count) {
        Ok(())
    } else {
        Err(Error::new("php-fpm did not reload"))
    }
}

pub fn workers(master: u32) -> Vec<u32> {
    let children = format!("/proc/{master}/task/{master}/children");
    let children = fs::read_to_string(children).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn log(layout: &Layout) -> PathBuf {
    layout.logs().join("fpm.log")
}
