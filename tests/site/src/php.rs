//! The PHP of one site: Debian's own configuration, and on top of it one ini file of ours.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::layout::{self, Layout, cache};
use crate::wordpress::SHARED;

const SCRIPTS: [(&str, &str); 5] = [
    ("install.php", include_str!("../php/install.php")),
    ("run.php", include_str!("../php/run.php")),
    ("sql.php", include_str!("../php/sql.php")),
    ("mails.php", include_str!("../php/mails.php")),
    ("router.php", include_str!("../php/router.php")),
];

/// 8.2 on Debian 12: names the FPM that belongs to the `php` in the path.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let output = Command::new("php").args(["-n", "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
});

#[derive(Clone)]
pub struct Php {
    layout: Layout,
    environment: Vec<(String, String)>,
    /// Options for our scripts.
    compiled: Vec<String>,
}

impl Php {
    /// Writes the ini file, the script that catches mails, and our PHP scripts.
    pub fn set_up(
        layout: &Layout,
        extension: Option<&Path>,
        ini: &[(String, String)],
        environment: &[(String, String)],
    ) -> Result<Self> {
        let log = layout.php_log();
        let sendmail = layout.php().join("sendmail.sh");
        let mut text = format!(
            "; Errors go to the log and never into an answer, as on a real server.\n\
             error_reporting = -1\ndisplay_errors = Off\ndisplay_startup_errors = Off\nlog_errors = On\n\
             error_log = {log}\nsendmail_path = /bin/sh {sendmail}\nmemory_limit = 256M\n\
             opcache.enable = 1\n\
             ; A test that changes a file wants the change seen at once.\nopcache.revalidate_freq = 0\n",
            log = log.display(),
            sendmail = sendmail.display(),
        );
        for (name, value) in ini {
            let _ = writeln!(text, "{name} = {value}");
        }
        if let Some(extension) = extension {
            if !extension.is_file() {
                return Err(Error::new(format!("no extension at {}: run cargo build --release", extension.display())));
            }
            let _ = writeln!(text, "extension = {}", extension.display());
        }
        layout::write(&layout.php().join("90-site.ini"), &text)?;
        // Renamed when complete, so that whoever looks never sees half a mail.
        let mails = layout.mails();
        let catch = format!(
            "new=$(mktemp {mails}/incoming.XXXXXX) && cat >\"$new\" && mv \"$new\" {mails}/$(date +%s%N).$$.eml\n",
            mails = mails.display()
        );
        layout::write(&sendmail, &catch)?;
        for (name, script) in SCRIPTS {
            layout::write(&layout.php().join(name), script)?;
        }
        Ok(Self { layout: layout.clone(), environment: environment.to_vec(), compiled: keep_compiled(layout)? })
    }

    /// The command-line PHP of this site.
    pub fn command(&self) -> Command {
        self.with_our_ini("php")
    }

    /// `keeps_compiled`: see [`Builder::compiles_anew`](crate::Builder::compiles_anew).
    pub fn fpm(&self, keeps_compiled: bool) -> Result<Command> {
        let mut command = self.with_our_ini(&format!("php-fpm{}", *VERSION));
        if keeps_compiled {
            let kept = share_compiled(&self.layout)?;
            command.args([
                "-d",
                &format!("opcache.file_cache={}", kept.display()),
                "-d",
                &format!("opcache.{UNCHECKED}"),
            ]);
        }
        Ok(command)
    }

    /// PHP behind CGI: the only one that answers the same request again and again in one process without a web server.
    pub fn cgi(&self) -> Command {
        self.with_our_ini(&format!("php-cgi{}", *VERSION))
    }

    /// Runs one of our scripts, which loads WordPress, and returns what it prints.
    pub fn script(&self, name: &str, arguments: &[&str], input: &str) -> Result<String> {
        self.run(self.command().args(&self.compiled), name, arguments, input)
    }

    /// The same for one that only asks the database: without all of Debian's extensions PHP starts in half the time, and tests
    /// look into the database again and again while they wait for something.
    pub fn database_script(&self, name: &str, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command();
        command.args(["-n", "-d", "display_errors=stderr"]);
        for extension in ["mysqlnd", "pdo", "pdo_mysql", "pdo_sqlite"] {
            command.args(["-d", &format!("extension={extension}")]);
        }
        self.run(&mut command, name, arguments, input)
    }

    fn run(&self, command: &mut Command, name: &str, arguments: &[&str], input: &str) -> Result<String> {
        let mut child = command
            .arg(self.layout.php().join(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::doing("starting php"))?;
        if let Some(mut pipe) = child.stdin.take() {
            // PHP that ends before it has read everything tells why below.
            let _ = pipe.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().map_err(Error::doing("running php"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Error::new(format!(
            "{name} ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr),
            last_lines(&fs::read_to_string(self.layout.php_log()).unwrap_or_default(), 20)
        )))
    }

    fn with_our_ini(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables());
        command
    }

    /// The environment of whatever runs this PHP.
    pub fn variables(&self) -> Vec<(String, String)> {
        // Debian keeps servers in sbin, which is not in everybody's path.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        // The empty first part stands for PHP's own folder of ini files.
        let ini = format!(":{}", self.layout.php().display());
        let ours = [("PATH".to_owned(), path), ("PHP_INI_SCAN_DIR".to_owned(), ini)];
        ours.into_iter().chain(self.environment.iter().cloned()).collect()
    }

    /// Of this machine's PHP, as files and programs are named by it: `8.2`.
    pub fn version() -> &'static str {
        &VERSION
    }
}

/// What was compiled is ours: a sum over each file at each call takes a tenth of the time.
const UNCHECKED: &str = "file_cache_consistency_checks=0";

/// Options that let the command line take the shared core as compiled by an earlier call: tests look into their sites a few
/// thousand times. What lies in the site's own folder is compiled each time.
fn keep_compiled(layout: &Layout) -> Result<Vec<String>> {
    let (kept, except) = (cache().join("opcache"), layout.php().join("not-kept"));
    fs::create_dir_all(&kept).map_err(Error::doing(kept.display()))?;
    layout::write(&except, &format!("{}\n", layout.folder.display()))?;
    let options = [
        "enable_cli=1".to_owned(),
        "file_cache_only=1".to_owned(),
        UNCHECKED.to_owned(),
        format!("file_cache={}", kept.display()),
        format!("blacklist_filename={}", except.display()),
    ];
    Ok(options.into_iter().flat_map(|option| ["-d".to_owned(), format!("opcache.{option}")]).collect())
}

/// A folder for what the site's PHP-FPM compiles, in which the shared core's part is that of all sites.
fn share_compiled(layout: &Layout) -> Result<PathBuf> {
    let own = layout.folder.join("opcache");
    let core = layout.wordpress().join(SHARED).canonicalize().map_err(Error::doing("finding the core"))?;
    let core = core.strip_prefix("/").unwrap_or(&core);
    fs::create_dir_all(&own).map_err(Error::doing(own.display()))?;
    let kept = cache().join("opcache");
    // Each build of PHP has a folder of its own.
    for build in fs::read_dir(&kept).map_err(Error::doing(kept.display()))?.flatten() {
        let shared = build.path().join(core);
        let link = own.join(build.file_name()).join(core);
        if shared.is_dir() && !link.exists() {
            fs::create_dir_all(link.parent().unwrap_or(&own)).map_err(Error::doing(own.display()))?;
            symlink(&shared, &link).map_err(Error::doing(link.display()))?;
        }
    }
    Ok(own)
}

pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
