//! An Apache of a site's own, with PHP in the three ways in which Debian has it there.

use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;

use crate::answer::Answer;
use crate::error::Result;
use crate::guard::Guard;
use crate::http::{Request, Response};
use crate::layout::{self, Layout};
use crate::mariadb::as_root;
use crate::php::Php;
use crate::process::Process;
use crate::site::Site;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `mod_php`: PHP is in Apache's own processes.
    Module,
    /// `proxy_fcgi` to the PHP-FPM of the site.
    ProxyFcgi,
    /// `mod_fcgid`, which starts PHP's CGI program and hands out what it prints when the script has ended.
    Fcgid,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Module, Self::ProxyFcgi, Self::Fcgid];
}

/// Made by [`Site::apache`]. As [`crate::Pool`], it answers under the site's own address. Gone when dropped.
pub struct Apache<'a> {
    site: &'a Site,
    /// Always there until dropped.
    process: Option<Process>,
    /// In the order of [`Way::ALL`].
    ports: [u16; 3],
}

impl<'a> Apache<'a> {
    pub(crate) fn new(site: &'a Site, process: Process, ports: [u16; 3]) -> Self {
        Self { site, process: Some(process), ports }
    }

    pub fn get(&self, way: Way, target: &str) -> Response {
        self.send(way, &Request::new("GET", target))
    }

    pub fn send(&self, way: Way, request: &Request) -> Response {
        let [module, proxy, fcgid] = self.ports;
        let port = match way {
            Way::Module => module,
            Way::ProxyFcgi => proxy,
            Way::Fcgid => fcgid,
        };
        // WordPress is at home at one address, whichever server asks.
        let request = request.clone().header("Host", &format!("127.0.0.1:{}", self.site.port()));
        request.send(port).unwrap_or_else(|error| panic!("{way:?} {}: {error}\n{}", request.target, self.site.logs()))
    }

    /// As [`Site::webhook`].
    pub fn webhook(&self, way: Way, action: &str, parameters: &[(&str, &str)]) -> Answer {
        Answer::of(self.get(way, &self.site.webhook_target(action, parameters)))
    }
}

impl Drop for Apache<'_> {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }
}

pub fn start(layout: &Layout, guard: &Arc<Guard>, php: &Php, fpm: &str, ports: [u16; 3]) -> Result<Process> {
    let configuration = layout.run().join("apache.conf");
    layout::write(&configuration, &text(layout, php, fpm, ports))?;
    let mut command = if as_root() {
        // Apache does not serve as root, and nobody else may read the site's folder: so root has the number of another user here.
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-user=33", "--map-group=33", "/usr/sbin/apache2"]);
        command
    } else {
        Command::new("/usr/sbin/apache2")
    };
    command.env_clear().envs(php.variables()).args(["-D", "FOREGROUND", "-f"]).arg(configuration);
    let mut process = Process::start("apache2", &mut command, &layout.logs().join("apache-output.log"), guard)?;
    process.await_ready(|| ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()))?;
    Ok(process)
}

fn text(layout: &Layout, php: &Php, fpm: &str, [module, proxy, fcgid]: [u16; 3]) -> String {
    let (run, logs) = (layout.run(), layout.logs());
    let modules = [
        "mpm_prefork",
        "authz_core",
        "dir",
        "mime",
        "alias",
        "env",
        "filter",
        "deflate",
        "proxy",
        "proxy_fcgi",
        "fcgid",
    ];
    let modules: Vec<_> =
        modules.iter().map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so")).collect();
    let variables = php.variables();
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| format!("  FcgidInitialEnv {name} \"{value}\"")).collect();
    format!(
        "ServerRoot {run}
ServerName 127.0.0.1
PidFile {run}/apache.pid
DefaultRuntimeDir {run}
ErrorLog {logs}/apache.log
Listen 127.0.0.1:{module}
Listen 127.0.0.1:{proxy}
Listen 127.0.0.1:{fcgid}
{modules}
LoadModule php_module /usr/lib/apache2/modules/libphp{version}.so
StartServers 4
MaxRequestWorkers 8
DocumentRoot {wordpress}
TypesConfig /etc/mime.types
<Directory {wordpress}>
  Options +ExecCGI
  DirectoryIndex index.php
  FallbackResource /index.php
</Directory>
<VirtualHost 127.0.0.1:{module}>
  # As many hosts have it: what is compressed has no length, and goes on until the script ends.
  AddOutputFilterByType DEFLATE text/html application/json
  <FilesMatch \"\\.php$\">
    SetHandler application/x-httpd-php
  </FilesMatch>
</VirtualHost>
<VirtualHost 127.0.0.1:{proxy}>
  <FilesMatch \"\\.php$\">
    SetHandler \"proxy:unix:{fpm}|fcgi://localhost\"
  </FilesMatch>
</VirtualHost>
FcgidIPCDir {run}/fcgid
FcgidProcessTableFile {run}/fcgid-table
<VirtualHost 127.0.0.1:{fcgid}>
{variables}
  <FilesMatch \"\\.php$\">
    SetHandler fcgid-script
    FcgidWrapper /usr/bin/php-cgi{version} .php
  </FilesMatch>
</VirtualHost>
",
        run = run.display(),
        logs = logs.display(),
        wordpress = layout.wordpress().display(),
        modules = modules.join("\n"),
        variables = variables.join("\n"),
        version = Php::version(),
    )
}
