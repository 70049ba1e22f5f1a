//! `make bench`: what the plugin takes, beside plain WordPress doing the same, on real servers of this machine.
//!
//! Prints tables, writes `target/bench.json`, and with `README=1` puts a dated copy into `docs/performance.md`.
//! `BENCH_QUICK=1` does everything at a tenth. Arguments choose parts: `make bench ARGS='single drain'`. The exit code is 0
//! also when a target is missed; it is not when something could not be measured or was answered wrongly.
//!
//! Reading order: [`stand`] is what is measured; `single`, `shared`, `instructions`, `burst`, `crowd`, `drain`, `memory` and `growth` measure
//! one part each with the load of [`load`], and put what they find into the [`report`].

mod burst;
mod crm;
mod crowd;
mod drain;
mod grown;
mod growth;
mod inbox;
mod instructions;
mod load;
mod machine;
mod memory;
mod report;
mod sample;
mod shared;
mod single;
mod stand;

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use machine::Machine;
use report::Report;
use stand::Stand;

/// What was found, or why it could not be.
pub type Outcome<T> = Result<T, String>;

type Part = fn(&Stand, &mut Report) -> Outcome<()>;

const PARTS: [(&str, Part); 9] = [
    ("single", single::measure),
    ("shared", shared::measure),
    ("crm", single::count_crm_requests),
    ("instructions", instructions::measure),
    ("burst", burst::measure),
    ("crowd", crowd::measure),
    ("drain", drain::measure),
    ("memory", memory::measure),
    // The last, since it fills the site.
    ("growth", growth::measure),
];

fn main() -> ExitCode {
    match run() {
        Ok(report) if report.problems.is_empty() => ExitCode::SUCCESS,
        Ok(report) => {
            println!("\nNOT MEASURED:");
            for problem in &report.problems {
                println!("- {problem}");
            }
            ExitCode::FAILURE
        }
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<Report> {
    let chosen: Vec<String> = env::args().skip(1).collect();
    if let Some(unknown) = chosen.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        return Err(format!("no part '{unknown}'; there are {}", PARTS.map(|(name, _)| name).join(" ")));
    }
    let is_set = |name: &str| env::var(name).is_ok_and(|value| value == "1");
    let (quick, readme) = (is_set("BENCH_QUICK"), is_set("README"));
    if readme && (quick || !chosen.is_empty()) {
        return Err("README=1 wants the whole bench".to_owned());
    }
    let busy = machine::busy();
    let stand = Stand::start(quick)?;
    let machine = Machine::look(&stand, busy)?;
    let mut report = Report::default();
    for (name, part) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            let start = Instant::now();
            eprint!("bench: {name} ");
            // The site's own methods panic when it does not work.
            let measured = catch_unwind(AssertUnwindSafe(|| part(&stand, &mut report)));
            let measured = measured.unwrap_or_else(|_| Err("a panic, told above".to_owned()));
            stand.set_latency(std::time::Duration::ZERO);
            eprintln!("{:.0} s", start.elapsed().as_secs_f64());
            if let Err(problem) = measured {
                report.problems.push(format!("{name}: {problem}"));
            }
        }
    }
    let markdown = report.markdown(&machine);
    println!("\n{markdown}");
    let json = target().join("bench.json");
    let text = serde_json::to_string_pretty(&report.json(&machine)).map_err(|error| error.to_string())?;
    fs::write(&json, text + "\n").map_err(|error| format!("{}: {error}", json.display()))?;
    println!("All of it as JSON: {}", json.display());
    let missed: Vec<_> = report.measures.iter().filter(|measure| !measure.passed()).map(|it| it.what).collect();
    if !missed.is_empty() {
        println!("\nTARGETS MISSED:");
        for what in missed {
            println!("- {what}");
        }
    }
    if readme && report.problems.is_empty() {
        report::put_into_page(&site::repository().join("docs/performance.md"), &markdown)?;
        println!("docs/performance.md has a copy.");
    }
    Ok(report)
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| site::repository().join("target"), PathBuf::from)
}
