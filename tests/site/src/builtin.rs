//! PHP's built-in web server, with workers, since otherwise one slow request holds up all.

use std::net::TcpStream;
use std::sync::Arc;

use crate::error::Result;
use crate::guard::Guard;
use crate::layout::Layout;
use crate::php::Php;
use crate::process::Process;

const WORKERS: &str = "4";

/// `environment` is added to that of the server, which its workers share.
pub fn start(
    layout: &Layout,
    guard: &Arc<Guard>,
    php: &Php,
    port: u16,
    environment: &[(String, String)],
) -> Result<Process> {
    let mut command = php.command();
    command
        .env("PHP_CLI_SERVER_WORKERS", WORKERS)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .args(["-d", "opcache.enable_cli=1", "-S", &format!("127.0.0.1:{port}"), "-t"])
        .arg(layout.wordpress())
        .arg(layout.php().join("router.php"));
    let mut server = Process::start("php -S", &mut command, &layout.logs().join("server.log"), guard)?;
    server.await_ready(|| TcpStream::connect(("127.0.0.1", port)).is_ok())?;
    Ok(server)
}
