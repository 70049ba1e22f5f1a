//! The parameters of a raw request, read once and by one rule.
//!
//! PHP's own parsing renames keys (`wpf.action` becomes `wpf_action`), keeps the last of two values and slashes what it
//! keeps. A webhook that means two things must be refused instead, so the raw text is read here.

/// The names that we know. Whoever calls need not have the access key yet, so nothing else is kept, and of these one value.
const KNOWN: [&str; 7] = ["wpf_action", "access_key", "contact_id", "email", "role", "send_notification", "async"];

/// The longest of them, and a bracket.
const NAME_BYTES: usize = "send_notification".len() + 1;

/// What a query string and a form body say (WHATWG URL, `application/x-www-form-urlencoded`).
#[derive(Default)]
pub struct Parameters([Parameter; KNOWN.len()]);

#[derive(Default)]
struct Parameter {
    is_there: bool,
    is_array: bool,
    has_two_values: bool,
    /// The first that is not empty, decoded; may hold any bytes.
    value: Option<Vec<u8>>,
}

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

impl Parameters {
    pub fn read(query: &[u8], form: &[u8]) -> Self {
        let mut parameters = Self::default();
        for pair in [query, form].into_iter().flat_map(|text| text.split(|byte| *byte == b'&')) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default();
            parameters.take(name, halves.next().unwrap_or_default());
        }
        parameters
    }

    fn take(&mut self, name: &[u8], value: &[u8]) {
        let mut buffer = [0; NAME_BYTES];
        let decoded = buffer.iter_mut().zip(decode(name)).map(|(place, byte)| *place = byte.value).count();
        let name = buffer.get(..decoded).unwrap_or_default();
        for (known, parameter) in KNOWN.iter().zip(&mut self.0) {
            match name.strip_prefix(known.as_bytes()) {
                Some([]) if *known == "email" => parameter.take(address(value).into_iter()),
                Some([]) => parameter.take(decode(value).map(|byte| byte.value)),
                Some([b'[', ..]) => parameter.is_array = true,
                _ => {}
            }
        }
    }

    fn get(&self, name: &str) -> Option<&Parameter> {
        KNOWN.iter().zip(&self.0).find(|(known, _)| **known == name).map(|(_, parameter)| parameter)
    }

    /// Whether a parameter of exactly this name is there, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|parameter| parameter.is_there)
    }

    /// The one value of a name that we know; empty and absent are the same.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Malformed> {
        let Some(parameter) = self.get(name) else { return Ok(None) };
        if parameter.is_array {
            return Err(Malformed::Array);
        }
        if parameter.has_two_values {
            return Err(Malformed::TwoValues);
        }
        let Some(value) = &parameter.value else { return Ok(None) };
        let text = std::str::from_utf8(value).map_err(|_| Malformed::NotUtf8)?;
        if text.chars().any(char::is_control) {
            return Err(Malformed::ControlCharacter);
        }
        Ok(Some(text))
    }
}

impl Parameter {
    fn take(&mut self, value: impl Iterator<Item = u8>) {
        self.is_there = true;
        let mut value = value.peekable();
        match &self.value {
            _ if value.peek().is_none() => {}
            None => self.value = Some(value.collect()),
            Some(first) => self.has_two_values |= !value.eq(first.iter().copied()),
        }
    }
}

#[derive(Clone, Copy)]
struct Byte {
    value: u8,
    /// Came as `+`, which is a blank.
    is_plus: bool,
}

/// `+` is a blank, `%XX` a byte.
fn decode(text: &[u8]) -> impl Iterator<Item = Byte> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (value, is_plus);
        (value, is_plus, rest) = match rest {
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (digit(*high) << 4 | digit(*low), false, tail)
            }
            [b'+', tail @ ..] => (b' ', true, tail),
            [byte, tail @ ..] => (*byte, false, tail),
            [] => return None,
        };
        Some(Byte { value, is_plus })
    })
}

fn digit(hex: u8) -> u8 {
    char::from(hex).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
}

/// An address as people type it into a URL: `jane+news@example.com` has no blank, so a `+` inside of its local part is one. (A
/// blank would come as `%20` from who knows about such things, and the address would be none.)
fn address(text: &[u8]) -> Vec<u8> {
    let bytes: Vec<Byte> = decode(text).collect();
    let local = bytes.iter().take_while(|byte| byte.value != b'@').count();
    let is_ink = |at: Option<usize>| {
        let byte = at.filter(|at| *at < local).and_then(|at| bytes.get(at));
        byte.is_some_and(|byte| !byte.value.is_ascii_whitespace())
    };
    let is_inside = |at: usize| is_ink(at.checked_sub(1)) && is_ink(at.checked_add(1));
    let read = |(at, byte): (usize, &Byte)| if byte.is_plus && is_inside(at) { b'+' } else { byte.value };
    bytes.iter().enumerate().map(read).collect()
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
