//! When what a counter added on top of the last report happened, so that a report about an earlier time can be told
//! what it contains.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;

/// Below this many entries every time is kept as it was.
const EXACT: usize = 32;

/// Beyond that, neighbours are merged when they lie closer together than about this share of their age. What is merged
/// takes the later time: a report in between counts a little too much until the next one, never too little.
const SHARE_OF_AGE: i64 = 8;

/// Additions by the time they happened, oldest first, each time once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Additions(Vec<(Timestamp, i64)>);

impl Additions {
    /// Files `delta` under `at`.
    pub fn file(&mut self, at: Timestamp, delta: i64) {
        match self.0.binary_search_by_key(&at, |&(time, _)| time) {
            Ok(found) => self.0[found].1 = self.0[found].1.saturating_add(delta),
            Err(place) => self.0.insert(place, (at, delta)),
        }
        if self.0.len() > EXACT {
            self.compact();
        }
    }

    /// Merges what lies close together for its age, as seen from the latest addition.
    fn compact(&mut self) {
        let Some(&(latest, _)) = self.0.last() else { return };
        // Cells of a power of two on a fixed grid, so that merging again and again merges nothing more.
        let cell = |at: Timestamp| {
            let age = latest.as_millis().saturating_sub(at.as_millis());
            let width = 1_i64 << (age / SHARE_OF_AGE).max(1).ilog2();
            (width, at.as_millis().div_euclid(width))
        };
        let mut merged: Vec<(Timestamp, i64)> = Vec::with_capacity(self.0.len());
        for &(at, delta) in &self.0 {
            let (width, own) = cell(at);
            match merged.last_mut() {
                Some(last) if last.0.as_millis().div_euclid(width) == own => {
                    *last = (at, last.1.saturating_add(delta));
                }
                _ => merged.push((at, delta)),
            }
        }
        self.0 = merged;
    }

    /// Forgets what happened up to `as_of`: a report of that time contains it.
    pub fn forget_until(&mut self, as_of: Timestamp) {
        self.0.retain(|&(at, _)| at > as_of);
    }

    /// All of it together.
    pub fn sum(&self) -> i64 {
        self.0.iter().fold(0, |sum, &(_, delta)| sum.saturating_add(delta))
    }

    /// Nothing happened later than `now`.
    pub fn clamp(&mut self, now: Timestamp) {
        if self.0.last().is_some_and(|&(at, _)| at > now) {
            for (at, delta) in std::mem::take(&mut self.0) {
                self.file(at.min(now), delta);
            }
        }
    }

    /// Additions as they were kept, oldest first.
    pub(crate) const fn kept(entries: Vec<(Timestamp, i64)>) -> Self {
        Self(entries)
    }

    /// The additions, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, i64)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(Timestamp, i64)> for Additions {
    fn from_iter<I: IntoIterator<Item = (Timestamp, i64)>>(entries: I) -> Self {
        let mut additions = Self::default();
        for (at, delta) in entries {
            additions.file(at, delta);
        }
        additions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_busy_counter_keeps_a_bounded_history_and_loses_nothing() {
        let mut additions = Additions::default();
        for n in 0..100_000 {
            additions.file(Timestamp::from_millis(n * 500), 1);
        }
        assert_eq!(additions.sum(), 100_000);
        assert!(additions.0.len() < 300, "{}", additions.0.len());
        // Half an hour ago is known to within an eighth of it.
        let mut since = additions.clone();
        since.forget_until(s(50_000 - 1_800));
        assert!((3_600..=3_600 + 450).contains(&since.sum()), "{}", since.sum());
    }

    #[test]
    fn few_additions_keep_their_time() {
        let mut additions: Additions =
            [(s(1), 1), (s(2), 1), (s(900_000), 1), (s(2), 1)].into_iter().collect();
        additions.forget_until(s(1));
        assert_eq!(additions.iter().collect::<Vec<_>>(), [(s(2), 2), (s(900_000), 1)]);
        additions.clamp(s(50));
        assert_eq!(additions.iter().collect::<Vec<_>>(), [(s(2), 2), (s(50), 1)]);
    }
}
