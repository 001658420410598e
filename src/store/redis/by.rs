//! Which commit of each process was the last: a process that got no answer learns by it what came of its commit, also
//! where the log does not go back to it any more.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::store::state::RowChange;

/// What rows of these are named by; the rules of the state know no such row.
const PREFIX: &str = "by/";

/// For how long this process has seen no other commit of a process before it has that one forgotten. A commit that was in
/// doubt for longer is taken not to have happened.
const KEPT: Duration = Duration::from_secs(3_600);

/// So many are removed with one commit.
const AT_ONCE: usize = 16;

/// The number of the last commit of each process, and since when it is known here: no server's clock is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct By(BTreeMap<String, (u64, Instant)>);

impl By {
    /// Takes over a row, if it is one of these; `false` where it is another's.
    pub(super) fn take(&mut self, name: &str, text: Option<&str>, now: Instant) -> bool {
        let Some(process) = name.strip_prefix(PREFIX) else { return false };
        match text.and_then(|text| text.parse().ok()) {
            Some(number) => drop(self.0.insert(process.to_owned(), (number, now))),
            None => drop(self.0.remove(process)),
        }
        true
    }

    /// Notes a commit by its name.
    pub(super) fn note(&mut self, id: &str, now: Instant) {
        if let Some((process, number)) = id.rsplit_once('-')
            && let Ok(number) = number.parse()
        {
            self.0.insert(process.to_owned(), (number, now));
        }
    }

    /// Whether this was the last commit of that process.
    pub(super) fn is_last(&self, process: &str, number: u64) -> bool {
        self.0.get(process).is_some_and(|(last, _)| *last == number)
    }

    /// The removal of some that nobody asks for any more.
    pub(super) fn outdated(&self, now: Instant, ours: &str) -> Vec<RowChange> {
        let old = |since: &Instant| now.saturating_duration_since(*since) > KEPT;
        let old = self.0.iter().filter(|(process, (_, since))| old(since) && *process != ours);
        old.take(AT_ONCE).map(|(process, _)| RowChange { name: name(process), text: None }).collect()
    }

    /// All of them, as rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = RowChange> {
        let row = |(process, (number, _)): (&String, &(u64, Instant))| RowChange {
            name: name(process),
            text: Some(number.to_string()),
        };
        self.0.iter().map(row)
    }
}

fn name(process: &str) -> String {
    format!("{PREFIX}{process}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_commit_of_each_process_survives_as_a_row_for_an_hour() {
        let (mut by, mut other) = (By::default(), By::default());
        let now = Instant::now();
        for id in ["a-7", "b-2", "a-8"] {
            by.note(id, now);
        }
        for row in by.rows() {
            assert!(other.take(&row.name, row.text.as_deref(), now));
        }
        assert!(other.is_last("a", 8) && other.is_last("b", 2));
        assert!(!other.is_last("a", 7) && !other.is_last("c", 1));
        let hour = now + Duration::from_secs(3_600);
        other.note("b-3", hour);
        assert!(other.outdated(hour, "b").is_empty());
        let gone = other.outdated(hour + Duration::from_secs(1), "b");
        assert_eq!(gone, [RowChange { name: "by/a".to_owned(), text: None }]);
        assert!(other.outdated(hour + Duration::from_secs(1), "a").is_empty(), "never one's own");
        for row in gone {
            other.take(&row.name, None, now);
        }
        assert!(!other.is_last("a", 8));
        assert!(!other.take("u/12", Some("3"), now), "a user's row");
    }
}
