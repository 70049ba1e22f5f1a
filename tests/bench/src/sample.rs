//! Durations of one thing, done again and again.

use std::time::Duration;

#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn add(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn median(&self) -> Duration {
        self.quantile(50)
    }

    pub fn p95(&self) -> Duration {
        self.quantile(95)
    }

    pub fn max(&self) -> Duration {
        self.quantile(100)
    }

    /// The smallest sample that this many percent of all do not exceed; zero without samples.
    fn quantile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(samples: I) -> Self {
        Self(samples.into_iter().collect())
    }
}

impl IntoIterator for Samples {
    type Item = Duration;
    type IntoIter = std::vec::IntoIter<Duration>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Duration> for Samples {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, samples: I) {
        self.0.extend(samples);
    }
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A count to reckon with.
pub fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles() {
        let samples: Samples = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!([samples.median(), samples.p95(), samples.max()], [50, 95, 100].map(Duration::from_millis));
        let one: Samples = [Duration::from_millis(7)].into_iter().collect();
        assert_eq!([one.median(), one.p95(), one.max()], [Duration::from_millis(7); 3]);
        assert_eq!(Samples::default().median(), Duration::ZERO);
    }
}
