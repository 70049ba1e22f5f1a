//! When to try again: our own steps, and what a server asks for with `Retry-After`.
//!
//! The steps are spread by a random part, so that events which failed together do not come back together. The random
//! numbers are the operating system's: a forked child must not repeat its parent's.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use rand::TryRng as _;
use rand::rngs::SysRng;

/// Seconds to wait after the first, second … failed attempt. After the last one the event is dead: it had some 33 hours.
const STEPS: [f64; 7] = [10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0];
/// Searches trail behind writes by seconds: an address not found after this many steps is not there.
const NOT_FOUND_STEPS: usize = 3;
/// The share of a step by which it may be shorter or longer.
const JITTER: f64 = 0.2;
/// A server may stretch a step this many times,
const STRETCH: f64 = 10.0;
/// and up to this many seconds: an outage announced for longer is asked about once an hour.
const OBEYED: f64 = 3_600.0;
/// The longest `Retry-After` that is passed on, in seconds.
const MAX_RETRY_AFTER: u32 = 86_400;

/// Seconds until the next try after so many failed attempts; `None` if there is none. What the server asked for
/// (`retry_after`, seconds) is never undercut, within the bounds above.
pub fn delay(attempts: i64, retry_after: Option<i64>) -> Option<f64> {
    let step = step(&STEPS, attempts)?;
    Some(match retry_after {
        Some(seconds) => stretched(step, seconds, random()),
        None => spread(step, random()),
    })
}

/// The same for a contact named by an e-mail address that the search does not find.
pub fn not_found_delay(attempts: i64) -> Option<f64> {
    step(STEPS.get(..NOT_FOUND_STEPS)?, attempts).map(|step| spread(step, random()))
}

/// What a `Retry-After` header asks for, in seconds from `now`, at most a day: a number or a date (RFC 9110, 10.2.3; of
/// its three forms of a date the one that is still sent). A date gone by is 0. `None`: neither.
pub fn retry_after(header: &str, now: Timestamp) -> Option<u32> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // What overflows is as good as a day.
        return Some(header.parse().unwrap_or(MAX_RETRY_AFTER).min(MAX_RETRY_AFTER));
    }
    let date = DateTimeParser::new().parse_timestamp(header).ok()?;
    let seconds = date.as_second().saturating_sub(now.as_second()).max(0);
    Some(u32::try_from(seconds).unwrap_or(MAX_RETRY_AFTER).min(MAX_RETRY_AFTER))
}

fn step(steps: &[f64], attempts: i64) -> Option<f64> {
    steps.get(usize::try_from(attempts.max(1)).ok()? - 1).copied()
}

/// `random` is 0 to 1.
fn spread(step: f64, random: f64) -> f64 {
    step * (1.0 - JITTER + 2.0 * JITTER * random)
}

/// Spread upwards only, and not past the longest that is obeyed.
fn stretched(step: f64, retry_after: i64, random: f64) -> f64 {
    let asked = f64::from(i32::try_from(retry_after.max(0)).unwrap_or(i32::MAX));
    let longest = (step * STRETCH).min(OBEYED).max(step);
    let asked = asked.clamp(step, longest);
    (asked + step * JITTER * random).min(longest.max(step * (1.0 + JITTER)))
}

/// 0 to 1; the middle if the operating system has nothing to give.
fn random() -> f64 {
    SysRng.try_next_u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_steps_spread_by_a_fifth_and_then_the_event_is_dead() {
        for (attempts, step) in (1..).zip([10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0]) {
            let drawn: Vec<f64> = (0..200).map(|_| delay(attempts, None).unwrap()).collect();
            assert!(drawn.iter().all(|delay| (0.8 * step..=1.2 * step).contains(delay)), "{drawn:?}");
            // Below the first tenth and above the last one of the range: each missed with 0.9^200.
            assert!(drawn.iter().any(|delay| *delay < 0.84 * step) && drawn.iter().any(|delay| *delay > 1.16 * step));
        }
        assert_eq!((delay(8, None), delay(8, Some(5)), delay(i64::MAX, None)), (None, None, None));
        assert!(delay(0, None).unwrap() <= 12.0 && delay(i64::MIN, None).unwrap() <= 12.0);
    }

    #[test]
    fn an_address_not_found_is_looked_for_three_times_more() {
        for (attempts, step) in (1..).zip([10.0, 60.0, 300.0]) {
            assert!((0.8 * step..=1.2 * step).contains(&not_found_delay(attempts).unwrap()));
        }
        assert_eq!(not_found_delay(4), None);
    }

    #[test]
    fn what_the_server_asked_for_is_obeyed_within_bounds() {
        for (attempts, asked, least, most) in [
            (1, 3, 10.0, 12.0),
            (1, 0, 10.0, 12.0),
            (1, -5, 10.0, 12.0),
            (1, 45, 45.0, 47.0),
            (1, 5_000, 100.0, 100.0),
            (2, 300, 300.0, 312.0),
            (3, 86_400, 3_000.0, 3_000.0),
            (4, 2_000, 2_000.0, 2_360.0),
            (4, 86_400, 3_600.0, 3_600.0),
            (5, 86_400, 7_200.0, 8_640.0),
            (7, i64::MAX, 86_400.0, 103_680.0),
        ] {
            for _ in 0..100 {
                let delay = delay(attempts, Some(asked)).unwrap();
                assert!((least..=most).contains(&delay), "{attempts}, {asked}: {delay}");
            }
        }
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        for (header, seconds) in [
            ("17", Some(17)),
            (" 0 ", Some(0)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ] {
            assert_eq!(retry_after(header, now), seconds, "{header:?}");
        }
    }
}
