//! Somebody else at the site's MariaDB: a connection whose transaction stays open from one statement to the next, so that what
//! it has locked stands in the plugin's way.

use crate::stage::inbox::number;
use crate::stage::world::World;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

/// One statement as JSON on each line of the input, its rows or the number of its error on each of the output.
const SCRIPT: &str = r"
    $database = new PDO($argv[1], 'root', '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    while (false !== ($line = fgets(STDIN))) {
        try {
            $result = $database->query(json_decode($line));
            $reply  = $result->columnCount() > 0 ? $result->fetchAll(PDO::FETCH_ASSOC) : [];
        } catch (PDOException $error) {
            $reply = $error->errorInfo[1];
        }
        echo json_encode($reply), PHP_EOL;
    }";

/// Ended, and with it whatever it has locked, when dropped.
pub struct SecondConnection {
    php: Child,
    statements: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl SecondConnection {
    pub fn open(world: &World) -> Self {
        let socket = world.site.dir().join("run/mariadb.sock");
        let server = format!("mysql:unix_socket={};dbname=wordpress;charset=utf8mb4", socket.display());
        let mut command = world.site.php();
        command.args(["-r", SCRIPT, "--", &server]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut php = command.spawn().expect("php runs");
        let statements = php.stdin.take().expect("a pipe");
        let replies = BufReader::new(php.stdout.take().expect("a pipe"));
        let mut connection = Self { php, statements, replies };
        connection.run("SELECT 1");
        connection
    }

    /// Begins a statement that may have to wait; [`SecondConnection::end`] tells what has become of it.
    pub fn begin(&mut self, statement: &str) {
        let line = Value::from(statement).to_string() + "\n";
        self.statements.write_all(line.as_bytes()).expect("the connection is there");
    }

    /// Rows, or the number of the error.
    pub fn end(&mut self) -> Result<Vec<Value>, i64> {
        let mut line = String::new();
        self.replies.read_line(&mut line).expect("the connection is there");
        match serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: '{line}'")) {
            Value::Array(rows) => Ok(rows),
            errno => Err(number(&errno)),
        }
    }

    #[track_caller]
    pub fn run(&mut self, statement: &str) -> Vec<Value> {
        self.begin(statement);
        self.end().unwrap_or_else(|errno| panic!("error {errno}: {statement}"))
    }

    /// A number of `SHOW GLOBAL STATUS`.
    pub fn status(&mut self, name: &str) -> i64 {
        number(&self.run(&format!("SHOW GLOBAL STATUS LIKE '{name}'"))[0]["Value"])
    }

    /// How many there have been since the server started.
    pub fn deadlocks(&mut self) -> i64 {
        let counted =
            self.run("SELECT `COUNT` AS counted FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'");
        number(&counted[0]["counted"])
    }

    /// Waits until so many statements of the whole server wait for a lock.
    #[track_caller]
    pub fn await_lock_waits(&mut self, wanted: i64) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.status("Innodb_row_lock_current_waits") != wanted {
            assert!(Instant::now() < deadline, "{wanted} statements never waited for a lock at the same time");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for SecondConnection {
    fn drop(&mut self) {
        let _ = self.php.kill();
        let _ = self.php.wait();
    }
}
