//! Counting and reserving.

use planguard::client::{Committed, Reservation};
use planguard::{Action, GroupType, LimitId, Max, Observation, VerdictReason};
use support::{group, user};

use super::model::{Change, Deed, Key};
use super::world::{Held, World};

pub(super) fn who(n: u8) -> planguard::UserId {
    user(&format!("person-{n}"))
}

fn place(n: u8) -> planguard::GroupId {
    group(&format!("place-{n}"))
}

const KIND: GroupType = GroupType::Public;

fn action(deed: Deed) -> Action {
    match deed {
        Deed::Befriend(a, b) => Action::AddFriend { user: who(a), peer: who(b) },
        Deed::Part(a, b) => Action::RemoveFriend { user: who(a), peer: who(b) },
        Deed::Join(a, g) => Action::JoinGroup { user: who(a), group: place(g), kind: KIND },
        Deed::Leave(a, g) => Action::LeaveGroup { user: who(a), group: place(g), kind: KIND },
        Deed::Found(a) => Action::CreateGroup { owner: who(a), kind: KIND, initial_members: 0 },
        Deed::Invite(g, n) => Action::AddMembers { group: place(g), kind: KIND, count: n.into() },
        Deed::Remove(g, n) => Action::RemoveMembers { group: place(g), kind: KIND, count: n.into() },
        Deed::Register => Action::RegisterUser,
    }
}

fn limit(key: Key) -> LimitId {
    match key {
        Key::Registered => LimitId::MaxUsers,
        Key::Friends(_) => LimitId::FriendsPerUser,
        Key::GroupsOf(_) => LimitId::GroupsPerUser,
        Key::Members(_) => LimitId::MembersPerGroup,
        Key::Groups => LimitId::NonAvGroups,
        Key::NewGroups(_) => LimitId::NetNewGroupsPerDay,
    }
}

impl World {
    fn max(&self, n: usize, key: Key) -> i64 {
        match self.processes[n].guard.entitlements().limit(limit(key)).map(|limit| limit.max) {
            Some(Max::Of(max)) => i64::try_from(max).unwrap(),
            _ => i64::MAX / 2,
        }
    }

    /// Nothing is kept for the store by anybody.
    pub(super) fn is_calm(&self) -> bool {
        self.processes
            .iter()
            .all(|process| !process.armed && !process.is_down() && process.pending.is_empty())
    }

    pub(super) async fn reserve(&mut self, n: usize, deed: Deed) {
        let guard = self.processes[n].guard.clone();
        let before = self.passed;
        let maxima =
            |world: &Self| deed.adds(0).iter().map(|&(key, _)| world.max(n, key)).collect::<Vec<_>>();
        let (maxima_before, day_before) = (maxima(self), self.day(n));
        let answer = self.finish(async move { guard.reserve(&action(deed)).await }).await;
        self.acknowledged(n, None);
        let (day, passed) = (self.day_counted(n, day_before), self.passed);
        let adds = deed.adds(day);
        // A document that another process kept is in force from the write on that has seen it: this one, perhaps.
        let maxima: Vec<_> = maxima_before.into_iter().zip(maxima(self)).collect();
        let alone = self.setting.processes == 1;
        let down = self.processes[n].is_down();
        match answer {
            Reservation::Held(permit) => {
                let taken = adds.iter().zip(&maxima).filter(|((_, amount), _)| *amount > 0);
                for (&(key, amount), &(old, new)) in taken {
                    if down && !alone {
                        continue;
                    }
                    let mut counts = self.counts.clone();
                    if alone {
                        self.processes[n].pending.iter().for_each(|change| counts.apply(change, true));
                    }
                    let held = self.processes.iter().flat_map(|process| &process.permits);
                    let held: i64 = held
                        .filter(|(held, _)| !held.is_over(passed) && (alone || held.durable))
                        .map(|(held, _)| held.of(key))
                        .sum();
                    let (least, max) = (counts.get(key).least, old.max(new));
                    assert!(
                        least + held + amount <= max,
                        "oversold {key:?}: {least} + {held} + {amount} > {max}"
                    );
                }
                self.happened += 1;
                let held = Held { adds, since: before, when: self.happened, durable: !down };
                self.processes[n].permits.push((held, permit));
            }
            Reservation::Denied(assessment) => {
                if assessment.reason != VerdictReason::LimitReached || !self.is_calm() {
                    return;
                }
                let mut asked = adds.iter().zip(&maxima).filter(|((_, amount), _)| *amount > 0);
                let full = asked.any(|(&(key, amount), &(old, new))| {
                    let live = self.processes.iter().flat_map(|process| &process.permits);
                    let held: i64 = live
                        .map(|(held, _)| held)
                        .chain(&self.ghosts)
                        .filter(|held| !held.is_over(before))
                        .map(|held| held.of(key))
                        .sum();
                    self.counts.get(key).most + held + amount > old.min(new)
                });
                assert!(full, "{deed:?} was denied though there is room: {assessment:?}");
            }
        }
    }

    /// The `nth` permit that is held, of all processes.
    fn take_permit(&mut self, nth: usize) -> Option<(usize, Held, planguard::client::Permit)> {
        let of: Vec<_> = self.processes.iter().map(|process| process.permits.len()).collect();
        let all: Vec<_> =
            of.iter().enumerate().flat_map(|(n, count)| (0..*count).map(move |at| (n, at))).collect();
        let &(n, at) = all.get(nth % all.len().max(1))?;
        let (held, permit) = self.processes[n].permits.remove(at);
        Some((n, held, permit))
    }

    pub(super) async fn commit(&mut self, nth: usize) {
        let Some((n, held, permit)) = self.take_permit(nth) else { return };
        let before = self.passed;
        let committed = self.finish(permit.commit()).await;
        if held.is_over(before) || !held.is_over(self.passed) {
            let in_time = committed == Committed::InTime;
            assert_eq!(
                in_time,
                !held.is_over(before),
                "of a permit that is {:?} old",
                before.saturating_sub(held.since)
            );
        }
        let (when, adds) = (held.when, held.adds.clone());
        // A list that another process read meanwhile is older than what this one tells late.
        if !held.durable && self.setting.processes > 1 {
            for (key, _) in &adds {
                self.counts.blur(*key, when);
            }
        }
        // Where it was committed in memory alone, the store goes on to hold its room.
        if self.processes[n].is_down() || self.processes[n].armed {
            self.ghosts.push(held);
        }
        self.acknowledged(n, Some(Change::Commit(adds, when)));
    }

    pub(super) fn release(&mut self, nth: usize) {
        let Some((n, held, permit)) = self.take_permit(nth) else { return };
        drop(permit);
        if self.processes[n].armed || self.processes[n].is_down() || self.setting.sqlite {
            self.ghosts.push(held);
        }
    }

    pub(super) fn forget(&mut self, nth: usize) {
        let Some((_, held, permit)) = self.take_permit(nth) else { return };
        std::mem::forget(permit);
        self.ghosts.push(held);
    }

    pub(super) async fn record(&mut self, n: usize, deed: Deed) {
        let (guard, day_before) = (self.processes[n].guard.clone(), self.day(n));
        self.finish(async move { guard.record(&action(deed)).await }).await;
        let day = self.day_counted(n, day_before);
        self.happened += 1;
        self.acknowledged(n, Some(Change::Add(deed.adds(day))));
    }

    pub(super) async fn record_once(&mut self, n: usize, key: u8, deed: Deed) {
        let (guard, day_before) = (self.processes[n].guard.clone(), self.day(n));
        let name = format!("happening-{key}");
        let new = self.finish(async move { guard.record_once(&name, &action(deed)).await }).await;
        let day = self.day_counted(n, day_before);
        self.happened += 1;
        let mine = self.processes[n]
            .pending
            .iter()
            .any(|change| matches!(change, Change::Once(of, ..) if *of == key));
        let now = self.processes[n].guard.now().as_millis();
        let known = self.counts.happened(key, now);
        assert!(!(new && (mine || (known == Some(true) && !self.processes[n].is_down()))), "counted twice");
        if self.is_calm() && known == Some(false) {
            assert!(new, "a happening was not counted");
        }
        // One that was known changes nothing, and is not remembered anew.
        self.acknowledged(n, new.then(|| Change::Once(key, now, deed.adds(day))));
    }

    pub(super) async fn observe(&mut self, n: usize, key: Key, count: u64) {
        let seen = match key {
            Key::Friends(of) => Observation::Friends { user: who(of), count },
            Key::Members(of) => Observation::Group { group: place(of), members: count, own_max: None },
            other => unreachable!("no list shows {other:?}"),
        };
        let guard = self.processes[n].guard.clone();
        self.finish(async move { guard.observe(&seen).await }).await;
        self.happened += 1;
        let when = self.happened;
        self.acknowledged(n, Some(Change::Listed(key, count.try_into().unwrap(), when)));
    }

    /// Every store works again, and everybody knows what is in it.
    pub(super) async fn calm(&mut self) {
        for process in &mut self.processes {
            process.store.recover();
            (process.armed, process.hanging) = (false, false);
        }
        // Each writes what it kept, then each reads what the others wrote.
        for _ in 0..2 {
            for n in 0..self.processes.len() {
                self.look(n).await;
                // A store that hung passes over what was taken back before it takes anything new.
                for _ in 0..8 {
                    if self.processes[n].is_down() {
                        self.look(n).await;
                    }
                }
                assert!(!self.processes[n].is_down(), "the store is back");
            }
        }
    }

    /// Has a process do something that changes nothing.
    async fn look(&mut self, n: usize) {
        let guard = self.processes[n].guard.clone();
        let look = Action::ApplyToJoin { user: user("nobody"), group: group("nowhere"), kind: KIND };
        drop(self.finish(async move { guard.reserve(&look).await }).await);
        let guard = self.processes[n].guard.clone();
        self.finish(async move { guard.flush().await }).await;
        self.barrier().await;
        self.acknowledged(n, None);
        if !self.processes[n].is_down() {
            for month in std::mem::take(&mut self.processes[n].tallied) {
                self.people.asked(month, true);
            }
        }
    }

    /// Compares what is counted.
    pub(super) fn compare(&self, n: usize) {
        let guard = &self.processes[n].guard;
        let stranger = user("stranger");
        let used = |action: Action, limit| {
            let verdict = guard.assess(&action);
            let checks = verdict.checks.iter().filter(|check| check.limit == limit);
            checks.map(|check| i64::try_from(check.evidence.used).unwrap()).max()
        };
        for key in self.counts.keys() {
            let action = match key {
                Key::Registered => Action::RegisterUser,
                Key::Friends(of) => Action::AddFriend { user: who(of), peer: stranger },
                Key::GroupsOf(of) => Action::JoinGroup { user: who(of), group: group("nowhere"), kind: KIND },
                Key::Members(of) => Action::AddMembers { group: place(of), kind: KIND, count: 1 },
                Key::Groups => Action::CreateGroup { owner: stranger, kind: KIND, initial_members: 0 },
                Key::NewGroups(day) if day == self.day(n) => {
                    Action::CreateGroup { owner: stranger, kind: KIND, initial_members: 0 }
                }
                Key::NewGroups(_) => continue,
            };
            let count = self.counts.get(key);
            if let Some(used) = used(action, limit(key)) {
                assert!(
                    used >= count.least.max(0).min(count.most.max(0)) && used <= count.most.max(0),
                    "{key:?} is {used} for process {n}, not {count:?}"
                );
            }
        }
    }
}
