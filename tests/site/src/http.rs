//! A small HTTP client that sends exactly what it is told: odd methods, raw paths, a body with a GET. Tests of what a
//! site refuses need that, and libraries repair or reject it.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Above every time limit of WordPress and of nginx: whoever meets it hangs.
const TIMEOUT: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query, sent as they are.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A body and its type; an empty type sends none.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        if content_type.is_empty() { self } else { self.header("Content-Type", content_type) }
    }

    /// Sends it to 127.0.0.1 on a connection of its own and reads the whole answer.
    pub fn send(&self, port: u16) -> io::Result<Response> {
        let start = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let given = |wanted: &str| self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if !given("Host") {
            let _ = write!(head, "Host: 127.0.0.1:{port}\r\n");
        }
        if !given("Content-Length") && (!self.body.is_empty() || self.method == "POST") {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        stream.write_all(&[head.as_bytes(), &self.body].concat())?;
        let mut response = read_response(&mut BufReader::new(stream), self.method == "HEAD")?;
        response.elapsed = start.elapsed();
        Ok(response)
    }
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
    pub elapsed: Duration,
}

impl Response {
    /// Reads the whole answer to anything but a HEAD request from a connection that may be kept. `elapsed` stays zero.
    pub fn read(reader: &mut impl BufRead) -> io::Result<Self> {
        read_response(reader, false)
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON; panics with the body if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("not JSON ({error}), status {}:\n{}", self.status, self.body()))
    }
}

fn read_response(reader: &mut impl BufRead, head_only: bool) -> io::Result<Response> {
    let status = read_line(reader)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| broken("no status line"))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| broken("a header without a colon"))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut response = Response { status, headers, bytes: Vec::new(), elapsed: Duration::ZERO };
    if head_only || matches!(status, 204 | 304) {
        return Ok(response);
    }
    if response.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = read_line(reader)?;
            let size = u64::from_str_radix(&size, 16).map_err(|_| broken("a chunk without a size"))?;
            reader.take(size).read_to_end(&mut response.bytes)?;
            read_line(reader)?;
            if size == 0 {
                return Ok(response);
            }
        }
    }
    let length = response.header("Content-Length").and_then(|length| length.parse().ok());
    reader.take(length.unwrap_or(u64::MAX)).read_to_end(&mut response.bytes)?;
    if length.is_some_and(|length| length != response.bytes.len() as u64) {
        return Err(broken("a body that was cut off"));
    }
    Ok(response)
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Err(broken("an answer that ends too early"));
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// `name=value&...`, percent-encoded.
pub fn form(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encodes all but letters, digits and `-._~`.
pub fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}
