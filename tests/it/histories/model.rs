//! What the truth is, in plain sets and maps. Nothing here is of planguard.
//!
//! What a process that was killed during an outage had acknowledged may be lost with it, so that a number is known as
//! a span; everywhere else both ends are the same.

use std::collections::{BTreeMap, BTreeSet};

/// Something that is counted, and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Registered,
    Friends(u8),
    GroupsOf(u8),
    Members(u8),
    Groups,
    NewGroups(i64),
}

/// What users do, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Befriend(u8, u8),
    Part(u8, u8),
    Join(u8, u8),
    Leave(u8, u8),
    Found(u8),
    Invite(u8, u8),
    Remove(u8, u8),
    Register,
}

impl Deed {
    /// What it adds where, on `day`.
    pub(super) fn adds(self, day: i64) -> Vec<(Key, i64)> {
        match self {
            Self::Befriend(a, b) | Self::Part(a, b) if a == b => Vec::new(),
            Self::Befriend(a, b) => vec![(Key::Friends(a), 1), (Key::Friends(b), 1)],
            Self::Part(a, b) => vec![(Key::Friends(a), -1), (Key::Friends(b), -1)],
            Self::Join(user, group) => vec![(Key::GroupsOf(user), 1), (Key::Members(group), 1)],
            Self::Leave(user, group) => vec![(Key::GroupsOf(user), -1), (Key::Members(group), -1)],
            Self::Found(owner) => {
                vec![(Key::Groups, 1), (Key::NewGroups(day), 1), (Key::GroupsOf(owner), 1)]
            }
            Self::Invite(group, n) => vec![(Key::Members(group), n.into())],
            Self::Remove(group, n) => vec![(Key::Members(group), -i64::from(n))],
            Self::Register => vec![(Key::Registered, 1)],
        }
    }
}

/// A change to the counts that was acknowledged.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Add(Vec<(Key, i64)>),
    /// What a list says that was read as the `n`th thing that happened.
    Listed(Key, i64, u64),
    /// A permit of the `n`th thing that happened is committed.
    Commit(Vec<(Key, i64)>, u64),
    /// A happening with a key, and what it adds.
    Once(u8, i64, Vec<(Key, i64)>),
}

impl Change {
    pub(super) fn adds(&self) -> &[(Key, i64)] {
        match self {
            Self::Add(adds) | Self::Commit(adds, _) | Self::Once(_, _, adds) => adds,
            Self::Listed(..) => &[],
        }
    }
}

/// How much of something is used: at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) least: i64,
    pub(super) most: i64,
    listed: u64,
}

/// What is counted, as the store has it once nothing is kept for it any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    by_key: BTreeMap<Key, Count>,
    /// Happenings that were counted, and when; those that may have been.
    once: BTreeMap<u8, i64>,
    maybe_once: BTreeSet<u8>,
}

impl Counts {
    pub(super) fn get(&self, key: Key) -> Count {
        self.by_key.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.by_key.keys().copied()
    }

    /// Whether a happening was counted, where that is known at `now`: its key is remembered to the end of the next
    /// billing month.
    pub(super) fn happened(&mut self, key: u8, now: i64) -> Option<bool> {
        if self.once.get(&key).is_some_and(|then| now - then > 28 * 86_400_000) {
            self.once.remove(&key);
            self.maybe_once.insert(key);
        }
        (!self.maybe_once.contains(&key)).then(|| self.once.contains_key(&key))
    }

    fn add(&mut self, adds: &[(Key, i64)], sure: bool) {
        for &(key, n) in adds {
            let count = self.by_key.entry(key).or_default();
            let moved = |at: i64| if matches!(key, Key::NewGroups(_)) { at + n } else { (at + n).max(0) };
            let (least, most) = (moved(count.least), moved(count.most));
            if sure {
                (count.least, count.most) = (least, most);
            } else {
                (count.least, count.most) = (count.least.min(least), count.most.max(most));
            }
        }
    }

    /// `sure`: it has happened; otherwise it may have been lost.
    pub(super) fn apply(&mut self, change: &Change, sure: bool) {
        match change {
            Change::Add(adds) => self.add(adds, sure),
            Change::Listed(key, n, when) => {
                let count = self.by_key.entry(*key).or_default();
                if sure {
                    *count = Count { least: *n, most: *n, listed: *when };
                } else {
                    (count.least, count.most) = (count.least.min(*n), count.most.max(*n));
                }
            }
            Change::Commit(adds, held) => {
                // A list that was read since the room was taken contains it.
                let listed = |key| self.by_key.get(key).is_some_and(|count| count.listed > *held);
                let left: Vec<_> = adds.iter().filter(|(key, _)| !listed(key)).copied().collect();
                self.add(&left, sure);
            }
            Change::Once(happening, now, adds) => {
                if self.once.contains_key(happening) {
                    return;
                }
                if sure && !self.maybe_once.contains(happening) {
                    self.once.insert(*happening, *now);
                    self.add(adds, true);
                } else if sure {
                    self.maybe_once.remove(happening);
                    self.once.insert(*happening, *now);
                    self.add(adds, false);
                } else {
                    self.maybe_once.insert(*happening);
                    self.add(adds, false);
                }
            }
        }
    }

    /// From here on nothing is known of `key` until a list is read.
    pub(super) fn unknow(&mut self, key: Key) {
        let count = self.by_key.entry(key).or_default();
        (count.least, count.most) = (0, i64::MAX / 4);
    }

    /// A process tells late what others have not known: a list does not contain what they have counted since, and what
    /// it used may be in a list that they have read.
    pub(super) fn told_late(&mut self, change: &Change) {
        match change {
            Change::Listed(key, ..) => self.unknow(*key),
            Change::Commit(adds, held) => adds.iter().for_each(|(key, _)| self.blur(*key, *held)),
            Change::Add(_) | Change::Once(..) => {}
        }
    }

    /// As [`Self::unknow`] where a list was read since the `n`th thing that happened.
    pub(super) fn blur(&mut self, key: Key, when: u64) {
        if self.get(key).listed > when {
            self.unknow(key);
        }
    }

    /// These were added before what other processes have written since, or after it: a level that fell to zero in
    /// between tells the two apart.
    pub(super) fn in_either_order(&mut self, adds: &[(Key, i64)]) {
        for (key, n) in adds {
            let count = self.by_key.entry(*key).or_default();
            count.least -= (*n).max(0);
            count.most += (-*n).max(0);
        }
    }

    /// Nothing is known any more of days of which something was counted, nor of `others`.
    pub(super) fn unknow_days(&mut self, others: impl IntoIterator<Item = i64>) {
        let days = self.keys().filter(|key| matches!(key, Key::NewGroups(_)));
        let days: Vec<_> = days.chain(others.into_iter().map(Key::NewGroups)).collect();
        for day in days {
            let count = self.by_key.entry(day).or_default();
            (count.least, count.most) = (i64::MIN / 4, i64::MAX / 4);
        }
    }
}
