//! Where it was measured, and with what: a number without that says nothing.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Outcome;
use crate::stand::Stand;

pub struct Machine {
    date: String,
    quick: bool,
    cores: usize,
    processor: String,
    php: String,
    mariadb: String,
    wordpress: String,
    /// Percent of the cores that others used before we began.
    busy: f64,
}

/// Above it the numbers are not worth much.
const QUIET: f64 = 10.0;

/// How much of the machine is in use, in percent.
pub fn busy() -> f64 {
    let (before, after) = (ticks(), {
        thread::sleep(Duration::from_secs(2));
        ticks()
    });
    let passed = |ticks: [f64; 2]| ticks[0] + ticks[1];
    100.0 * (after[0] - before[0]) / (passed(after) - passed(before))
}

/// The kernel's counts of busy and of idle time.
fn ticks() -> [f64; 2] {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let columns: Vec<f64> = line.split_whitespace().skip(1).filter_map(|number| number.parse().ok()).collect();
    // The fourth and the fifth: idle, and waiting for a disk.
    let idle: f64 = columns.iter().skip(3).take(2).sum();
    [columns.iter().take(8).sum::<f64>() - idle, idle]
}

impl Machine {
    /// An error if PHP-FPM is not configured as on a production server.
    pub fn look(stand: &Stand, busy: f64) -> Outcome<Self> {
        let mut php = String::new();
        for site in [&stand.plain, &stand.ours] {
            let script = site.root().join("bench-facts.php");
            fs::write(&script, include_str!("../php/facts.php")).map_err(|error| error.to_string())?;
            let facts = site.get("/bench-facts.php").json();
            let _ = fs::remove_file(script);
            let wanted = json!({"opcache": true, "revalidate": 2, "jit": false, "display": false, "assertions": "-1"});
            for (name, value) in wanted.as_object().into_iter().flatten() {
                if facts[name] != *value {
                    return Err(format!("not configured as a production server is: {name} is {}", facts[name]));
                }
            }
            facts["php"].as_str().unwrap_or_default().clone_into(&mut php);
        }
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let date = Command::new("date").arg("+%Y-%m-%d").output().map_err(|error| error.to_string())?;
        let version = &stand.plain.sql("SELECT VERSION() AS version")[0]["version"];
        Ok(Self {
            date: String::from_utf8_lossy(&date.stdout).trim().to_owned(),
            quick: stand.quick,
            busy,
            cores: thread::available_parallelism().map_or(0, usize::from),
            processor: processor.map(|(_, name)| name.trim().to_owned()).unwrap_or_default(),
            php,
            mariadb: version.as_str().unwrap_or_default().split('-').next().unwrap_or_default().to_owned(),
            wordpress: stand.plain.wp("return get_bloginfo('version');").as_str().unwrap_or_default().to_owned(),
        })
    }

    pub fn json(&self) -> Value {
        json!({
            "date": self.date, "quick": self.quick, "cores": self.cores, "processor": self.processor,
            "php": self.php, "mariadb": self.mariadb, "wordpress": self.wordpress, "busy_before_percent": self.busy,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, cores, processor, php, mariadb, wordpress, busy, .. } = self;
        if *busy > QUIET {
            writeln!(formatter, "**Not alone: {busy:.0} % of the machine were in use before the bench began.**")?;
        }
        write!(
            formatter,
            "Measured on {date}{quick}: {cores} cores ({processor}) for everything, the callers and the CRM's stand-in among it;\n\
             WordPress {wordpress}, PHP-FPM {php} with 4 workers and opcache, nginx, MariaDB {mariadb} with its default durability, \
             the CRM over HTTPS.",
            quick = if self.quick { " with a tenth of the requests (**no measurement, a trial**)" } else { "" },
        )
    }
}
