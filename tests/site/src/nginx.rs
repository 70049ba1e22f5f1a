//! nginx in front of PHP-FPM, configured as WordPress' handbook says.

use std::fs;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::layout::{self, Layout};
use crate::mariadb::as_root;
use crate::process::Process;

/// A network's sites in sub-folders share wp-admin, wp-content, wp-includes and the scripts.
const NETWORK: &str = "
    if (!-e $request_filename) {
      rewrite /wp-admin$ $scheme://$http_host$uri/ permanent;
      rewrite ^/[_0-9a-zA-Z-]+(/wp-.*) $1 last;
      rewrite ^/[_0-9a-zA-Z-]+(/.*\\.php)$ $1 last;
    }";

/// Where it listens, and what it tells PHP.
pub struct Wanted<'a> {
    /// Tells it from the other ones of the site.
    pub name: &'a str,
    pub listener: TcpListener,
    /// The port in the site's address: with several servers behind a balancer, not the one of each.
    pub public_port: u16,
    pub fpm: &'a Path,
    pub multisite: bool,
}

/// It takes the listener over, as a new nginx does from an old one: a port that is free for a moment may be somebody else's after it.
pub fn start(layout: &Layout, guard: &Arc<Guard>, wanted: Wanted) -> Result<Process> {
    let (run, name) = (layout.run(), wanted.name);
    let port = wanted.listener.local_addr().map_err(Error::doing("reading a listener's port"))?.port();
    let text = format!(
        "{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {run}/{name}.pid;
error_log {logs}/{name}.log;
events {{ worker_connections 4096; }}
http {{
  include /etc/nginx/mime.types;
  access_log {logs}/access.log;
  client_body_temp_path {run}/{name}-body;
  fastcgi_temp_path {run}/{name}-fastcgi;
  proxy_temp_path {run}/{name}-proxy;
  scgi_temp_path {run}/{name}-scgi;
  uwsgi_temp_path {run}/{name}-uwsgi;
  # nginx' own default is 1m; hosts of WordPress allow more, and then the limit is the plugin's.
  client_max_body_size 64m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {wordpress};
    index index.php;{network}
    location / {{ try_files $uri $uri/ /index.php?$args; }}
    location ~ \\.php$ {{
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      # Debian's file passes the host on without its port; of two values the last counts.
      fastcgi_param HTTP_HOST $host:{public};
      fastcgi_param SERVER_PORT {public};
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:{fpm};
      fastcgi_read_timeout 120s;
    }}
  }}
}}
",
        user = if as_root() { "user root;" } else { "" },
        run = run.display(),
        logs = layout.logs().display(),
        wordpress = layout.wordpress().display(),
        network = if wanted.multisite { NETWORK } else { "" },
        public = wanted.public_port,
        fpm = wanted.fpm.display(),
    );
    let configuration = run.join(format!("{name}.conf"));
    layout::write(&configuration, &text)?;
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-c").arg(configuration).arg("-e").arg(layout.logs().join(format!("{name}.log"))).env("NGINX", "0;");
    let (listener, output) =
        (Stdio::from(OwnedFd::from(wanted.listener)), layout.logs().join(format!("{name}-output.log")));
    Process::start_with(listener, "nginx", &mut command, &output, guard)
}

/// Who connects before that waits.
pub fn await_ready(process: &mut Process, layout: &Layout, name: &str) -> Result<()> {
    let pid = layout.run().join(format!("{name}.pid"));
    process.await_ready(|| fs::metadata(&pid).is_ok_and(|file| file.len() > 0))
}
