//! The parameters of a raw request, read once and by one rule.
//!
//! PHP's own parsing renames keys (`wpf.action` becomes `wpf_action`), keeps the last of two values and slashes what it
//! keeps. A webhook that means two things must be refused instead, so the raw text is read here.

use percent_encoding::percent_decode;
use std::borrow::Cow;

/// One `name=value` pair, decoded: `+` is a blank, `%XX` a byte. May hold any bytes.
struct Pair<'a> {
    name: Cow<'a, [u8]>,
    value: Cow<'a, [u8]>,
}

/// All pairs of a query string and a form body (WHATWG URL, `application/x-www-form-urlencoded`).
pub struct Parameters<'a>(Vec<Pair<'a>>);

/// Why a parameter cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    Array,
    TwoValues,
    NotUtf8,
    ControlCharacter,
}

impl Malformed {
    /// The end of a sentence that begins with the parameter's name.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Array => "is given as an array; give it once, without brackets",
            Self::TwoValues => "is given twice with different values",
            Self::NotUtf8 => "is not valid UTF-8",
            Self::ControlCharacter => "holds a control character",
        }
    }
}

impl<'a> Parameters<'a> {
    pub fn read(query: &'a [u8], form: &'a [u8]) -> Self {
        Self(pairs(query).chain(pairs(form)).collect())
    }

    /// Whether a parameter of exactly this name is there, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|pair| *pair.name == *name.as_bytes())
    }

    /// The bytes of every non-empty value of this name.
    pub fn raw(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(|pair| *pair.name == *name.as_bytes()).map(|pair| &*pair.value).filter(|v| !v.is_empty())
    }

    /// The one value of this name; empty and absent are the same.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Malformed> {
        if self.0.iter().any(|pair| is_array_of(&pair.name, name)) {
            return Err(Malformed::Array);
        }
        let mut values = self.raw(name);
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|other| other != first) {
            return Err(Malformed::TwoValues);
        }
        let text = std::str::from_utf8(first).map_err(|_| Malformed::NotUtf8)?;
        if text.chars().any(char::is_control) {
            return Err(Malformed::ControlCharacter);
        }
        Ok(Some(text))
    }
}

fn pairs(text: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default());
        let value = decode(halves.next().unwrap_or_default());
        Pair { name, value }
    })
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
    let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&blanks).collect())
}

fn is_array_of(key: &[u8], name: &str) -> bool {
    key.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'['))
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
