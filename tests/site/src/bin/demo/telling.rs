//! How the story looks in a terminal, and in a file.

use std::io::{IsTerminal, stdout};

/// The widest title, and a little air.
const COLUMN: usize = 30;

pub struct Telling {
    colours: bool,
}

impl Telling {
    pub fn to_terminal() -> Self {
        Self { colours: stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    pub fn title(&self, name: &str, subtitle: &str) {
        println!("\n  {}\n  {}\n", self.painted("1", name), self.painted("2", subtitle));
    }

    /// True, as a chapter that held.
    pub fn happened(&self, title: &str, found: &str) -> bool {
        println!("  {} {title:COLUMN$}{}", self.painted("32", "✓"), self.painted("2", found));
        true
    }

    /// False, as a chapter that did not hold.
    pub fn failed(&self, title: &str, instead: &str) -> bool {
        println!("  {} {title}\n", self.painted("31", "✗"));
        for line in instead.lines() {
            println!("    {line}");
        }
        println!();
        false
    }

    pub fn address(&self, name: &str, address: &str, hint: &str) {
        println!("\n  {name:11}{}\n  {:11}{}", self.painted("4", address), "", self.painted("2", hint));
    }

    pub fn note(&self, text: &str) {
        println!("\n  {}\n", self.painted("2", text));
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
