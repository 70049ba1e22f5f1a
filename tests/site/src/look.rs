//! Looks into databases and caught mails by PHP processes that stay: tests look again and again while they wait for something, and
//! PHP's start costs ten times what a look does. They are our process' own, one for each thread that looks at the same moment, and
//! end with it; each question has a connection of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::error::{Error, Result};
use crate::layout::repository;

/// PHP without all of Debian's extensions, which would double its start.
const EXTENSIONS: [&str; 5] = ["iconv", "mysqlnd", "pdo", "pdo_mysql", "pdo_sqlite"];

struct Looker {
    // Dropped first: without a question to come it ends.
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    child: Child,
}

static IDLE: Mutex<Vec<Looker>> = Mutex::new(Vec::new());

/// What `look.php` finds.
pub fn ask(question: &Value) -> Result<Vec<Value>> {
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut looker = idle.map_or_else(Looker::start, Ok)?;
    let mut answer = looker.ask(question)?;
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(looker);
    match answer["found"].take() {
        Value::Array(found) => Ok(found),
        _ => Err(Error::new(answer["error"].as_str().unwrap_or_default())),
    }
}

impl Looker {
    fn start() -> Result<Self> {
        let mut command = Command::new("php");
        command.args(["-n", "-d", "display_errors=stderr", "-d", "memory_limit=1G"]);
        for extension in EXTENSIONS {
            command.args(["-d", &format!("extension={extension}")]);
        }
        let script = repository().join("tests/site/php/look.php");
        let child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(Error::doing("starting php"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self { questions, answers: BufReader::new(answers), child }),
            _ => Err(Error::new("starting php: it has no pipes")),
        }
    }

    fn ask(&mut self, question: &Value) -> Result<Value> {
        let mut line = String::new();
        let asked = writeln!(self.questions, "{question}").and_then(|()| self.answers.read_line(&mut line));
        asked.map_err(Error::doing("asking php"))?;
        serde_json::from_str(&line).map_err(|error| {
            let end = self.child.try_wait().ok().flatten().map(|status| format!("look.php ended with {status}: "));
            Error::new(format!("{}{error}: '{line}'", end.unwrap_or_default()))
        })
    }
}
