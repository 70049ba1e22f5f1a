//! The access key: the secret in the webhook's URL. Made here, compared here, stored nowhere by us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// Keys below this many bytes open nothing, whatever is stored (contract, section 4).
pub const MIN_BYTES: usize = 8;

/// A new key: 256 bits from the operating system as 43 URL-safe characters; `None` if it has none to give.
pub fn generate() -> Option<String> {
    let mut bytes = [0_u8; 32];
    SysRng.try_fill_bytes(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether `presented` is one of the keys whose SHA-256 digests (64 lowercase hex digits each) are given.
///
/// Digest is compared against digest, and every one of them, so the time taken tells nothing of how much of a key
/// was right nor of which key matched. An unreadable digest matches nothing.
pub fn is_valid<'a>(presented: &[u8], digests: impl IntoIterator<Item = &'a str>) -> bool {
    let presented_digest = hex(&Sha256::digest(presented));
    let known = digests
        .into_iter()
        .fold(Choice::from(0), |found, digest| found | presented_digest.as_bytes().ct_eq(digest.as_bytes()));
    bool::from(known) && presented.len() >= MIN_BYTES
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &str) -> String {
        hex(&Sha256::digest(key.as_bytes()))
    }

    #[test]
    fn a_generated_key_is_url_safe_and_opens() {
        let key = generate().unwrap();
        assert_eq!(key.len(), 43);
        assert!(key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert!(is_valid(key.as_bytes(), [digest(&key).as_str()]));
        assert_ne!(key, generate().unwrap());
    }

    #[test]
    fn only_the_very_same_string_opens() {
        let digests = [digest("abcdefgh"), digest("0123456789")];
        let digests = || digests.iter().map(String::as_str);
        assert!(is_valid(b"abcdefgh", digests()));
        assert!(is_valid(b"0123456789", digests()));
        for wrong in ["", "abcdefg", "ABCDEFGH", " abcdefgh", "abcdefgh\n", "123456789", "0123456789.0"] {
            assert!(!is_valid(wrong.as_bytes(), digests()), "{wrong:?}");
        }
    }

    #[test]
    fn short_keys_and_missing_digests_open_nothing() {
        assert!(!is_valid(b"short", [digest("short").as_str()]));
        assert!(!is_valid(b"", [digest("").as_str()]));
        assert!(!is_valid(b"abcdefgh", []));
        assert!(!is_valid(b"abcdefgh", [""]));
        assert!(!is_valid(b"abcdefgh", [digest("abcdefgh").to_uppercase().as_str()]));
    }
}
