//! Who is an active user, in plain sets. Nothing here is of planguard.

use std::collections::BTreeMap;

/// Something that became true of a user, or of the requests, in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// A login of this user succeeded.
    Counted(u8, i64),
    /// A login of this user was sent, and nobody knows how it ended.
    MayHaveOpened(u8, i64),
    /// A login was put off that would have made an active user.
    PutOff(u8, i64),
    /// A push must not bring this user back: kicked off, or logged out on purpose.
    Gone(u8),
}

/// What is true of users; `false` for what may have been lost with a process that was killed.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    facts: BTreeMap<Fact, bool>,
    /// Requests that ended in a month: at least, and at most.
    asked: BTreeMap<i64, (u64, u64)>,
    /// Requests of which nobody can say in which month they ended, if they did.
    pub(super) strays: u64,
    /// Months in whose numbers time was corrected.
    pub(super) corrected: bool,
}

impl People {
    pub(super) fn learn(&mut self, fact: Fact, sure: bool) {
        let known = self.facts.entry(fact).or_default();
        *known |= sure;
    }

    /// A login that was sent in a month that has not begun by `now` may count in the one that has.
    pub(super) fn doubt_by(&mut self, now: i64, fact: Fact) {
        if let Fact::MayHaveOpened(user, of) = fact
            && of > now
        {
            self.learn(Fact::MayHaveOpened(user, now), false);
        }
    }

    pub(super) fn forget(&mut self, fact: Fact) {
        self.facts.remove(&fact);
    }

    pub(super) fn is_sure(&self, fact: Fact) -> bool {
        self.facts.get(&fact) == Some(&true)
    }

    pub(super) fn is_possible(&self, fact: Fact) -> bool {
        self.facts.contains_key(&fact)
    }

    /// How many users there are of whom `fact` is true, at least and at most.
    pub(super) fn span(&self, fact: impl Fn(u8) -> Fact) -> (u64, u64) {
        span_where(|user| self.is_sure(fact(user)), |user| self.is_possible(fact(user)))
    }

    /// Of those whose login was put off in `month`, who surely never opened chat in it, and who may not have.
    pub(super) fn spared(&self, month: i64) -> (u64, u64) {
        let opened = |user| [Fact::Counted(user, month), Fact::MayHaveOpened(user, month)];
        span_where(
            |user| {
                self.is_sure(Fact::PutOff(user, month))
                    && !opened(user).into_iter().any(|fact| self.is_possible(fact))
            },
            |user| {
                self.is_possible(Fact::PutOff(user, month))
                    && !opened(user).into_iter().any(|fact| self.is_sure(fact))
            },
        )
    }

    pub(super) fn asked(&mut self, month: i64, sure: bool) {
        let (least, most) = self.asked.entry(month).or_default();
        *most += 1;
        *least += u64::from(sure);
    }

    /// Requests that ended in `month`.
    pub(super) fn requests(&self, month: i64) -> (u64, u64) {
        let (least, most) = self.asked.get(&month).copied().unwrap_or_default();
        (least, most + self.strays)
    }

    /// Time was corrected to lie in `month`: what is dated beyond it has not happened then, though it may have now.
    /// `far`: it was so far ahead that the store may have forgotten the months of before as past: it keeps four.
    /// `late`: a store could not be told at once, so that logins of meanwhile may have been taken for old ones.
    pub(super) fn correct(&mut self, month: i64, far: bool, late: bool) {
        self.corrected = true;
        for (fact, sure) in std::mem::take(&mut self.facts) {
            let moved = match fact {
                Fact::Counted(user, of) if of > month => Fact::MayHaveOpened(user, month),
                Fact::MayHaveOpened(user, of) => Fact::MayHaveOpened(user, of.min(month)),
                Fact::PutOff(user, of) => Fact::PutOff(user, of.min(month)),
                other => other,
            };
            if let (Fact::Counted(user, of), true) = (fact, late)
                && of > month
            {
                self.learn(Fact::Counted(user, month), false);
            }
            let kept = matches!(moved, Fact::Counted(..)) && !far;
            self.learn(moved, sure && (kept || matches!(moved, Fact::Gone(_))));
        }
    }
}

/// How many users it is true of for certain, and of how many it may be.
fn span_where(sure: impl Fn(u8) -> bool, possible: impl Fn(u8) -> bool) -> (u64, u64) {
    let count = |of: &dyn Fn(u8) -> bool| (0..=u8::MAX).filter(|user| of(*user)).count() as u64;
    (count(&sure), count(&possible))
}
