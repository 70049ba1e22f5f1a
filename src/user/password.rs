//! Generated passwords.

use rand::TryRng as _;
use rand::rngs::SysRng;

/// 24 letters and digits are 142 bits: a slow hash has nothing to add to them.
pub const LENGTH: usize = 24;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The largest multiple of 62 that a byte holds: bytes from here on would favour the first letters.
const UNBIASED: u8 = 248;

/// A password straight from the operating system's generator; `None` if it has nothing to give.
pub fn generate() -> Option<String> {
    let mut password = String::with_capacity(LENGTH);
    let mut bytes = [0_u8; 2 * LENGTH];
    while password.len() < LENGTH {
        SysRng.try_fill_bytes(&mut bytes).ok()?;
        let letters = bytes.iter().filter(|byte| **byte < UNBIASED);
        let letters = letters.filter_map(|byte| ALPHABET.get(usize::from(byte % 62)));
        password.extend(letters.take(LENGTH - password.len()).map(|letter| char::from(*letter)));
    }
    Some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_24_letters_and_digits_and_never_the_same() {
        let password = generate().unwrap();
        assert_eq!(password.len(), LENGTH);
        assert!(password.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(password, generate().unwrap());
    }

    #[test]
    fn every_letter_of_the_alphabet_comes_up() {
        let many: String = (0..200).filter_map(|_| generate()).collect();
        assert!(ALPHABET.iter().all(|letter| many.as_bytes().contains(letter)));
    }
}
