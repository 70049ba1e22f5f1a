//! One site in several sizes: a database each, of which WordPress uses the one that a file names. So the same PHP, with all that
//! it has compiled, and the same database server answer for all of them. The users are written by SQL; the server has all of
//! them in memory, and nothing left to write when this is over.

use std::cell::Cell;
use std::fs;
use std::time::Duration;

use serde_json::Value;
use site::{Site, await_until};

use crate::Outcome;

/// Rows of one statement.
const FILL: usize = 50_000;

/// Users who are written by SQL begin above all others; who is created afterwards follows them.
const FIRST_USER: usize = 10_000_000;

const GROWING: [&str; 4] = ["wp_users", "wp_usermeta", "wp_agile_bridge_links", "wp_agile_bridge_events"];

/// Until the server has written what was filled in.
const PATIENCE: Duration = Duration::from_secs(600);

pub struct Grown<'a> {
    site: &'a Site,
    databases: Vec<String>,
    chosen: Cell<usize>,
}

impl<'a> Grown<'a> {
    /// Copies the site as it is, once for each size, and lets the copies grow.
    pub fn fill(site: &'a Site, sizes: &[usize]) -> Outcome<Self> {
        site.restart_database_with(&["--innodb-buffer-pool-size=3G", "--innodb-log-file-size=512M"]);
        site.sql("GRANT ALL PRIVILEGES ON *.* TO 'wordpress'@'localhost'");
        let databases = (0..sizes.len()).map(|number| format!("grown{number}")).collect();
        let grown = Self { site, databases, chosen: Cell::new(0) };
        let rows = site.sql("SHOW TABLES");
        let tables: Vec<_> = rows.iter().filter_map(|row| row.as_object()?.values().next()?.as_str()).collect();
        for (number, size) in sizes.iter().enumerate() {
            let database = grown.database(number);
            site.sql(&format!("CREATE DATABASE {database} CHARACTER SET utf8mb4"));
            for table in &tables {
                site.sql(&format!("CREATE TABLE {database}.{table} LIKE wordpress.{table}"));
                site.sql(&format!("INSERT INTO {database}.{table} SELECT * FROM wordpress.{table}"));
            }
            grown.chosen.set(number);
            grown.grow(*size)?;
        }
        let config = site.root().join("wp-config.php");
        let text = fs::read_to_string(&config).map_err(|error| error.to_string())?;
        let by_file = "<?php\ndefine( 'DB_NAME', (string) file_get_contents( __DIR__ . '/grown' ) );\n";
        grown.choose(0)?;
        replace(&config, &text.replacen("<?php\n", by_file, 1))?;
        // What was compiled of the old one is looked at again after two seconds.
        site.reload_fpm();
        grown.await_written()?;
        Ok(grown)
    }

    pub fn count(&self) -> usize {
        self.databases.len()
    }

    pub fn database(&self, number: usize) -> &str {
        &self.databases[number]
    }

    /// From here on the site is this one.
    pub fn choose(&self, number: usize) -> Outcome<()> {
        self.chosen.set(number);
        replace(&self.site.root().join("grown"), self.database(number))
    }

    /// Asks the database that is chosen.
    pub fn sql(&self, statement: &str) -> Outcome<Vec<Value>> {
        let chosen = format!("USE {}", self.database(self.chosen.get()));
        self.site.try_sql(&[&chosen, statement]).map_err(|error| format!("{statement}: {error}"))
    }

    /// Users that are linked to contacts of whom the CRM knows nothing, what the index has of them, and an event of each.
    fn grow(&self, size: usize) -> Outcome<()> {
        for first in (1..=size).step_by(FILL) {
            let last = size.min(first + FILL - 1);
            let people = format!("seq_{first}_to_{last}");
            let user = format!("{FIRST_USER} + seq");
            let contact = "1000000 + seq";
            let meta = [
                ("agilecrm_contact_id", contact),
                ("agilecrm_tags", "'a:1:{i:0;s:4:\"Lead\";}'"),
                ("wp_capabilities", "'a:1:{s:10:\"subscriber\";b:1;}'"),
                ("first_name", "'Ana'"),
                ("nickname", "CONCAT('Ana ', seq)"),
            ];
            self.sql(&format!(
                "INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name) \
                 SELECT {user}, CONCAT('grown', seq), 'x', CONCAT('grown', seq), CONCAT('grown', seq, '@example.net'), NOW(), 'Ana' FROM {people}"
            ))?;
            for (key, value) in meta {
                self.sql(&format!(
                    "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT {user}, '{key}', {value} FROM {people}"
                ))?;
            }
            self.sql(&format!(
                "INSERT INTO wp_agile_bridge_links (site, contact_id, user_id, noted_at) SELECT '', {contact}, {user}, 0 FROM {people}"
            ))?;
            // Of the last ten days.
            let age = "(UNIX_TIMESTAMP() * 1000 - seq % 864000 * 1000)";
            self.sql(&format!(
                "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, user_id, created_at, due_at, updated_at, message) \
                 SELECT SHA2(seq, 256), 'done', 'update', {contact}, 'updated', {user}, {age}, {age}, {age}, '' FROM {people}"
            ))?;
        }
        // As WordPress counts them twice a day; beyond some it no longer counts the roles of all for each list of them.
        self.sql("REPLACE INTO wp_options (option_name, option_value, autoload) SELECT 'user_count', COUNT(*), 'off' FROM wp_users")?;
        for table in GROWING {
            self.sql(&format!("ANALYZE TABLE {table}"))?;
            self.sql(&format!("CHECKSUM TABLE {table}"))?;
        }
        Ok(())
    }

    /// A server that still writes what was filled in is slow for all.
    fn await_written(&self) -> Outcome<()> {
        self.sql("SET GLOBAL innodb_max_dirty_pages_pct = 0")?;
        let is_written = || {
            let rows = self.sql("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'").unwrap_or_default();
            let dirty = rows.first().and_then(|row| row["Value"].as_str()?.parse::<u64>().ok());
            dirty.is_some_and(|pages| pages < 100)
        };
        let is_over = await_until(PATIENCE, is_written);
        self.sql("SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT")?;
        if is_over { Ok(()) } else { Err("the database does not come to rest".to_owned()) }
    }
}

/// At once: a request must never meet half a file.
fn replace(path: &std::path::Path, text: &str) -> Outcome<()> {
    let new = path.with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(|error| format!("{}: {error}", path.display()))
}
