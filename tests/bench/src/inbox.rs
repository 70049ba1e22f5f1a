//! The plugin's inbox, looked at from outside: what waits in it, and how it is emptied.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use site::Site;

use crate::Outcome;
use crate::stand::Stand;

const DRAIN: &str = "wp-content/plugins/bridge-for-agile-crm/drain.php";

const LOOK: Duration = Duration::from_millis(250);

/// When nothing moves for so long, the web server's own drain is over.
const STILL: Duration = Duration::from_secs(4);

/// When nothing moves for so long whatever we do, something is wrong.
const STUCK: Duration = Duration::from_secs(60);

pub struct Inbox<'a> {
    site: &'a Site,
    database: &'a str,
}

/// How the inbox came to be empty.
pub struct Emptied {
    pub took: Duration,
    /// When `drain.php` had to be called, if it had to.
    pub called_after: Option<Duration>,
}

impl<'a> Inbox<'a> {
    pub fn of(stand: &'a Stand) -> Outcome<Self> {
        Self::in_database(stand, "wordpress")
    }

    /// That of the site when it uses another database than its own.
    pub fn in_database(stand: &'a Stand, database: &'a str) -> Outcome<Self> {
        let site = &stand.ours;
        if site.root().join(DRAIN).is_file() {
            Ok(Self { site, database })
        } else {
            Err("the plugin has no drain.php".to_owned())
        }
    }

    /// Events that are not through.
    pub fn open(&self) -> u64 {
        self.count("state IN ('waiting', 'running', 'applied')")
    }

    /// An error if one was given up.
    pub fn expect_none_dead(&self) -> Outcome<()> {
        let dead = self.count("state = 'dead'");
        if dead == 0 { Ok(()) } else { Err(format!("{dead} events are dead")) }
    }

    fn count(&self, which: &str) -> u64 {
        let rows =
            self.site.sql(&format!("SELECT COUNT(*) AS n FROM {}.wp_agile_bridge_events WHERE {which}", self.database));
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number(&rows[0]["n"]).unwrap_or_default()
    }

    pub fn pause(&self, paused: bool) {
        self.site.wp(&format!(
            "$settings = (array) get_option('agile_bridge_settings', array());
             $settings['paused'] = {paused};
             return update_option('agile_bridge_settings', $settings);"
        ));
    }

    /// `drain.php`, which ends when nothing is due; with so many fetches at once, or the plugin's own number.
    pub fn start_drain(&self, fetches: Option<usize>) -> Outcome<Child> {
        let mut command = self.site.php();
        command.arg(self.site.root().join(DRAIN)).current_dir(self.site.root());
        command.envs(fetches.map(|number| ("BENCH_FETCHES", number.to_string())));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        command.spawn().map_err(|error| format!("starting drain.php: {error}"))
    }

    /// Waits until the inbox is empty. The web server goes on by itself as long as its time allows; then we call `drain.php`,
    /// as a site's cron would within a minute.
    pub fn await_empty(&self) -> Outcome<Emptied> {
        let start = Instant::now();
        let mut called_after = None;
        let mut drain: Option<Child> = None;
        let (mut last, mut moved) = (u64::MAX, start);
        loop {
            let open = self.open();
            if open == 0 {
                let took = start.elapsed();
                if let Some(mut drain) = drain {
                    let _ = drain.wait();
                }
                return Ok(Emptied { took, called_after });
            }
            if open != last {
                (last, moved) = (open, Instant::now());
            }
            if moved.elapsed() > STUCK {
                if let Some(mut drain) = drain {
                    let _ = drain.kill();
                    let _ = drain.wait();
                }
                return Err(format!("{open} events stay in the inbox\n{}", self.site.log()));
            }
            let drains = drain.as_mut().is_some_and(|drain| matches!(drain.try_wait(), Ok(None)));
            if moved.elapsed() > STILL && !drains {
                called_after.get_or_insert(start.elapsed());
                drain = Some(self.start_drain(None)?);
            }
            thread::sleep(LOOK);
        }
    }

    /// Empties it at once, without measuring.
    pub fn flush(&self) -> Outcome<()> {
        while self.open() > 0 {
            self.start_drain(None)?.wait().map_err(|error| error.to_string())?;
            self.await_empty()?;
        }
        Ok(())
    }
}
