//! The processes of one site, and what a test may do to them.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::builder::{Builder, Server};
use crate::command_line::{self, CommandLine};
use crate::error::Result;
use crate::fpm::Fpm;
use crate::guard::Guard;
use crate::layout::Layout;
use crate::php::Php;
use crate::process::{self, Process};
use crate::{apache, builtin, mariadb, nginx, redis};

pub struct Servers {
    layout: Layout,
    guard: Arc<Guard>,
    database: Mutex<Option<Process>>,
    cache: Mutex<Option<Process>>,
    fpm: Mutex<Option<Fpm>>,
    /// The last one takes calls; those before it may still be at one.
    command_lines: Mutex<Vec<CommandLine>>,
    web: Mutex<Option<Process>>,
}

impl Servers {
    pub fn none_yet(layout: &Layout) -> Result<Self> {
        let guard = Arc::new(Guard::watch(&layout.folder)?);
        let none = || Mutex::new(None);
        Ok(Self {
            layout: layout.clone(),
            guard,
            database: none(),
            cache: none(),
            fpm: Mutex::new(None),
            command_lines: Mutex::default(),
            web: none(),
        })
    }

    pub fn start_database(&self, options: &[&str]) -> Result<()> {
        let mut slot = lock(&self.database);
        if slot.is_none() {
            let mut server = mariadb::start(&self.layout, &self.guard, options)?;
            mariadb::await_ready(&mut server, &self.layout)?;
            *slot = Some(server);
        }
        Ok(())
    }

    /// One more database server, with options that tell it from the site's own.
    pub fn start_node(&self, options: &[&str]) -> Result<Process> {
        mariadb::start(&self.layout, &self.guard, options)
    }

    pub fn stop_database(&self) {
        if let Some(server) = lock(&self.database).take() {
            server.stop();
        }
    }

    pub fn kill_database(&self) {
        if let Some(server) = lock(&self.database).take() {
            server.kill();
        }
    }

    pub fn start_cache(&self) -> Result<()> {
        *lock(&self.cache) = Some(redis::start(&self.layout, &self.guard)?);
        Ok(())
    }

    /// Starts what answers requests on this port.
    pub fn start_web(&self, wanted: &Builder, php: &Php, (listener, port): (TcpListener, u16)) -> Result<()> {
        let web = match wanted.server {
            Server::BuiltIn => {
                drop(listener);
                builtin::start(&self.layout, &self.guard, php, port, &wanted.environment)?
            }
            Server::Nginx { workers } => {
                let (fpm, web) = self.start_pool(["fpm", "nginx"], wanted, php, workers, (listener, port))?;
                *lock(&self.fpm) = Some(fpm);
                web
            }
        };
        *lock(&self.web) = Some(web);
        Ok(())
    }

    /// A PHP-FPM and its nginx, named so, which listens there; the port is that of the site's address.
    pub fn start_pool(
        &self,
        [fpm, web_name]: [&str; 2],
        wanted: &Builder,
        php: &Php,
        workers: u8,
        (listener, public_port): (TcpListener, u16),
    ) -> Result<(Fpm, Process)> {
        let mut fpm = Fpm::start(&self.layout, &self.guard, php, fpm, workers, wanted)?;
        let multisite = wanted.multisite;
        let nginx = nginx::Wanted { name: web_name, listener, public_port, fpm: fpm.socket(), multisite };
        let mut web = nginx::start(&self.layout, &self.guard, nginx)?;
        fpm.await_ready()?;
        nginx::await_ready(&mut web, &self.layout, web_name)?;
        Ok((fpm, web))
    }

    /// Besides what answers already, on three ports: see [`apache::Way`].
    pub fn start_apache(&self, php: &Php, ports: [u16; 3]) -> Result<Process> {
        let fpm = lock(&self.fpm).as_ref().map(|fpm| fpm.socket().display().to_string()).unwrap_or_default();
        apache::start(&self.layout, &self.guard, php, &fpm, ports)
    }

    /// Runs code in WordPress on the command line, at this address, and gives what it returns, as JSON.
    pub fn run(&self, php: &Php, host: &str, code: &str) -> Result<String> {
        let socket = {
            let mut started = lock(&self.command_lines);
            if started.last_mut().is_none_or(|last| last.is_outdated(php)) {
                started.push(CommandLine::start(&self.layout, &self.guard, php, host)?);
            }
            started.last().map(|last| last.socket().to_owned()).unwrap_or_default()
        };
        command_line::run(&socket, php, code)
    }

    pub fn database_pid(&self) -> Option<u32> {
        lock(&self.database).as_ref().map(Process::pid)
    }

    pub fn web_pid(&self) -> Option<u32> {
        lock(&self.web).as_ref().map(Process::pid)
    }

    pub fn fpm_pid(&self) -> Option<u32> {
        lock(&self.fpm).as_ref().map(Fpm::pid)
    }

    pub fn fpm_workers(&self) -> Vec<u32> {
        lock(&self.fpm).as_ref().map(Fpm::workers).unwrap_or_default()
    }

    /// A webhook goes on when it is answered: its last statement, and a look whether others wait. So what is about to end is let end;
    /// what goes on, as a drain, is not waited for longer than this.
    pub fn let_requests_end(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while !self.is_at_rest() && Instant::now() < deadline {
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn is_at_rest(&self) -> bool {
        if let Some(fpm) = &*lock(&self.fpm) {
            return fpm.is_at_rest();
        }
        // The built-in server: it serves itself, and so do its children.
        let of = |server: u32| process::children(server).into_iter().chain([server]).all(process::waits_for_a_request);
        self.web_pid().is_none_or(of)
    }

    pub fn kill_worker(&self, pid: u32) -> bool {
        lock(&self.fpm).as_ref().is_some_and(|fpm| fpm.kill_worker(pid))
    }

    pub fn reload_fpm(&self) -> Result<()> {
        lock(&self.fpm).as_ref().map_or(Ok(()), Fpm::reload)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.guard.close();
        if let Some(mut fpm) = lock(&self.fpm).take() {
            fpm.wait();
        }
        for mut php in lock(&self.command_lines).drain(..) {
            php.wait();
        }
        for slot in [&self.web, &self.cache, &self.database] {
            if let Some(mut process) = lock(slot).take() {
                process.wait();
            }
        }
        if let Some(guard) = Arc::get_mut(&mut self.guard) {
            guard.finish();
        }
    }
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
