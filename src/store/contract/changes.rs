//! The change sequence: what changed since, row by row, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::caller::{Caller, SETTLE};
use super::records::{catalog, document, suspension, time};
use super::{Backend, Whole, day_and_month, friends, members, moment, noon, secs, user, windowed};
use crate::model::{Counter, CounterKey, CounterOp, HoldItem, LimitId, Max, Pseudonym, User, UserFacts};
use crate::store::{Changes, Pass, ReserveAnswer};

fn item(n: u8) -> HoldItem {
    HoldItem { key: friends(n), amount: 2, max: Max::Of(5) }
}

pub(super) fn own_and_foreign_writes_come_row_by_row(backend: &dyn Backend) {
    let (own, foreign) = (Caller::of(backend), Caller::of(backend));
    for n in 1..=3 {
        own.add(friends(n), 1, noon(1));
        own.count(user(n), noon(1));
    }
    let seen = own.image("2026-11").seq;
    let key = friends(2);
    let within = own.write(move |t| {
        t.apply(&[CounterOp::Add { key, delta: 1, at: noon(1) }])?;
        let changes = t.changes_since(seen, secs(0))?;
        assert_eq!(changes.seq, t.seq());
        Ok(changes)
    });
    let expected = Changes {
        seq: within.seq,
        counters: vec![(key, Counter { added: 2, ..Counter::default() })],
        ..Changes::default()
    };
    assert_eq!(within, expected, "its own writes, in the same transaction");

    foreign.add(friends(3), 1, noon(1));
    foreign.begin(1, user(1), noon(2));
    let changes = own.changes(within.seq, 0);
    assert_eq!(changes.counters, [(friends(3), Counter { added: 2, ..Counter::default() })]);
    let (day, month) = day_and_month(noon(1));
    let mut active = User::default().active;
    (active.day, active.month, active.uncertain) = (Some(day), Some(month), Some(noon(2)));
    assert_eq!(changes.users, [(user(1), User { active, facts: None })]);
    assert_eq!((changes.document, changes.suspension, changes.time, changes.device_user), Default::default());
}

pub(super) fn nothing_changed_is_nothing(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.add(friends(1), 1, noon(1));
    store.save_document(&document(7));
    let seen = store.image("2026-11").seq;
    let nothing = Changes { seq: seen, ..Changes::default() };
    assert_eq!(store.changes(seen, 0), nothing);
    assert_eq!(store.changes(store.changes(0, 0).seq, 0), nothing);
    assert_eq!(Caller::of(backend).changes(seen, 0), nothing);
}

fn reserve(store: &Caller, permit: u128, n: u8, elapsed: u64) -> crate::model::HeldSince {
    let answer = store.reserve(permit, &[item(n)], moment(1, elapsed), Duration::from_secs(60), Pass::First);
    match answer {
        ReserveAnswer::Held { since, .. } => since,
        ReserveAnswer::Full { .. } | ReserveAnswer::Lost { .. } => panic!("{answer:?}"),
    }
}

fn reserved(changes: &Changes) -> Vec<(CounterKey, u64, u64)> {
    changes.counters.iter().map(|(key, counter)| (*key, counter.used(), counter.reserved)).collect()
}

pub(super) fn a_released_permit_marks_its_counter(backend: &dyn Backend) {
    let (own, foreign) = (Caller::of(backend), Caller::of(backend));
    let since = reserve(&foreign, 1, 1, 0);
    let held = own.changes(0, 0);
    assert_eq!(reserved(&held), [(friends(1), 0, 2)]);
    foreign.release(1);
    let released = own.changes(held.seq, 0);
    assert_eq!(reserved(&released), [(friends(1), 0, 0)]);
    reserve(&foreign, 2, 1, 0);
    foreign.commit(2, &[(friends(1), 2)], since, 1);
    assert_eq!(reserved(&own.changes(released.seq, 1)), [(friends(1), 2, 0)]);
}

pub(super) fn a_lapsed_permit_that_is_removed_marks_its_counter(backend: &dyn Backend) {
    let (own, foreign) = (Caller::of(backend), Caller::of(backend));
    reserve(&foreign, 1, 1, 0);
    let seen = own.changes(0, 0).seq;
    reserve(&foreign, 2, 2, 60);
    assert_eq!(reserved(&own.changes(seen, 60)), [(friends(1), 0, 0), (friends(2), 0, 2)]);
}

pub(super) fn what_is_forgotten_is_reported_once(backend: &dyn Backend) {
    let (own, foreign) = (Caller::of(backend), Caller::of(backend));
    let facts = UserFacts { logged_out: Some(noon(1)), ..UserFacts::default() };
    foreign.save_facts(user(1), &facts);
    foreign.begin(1, user(2), noon(1));
    let seen = own.changes(0, 0);
    let known = User { facts: Some(Arc::new(facts)), ..User::default() };
    assert_eq!(seen.users[0], (user(1), known));
    foreign.save_facts(user(1), &UserFacts::default());
    foreign.clear(user(2), 1);
    let forgotten = own.changes(seen.seq, 0);
    assert_eq!(forgotten.users, [1, 2].map(|n| (user(n), User::default())));
    assert_eq!(own.changes(forgotten.seq, 0).users, []);
}

pub(super) fn single_values_are_reported_when_they_change(backend: &dyn Backend) {
    let (own, foreign) = (Caller::of(backend), Caller::of(backend));
    let mut seen = own.image("2026-11").seq;
    let mut since = || {
        let changes = own.changes(seen, 0);
        seen = changes.seq;
        changes
    };
    foreign.save_document(&document(7));
    assert_eq!(since().document, Some(document(7)));
    foreign.write(|t| t.save_suspension(Some(&suspension(7))));
    let changes = since();
    assert_eq!((changes.suspension, changes.document), (Some(Some(suspension(7))), None));
    foreign.save_document(&document(8));
    let changes = since();
    assert_eq!((changes.suspension, changes.document), (Some(None), Some(document(8))));
    foreign.write(|t| t.save_catalog(&catalog("ours", 1)));
    let changes = since();
    assert_eq!((changes.catalogs, changes.document), (vec![catalog("ours", 1)], None));
    foreign.write(|t| t.save_time(&time(3)));
    assert_eq!(since().time, Some(time(3)));
    for who in [Some(user(1)), None] {
        foreign.write(move |t| t.set_device_user(who));
        let changes = since();
        assert_eq!((changes.device_user, changes.time), (Some(who), None));
    }
}

/// What a guard holds that follows the changes.
#[derive(Debug, Default, PartialEq)]
struct Followed {
    counters: BTreeMap<CounterKey, Counter>,
    users: BTreeMap<Pseudonym, User>,
    singles: Changes,
}

impl Followed {
    fn follow(&mut self, changes: Changes) {
        self.counters.extend(changes.counters);
        self.users.extend(changes.users);
        let held = &mut self.singles;
        held.seq = changes.seq;
        held.document = changes.document.or(held.document.take());
        held.catalogs.retain(|known| changes.catalogs.iter().all(|new| new.id != known.id));
        held.catalogs.extend(changes.catalogs);
        held.catalogs.sort_by_key(|catalog| catalog.id);
        held.device_user = changes.device_user.or(held.device_user);
        held.suspension = changes.suspension.or(held.suspension);
        held.time = changes.time.or(held.time);
    }

    /// Without rows that say nothing, which an image need not hold.
    fn said(mut self) -> Self {
        self.counters.retain(|_, counter| *counter != Counter::default());
        self.users.retain(|_, user| *user != User::default());
        self.singles.device_user = Some(self.singles.device_user.flatten());
        self.singles.suspension = Some(self.singles.suspension.flatten());
        self.singles.time = Some(self.singles.time.unwrap_or_default());
        self
    }
}

impl From<Whole> for Followed {
    fn from(Whole { image, counters, users }: Whole) -> Self {
        let singles = Changes {
            seq: image.seq,
            document: image.document,
            catalogs: image.catalogs,
            device_user: Some(image.device_user),
            suspension: Some(image.suspension),
            time: Some(image.time),
            ..Changes::default()
        };
        Self { counters: counters.into_iter().collect(), users: users.into_iter().collect(), singles }.said()
    }
}

fn step(random: &mut fastrand::Rng, store: &Caller) {
    let (n, day) = (random.u8(1..4), random.i64(1..60));
    let (login, now) = (u128::from(n) << 8 | random.u128(1..5), noon(day));
    match random.u8(0..16) {
        0 => drop(store.add(friends(n), random.i64(-3..4), now)),
        1 => drop(store.report(members(n), random.u64(0..9), now)),
        2 => store.apply(&[CounterOp::Observe { key: friends(n), value: random.u64(0..9), at: now }]),
        3 => drop(store.count(user(n), now)),
        4 => store.begin(login, user(n), now),
        5 => store.clear(user(n), login),
        6 => {
            let facts = UserFacts { logged_out: random.bool().then_some(now), ..UserFacts::default() };
            store.save_facts(user(n), &facts);
        }
        7 => {
            let length = Duration::from_secs(60);
            store.reserve(login, &[item(n)], moment(day, random.u64(0..90)), length, Pass::First);
        }
        8 => store.release(login),
        9 => {
            let held = crate::model::HeldSince { at: now, seq: 0 };
            store.commit(login, &[(friends(n), 2)], held, random.u64(0..90));
        }
        10 => store.correct_time(now),
        14 => store.recall("2026-11", "2026-12"),
        11 => drop(store.save_document(&document(random.u64(0..9)))),
        12 => {
            let served = catalog(&format!("list-{n}"), day);
            store.write(move |t| t.save_catalog(&served));
        }
        13 => {
            let reported = random.bool().then(|| suspension(random.u64(0..9)));
            store.write(move |t| {
                t.save_suspension(reported.as_ref())?;
                t.save_time(&time(day))?;
                t.set_device_user(reported.map(|_| user(n)))
            });
        }
        _ => {
            store.add(windowed(LimitId::PushCallsPerDay, now), 1, now);
            store.acquire(user(n), 1, super::wait(random.u64(0..90), 30));
            store.write(move |t| t.sweep_leases(secs(60), SETTLE));
        }
    }
}

pub(super) fn the_image_is_the_sum_of_all_changes(backend: &dyn Backend) {
    let mut random = fastrand::Rng::with_seed(7);
    let stores = [Caller::of(backend), Caller::of(backend)];
    let mut followed = Followed::default();
    for n in 0..400 {
        let store = &stores[random.usize(0..2)];
        step(&mut random, store);
        if random.u8(0..3) == 0 {
            let seq = followed.singles.seq;
            followed.follow(stores[0].changes(seq, 0));
        }
        if n % 20 == 19 {
            let mut all = Followed::default();
            all.follow(stores[1].changes(0, 0));
            let seq = followed.singles.seq;
            followed.follow(stores[0].changes(seq, 0));
            let image = Followed::from(stores[0].image("1970-01"));
            assert_eq!(all.said(), image, "from zero, at step {n}");
            let copy = Followed {
                counters: followed.counters.clone(),
                users: followed.users.clone(),
                singles: followed.singles.clone(),
            };
            assert_eq!(copy.said(), image, "followed, at step {n}");
        }
    }
}
