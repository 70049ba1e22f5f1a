//! The PHP of one site: Debian's own configuration, and on top of it one ini file of ours.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::layout::{self, Layout, cache};
use crate::wordpress::SHARED;

const SCRIPTS: [(&str, &str); 3] = [
    ("install.php", include_str!("../php/install.php")),
    ("run.php", include_str!("../php/run.php")),
    ("router.php", include_str!("../php/router.php")),
];

/// 8.2.36, say.
static RELEASE: LazyLock<String> = LazyLock::new(|| {
    let output = Command::new("php").args(["-n", "-r", "echo PHP_VERSION;"]).output();
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
        let mut command = self.with_our_ini(&format!("php-fpm{}", Self::version()));
        if keeps_compiled {
            let kept = share_compiled(&self.layout, "fpm")?;
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
        self.with_our_ini(&format!("php-cgi{}", Self::version()))
    }

    /// The same, for one that stays and has many processes: with an opcache that they share, and in it the core as earlier sites have
    /// compiled it.
    pub fn standing(&self) -> Result<Command> {
        let kept = share_compiled(&self.layout, "cli")?;
        let mut command = self.command();
        let options = ["enable_cli=1", "revalidate_freq=0", UNCHECKED, &format!("file_cache={}", kept.display())];
        command.args(options.iter().flat_map(|option| ["-d".to_owned(), format!("opcache.{option}")]));
        Ok(command)
    }

    /// What decides how a PHP that is started now differs from one that was started before: our ini file, and the extensions it names.
    pub fn stamp(&self) -> String {
        let ini = fs::read_to_string(self.layout.php().join("90-site.ini")).unwrap_or_default();
        let named = ini.lines().filter_map(|line| line.strip_prefix("extension = ")).map(fs::metadata);
        let files = named.flatten().map(|file| format!("{} {}.{}\n", file.ino(), file.mtime(), file.mtime_nsec()));
        let files: String = files.collect();
        ini + &files
    }

    /// Runs one of our scripts, which loads WordPress.
    pub fn script(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.command();
        let output = command.args(&self.compiled).arg(self.layout.php().join(name)).args(arguments).output();
        let output = output.map_err(Error::doing("starting php"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(self.ended(name, output.status, &String::from_utf8_lossy(&output.stderr)))
    }

    /// A script that has not come to its end.
    pub fn ended(&self, name: &str, status: ExitStatus, complaints: &str) -> Error {
        let log = fs::read_to_string(self.layout.php_log()).unwrap_or_default();
        Error::new(format!("{name} ended with {status}:\n{complaints}{}", last_lines(&log, 20)))
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
        RELEASE.match_indices('.').nth(1).map_or(&RELEASE, |(end, _)| &RELEASE[..end])
    }

    /// The same in full.
    pub fn release() -> &'static str {
        &RELEASE
    }
}

/// What was compiled is ours: a sum over each file at each call takes a tenth of the time.
const UNCHECKED: &str = "file_cache_consistency_checks=0";

/// Options that let a script compile the shared core for those after it. What lies in the site's own folder is compiled each time.
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

/// A folder for what a PHP of the site compiles, in which the shared core's part is that of all sites. Each kind of PHP has its own:
/// what one has compiled counts on the functions that it has.
fn share_compiled(layout: &Layout, kind: &str) -> Result<PathBuf> {
    let own = layout.folder.join("opcache").join(kind);
    let core = layout.wordpress().join(SHARED).canonicalize().map_err(Error::doing("finding the core"))?;
    let is_shared = !core.starts_with(&layout.folder);
    let core = core.strip_prefix("/").unwrap_or(&core);
    fs::create_dir_all(&own).map_err(Error::doing(own.display()))?;
    let kept = cache().join("opcache");
    // Each build of PHP has a folder of its own, made when the first database was.
    for build in fs::read_dir(&kept).map_err(Error::doing(kept.display()))?.flatten() {
        let shared = build.path().join(core);
        let link = own.join(build.file_name()).join(core);
        if is_shared && !link.exists() {
            for folder in [&shared, link.parent().unwrap_or(&own)] {
                fs::create_dir_all(folder).map_err(Error::doing(folder.display()))?;
            }
            symlink(&shared, &link).map_err(Error::doing(link.display()))?;
        }
    }
    Ok(own)
}

pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
