//! Elements, comments and code taken out of a text, as PHP's `strip_tags()` does: state by state, so that every text looks as it
//! always did on a site of WordPress. `tests/phpt/markup.phpt` holds the two against each other.

pub fn stripped(text: &str) -> String {
    Tags::read(text)
}

#[derive(Clone, Copy)]
enum State {
    Text,
    Element,
    /// `<?`
    Code,
    /// `<!`
    Declaration,
    Comment,
}

struct Tags<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
    quote: Option<u8>,
    /// Of `<` within an element.
    depth: usize,
    /// Of brackets in code.
    brackets: i64,
    /// The last thing in code that matters.
    last: u8,
    is_xml: bool,
    kept: Vec<u8>,
}

impl<'a> Tags<'a> {
    fn read(text: &'a str) -> String {
        let text = text.as_bytes();
        let kept = Vec::with_capacity(text.len());
        let mut tags =
            Self { text, at: 0, state: State::Text, quote: None, depth: 0, brackets: 0, last: 0, is_xml: false, kept };
        for (at, byte) in text.iter().enumerate() {
            tags.at = at;
            match tags.state {
                State::Text => tags.in_text(*byte),
                State::Element => tags.in_element(*byte),
                State::Code => tags.in_code(*byte),
                State::Declaration => tags.in_declaration(*byte),
                State::Comment => {
                    if *byte == b'>' && tags.quote.is_none() && tags.comes_after(b"--") {
                        tags.end();
                    }
                }
            }
        }
        // States change at ASCII alone: what is left are whole characters.
        String::from_utf8(tags.kept).unwrap_or_default()
    }

    fn in_text(&mut self, byte: u8) {
        match byte {
            0 => {}
            // Of an element that a comment has ended.
            b'>' if self.depth > 0 => self.depth -= 1,
            b'<' if !self.is_before_blank() => {
                self.last = byte;
                self.state = State::Element;
            }
            _ => self.kept.push(byte),
        }
    }

    fn in_element(&mut self, byte: u8) {
        match byte {
            b'<' if self.quote.is_none() && !self.is_before_blank() => self.depth += 1,
            b'>' if self.closes() => {
                self.last = byte;
                if !(self.is_xml && self.comes_after(b"-")) {
                    self.is_xml = false;
                    self.end();
                }
            }
            b'"' | b'\'' => self.quote(byte),
            b'!' if self.comes_after(b"<") => {
                self.last = byte;
                self.state = State::Declaration;
            }
            b'?' if self.comes_after(b"<") => {
                self.brackets = 0;
                self.state = State::Code;
            }
            _ => {}
        }
    }

    fn in_code(&mut self, byte: u8) {
        let is_quoted = matches!(self.last, b'"' | b'\'');
        match byte {
            b'(' if !is_quoted => {
                self.last = byte;
                self.brackets += 1;
            }
            b')' if !is_quoted => {
                self.last = byte;
                self.brackets -= 1;
            }
            b'>' if self.closes() && self.brackets == 0 && self.last != b'"' && self.comes_after(b"?") => self.end(),
            b'"' | b'\'' if !self.comes_after(b"\\") => {
                if self.last == byte {
                    self.last = 0;
                } else if self.last != b'\\' {
                    self.last = byte;
                }
                self.quote(byte);
            }
            b'l' | b'L' if self.at > 4 && self.comes_after(b"<?xm") => {
                self.state = State::Element;
                self.is_xml = true;
            }
            _ => {}
        }
    }

    fn in_declaration(&mut self, byte: u8) {
        match byte {
            b'>' if self.closes() => self.end(),
            b'"' | b'\'' if !self.comes_after(b"\\") => self.quote(byte),
            b'-' if self.comes_after(b"!-") => self.state = State::Comment,
            b'e' | b'E' if self.comes_after(b"doctyp") => self.state = State::Element,
            _ => {}
        }
    }

    /// Whether this `>` ends what it stands in.
    fn closes(&mut self) -> bool {
        let is_within = self.depth > 0;
        self.depth = self.depth.saturating_sub(1);
        !is_within && self.quote.is_none()
    }

    fn end(&mut self) {
        self.state = State::Text;
        self.quote = None;
    }

    fn quote(&mut self, byte: u8) {
        match self.quote {
            None => self.quote = Some(byte),
            Some(open) if open == byte => self.quote = None,
            Some(_) => {}
        }
    }

    fn is_before_blank(&self) -> bool {
        self.text.get(self.at + 1).is_some_and(|next| matches!(next, b' ' | b'\t'..=b'\r'))
    }

    fn comes_after(&self, before: &[u8]) -> bool {
        self.at >= before.len()
            && self.text.get(self.at - before.len()..self.at).is_some_and(|text| text.eq_ignore_ascii_case(before))
    }
}
