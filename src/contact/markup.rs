//! Markup taken out of texts, in time linear in their length.
//!
//! `wp_strip_all_tags()` of WordPress looks for the end of each `<script` anew: of 120,000 in a row it makes a minute's work. Here
//! whatever is looked for is looked for once, from where the last search has ended.

use crate::contact::elements;

/// The text as `wp_strip_all_tags()` of WordPress would leave it: without elements and comments, without what stands in scripts
/// and styles, trimmed.
pub fn stripped(text: &str) -> String {
    let plain = if text.contains('<') { elements::stripped(&without_scripts(text)) } else { text.to_owned() };
    plain.trim_matches(is_blank).to_owned()
}

/// The name without markup; one that holds none stays byte for byte, blanks around it too.
///
/// Names are compared, and `Score <20` and `Score <50` must not become one. So a `<` stands that no browser takes for the
/// beginning of an element, and of an element without an end the `<` is encoded, as `sanitize_text_field()` of WordPress does.
pub fn name_without(name: &str) -> String {
    if !begins_element(name) {
        return name.to_owned();
    }
    let text = without_scripts(name);
    let mut ends = Search::new(&text, ">");
    let (mut plain, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|open| at + open) {
        plain.push_str(part(&text, at, open));
        at = open + 1;
        if !is_element(part(&text, open, text.len())) {
            plain.push('<');
        } else if let Some(end) = ends.next(at) {
            at = end + 1;
        } else {
            plain.push_str("&lt;");
        }
    }
    plain.push_str(part(&text, at, text.len()));
    // What was apart may be together now.
    let joined = if begins_element(&plain) { plain.replace('<', "&lt;") } else { plain };
    joined.trim_matches(is_blank).to_owned()
}

fn begins_element(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| is_element(part(text, at, text.len())))
}

/// Whether a browser takes this `<` for the beginning of an element, a comment or the like.
fn is_element(from: &str) -> bool {
    from.as_bytes().get(1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
}

fn part(text: &str, from: usize, until: usize) -> &str {
    text.get(from..until).unwrap_or_default()
}

/// What PHP's `trim()` takes.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\r' | '\t' | '\u{b}' | '\0')
}

/// As by the pattern `<(script|style)[^>]*?>.*?</\1>` without regard to case.
fn without_scripts(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut opened = Search::new(&lower, ">");
    let mut kinds = [("<script", "</script>"), ("<style", "</style>")]
        .map(|(open, close)| (open, close, Search::new(&lower, close)));
    let (mut kept, mut done, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(open) = lower.get(at..).and_then(|rest| rest.find('<')).map(|open| at + open) {
        at = open + 1;
        let here = part(&lower, open, lower.len());
        let Some((name, close, closed)) = kinds.iter_mut().find(|(name, ..)| here.starts_with(*name)) else { continue };
        let end = opened.next(open + name.len()).and_then(|opened| closed.next(opened + 1));
        if let Some(end) = end {
            kept.push_str(part(text, done, open));
            done = end + close.len();
            at = done;
        }
    }
    kept.push_str(part(text, done, text.len()));
    kept
}

/// Where something stands next. Asked for places in their order, it reads the text once.
struct Search<'a> {
    text: &'a str,
    wanted: &'static str,
    /// What it has found last; the text's length where there is no more.
    found: Option<usize>,
}

impl<'a> Search<'a> {
    fn new(text: &'a str, wanted: &'static str) -> Self {
        Self { text, wanted, found: None }
    }

    fn next(&mut self, from: usize) -> Option<usize> {
        if self.found.is_none_or(|found| found < from) {
            let next = self.text.get(from..).and_then(|rest| rest.find(self.wanted));
            self.found = Some(next.map_or(self.text.len(), |next| from + next));
        }
        self.found.filter(|found| *found < self.text.len())
    }
}

#[cfg(test)]
#[path = "markup_tests.rs"]
mod tests;
