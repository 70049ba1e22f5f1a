//! PHP-FPM with a fixed number of workers. A site has one, and tests give it more: as many web servers, one database.

use std::fmt::Write;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process};

use crate::builder::{Builder, Core};
use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::{self, Layout};
use crate::mariadb::as_root;
use crate::php::Php;
use crate::process::{self, PATIENCE, Process, await_until};

pub struct Fpm {
    process: Process,
    wanted: u8,
    socket: PathBuf,
    log: PathBuf,
}

impl Fpm {
    /// `name` tells it from the other ones of the site: of its socket, its configuration and its log.
    pub fn start(
        layout: &Layout,
        guard: &Arc<Guard>,
        php: &Php,
        name: &str,
        workers: u8,
        builder: &Builder,
    ) -> Result<Self> {
        let socket = layout.run().join(format!("{name}.sock"));
        let log = layout.logs().join(format!("{name}.log"));
        let mut text = format!(
            "[global]\ndaemonize = no\nerror_log = {log}\n\
             [site]\nlisten = {socket}\npm = static\npm.max_children = {workers}\ncatch_workers_output = yes\n",
            log = log.display(),
            socket = socket.display(),
        );
        if as_root() {
            text.push_str("user = root\ngroup = root\n");
        }
        // FPM clears its workers' environment; this is what its configuration hands to them.
        for (name, value) in &builder.environment {
            let _ = writeln!(text, "env[{name}] = \"{value}\"");
        }
        if !builder.disabled_functions.is_empty() {
            let _ = writeln!(text, "php_admin_value[disable_functions] = {}", builder.disabled_functions);
        }
        let configuration = layout.run().join(format!("{name}.conf"));
        layout::write(&configuration, &text)?;
        // (What was compiled where a function is there counts on it.)
        let fpm = php.fpm(builder.core == Core::Compiled && builder.disabled_functions.is_empty())?;
        let mut command = match &builder.name_server {
            Some(address) => with_name_server(layout, &fpm, address)?,
            None => fpm,
        };
        command.arg("--nodaemonize").arg("--fpm-config").arg(configuration);
        command.args(as_root().then_some("--allow-to-run-as-root"));
        let output = layout.logs().join(format!("{name}-output.log"));
        let process = Process::start("php-fpm", &mut command, &output, guard)?;
        Ok(Self { process, wanted: workers, socket, log })
    }

    /// Ready when its socket answers and every worker is there.
    pub fn await_ready(&mut self) -> Result<()> {
        let (pid, wanted, socket) = (self.process.pid(), usize::from(self.wanted), &self.socket);
        self.process.await_ready(|| process::children(pid).len() >= wanted && UnixStream::connect(socket).is_ok())
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub fn workers(&self) -> Vec<u32> {
        process::children(self.process.pid())
    }

    /// Whether no worker has a request in hand.
    pub fn is_at_rest(&self) -> bool {
        self.workers().into_iter().all(process::waits_for_a_request)
    }

    /// What `systemctl reload` does: the master starts anew in the same process and replaces its workers.
    pub fn reload(&self) -> Result<()> {
        let starts =
            || fs::read_to_string(&self.log).unwrap_or_default().matches("ready to handle connections").count();
        let (before, count) = (starts(), usize::from(self.wanted));
        self.process.signal(Signal::USR2);
        if await_until(PATIENCE, || starts() > before && self.workers().len() >= count) {
            Ok(())
        } else {
            Err(Error::new("php-fpm did not reload"))
        }
    }

    /// As the system does with one that takes too much memory; the master starts another. False: not, or no longer, a
    /// worker of this FPM.
    pub fn kill_worker(&self, pid: u32) -> bool {
        let pid = self.workers().contains(&pid).then(|| Pid::from_raw(i32::try_from(pid).ok()?)).flatten();
        pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
    }

    pub fn kill(self) {
        self.process.kill();
    }

    pub fn wait(&mut self) {
        self.process.wait();
    }
}

/// The same program, which becomes what is started here (so the process id stays) after its `/etc/resolv.conf` is ours.
fn with_name_server(layout: &Layout, program: &Command, address: &str) -> Result<Command> {
    let file = layout.run().join("resolv.conf");
    layout::write(&file, &format!("nameserver {address}\n"))?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""]).arg(file);
    command.arg(program.get_program()).args(program.get_args()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ok(command)
}
