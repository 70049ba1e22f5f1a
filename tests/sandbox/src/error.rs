//! Why a sandbox did not start.

use std::fmt;

/// The step that failed and its cause.
#[derive(Debug)]
pub enum Error {
    Io(std::io::Error),
    Certificate(rcgen::Error),
    Tls(rustls::Error),
    Sender(reqwest::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(cause) => write!(f, "cannot listen: {cause}"),
            Self::Certificate(cause) => write!(f, "cannot make a certificate: {cause}"),
            Self::Tls(cause) => write!(f, "cannot set up tls: {cause}"),
            Self::Sender(cause) => write!(f, "cannot set up the webhook sender: {cause}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(cause) => Some(cause),
            Self::Certificate(cause) => Some(cause),
            Self::Tls(cause) => Some(cause),
            Self::Sender(cause) => Some(cause),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::Io(cause)
    }
}

impl From<rcgen::Error> for Error {
    fn from(cause: rcgen::Error) -> Self {
        Self::Certificate(cause)
    }
}

impl From<rustls::Error> for Error {
    fn from(cause: rustls::Error) -> Self {
        Self::Tls(cause)
    }
}

impl From<reqwest::Error> for Error {
    fn from(cause: reqwest::Error) -> Self {
        Self::Sender(cause)
    }
}
