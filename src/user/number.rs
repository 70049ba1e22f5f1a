//! A number, in digits.

/// Nobody counts further in a CRM, and nothing of WordPress does.
const MAX_DIGITS: usize = 40;

/// A decimal number as it is written, thousands separators are not guessed at; one with an exponent (Java prints ten million as
/// `1.0E7`) in plain digits. `None` if it is none.
pub fn plain(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let Some(exponent) = exponent else { return Some(text.to_owned()) };
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !all_digits(unsigned) {
        return None;
    }
    let shift: isize = exponent.parse().ok()?;
    shifted(whole, fraction, shift).map(|digits| format!("{sign}{digits}"))
}

/// The digits with their point moved to the right.
fn shifted(whole: &str, fraction: &str, shift: isize) -> Option<String> {
    if whole.len() + fraction.len() + shift.unsigned_abs() > MAX_DIGITS {
        return None;
    }
    let left = if shift < 0 { "0".repeat(shift.unsigned_abs()) } else { String::new() };
    let right = if shift > 0 { "0".repeat(shift.unsigned_abs()) } else { String::new() };
    let digits = format!("{left}{whole}{fraction}{right}");
    let point = (left.len() + whole.len()).checked_add_signed(shift)?;
    let (whole, fraction) = digits.split_at_checked(point)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_written_and_exponents_are_written_out() {
        for good in ["0", "-1", "12345678901234567890", "1.50", "007"] {
            assert_eq!(plain(good).as_deref(), Some(good));
        }
        for (text, digits) in [
            ("1.0E7", "10000000"),
            ("-1.0E7", "-10000000"),
            ("1.2345678E7", "12345678"),
            ("1.23456785E7", "12345678.5"),
            ("1.0E-4", "0.0001"),
            ("2.5e+3", "2500"),
            ("12E0", "12"),
            ("0.0E0", "0"),
            ("1.4795802E12", "1479580200000"),
        ] {
            assert_eq!(plain(text).as_deref(), Some(digits), "{text}");
        }
        for bad in [
            "",
            "-",
            "1,000",
            "1.",
            ".5",
            "0x1",
            "1.2.3",
            "--1",
            "E7",
            "1E",
            "1E+",
            "1E1.5",
            "1E--1",
            "1E99",
            "1e-99",
            "1EE7",
            "1E99999999999999999999",
            "+1",
            "\u{661}",
            "NaN",
            "Infinity",
        ] {
            assert_eq!(plain(bad), None, "{bad}");
        }
    }
}
