//! What a new user is called: logins to try, and public names that never show the e-mail.

use crate::user::password;

/// `wp_users.user_login` is `varchar(60)`; this leaves room for a suffix.
const MAX_STEM: usize = 36;

/// How many random suffixes are offered before the caller gives up: one is enough but for a coincidence.
const RANDOM_SUFFIXES: usize = 3;

/// Logins for when the e-mail itself cannot be one (WordPress strips `+` and `'` and cuts at 60, so two addresses could
/// share a login): the address without its domain, the same with the contact's id, the same with random letters.
pub fn login_candidates(email: &str, contact_id: &str) -> Vec<String> {
    let stem = stem(email);
    let random = (0..RANDOM_SUFFIXES).filter_map(|_| password::generate());
    let random = random.map(|letters| letters.chars().take(10).collect::<String>().to_ascii_lowercase());
    let suffixes = std::iter::once(contact_id.to_owned()).filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
    let longer = suffixes.chain(random).map(|suffix| format!("{stem}-{suffix}"));
    std::iter::once(stem.clone()).chain(longer).collect()
}

/// Letters, digits, `.`, `_` and `-` of the part before the `@`; `user` if nothing is left of it.
fn stem(email: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let local = email.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let stem: String = local.chars().filter(plain).take(MAX_STEM).collect();
    let stem = stem.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if stem.is_empty() { "user".to_owned() } else { stem.to_owned() }
}

/// The name the public sees: first and last name, or the login without its domain.
///
/// A name that holds an address (a CRM fills in what a form gave it) loses its domain as well. At most 250 characters,
/// the size of `wp_users.display_name`.
pub fn display_name(first_name: &str, last_name: &str, login: &str) -> String {
    let words = [first_name, last_name].map(without_domains);
    let name = words.join(" ").trim().to_owned();
    let name = if name.is_empty() { without_domains(login) } else { name };
    name.chars().take(250).collect::<String>().trim().to_owned()
}

fn without_domains(text: &str) -> String {
    // `Ana <ana@example.com>`: from the bracket on it is the address.
    let before = |word: &'_ str| match word.split_once('@') {
        Some((local, _)) => local.split(['<', '(', '[']).next().unwrap_or_default().to_owned(),
        None => word.to_owned(),
    };
    let words = text.split_whitespace().map(before);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_start_plain_and_end_random() {
        let candidates = login_candidates("Jane+News@example.com", "5667649732214784");
        assert_eq!(candidates[..2], ["janenews", "janenews-5667649732214784"]);
        assert!(candidates.len() >= 4 && candidates[2] != candidates[3] && candidates[2].starts_with("janenews-"));
        for email in [&"x".repeat(64), "+@b.co", "", "..a..@b.co", "\u{e1}@b.co"] {
            for login in login_candidates(email, "9223372036854775807") {
                assert!(login.len() <= 60 && login.starts_with(|c: char| c.is_ascii_alphanumeric()), "{login}");
            }
        }
    }

    #[test]
    fn names_never_show_the_email() {
        assert_eq!(display_name("Ana", "Ruiz", "ana@example.com"), "Ana Ruiz");
        assert_eq!(display_name("", "", "ana@example.com"), "ana");
        assert_eq!(display_name("", "Ruiz", "x"), "Ruiz");
        assert_eq!(display_name("ana@example.com", "", "x"), "ana");
        assert_eq!(display_name("Ana <ana@example.com>", "", "x"), "Ana");
        assert_eq!(display_name("Ana<ana@example.com>", "", "x"), "Ana");
        assert_eq!(display_name(&"n".repeat(300), "", "x").len(), 250);
    }
}
