//! The processes of one site, and what a test may do to them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::builder::{Builder, Server};
use crate::error::Result;
use crate::guard::Guard;
use crate::layout::Layout;
use crate::php::Php;
use crate::process::Process;
use crate::{builtin, fpm, mariadb, nginx};

pub struct Servers {
    layout: Layout,
    guard: Arc<Guard>,
    database: Mutex<Option<Process>>,
    fpm: Mutex<Option<Process>>,
    web: Mutex<Option<Process>>,
}

impl Servers {
    pub fn none_yet(layout: &Layout) -> Result<Self> {
        let guard = Arc::new(Guard::watch(&layout.folder)?);
        let none = || Mutex::new(None);
        Ok(Self { layout: layout.clone(), guard, database: none(), fpm: none(), web: none() })
    }

    pub fn start_database(&self) -> Result<()> {
        let mut slot = lock(&self.database);
        if slot.is_none() {
            let mut server = mariadb::start(&self.layout, &self.guard)?;
            mariadb::await_ready(&mut server, &self.layout)?;
            *slot = Some(server);
        }
        Ok(())
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

    /// Starts what answers requests on `port`.
    pub fn start_web(&self, wanted: &Builder, php: &Php, port: u16) -> Result<()> {
        let environment = &wanted.environment;
        let mut web = match wanted.server {
            Server::BuiltIn => builtin::start(&self.layout, &self.guard, php, port, environment)?,
            Server::Nginx { workers } => {
                let name_server = wanted.name_server.as_deref();
                let mut fpm = fpm::start(&self.layout, &self.guard, php, workers, environment, name_server)?;
                let web = nginx::start(&self.layout, &self.guard, port, wanted.multisite)?;
                fpm::await_ready(&mut fpm, &self.layout, workers)?;
                *lock(&self.fpm) = Some(fpm);
                web
            }
        };
        nginx::await_ready(&mut web, port)?;
        *lock(&self.web) = Some(web);
        Ok(())
    }

    pub fn database_pid(&self) -> Option<u32> {
        lock(&self.database).as_ref().map(Process::pid)
    }

    pub fn web_pid(&self) -> Option<u32> {
        lock(&self.web).as_ref().map(Process::pid)
    }

    pub fn fpm_pid(&self) -> Option<u32> {
        lock(&self.fpm).as_ref().map(Process::pid)
    }

    pub fn fpm_workers(&self) -> Vec<u32> {
        self.fpm_pid().map(fpm::workers).unwrap_or_default()
    }

    pub fn reload_fpm(&self) -> Result<()> {
        lock(&self.fpm).as_ref().map_or(Ok(()), |fpm| fpm::reload(fpm, &self.layout))
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.guard.close();
        for slot in [&self.web, &self.fpm, &self.database] {
            if let Some(mut process) = lock(slot).take() {
                process.wait();
            }
        }
        if let Some(guard) = Arc::get_mut(&mut self.guard) {
            guard.finish();
        }
    }
}

fn lock(slot: &Mutex<Option<Process>>) -> MutexGuard<'_, Option<Process>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
