//! One more PHP-FPM of a site, with an nginx of its own: two web servers that share a WordPress folder and a database.

use std::io;

use crate::answer::Answer;
use crate::fpm::Fpm;
use crate::http::{Request, Response};
use crate::process::Process;
use crate::site::Site;

/// Made by [`Site::second_pool`]. It answers under the site's own address, as behind a balancer: targets and the answers'
/// links are those of the site, only the port that one connects to is another.
pub struct Pool<'a> {
    site: &'a Site,
    /// Both always there until dropped.
    servers: Option<(Fpm, Process)>,
    port: u16,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(site: &'a Site, fpm: Fpm, web: Process, port: u16) -> Self {
        Self { site, servers: Some((fpm, web)), port }
    }

    pub fn site(&self) -> &'a Site {
        self.site
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn get(&self, target: &str) -> Response {
        self.send(&Request::new("GET", target))
    }

    pub fn send(&self, request: &Request) -> Response {
        self.try_send(request).unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.target))
    }

    pub fn try_send(&self, request: &Request) -> io::Result<Response> {
        request.send(self.port)
    }

    /// As [`Site::webhook`], answered by this pool.
    pub fn webhook(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        Answer::of(self.get(&self.site.webhook_target(action, parameters)))
    }

    pub fn fpm_pid(&self) -> u32 {
        self.fpm().map(Fpm::pid).unwrap_or_default()
    }

    pub fn fpm_workers(&self) -> Vec<u32> {
        self.fpm().map(Fpm::workers).unwrap_or_default()
    }

    /// As [`Site::kill_worker`].
    pub fn kill_worker(&self, pid: u32) -> bool {
        self.fpm().is_some_and(|fpm| fpm.kill_worker(pid))
    }

    pub fn reload_fpm(&self) {
        self.fpm().map_or(Ok(()), Fpm::reload).unwrap_or_else(|error| panic!("{error}"));
    }

    fn fpm(&self) -> Option<&Fpm> {
        self.servers.as_ref().map(|(fpm, _)| fpm)
    }
}

impl Drop for Pool<'_> {
    fn drop(&mut self) {
        if let Some((fpm, web)) = self.servers.take() {
            web.kill();
            fpm.kill();
        }
    }
}
