//! A request as it came, and how its body is to be read.

use crate::request::event;

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// What the web server received, byte for byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    pub method: &'a [u8],
    pub query: &'a [u8],
    pub content_type: &'a [u8],
    /// At most one byte more than [`MAX_BODY`], which is how a longer one is told.
    pub body: &'a [u8],
}

/// How a body is to be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Body<'a> {
    None,
    Form,
    Json(&'a [u8]),
    TooLarge,
    Unsupported,
}

impl<'a> Request<'a> {
    pub fn read_body(&self) -> Body<'a> {
        if self.method != b"POST" || self.body.is_empty() && self.content_type.is_empty() {
            return Body::None;
        }
        if self.body.len() > MAX_BODY {
            return Body::TooLarge;
        }
        let essence = self.essence();
        let is = |name: &[u8]| essence.eq_ignore_ascii_case(name);
        let body = event::without_mark(self.body);
        match essence {
            // Whatever its type says: no form begins like that, and senders forget the type or take another one's.
            _ if body.starts_with(b"{") => Body::Json(body),
            // A sender that names no type: what is no JSON was a form for ages.
            b"" => Body::Form,
            _ if is(FORM) => Body::Form,
            _ if is(b"application/json") && self.body.is_empty() => Body::None,
            _ if is(b"application/json") => Body::Json(body),
            _ => Body::Unsupported,
        }
    }

    pub fn is_form(&self) -> bool {
        self.essence().is_empty() || self.essence().eq_ignore_ascii_case(FORM)
    }

    /// The content type without its parameters.
    fn essence(&self) -> &'a [u8] {
        self.content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
    }
}
