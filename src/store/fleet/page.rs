//! A row as a backing keeps it: a text, and what it is found by besides its name.

use std::sync::Arc;

use crate::model::{Elapsed, HeldBack, UserFacts, Wait};

/// A row to be written.
#[cfg(feature = "postgres")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Page {
    pub(in crate::store) body: String,
    /// A word that it is found by: a user's standing, a lease's owner, an event's id. Empty where it has none.
    pub(in crate::store) part: String,
    /// The month it belongs to.
    pub(in crate::store) month: Option<i32>,
    /// The day it belongs to.
    pub(in crate::store) day: Option<i32>,
    /// When it was dated, or when a wait ends, in milliseconds.
    pub(in crate::store) at: Option<i64>,
    /// The write that changed it last.
    pub(in crate::store) changed: u64,
}

/// A row as it was read.
#[cfg(feature = "postgres")]
#[derive(Clone, Debug)]
pub(in crate::store) struct Kept {
    pub(in crate::store) body: String,
    pub(in crate::store) origin: Origin,
}

/// Whose monotonic clock the waits in a row were read from, and how far the server's clock was ahead of it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Origin {
    /// Names the boot of a machine: its processes share one clock.
    pub(in crate::store) boot: i64,
    /// Milliseconds.
    pub(in crate::store) ahead: i64,
}

/// What makes readings of the clock that a row was written by readings of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Shift {
    /// The row was written on this boot of this machine.
    Ours,
    /// It was written elsewhere, by a clock that was so many milliseconds behind ours.
    Foreign(i64),
}

/// How much earlier another machine's wait is taken to have begun, with the same end. Both clocks are measured against the
/// server's, a few milliseconds wrong: a reading that seems to be from before the beginning must not pass for another boot.
const MARGIN: i64 = 10_000;

impl Origin {
    /// What makes waits of a row from there waits on our clock.
    pub(in crate::store) const fn seen_from(self, ours: Self) -> Shift {
        if self.boot == ours.boot { Shift::Ours } else { Shift::Foreign(self.ahead - ours.ahead) }
    }
}

impl Shift {
    /// A wait as our clock measures it.
    pub(in crate::store) fn wait(self, wait: Wait) -> Wait {
        let Self::Foreign(by) = self else { return wait };
        let end = i128::from(wait.begun.0) + i128::from(by) + i128::from(wait.length_ms);
        let begun = i128::from(wait.begun.0) + i128::from(by) - i128::from(MARGIN);
        let (begun, end) = (begun.max(0), end.max(0));
        let number = |n: i128| u64::try_from(n).unwrap_or(u64::MAX);
        // One that is endless stays so.
        let length_ms = if wait.length_ms == u64::MAX { u64::MAX } else { number(end - begun) };
        Wait { begun: Elapsed(number(begun)), length_ms }
    }

    /// A reading in the past as our clock would have given it.
    pub(in crate::store) fn reading(self, elapsed: Elapsed) -> Elapsed {
        let Self::Foreign(by) = self else { return elapsed };
        let reading = i128::from(elapsed.0) + i128::from(by) - 2_000;
        Elapsed(u64::try_from(reading.max(0)).unwrap_or(u64::MAX))
    }

    /// Facts of a user, whose waits began there.
    pub(in crate::store) fn facts(self, facts: Arc<UserFacts>) -> Arc<UserFacts> {
        if self == Self::Ours {
            return facts;
        }
        let mut facts = UserFacts::clone(&facts);
        let memory = &mut facts.memory;
        match &mut memory.held_back {
            Some(HeldBack::BackingOff { wait, person, .. }) => {
                *wait = self.wait(*wait);
                *person = person.map(|wait| self.wait(wait));
            }
            Some(HeldBack::Refused { wait, .. }) => *wait = self.wait(*wait),
            Some(HeldBack::CredentialRefused { .. } | HeldBack::QuotaRefused { .. }) | None => {}
        }
        for at in &mut memory.executions {
            *at = self.reading(*at);
        }
        Arc::new(facts)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn another_machines_wait_ends_when_it_ends_there() {
        // Ours has run for a minute longer than theirs.
        let (theirs, ours) = (Origin { boot: 1, ahead: 1_060_000 }, Origin { boot: 2, ahead: 1_000_000 });
        let wait = Wait::new(Elapsed(500_000), Duration::from_secs(30));
        let seen = theirs.seen_from(ours).wait(wait);
        assert_eq!(seen.end(), Elapsed(590_000));
        assert!(!seen.is_over(Elapsed(559_990)), "a clock some milliseconds behind is no other boot");
        assert!(seen.is_over(Elapsed(590_000)));
        assert_eq!(ours.seen_from(ours).wait(wait), wait);
        // From before our machine started.
        let early = Shift::Foreign(-520_000).wait(wait);
        assert_eq!((early.begun, early.end()), (Elapsed(0), Elapsed(10_000)));
        let over = Shift::Foreign(-900_000).wait(wait);
        assert!(over.is_over(Elapsed(0)));
    }
}
