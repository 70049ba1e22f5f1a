//! The site's end: takes what the sandbox sends and answers the same to all.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone)]
pub struct Taken {
    /// `POST /?a=b`
    pub line: String,
    pub headers: String,
    pub body: String,
}

impl Taken {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Site {
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Site {
    /// `status` such as `200 OK`.
    pub fn start(status: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let held = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let held = Arc::clone(&held);
                std::thread::spawn(move || serve(stream.unwrap(), &held, status, body));
            }
        });
        Self { url, taken }
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, held: &Mutex<Vec<Taken>>, status: &str, body: &str) {
    let mut reader = BufReader::new(stream);
    let (mut line, mut headers, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut line).unwrap();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        headers += &header;
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent).unwrap();
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    held.lock().unwrap().push(Taken { line, headers, body: String::from_utf8(sent).unwrap() });
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    reader.into_inner().write_all(answer.as_bytes()).unwrap();
}
