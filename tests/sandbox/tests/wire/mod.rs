//! The client's end, byte by byte: what a library would tidy away is what these tests are about.
#![allow(dead_code, reason = "each test file uses a part")]

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sandbox::Sandbox;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[derive(Debug)]
pub struct Answer {
    /// 0: no answer came.
    pub status: u16,
    pub head: String,
    pub body: String,
    /// The last chunk arrived.
    pub whole: bool,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn has(&self, header: &str) -> bool {
        self.head.to_ascii_lowercase().contains(&format!("\r\n{}", header.to_ascii_lowercase()))
    }
}

/// A request to the API: with credentials and `Accept: application/json` unless taken away.
pub struct Request<'a> {
    crm: &'a Sandbox,
    method: &'a str,
    path: &'a str,
    credentials: Option<String>,
    accept: Option<&'a str>,
    body: Option<(&'a str, Vec<u8>)>,
}

pub fn request<'a>(crm: &'a Sandbox, method: &'a str, path: &'a str) -> Request<'a> {
    let credentials = Some(format!("{}:{}", crm.email(), crm.api_key()));
    Request { crm, method, path, credentials, accept: Some("application/json"), body: None }
}

pub fn get(crm: &Sandbox, path: &str) -> Answer {
    request(crm, "GET", path).send()
}

pub fn put(crm: &Sandbox, path: &str, body: &Value) -> Answer {
    request(crm, "PUT", path).json(body).send()
}

/// The form-only filter.
pub fn filter(crm: &Sandbox, fields: &[(&str, &str)]) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request(crm, "POST", "filters/filter/dynamic-filter").body("application/x-www-form-urlencoded", form).send()
}

impl<'a> Request<'a> {
    pub fn credentials(self, credentials: Option<&str>) -> Self {
        Self { credentials: credentials.map(str::to_owned), ..self }
    }

    pub fn accept(self, accept: Option<&'a str>) -> Self {
        Self { accept, ..self }
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json; charset=UTF-8", body.to_string())
    }

    pub fn body(self, kind: &'a str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some((kind, body.into())), ..self }
    }

    pub fn send(self) -> Answer {
        let mut stream = connect(self.crm);
        self.write(&mut stream, "Connection: close\r\n");
        let mut bytes = Vec::new();
        // A connection cut in the middle is an answer too.
        let _ = stream.read_to_end(&mut bytes);
        read(&bytes)
    }

    /// On a connection that stays open.
    pub fn send_on(self, stream: &mut TcpStream) -> Answer {
        self.write(stream, "");
        let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let n = stream.read(&mut piece).unwrap_or(0);
            bytes.extend_from_slice(&piece[..n]);
            let answer = read(&bytes);
            if n == 0 || answer.whole {
                return answer;
            }
        }
    }

    pub fn write(self, stream: &mut TcpStream, more: &str) {
        let mut head = format!("{} /dev/api/{} HTTP/1.1\r\nHost: demo.agilecrm.com\r\n{more}", self.method, self.path);
        if let Some(credentials) = self.credentials {
            let _ = write!(head, "Authorization: Basic {}\r\n", BASE64_STANDARD.encode(credentials));
        }
        if let Some(accept) = self.accept {
            let _ = write!(head, "Accept: {accept}\r\n");
        }
        let (kind, body) = self.body.unwrap_or_default();
        if !kind.is_empty() {
            let _ = write!(head, "Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        stream.write_all(&[head.as_bytes(), b"\r\n", &body].concat()).unwrap();
    }
}

pub fn connect(crm: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(crm.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

pub fn read(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, rest)) = text.split_once("\r\n\r\n") else {
        return Answer { status: 0, head: text.into_owned(), body: String::new(), whole: false };
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let (body, whole) = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        let end = bytes.len() - rest.len();
        unchunk(&bytes[end..])
    } else {
        (rest.to_owned(), true)
    };
    Answer { status, head: head.to_owned(), body, whole }
}

fn unchunk(mut rest: &[u8]) -> (String, bool) {
    let mut body = Vec::new();
    let whole = loop {
        let Some(line) = rest.windows(2).position(|pair| pair == b"\r\n") else { break false };
        let size = usize::from_str_radix(&String::from_utf8_lossy(&rest[..line]), 16).unwrap();
        let from = line + 2;
        if size == 0 {
            break true;
        }
        if rest.len() < from + size + 2 {
            break false;
        }
        body.extend_from_slice(&rest[from..from + size]);
        rest = &rest[from + size + 2..];
    };
    (String::from_utf8_lossy(&body).into_owned(), whole)
}
