//! What was found, and how it is told: as tables of Markdown for the terminal and docs/performance.md, and as JSON.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::Outcome;
use crate::machine::Machine;
use crate::sample::{Samples, ms};

/// Around the copy in docs/performance.md.
const MARKERS: [&str; 2] = ["<!-- bench -->", "<!-- /bench -->"];

#[derive(Clone, Copy)]
pub enum Target {
    AtMost(f64),
    AtLeast(f64),
}

/// A number that has a target.
pub struct Measure {
    pub key: &'static str,
    pub what: &'static str,
    pub value: f64,
    /// Behind the number; empty for a ratio.
    pub unit: &'static str,
    pub target: Target,
}

impl Measure {
    pub fn passed(&self) -> bool {
        match self.target {
            Target::AtMost(most) => self.value <= most,
            Target::AtLeast(least) => self.value >= least,
        }
    }

    fn number(&self, value: f64) -> String {
        // A ratio near one shows its small part, and a fraction of a second is more than `0.0 s`.
        let digits = if self.unit.is_empty() || value.abs() < 1.0 { 3 } else { usize::from(value.abs() < 100.0) };
        format!("{value:.digits$}{}{}", if self.unit.is_empty() || self.unit == "%" { "" } else { " " }, self.unit)
    }

    fn cells(&self) -> Vec<String> {
        let target = match self.target {
            Target::AtMost(most) => format!("≤ {most}"),
            Target::AtLeast(least) => format!("≥ {least}"),
        };
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        let verdict = if self.passed() { "pass" } else { "**miss**" };
        vec![self.what.to_owned(), self.number(self.value), format!("{target}{unit}"), verdict.to_owned()]
    }

    fn json(&self) -> Value {
        let (kind, target) = match self.target {
            Target::AtMost(most) => ("at_most", most),
            Target::AtLeast(least) => ("at_least", least),
        };
        json!({"key": self.key, "what": self.what, "value": self.value, "unit": self.unit, kind: target, "pass": self.passed()})
    }
}

/// One kind of request, sent again and again, one at a time.
pub struct Timing {
    pub key: &'static str,
    pub what: &'static str,
    pub times: Samples,
    /// What PHP's workers spent on one, after the answer too.
    pub cpu: Samples,
    /// Whether it asks the CRM.
    pub asks_crm: bool,
}

/// A number without a target.
pub struct Fact {
    pub key: &'static str,
    pub what: String,
    pub shown: String,
    pub value: Value,
}

#[derive(Default)]
pub struct Report {
    pub measures: Vec<Measure>,
    pub timings: Vec<Timing>,
    pub facts: Vec<Fact>,
    /// What could not be measured, or was answered wrongly.
    pub problems: Vec<String>,
}

impl Report {
    pub fn measure(&mut self, key: &'static str, what: &'static str, value: f64, unit: &'static str, target: Target) {
        self.measures.push(Measure { key, what, value, unit, target });
    }

    pub fn fact(
        &mut self,
        key: &'static str,
        what: impl Into<String>,
        shown: impl Into<String>,
        value: impl Into<Value>,
    ) {
        self.facts.push(Fact { key, what: what.into(), shown: shown.into(), value: value.into() });
    }

    /// The median of the requests of that key, in milliseconds.
    pub fn median(&self, key: &str) -> f64 {
        self.timings.iter().find(|timing| timing.key == key).map_or(f64::NAN, |timing| ms(timing.times.median()))
    }

    pub fn markdown(&self, machine: &Machine) -> String {
        let mut text = format!("{machine}\n");
        if !self.measures.is_empty() {
            let rows: Vec<_> = self.measures.iter().map(Measure::cells).collect();
            let _ = write!(text, "\n{}", table(&["measure", "measured", "target", ""], &rows));
        }
        if !self.timings.is_empty() {
            let rows: Vec<_> = self.timings.iter().map(|timing| self.timing_cells(timing)).collect();
            let head = [
                "one request at a time",
                "median",
                "95th percentile",
                "without the CRM's own",
                "× plain create",
                "CPU of PHP",
            ];
            let _ = write!(text, "\n{}", table(&head, &rows));
        }
        if !self.facts.is_empty() {
            let rows: Vec<_> = self.facts.iter().map(|fact| vec![fact.what.clone(), fact.shown.clone()]).collect();
            let _ = write!(text, "\n{}", table(&["and", ""], &rows));
        }
        text
    }

    fn timing_cells(&self, timing: &Timing) -> Vec<String> {
        let median = ms(timing.times.median());
        let crm = if timing.asks_crm { self.median("crm") } else { 0.0 };
        let of_plain = median / self.median("plain_create");
        let cpu = if timing.cpu.count() == 0 { String::new() } else { shown_ms(ms(timing.cpu.median())) };
        // Not measured where only other parts of the bench run.
        let without = if timing.asks_crm && !crm.is_nan() { shown_ms(median - crm) } else { String::new() };
        let of_plain = if of_plain.is_nan() { String::new() } else { format!("{of_plain:.2}") };
        vec![timing.what.to_owned(), shown_ms(median), shown_ms(ms(timing.times.p95())), without, of_plain, cpu]
    }

    pub fn json(&self, machine: &Machine) -> Value {
        let timings = self.timings.iter().map(|timing| {
            let cpu = (timing.cpu.count() > 0).then(|| ms(timing.cpu.median()));
            json!({
                "key": timing.key, "what": timing.what, "requests": timing.times.count(),
                "median_ms": ms(timing.times.median()), "p95_ms": ms(timing.times.p95()), "max_ms": ms(timing.times.max()),
                "php_cpu_ms": cpu,
            })
        });
        let facts = self.facts.iter().map(|fact| json!({"key": fact.key, "what": fact.what, "value": fact.value}));
        json!({
            "machine": machine.json(),
            "measures": self.measures.iter().map(Measure::json).collect::<Vec<_>>(),
            "requests": timings.collect::<Vec<_>>(),
            "facts": facts.collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

fn shown_ms(ms: f64) -> String {
    format!("{ms:.1} ms")
}

/// Milliseconds below a second, seconds from there on.
pub fn shown(duration: std::time::Duration) -> String {
    if duration.as_secs() == 0 { format!("{:.0} ms", ms(duration)) } else { format!("{:.2} s", duration.as_secs_f64()) }
}

/// Aligned, so that it reads well before it is rendered too.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let widths: Vec<_> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!(" {cell:width$} |"));
        format!("|{}\n", cells.collect::<String>())
    };
    let rule: Vec<_> = widths.iter().map(|&width| "-".repeat(width + 2)).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}|{}|\n{rows}", line(&head), rule.join("|"))
}

/// Puts a copy between the markers of a page.
pub fn put_into_page(page: &Path, markdown: &str) -> Outcome<()> {
    let name = page.display();
    let text = fs::read_to_string(page).map_err(|error| format!("{name}: {error}"))?;
    let text = between_markers(&text, markdown).ok_or(format!("{name} has no {} … {}", MARKERS[0], MARKERS[1]))?;
    fs::write(page, text).map_err(|error| format!("{name}: {error}"))
}

fn between_markers(text: &str, new: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKERS[0])?;
    let (_, after) = rest.split_once(MARKERS[1])?;
    Some(format!("{before}{}\n{}\n{}{after}", MARKERS[0], new.trim_end(), MARKERS[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let text = "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n";
        let new = between_markers(text, "new\n").unwrap_or_default();
        assert_eq!(new, "a\n<!-- bench -->\nnew\n<!-- /bench -->\nb\n");
        assert_eq!(between_markers(&new, "new\n").as_deref(), Some(&*new));
        assert_eq!(between_markers("no markers", "new"), None);
    }

    #[test]
    fn a_target_is_met_or_missed() {
        let measure = |value, target| Measure { key: "", what: "", value, unit: "", target };
        assert!(measure(0.3, Target::AtMost(0.3)).passed() && !measure(0.31, Target::AtMost(0.3)).passed());
        assert!(measure(100.0, Target::AtLeast(100.0)).passed() && !measure(99.0, Target::AtLeast(100.0)).passed());
        assert!(!measure(f64::NAN, Target::AtMost(1.0)).passed(), "what was not measured is no pass");
    }
}
