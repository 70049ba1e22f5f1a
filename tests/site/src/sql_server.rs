//! Which database server the sites get: this machine's MariaDB, or the one that `DATABASE_SERVER` names, `mysql` or `mariadb-11.8`,
//! which `setup.sh` has laid into the cache under that name.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::layout::cache;
use crate::mariadb::as_root;

pub enum SqlServer {
    MariaDb { program: PathBuf, installer: PathBuf },
    MySql { program: PathBuf },
}

/// Small files, since every site gets a copy; otherwise the server's defaults, durability among them.
const OF_BOTH: [&str; 3] = [
    "--innodb-data-file-path=ibdata1:5M:autoextend",
    "--innodb-autoextend-increment=1",
    "--innodb-buffer-pool-size=64M",
];
const OF_MARIADB: [&str; 2] = ["--innodb-log-file-size=16M", "--innodb-temp-data-file-path=ibtmp1:1M:autoextend"];
/// (Its second protocol would want a port, and files of users a folder of the machine.)
const OF_MYSQL: [&str; 3] = ["--innodb-redo-log-capacity=32M", "--mysqlx=OFF", "--secure-file-priv=NULL"];

impl SqlServer {
    pub fn chosen() -> Self {
        let Some(name) = Self::name() else {
            return Self::MariaDb { program: "/usr/sbin/mariadbd".into(), installer: "mariadb-install-db".into() };
        };
        let folder = cache().join("servers").join(&name);
        let program = folder.join("server");
        if name.starts_with("mysql") {
            Self::MySql { program }
        } else {
            Self::MariaDb { program, installer: folder.join("installer") }
        }
    }

    /// Of the one in the cache.
    pub fn name() -> Option<String> {
        env::var("DATABASE_SERVER").ok().filter(|name| !name.is_empty())
    }

    pub fn program(&self) -> &Path {
        match self {
            Self::MariaDb { program, .. } | Self::MySql { program } => program,
        }
    }

    pub fn options(&self) -> impl Iterator<Item = &'static str> {
        let own: &'static [&'static str] = match self {
            Self::MariaDb { .. } => &OF_MARIADB,
            Self::MySql { .. } => &OF_MYSQL,
        };
        OF_BOTH.iter().chain(own).copied()
    }

    /// What makes an empty data folder whose root needs no password.
    pub fn installation(&self) -> Command {
        let mut command = match self {
            Self::MariaDb { installer, .. } => {
                let mut command = Command::new(installer);
                command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
                command.arg("--skip-name-resolve");
                command
            }
            Self::MySql { program } => {
                let mut command = Command::new(program);
                command.args(["--no-defaults", "--initialize-insecure"]);
                command
            }
        };
        command.args(as_root().then_some("--user=root")).args(self.options());
        command
    }
}
