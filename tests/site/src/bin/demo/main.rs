//! `make demo`: a local Agile CRM, a WordPress beside it, and what happens between the two, told line by line.
//!
//! Each line is printed after it has happened and has been read back from WordPress. With `ONCE=1` the demo ends after the
//! story and its exit code says whether every line held; without, both stay up until Ctrl-C.

mod story;
mod telling;

use std::env;
use std::process::ExitCode;
use std::thread;

use sandbox::{Options, Sandbox};
use site::{ADMIN, Database, Server, Site};

use story::Story;
use telling::Telling;

/// Where the story's own CRM field lands.
const FIELD_MAP: [(&str, &str); 1] = [("Plan", "plan")];

fn main() -> ExitCode {
    let telling = Telling::to_terminal();
    telling.title("Bridge for Agile CRM", "a local Agile CRM, a WordPress on SQLite, and what happens between them");
    let (crm, site) = match stand_up() {
        Ok(both) => both,
        Err(problem) => {
            telling.failed("The demo could not start", &problem.to_string());
            return ExitCode::FAILURE;
        }
    };
    let held = Story::new(&crm, &site, &telling).tell();
    if !held {
        telling.failed("The story did not hold", &site.logs());
    }
    if env::var("ONCE").is_ok_and(|once| once == "1") {
        println!();
        return if held { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    telling.address("WordPress", &format!("{}/wp-admin/users.php", site.url()), &format!("{} / {}", ADMIN.0, ADMIN.1));
    telling.address("Agile CRM", &crm.url(), "change a contact there and watch");
    telling.note("Ctrl-C ends both.");
    // Ctrl-C ends this process; the site's guard sees that and clears up.
    loop {
        thread::park();
    }
}

fn stand_up() -> Result<(Sandbox, Site), Box<dyn std::error::Error>> {
    let crm = Sandbox::start(Options::default())?;
    let site = Site::builder()
        .database(Database::Sqlite)
        .server(Server::BuiltIn)
        .crm(&crm.url(), crm.email(), crm.api_key())
        .field_map(&FIELD_MAP)
        .start()?;
    Ok((crm, site))
}
