//! Random works, with restarts, do the same to a store in SQLite as to one in memory.

mod drawn;

use std::fmt::Write as _;
use std::time::Duration;

use drawn::step;
use planguard::model::{
    BillingDay, BillingMonth, BillingZone, Ceiling, CeilingOrigin, Counter, CounterKey, CounterOp, Elapsed,
    GroupType, HeldSince, HoldItem, LeaseEnd, LimitId, LoginId, Max, Moment, Owner, Pseudonym,
    ReportedSuspension, Subject, TimeRecord, Timestamp, User, UserFacts, Wait,
};
use planguard::store::contract::{Whole, read, write};
use planguard::store::{
    Commit, DeferredLogin, MemoryStore, NewEvent, Pass, PermitId, Reserve, Sent, SqliteStore, Store,
    StoreError, StoredDocument, SyncState, Transaction, WarningKey,
};
use proptest::collection::vec as bag;
use proptest::prelude::*;

/// Hours after the start of November 2026; enough for three months.
type Hour = u64;

#[derive(Clone, Debug)]
enum Op {
    Apply(Vec<(usize, Change)>),
    Reserve { permit: u8, items: Vec<(usize, i64, Option<u64>)>, at: Hour, secs: u64, replay: bool },
    Commit { permit: u8, item: (usize, i64), at: Hour, secs: u64, seq: u64 },
    Release(u8),
    Counter(usize, u64),
    Happening(u8, Hour),
    Begin { login: u8, user: u8, at: Hour },
    Clear { login: u8, user: u8 },
    Count(u8, Hour),
    Acquire { user: u8, owner: u8, begun: u64, length: u64, settle: u64 },
    Renew { user: u8, fence: u64, begun: u64 },
    End { user: u8, fence: u64, how: u8, at: u64 },
    Sweep(u64),
    Facts(u8, Option<Hour>),
    DeviceUser(Option<u8>),
    Warn(usize, u8),
    Rearm(usize, u8),
    Defer(u8, Hour),
    Totals(Hour, u64),
    Identity(u8, Hour),
    Spelling(u8, u8),
    Enqueue(Vec<u8>, u64),
    Deliver(usize),
    Document(u64),
    Suspend(Option<u64>),
    Sync(u32),
    Time(Hour),
    Correct(Hour),
    Recall(Hour, Hour),
    Prune(Hour),
}

/// What is done to both stores between two comparisons.
#[derive(Clone, Debug)]
enum Step {
    Restart,
    /// One work of several operations.
    Work(Vec<Op>),
    /// One that fails after them.
    Failing(Vec<Op>),
}

#[derive(Clone, Debug)]
enum Change {
    Add(i64, Hour),
    Observe(u64, Hour),
    Infer(u64, Hour),
    Report(u64, Hour),
    Ceiling(Option<u64>),
    Type(bool),
}

fn at(hour: Hour) -> Timestamp {
    let start: Timestamp = "2026-10-31T16:00:00Z".parse().unwrap();
    start.plus(Duration::from_secs(hour * 3600))
}

fn period(hour: Hour) -> (BillingDay, BillingMonth) {
    let zone = BillingZone::default();
    (zone.day(at(hour)), zone.month(at(hour)))
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

/// No two users have a login of one name.
fn login_id(who: u8, login: u8) -> LoginId {
    LoginId(u128::from(who) << 8 | u128::from(login))
}

fn secs(n: u64) -> Elapsed {
    Elapsed(n * 1000)
}

fn keys() -> Vec<CounterKey> {
    let key = |limit, subject, hour| CounterKey::at(limit, subject, at(hour), &BillingZone::default());
    vec![
        key(LimitId::NonAvGroups, Subject::App, 0),
        key(LimitId::FriendsPerUser, Subject::User(user(1)), 0),
        key(LimitId::MembersPerGroup, Subject::Group(user(1)), 0),
        key(LimitId::NetNewGroupsPerDay, Subject::App, 30),
        key(LimitId::FreeMau, Subject::App, 30),
        key(LimitId::FreeMau, Subject::App, 800),
    ]
}

fn counter_op(key: CounterKey, change: &Change) -> CounterOp {
    match *change {
        Change::Add(delta, hour) => CounterOp::Add { key, delta, at: at(hour) },
        Change::Observe(value, hour) => CounterOp::Observe { key, value, at: at(hour) },
        Change::Infer(value, hour) => CounterOp::Infer { key, value, at: at(hour) },
        Change::Report(value, hour) => CounterOp::Report { key, value, as_of: at(hour) },
        Change::Ceiling(max) => {
            let origin = |max: u64| match max % 2 {
                0 => CeilingOrigin::Group,
                _ => CeilingOrigin::Inferred { revision: max },
            };
            CounterOp::Ceiling { key, ceiling: max.map(|max| Ceiling { max, origin: origin(max) }) }
        }
        Change::Type(work) => {
            CounterOp::GroupType { key, group_type: if work { GroupType::Work } else { GroupType::Public } }
        }
    }
}

/// Does `op` and says what the store answered.
fn perform(t: &mut dyn Transaction, op: &Op) -> Result<String, StoreError> {
    let key = |n: usize| keys()[n];
    Ok(match op.clone() {
        Op::Apply(changes) => {
            let ops: Vec<_> = changes.iter().map(|(n, change)| counter_op(key(*n), change)).collect();
            format!("{:?}", t.apply(&ops)?)
        }
        Op::Reserve { permit, items, at: hour, secs: elapsed, replay } => {
            let max = |max: Option<u64>| max.map_or(Max::Unlimited, Max::Of);
            let items =
                items.into_iter().map(|(n, amount, bound)| HoldItem { key: key(n), amount, max: max(bound) });
            let now = Moment { at: at(hour), elapsed: secs(elapsed) };
            let answer = t.reserve(&Reserve {
                permit: PermitId(permit.into()),
                owner: Owner(1),
                items: items.collect(),
                wait: Wait::new(now.elapsed, Duration::from_secs(40)),
                now,
                pass: if replay { Pass::Replay } else { Pass::First },
            })?;
            // Numbers of writes may have gaps where a store likes.
            match answer {
                planguard::store::ReserveAnswer::Held { since, again } => {
                    format!("held since {:?}, again {again}", since.at)
                }
                refused => format!("{refused:?}"),
            }
        }
        Op::Commit { permit, item: (n, amount), at: hour, secs: elapsed, seq } => {
            let held = HeldSince { at: at(hour), seq: if seq == 0 { 0 } else { u64::MAX } };
            let items = vec![(key(n), amount)];
            let commit = Commit { permit: PermitId(permit.into()), items, held, now: secs(elapsed) };
            format!("{:?}", t.commit(&commit)?)
        }
        Op::Release(permit) => format!("{:?}", t.release(PermitId(permit.into()))?),
        Op::Counter(n, elapsed) => format!("{:?}", t.counter(&key(n), secs(elapsed))?),
        Op::Happening(n, hour) => format!("{:?}", t.note_happening([n; 16], at(hour))?),
        op @ (Op::Begin { .. }
        | Op::Clear { .. }
        | Op::Count(..)
        | Op::Acquire { .. }
        | Op::Renew { .. }
        | Op::End { .. }
        | Op::Sweep(_)
        | Op::Facts(..)
        | Op::DeviceUser(_)) => perform_login(t, &op)?,
        op => perform_other(t, &op)?,
    })
}

fn perform_login(t: &mut dyn Transaction, op: &Op) -> Result<String, StoreError> {
    Ok(match op.clone() {
        Op::Begin { login, user: who, at: hour } => {
            let login = login_id(who, login);
            t.begin_login(&Sent { login, user: user(who), at: at(hour), month: period(hour).1 })?;
            String::new()
        }
        Op::Clear { login, user: who } => format!("{:?}", t.clear_login(user(who), login_id(who, login))?),
        Op::Count(who, hour) => {
            let (day, month) = period(hour);
            format!("{:?}", t.count_active(user(who), day, month, at(hour), Pass::First)?)
        }
        Op::Acquire { user: who, owner, begun, length, settle } => {
            let wait = Wait::new(secs(begun), Duration::from_secs(length));
            let settle = Duration::from_secs(settle);
            format!("{:?}", t.acquire_lease(user(who), Owner(owner.into()), wait, settle)?)
        }
        Op::Renew { user: who, fence, begun } => {
            let wait = Wait::new(secs(begun), Duration::from_secs(5));
            format!("{:?}", t.renew_lease(user(who), fence, wait)?)
        }
        Op::End { user: who, fence, how, at: elapsed } => {
            let end = [LeaseEnd::Succeeded, LeaseEnd::Failed(-1), LeaseEnd::Abandoned][usize::from(how)];
            let now = Moment { at: at(elapsed), elapsed: secs(elapsed) };
            format!("{:?}", t.end_lease(user(who), fence, end, now)?)
        }
        Op::Sweep(elapsed) => format!("{:?}", t.sweep_leases(secs(elapsed), Duration::from_secs(2))?),
        Op::Facts(who, hour) => {
            t.save_facts(user(who), &UserFacts { kicked_off: hour.map(at), ..UserFacts::default() })?;
            format!("{:?}", t.facts(user(who))?)
        }
        Op::DeviceUser(who) => format!("{:?}", t.set_device_user(who.map(user))?),
        other => unreachable!("{other:?}"),
    })
}

fn perform_other(t: &mut dyn Transaction, op: &Op) -> Result<String, StoreError> {
    let warning = |n: usize, threshold| WarningKey { counter: keys()[n], threshold };
    Ok(match op.clone() {
        Op::Warn(n, threshold) => format!("{:?}", t.mark_warned(warning(n, threshold))?),
        Op::Rearm(n, threshold) => format!("{:?}", t.rearm(warning(n, threshold))?),
        Op::Defer(who, hour) => {
            let deferred = DeferredLogin { user: user(who), month: period(hour).1, at: at(hour) };
            format!("{:?}", t.defer_login(deferred)?)
        }
        Op::Totals(hour, n) => {
            t.add_totals(period(hour).1, &[("asked", n), ("executed", 1)])?;
            format!("{:?}", t.totals(period(hour).1)?)
        }
        Op::Identity(who, hour) => format!("{:?}", t.note_identity(period(hour).1, user(who))?),
        Op::Spelling(normal, who) => format!("{:?}", t.note_spelling(user(normal), user(who))?),
        Op::Enqueue(ids, capacity) => {
            let event = |id: &u8| NewEvent { id: format!("e{id}"), body: format!("{{{id}}}") };
            format!("{:?}", t.enqueue(&ids.iter().map(event).collect::<Vec<_>>(), capacity)?)
        }
        Op::Deliver(n) => {
            let entries = t.oldest(n)?;
            t.delivered(&entries.iter().map(|entry| entry.seq).collect::<Vec<_>>())?;
            format!("{:?}", t.outbox_len()?)
        }
        Op::Document(revision) => format!("{:?}", t.save_document(&document(revision))?),
        Op::Suspend(revision) => {
            let wait = Wait::new(secs(1), Duration::from_secs(9));
            let reported =
                revision.map(|revision| ReportedSuspension { at: at(revision * 300), wait, revision });
            format!("{:?}", t.save_suspension(reported.as_ref())?)
        }
        Op::Sync(failures) => format!("{:?}", t.save_sync(&SyncState { failures, ..SyncState::default() })?),
        Op::Time(hour) => {
            let record = TimeRecord { high_water: at(hour), offset_ms: -5, ..TimeRecord::default() };
            t.save_time(&record)?;
            format!("{:?}", t.time()?)
        }
        Op::Correct(hour) => {
            let (day, month) = period(hour);
            format!("{:?}", t.correct_time(at(hour), day, month)?)
        }
        Op::Recall(since, until) => {
            t.recall(period(since).1, period(until).1)?;
            let mut changes = t.changes_since(t.seq() - 1, secs(20))?;
            changes.seq = 0;
            // A counter at nothing that was changed by nothing, such as room for none, may be told or not.
            changes.counters.retain(|(_, counter)| *counter != Counter::default());
            changes.counters.sort_by_key(|(key, _)| *key);
            changes.users.sort_by_key(|(user, _)| *user);
            format!("{changes:?}")
        }
        Op::Prune(hour) => format!("{:?}", t.prune(period(hour).1)?),
        other => unreachable!("{other:?}"),
    })
}

fn document(revision: u64) -> StoredDocument {
    StoredDocument {
        body: vec![b'{'; usize::try_from(revision).unwrap()],
        content_type: "application/json".to_owned(),
        etag: None,
        revision,
        fetched_at: at(revision * 300),
        fresh_for_secs: revision.is_multiple_of(2).then_some(revision),
    }
}

fn run(store: &dyn Store, step: &Step) -> String {
    let (ops, fails) = match step.clone() {
        Step::Restart => return String::new(),
        Step::Work(ops) => (ops, false),
        Step::Failing(ops) => (ops, true),
    };
    let answers = write(store, move |t| {
        let answers = ops.iter().map(|op| perform(t, op)).collect::<Result<Vec<_>, _>>()?;
        if fails { Err(StoreError::Backend { why: answers.join("\n") }) } else { Ok(answers) }
    });
    format!("{answers:?}")
}

/// Everything that can be asked of a store.
fn content(store: &dyn Store) -> String {
    let mut text = String::new();
    for hour in [0, 740, 1500] {
        let month = period(hour).1;
        let mut image = read(store, move |t| Whole::read(t, month, secs(20))).unwrap();
        image.seq = 0;
        image.counters.retain(|(_, counter)| *counter != Counter::default());
        image.users.retain(|(_, user)| *user != User::default());
        image.counters.sort_by_key(|(key, _)| *key);
        image.users.sort_by_key(|(user, _)| *user);
        image.warned.sort_unstable();
        let months = read(store, move |t| Ok((t.month_users(month)?, t.totals(month)?))).unwrap();
        writeln!(text, "{image:#?}\n{months:?}").unwrap();
    }
    let rest = read(store, |t| {
        // Sequence numbers may have gaps where they like; the order is what counts.
        let waiting: Vec<_> = t.oldest(100)?.into_iter().map(|entry| (entry.id, entry.body)).collect();
        let leases: Vec<_> = (0..3).map(|who| t.lease(user(who))).collect::<Result<_, _>>()?;
        Ok(format!("{waiting:?}\n{leases:?}\n{:?}", t.outbox_len()?))
    });
    text + &rest.unwrap()
}

proptest! {
    #![proptest_config(crate::drawn::cases(128))]

    #[test]
    fn sqlite_and_memory_agree(steps in bag(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.sqlite");
        let (mut sqlite, mut memory) = (SqliteStore::open(&path).unwrap(), MemoryStore::new());
        for step in &steps {
            if matches!(step, Step::Restart) {
                drop(sqlite);
                sqlite = SqliteStore::open(&path).unwrap();
                memory = MemoryStore::from_json(&memory.to_json().unwrap()).unwrap();
            }
            prop_assert_eq!(run(&sqlite, step), run(&memory, step), "{:?}", step);
        }
        prop_assert_eq!(content(&sqlite), content(&memory));
        prop_assert_eq!(sqlite.take_corruption(), None);
    }
}
