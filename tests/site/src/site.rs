//! One WordPress, standing: how a test visits it, looks into it and disturbs it.
//!
//! What cannot fail in a sound test panics with the site's log instead of returning an error.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::apache::Apache;
use crate::builder::{Builder, Database};
use crate::error::{Error, Result};
use crate::galera::Cluster;
use crate::http::{Request, Response, form};
use crate::layout::Layout;
use crate::mail::{self, Mail};
use crate::mariadb;
use crate::php::{Php, last_lines};
use crate::pool::Pool;
use crate::process::{PATIENCE, await_until};
use crate::servers::Servers;
use crate::start::free_port;
use crate::{look, template, wordpress};

/// The account that every site is installed with.
pub const ADMIN: (&str, &str) = ("admin", "password");

pub struct Site {
    // First, so that it is dropped first: it ends the processes.
    pub(crate) servers: Servers,
    pub(crate) layout: Layout,
    pub(crate) php: Php,
    pub(crate) wanted: Builder,
    pub(crate) port: u16,
    /// How many pools there were so far, the site's own among them.
    pub(crate) pools: AtomicU8,
    /// Requests that are not answered yet.
    pub(crate) under_way: AtomicUsize,
}

impl Site {
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The lines of the `/etc/resolv.conf` that PHP-FPM sees from now on, where [`Builder::name_server`] gave it one.
    pub fn set_resolv_conf(&self, lines: &str) {
        // In place: what is mounted there is this very file.
        std::fs::write(self.layout.run().join("resolv.conf"), lines).expect("the file is written");
    }

    /// The WordPress folder.
    pub fn root(&self) -> PathBuf {
        self.layout.wordpress()
    }

    /// The folder of everything that belongs to this site.
    pub fn dir(&self) -> &Path {
        &self.layout.folder
    }

    // Visiting it.

    pub fn get(&self, target: &str) -> Response {
        self.send(&Request::new("GET", target))
    }

    pub fn post(&self, target: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Response {
        self.send(&Request::new("POST", target).body(content_type, body))
    }

    pub fn send(&self, request: &Request) -> Response {
        self.try_send(request).unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.target))
    }

    /// Redirects are not followed, error statuses are answers. Begins when the requests that were answered before have ended, if
    /// that is soon.
    pub fn try_send(&self, request: &Request) -> io::Result<Response> {
        if self.under_way.fetch_add(1, Ordering::SeqCst) == 0 {
            self.servers.let_requests_end(Duration::from_millis(25));
        }
        let response = request.send(self.port);
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        response
    }

    fn access_key(&self) -> &str {
        self.wanted.access_key.as_deref().unwrap_or_default()
    }

    /// The address of a webhook with the right access key, path and query only.
    pub fn webhook_target(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let ours = [("wpf_action", action), ("access_key", self.access_key())];
        format!("/?{}", form(&[&ours, parameters].concat()))
    }

    /// Method One: a campaign's node calls with GET.
    pub fn webhook(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.answer(&Request::new("GET", &self.webhook_target(action, parameters)))
    }

    /// Method One with POST: everything in a form body.
    pub fn webhook_form(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let ours = [("wpf_action", action), ("access_key", self.access_key())];
        let body = form(&[&ours, parameters].concat());
        self.answer(&Request::new("POST", "/").body("application/x-www-form-urlencoded", body))
    }

    /// Method Two: the account's webhook, parameters in the address, the event as JSON.
    pub fn webhook_json(&self, action: &str, parameters: &[(&str, &str)], event: &Value) -> Answer {
        let target = self.webhook_target(action, parameters);
        self.answer(&Request::new("POST", &target).body("application/json", event.to_string()))
    }

    /// Sends any request and reads the answer as our webhook's; panics if it is not JSON.
    pub fn answer(&self, request: &Request) -> Answer {
        Answer::of(self.send(request))
    }

    /// The `Cookie` header of somebody who has logged in.
    pub fn login(&self, user: &str, password: &str) -> String {
        let body = form(&[("log", user), ("pwd", password), ("testcookie", "1")]);
        let request = Request::new("POST", "/wp-login.php")
            .header("Cookie", "wordpress_test_cookie=WP%20Cookie%20check")
            .body("application/x-www-form-urlencoded", body);
        let response = self.send(&request);
        assert_eq!(response.status, 302, "the login of {user} was refused:\n{}", response.body());
        let cookies = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        let cookies = cookies.filter_map(|(_, cookie)| cookie.split(';').next());
        cookies.collect::<Vec<_>>().join("; ")
    }

    // Looking into it.

    /// Runs PHP code inside this WordPress, on the command line, and gives what it returns: `site.wp("return 1;")`.
    pub fn wp(&self, code: &str) -> Value {
        self.try_wp(code).unwrap_or_else(|error| panic!("{code}\n{error}"))
    }

    pub fn try_wp(&self, code: &str) -> Result<Value> {
        let json = self.servers.run(&self.php, &format!("127.0.0.1:{}", self.port), code)?;
        serde_json::from_str(&json).map_err(|error| Error::new(format!("{error}: '{json}'\n{}", self.log())))
    }

    /// The command-line PHP of this site, for a script of the test's own.
    pub fn php(&self) -> std::process::Command {
        self.php.command()
    }

    /// The same with PHP's CGI program (`setup.sh bench` brings it), which has an opcache as a web server's PHP has.
    pub fn php_cgi(&self) -> std::process::Command {
        self.php.cgi()
    }

    /// Asks the database itself, past WordPress: rows as objects. On MariaDB as its root.
    pub fn sql(&self, statement: &str) -> Vec<Value> {
        self.try_sql(&[statement]).unwrap_or_else(|error| panic!("{statement}\n{error}"))
    }

    /// Several statements on one connection; the rows are those of the last.
    pub fn try_sql(&self, statements: &[&str]) -> Result<Vec<Value>> {
        self.try_sql_at(&mariadb::socket(&self.layout), statements)
    }

    pub(crate) fn try_sql_at(&self, socket: &Path, statements: &[&str]) -> Result<Vec<Value>> {
        let folder = template::place(&self.layout, self.wanted.database);
        let dsn = match self.wanted.database {
            Database::MariaDb => format!("mysql:unix_socket={};dbname=wordpress;charset=utf8mb4", socket.display()),
            Database::Sqlite => {
                if self.under_way.load(Ordering::SeqCst) == 0 {
                    self.servers.let_requests_end(Duration::from_millis(100));
                }
                format!("sqlite:{}/.ht.sqlite", folder.display())
            }
        };
        let rows = look::ask(&json!({"dsn": dsn, "statements": statements}));
        rows.map_err(|error| Error::new(format!("{error}\n{}", last_lines(&self.log(), 20))))
    }

    /// The statements that WordPress sends to MariaDB while `action` runs, and after it until its requests have come to their ends:
    /// a webhook's goes on when it is answered.
    pub fn queries_during<T>(&self, action: impl FnOnce() -> T) -> (T, Vec<String>) {
        assert_eq!(self.wanted.database, Database::MariaDb, "only MariaDB keeps a log of its queries");
        self.await_no_request();
        let on = ["SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1"];
        self.try_sql(&on).unwrap_or_else(|error| panic!("{error}"));
        let result = action();
        self.await_no_request();
        let off = [
            "SET GLOBAL general_log = 0",
            // Ours, as root, are not WordPress'.
            "SELECT argument FROM mysql.general_log WHERE user_host NOT LIKE 'root%' \
             AND command_type IN ('Query', 'Execute') ORDER BY event_time",
        ];
        let rows = self.try_sql(&off).unwrap_or_else(|error| panic!("{error}"));
        let queries = rows.iter().filter_map(|row| row["argument"].as_str().map(str::to_owned));
        (result, queries.collect())
    }

    /// Until WordPress has no connection to MariaDB any more: it closes each at the end of its request.
    fn await_no_request(&self) {
        let is_wordpress = |connection: &Value| connection["User"] == "wordpress";
        let rests = || !self.sql("SHOW PROCESSLIST").iter().any(is_wordpress);
        assert!(await_until(PATIENCE, rests), "requests do not end\n{}", self.log());
    }

    pub fn mails(&self) -> Vec<Mail> {
        mail::read(&self.layout).unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn forget_mails(&self) {
        mail::forget(&self.layout).unwrap_or_else(|error| panic!("{error}"));
    }

    /// What PHP and WordPress have logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.layout.php_log()).unwrap_or_default()
    }

    pub fn forget_log(&self) {
        let _ = fs::remove_file(self.layout.php_log());
    }

    /// The end of every log of this site, for a test that fails.
    pub fn logs(&self) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(self.layout.logs()).into_iter().flatten().flatten() {
            let log = fs::read_to_string(entry.path()).unwrap_or_default();
            let _ = writeln!(text, "--- {}\n{}", entry.file_name().display(), last_lines(&log, 20));
        }
        text
    }

    // Changing and disturbing it.

    /// Counts from the next request on, and more than the value the constant had.
    pub fn set_constant(&self, name: &str, value: impl Into<Value>) {
        wordpress::set_constant(&self.layout, name, &value.into()).unwrap_or_else(|error| panic!("{error}"));
    }

    pub fn fpm_pid(&self) -> Option<u32> {
        self.servers.fpm_pid()
    }

    pub fn fpm_workers(&self) -> Vec<u32> {
        self.servers.fpm_workers()
    }

    pub fn database_pid(&self) -> Option<u32> {
        self.servers.database_pid()
    }

    /// nginx' master, or PHP's built-in server.
    pub fn web_pid(&self) -> Option<u32> {
        self.servers.web_pid()
    }

    /// One more PHP-FPM with an nginx of its own before it, on the same WordPress folder and database, as one more web server
    /// behind a balancer would be. Gone when dropped.
    pub fn second_pool(&self, workers: u8) -> Pool<'_> {
        self.pool(workers, &self.wanted)
    }

    /// The same with another environment.
    pub(crate) fn pool(&self, workers: u8, wanted: &Builder) -> Pool<'_> {
        let number = self.pools.fetch_add(1, Ordering::Relaxed) + 1;
        let names = [format!("fpm-{number}"), format!("nginx-{number}")];
        let started = free_port().and_then(|(listener, port)| {
            let address = (listener, self.port);
            let pool = self.servers.start_pool([&names[0], &names[1]], wanted, &self.php, workers, address);
            pool.map(|(fpm, web)| Pool::new(self, fpm, web, port))
        });
        started.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Three Galera nodes in place of the site's MariaDB, the first one where it was, and two more pools, each with a node of its own
    /// (`setup.sh cluster` brings what that needs).
    pub fn cluster(&self, workers: u8) -> Cluster<'_> {
        Cluster::start(self, workers).unwrap_or_else(|error| panic!("{error}"))
    }

    /// An Apache on the same WordPress folder and database, with PHP in three ways: as its module, by the site's PHP-FPM, and by CGI.
    pub fn apache(&self) -> Apache<'_> {
        let started = free_port().and_then(|one| Ok([one, free_port()?, free_port()?])).and_then(|held| {
            let ports = held.map(|(_, port)| port);
            self.servers.start_apache(&self.php, ports).map(|process| Apache::new(self, process, ports))
        });
        started.unwrap_or_else(|error| panic!("{error}"))
    }

    /// SIGKILL for one of [`Site::fpm_workers`]; PHP-FPM replaces it. False: no such worker any more.
    pub fn kill_worker(&self, pid: u32) -> bool {
        self.servers.kill_worker(pid)
    }

    /// Cuts running requests off, as FPM's default is.
    pub fn reload_fpm(&self) {
        self.servers.reload_fpm().unwrap_or_else(|error| panic!("{error}"));
    }

    pub fn stop_database(&self) {
        self.servers.stop_database();
    }

    /// As a power cut would.
    pub fn kill_database(&self) {
        self.servers.kill_database();
    }

    pub fn start_database(&self) {
        self.servers.start_database(&[]).unwrap_or_else(|error| panic!("{error}"));
    }

    pub fn restart_database(&self) {
        self.restart_database_with(&[]);
    }

    /// The same with further options of the server.
    pub fn restart_database_with(&self, options: &[&str]) {
        self.stop_database();
        self.servers.start_database(options).unwrap_or_else(|error| panic!("{error}"));
    }
}
