//! The account of a world: what must be so after what its journal says. It knows planguard's promises and none of its code.
//!
//! What was told counts as sure. What was wanted and never answered may have happened. What was told while the store failed
//! is sure once the process was told that the store is back, and may have happened if the process died before.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::breach::{Breach, Class};
use crate::document::ROOM;
use crate::journal::{Line, Told, Want};
pub(crate) use crate::waits::Waits;

/// How many times something happened, at least and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) sure: u64,
    pub(crate) maybe: u64,
}

impl Times {
    /// What is wrong with having found so many.
    pub(crate) fn against(self, what: &str, found: u64) -> Option<Breach> {
        let class = if found < self.sure {
            Class::Lost
        } else if found > self.sure + self.maybe {
            Class::Twice
        } else {
            return None;
        };
        let (least, most) = (self.sure, self.sure + self.maybe);
        Some(Breach::new(class, format!("{what}: there are {found}, and {least} to {most} happened")))
    }
}

/// Where a permit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has finished it.
    Held,
    /// It may have been counted.
    MayBeCounted,
    /// It may have been given back.
    MayBeGone,
    Counted,
    Gone,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    pub(crate) group: u32,
    pub(crate) standing: Standing,
    /// The process that got it.
    pub(crate) of: u32,
    /// The store may not have it: it was given while the store failed.
    pub(crate) unsure: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Key {
    /// It is counted.
    sure: bool,
    /// It may be.
    maybe: bool,
    /// Somebody was told that it is counted now.
    counted: bool,
}

/// What has happened, as far as a process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Effect {
    Executed(u32),
    Held(String),
    Counted(String),
    Recorded(u32),
    Once(u32),
}

#[derive(Debug, Default)]
struct Process {
    waiting: BTreeMap<u64, Want>,
    /// What was told while the store failed.
    soft: Vec<Effect>,
}

#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) logins: HashMap<u32, Times>,
    pub(crate) permits: HashMap<String, Permit>,
    keys: HashMap<u32, Key>,
    pub(crate) friends: HashMap<u32, Times>,
    processes: HashMap<u32, Process>,
    /// Groups of which more may be used than there is room: a permit was counted after it had lapsed, or two processes
    /// went on without the store.
    pub(crate) beyond_room: HashSet<u32>,
    /// Logins that a process died in, of users that nobody has waited for since.
    pub(crate) died_in: HashMap<u32, Vec<u32>>,
    pub(crate) waits: Waits,
    pub(crate) operations: u64,
    pub(crate) set_aside: Vec<String>,
    pub(crate) refused: Vec<String>,
    pub(crate) outages: u64,
    pub(crate) panics: u64,
    /// What ought not to be.
    pub(crate) breaches: Vec<Breach>,
    /// Two processes at once are part of this world.
    several: bool,
    /// How many usage events the store had dropped before this world began.
    pub(crate) dropped_before: u64,
}

impl Account {
    /// An empty one, of a world in which `several` processes run at once.
    pub(crate) fn begin(several: bool) -> Self {
        Self { several, ..Self::default() }
    }

    pub(crate) fn read(&mut self, lines: &[Line]) {
        for line in lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &Line) {
        match line {
            Line::Opened { .. } => {}
            Line::Refused { why, millis, .. } => {
                self.waits.other = self.waits.other.max(*millis);
                self.refused.push(why.clone());
            }
            Line::Wants { process, op, want } => {
                self.operations += 1;
                if let Want::Drop { permit, .. } = want {
                    self.stand(permit, Standing::MayBeGone);
                } else {
                    self.of(*process).waiting.insert(*op, want.clone());
                }
            }
            Line::Told { process, op, told, soft, millis, limit } => {
                if let Some(want) = self.of(*process).waiting.remove(op) {
                    self.time(&want, told, *millis, *limit);
                    self.told(*process, &want, told, *soft);
                }
            }
            Line::Down { .. } => self.outages += 1,
            Line::Up { process, dropped } => {
                if *dropped > 0 {
                    self.breach(
                        Class::Lost,
                        format!("process {process}: {dropped} writes were lost when the store came back"),
                    );
                }
                for effect in std::mem::take(&mut self.of(*process).soft) {
                    self.is_sure(effect);
                }
            }
            Line::SetAside { why, .. } => self.set_aside.push(why.clone()),
            Line::Panicked { process, why } => {
                self.panics += 1;
                self.breach(Class::Panic, format!("process {process} panicked: {why}"));
            }
            Line::Gone { process } => self.gone(*process),
        }
    }

    fn of(&mut self, process: u32) -> &mut Process {
        self.processes.entry(process).or_default()
    }

    fn breach(&mut self, class: Class, what: String) {
        self.breaches.push(Breach::new(class, what));
    }

    fn time(&mut self, want: &Want, told: &Told, millis: u64, limit: Option<u64>) {
        let waits = &mut self.waits;
        if let Some(limit) = limit {
            waits.beyond = waits.beyond.max(millis.saturating_sub(limit));
        } else {
            waits.other = waits.other.max(millis);
        }
        if let Want::LoginAgain { .. } = want {
            waits.again = waits.again.max(millis);
            if !matches!(told, Told::Executed | Told::LoggedIn) {
                self.breach(
                    Class::Wait,
                    format!("a restarted app does not log in: {want:?} was told {told:?}"),
                );
            }
        }
    }

    fn told(&mut self, process: u32, want: &Want, told: &Told, soft: bool) {
        let effect = match (want, told) {
            (Want::Login { user, .. } | Want::LoginAgain { user }, Told::Executed) => Effect::Executed(*user),
            (Want::Login { user, .. } | Want::LoginAgain { user }, Told::Unknown { .. }) => {
                self.logins.entry(*user).or_default().maybe += 1;
                return;
            }
            (Want::Reserve { group }, Told::Held { permit }) => {
                let permit_of = Permit { group: *group, standing: Standing::Held, of: process, unsure: soft };
                self.permits.insert(permit.clone(), permit_of);
                Effect::Held(permit.clone())
            }
            (Want::Commit { permit, group, .. }, Told::Counted { late }) => {
                if self.permits.get(permit).is_some_and(|known| known.standing == Standing::Counted) {
                    self.breach(Class::Twice, format!("permit {permit} was counted twice"));
                }
                if *late || (soft && self.several) {
                    self.beyond_room.insert(*group);
                }
                // Of a permit of before, memory that stands in for the store knows nothing: it is counted if it is kept.
                let unsure = self.permits.get(permit).is_none_or(|known| known.unsure && known.of != process);
                if *late && unsure {
                    return self.stand(permit, Standing::MayBeCounted);
                }
                self.stand(permit, Standing::Counted);
                self.check_room(*group);
                Effect::Counted(permit.clone())
            }
            (Want::Commit { permit, .. }, Told::NotKept) => return self.not_kept(permit, soft),
            (Want::Record { user }, Told::Done) => Effect::Recorded(*user),
            (Want::Once { key }, Told::Once { counted }) => {
                self.once(*key, *counted, soft);
                Effect::Once(*key)
            }
            (Want::Flush, Told::Flushed { dropped }) if *dropped > self.dropped_before => {
                return self.breach(Class::Lost, format!("{dropped} usage events were dropped"));
            }
            _ => return,
        };
        if soft {
            self.of(process).soft.push(effect);
        } else {
            self.is_sure(effect);
        }
    }

    /// A permit of which the store says that it was finished before.
    fn not_kept(&mut self, id: &str, soft: bool) {
        let Some(permit) = self.permits.get_mut(id) else { return };
        match permit.standing {
            // Of a store that failed this says nothing yet.
            Standing::MayBeCounted if soft => {}
            Standing::MayBeCounted if !permit.unsure => permit.standing = Standing::Counted,
            Standing::MayBeGone => permit.standing = Standing::Gone,
            Standing::Held if permit.unsure => permit.standing = Standing::Gone,
            Standing::Held => {
                permit.standing = Standing::Gone;
                self.breach(Class::Lost, format!("permit {id} was given, never finished, and is lost"));
            }
            _ => {}
        }
    }

    fn once(&mut self, key: u32, counted: bool, soft: bool) {
        let known = self.keys.get(&key).copied().unwrap_or_default();
        let under_way = self.processes.values().any(|process| {
            process.waiting.values().any(|want| *want == Want::Once { key })
                || process.soft.contains(&Effect::Once(key))
        });
        // A store that failed cannot be asked for keys; its count shows that none is counted twice once it is back.
        if counted && known.counted && !soft {
            self.breach(Class::Twice, format!("happening {key} was counted twice"));
        }
        if !counted && !known.sure && !known.maybe && !under_way {
            let what = format!("happening {key} was taken for one that was counted, and never was");
            self.breach(Class::Lost, what);
        }
        self.keys.entry(key).or_default().counted |= counted && !soft;
    }

    fn is_sure(&mut self, effect: Effect) {
        match effect {
            Effect::Executed(user) => self.logins.entry(user).or_default().sure += 1,
            Effect::Recorded(user) => self.friends.entry(user).or_default().sure += 1,
            Effect::Once(key) => self.keys.entry(key).or_default().sure = true,
            Effect::Held(permit) => {
                if let Some(permit) = self.permits.get_mut(&permit) {
                    permit.unsure = false;
                }
            }
            // Counted since it was told.
            Effect::Counted(_) => {}
        }
    }

    /// What a process that is gone leaves open.
    fn gone(&mut self, process: u32) {
        let Process { waiting, soft, .. } = self.processes.remove(&process).unwrap_or_default();
        let mut died_in = Vec::new();
        for want in waiting.into_values() {
            match want {
                Want::Login { user, .. } | Want::LoginAgain { user } => {
                    died_in.push(user);
                    self.may_be(Effect::Executed(user));
                }
                Want::Commit { permit, group, .. } => {
                    // Time jumps between processes: what an earlier one held may have lapsed, and counts all the same.
                    if self.permits.get(&permit).is_none_or(|known| known.of != process) {
                        self.beyond_room.insert(group);
                    }
                    self.may_be(Effect::Counted(permit));
                }
                Want::Record { user } => self.may_be(Effect::Recorded(user)),
                Want::Once { key } => self.may_be(Effect::Once(key)),
                // Room that nobody knows of lapses.
                Want::Reserve { .. } | Want::Drop { .. } | Want::Sync | Want::Flush => {}
            }
        }
        for effect in soft {
            self.may_be(effect);
        }
        self.died_in.insert(process, died_in);
    }

    fn may_be(&mut self, effect: Effect) {
        match effect {
            Effect::Executed(user) => self.logins.entry(user).or_default().maybe += 1,
            Effect::Recorded(user) => self.friends.entry(user).or_default().maybe += 1,
            Effect::Once(key) => self.keys.entry(key).or_default().maybe = true,
            Effect::Held(_) => {}
            Effect::Counted(permit) => self.stand(&permit, Standing::MayBeCounted),
        }
    }

    fn stand(&mut self, permit: &str, standing: Standing) {
        if let Some(permit) = self.permits.get_mut(permit) {
            permit.standing = standing;
        }
    }

    /// No more is counted in a group than there is room for.
    fn check_room(&mut self, group: u32) {
        let Times { sure, .. } = self.members(group);
        if sure > ROOM && !self.beyond_room.contains(&group) {
            self.breach(
                Class::Room,
                format!("group {group}: {sure} members were granted, and there is room for {ROOM}"),
            );
        }
    }

    /// What a group holds.
    pub(crate) fn members(&self, group: u32) -> Times {
        let of_group = || self.permits.values().filter(|permit| permit.group == group);
        let count = |standing| of_group().filter(|permit| permit.standing == standing).count() as u64;
        Times { sure: count(Standing::Counted), maybe: count(Standing::MayBeCounted) }
    }

    /// How many searches were counted.
    pub(crate) fn searches(&self) -> Times {
        let count = |sure| self.keys.values().filter(|key| key.sure == sure).count() as u64;
        Times { sure: count(true), maybe: count(false) }
    }

    /// Permits that can be finished by their id: processes that are gone have left them.
    pub(crate) fn left(&self) -> Vec<(String, u32)> {
        let mut left: Vec<_> = self
            .permits
            .iter()
            .filter(|(_, permit)| !self.processes.contains_key(&permit.of))
            .filter(|(_, permit)| matches!(permit.standing, Standing::Held | Standing::MayBeCounted))
            .map(|(id, permit)| (id.clone(), permit.group))
            .collect();
        left.sort_unstable();
        // They go to the next process as an argument, which has a length.
        left.truncate(500);
        left
    }
}

#[cfg(test)]
mod tests;
