//! Random operations, with restarts, do the same to a store in SQLite as to one in memory.

use std::fmt::Debug;
use std::fmt::Write as _;
use std::time::Duration;

use planguard::model::{
    BillingDay, BillingMonth, BillingZone, Ceiling, CeilingOrigin, CounterKey, CounterOp, Elapsed, GroupType,
    HeldSince, HoldItem, LeaseEnd, LimitId, LoginId, Max, Moment, Owner, Pseudonym, ReportedSuspension, SdkAppId,
    Subject, TimeRecord, Timestamp, UserFacts, Wait,
};
use planguard::store::contract::{read, write};
use planguard::store::{
    Commit, DeferredLogin, Install, MemoryStore, NewEvent, Opening, Pass, PermitId, ProcessRole, Reserve, Sent,
    SqliteStore, Store, StoreError, StoredDocument, SyncState, Transaction, WarningKey,
};
use proptest::collection::vec as bag;
use proptest::prelude::*;

/// Hours after the start of November 2026; enough for three months.
type Hour = u64;

#[derive(Clone, Debug)]
enum Op {
    Restart,
    Open { owner: u8, role: Option<ProcessRole>, device: Option<u8>, renew: bool, at: Hour },
    Apply(Vec<(usize, Change)>),
    Reserve { permit: u8, items: Vec<(usize, i64, Option<u64>)>, at: Hour, hours: u64, pass: Pass },
    Commit { permit: u8, items: Vec<(usize, i64)>, held: Hour, seq: u64, at: Hour },
    Release(u8),
    Counter(usize, Hour),
    Happening(u8, Hour),
    BeginLogin(u8, u8, Hour),
    ClearLogin(u8),
    CountActive(u8, Hour),
    Acquire { user: u8, owner: u8, at: Hour, ttl: u64, settle: u64 },
    Renew { user: u8, fence: u64, at: Hour, ttl: u64 },
    End { user: u8, fence: u64, how: u8, at: Hour },
    Lease(u8),
    Sweep(Hour, u64),
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
    Suspension(Option<(Hour, u64)>),
    Sync(u32),
    Time(Hour, i64),
    Correct(Hour),
    Prune(Hour),
    /// All of them in one transaction, which fails after the last.
    RolledBack(Vec<Op>),
}

#[derive(Clone, Debug)]
enum Change {
    Add(i64, Hour),
    Observe(u64, Hour),
    Infer(u64, Hour),
    Report(u64, Hour),
    Ceiling(Option<u64>),
    Type(GroupType),
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
            let origin = CeilingOrigin::Inferred { revision: 3 };
            CounterOp::Ceiling { key, ceiling: max.map(|max| Ceiling { max, origin }) }
        }
        Change::Type(group_type) => CounterOp::GroupType { key, group_type },
    }
}

fn elapsed(hour: Hour) -> Elapsed {
    Elapsed(hour * 3_600_000)
}

fn moment(hour: Hour) -> Moment {
    Moment { at: at(hour), elapsed: elapsed(hour) }
}

fn wait(hour: Hour, tens_of_minutes: u64) -> Wait {
    Wait::new(elapsed(hour), Duration::from_secs(tens_of_minutes * 600))
}

fn said(answer: Result<impl Debug, StoreError>) -> Result<String, StoreError> {
    answer.map(|answer| format!("{answer:?}"))
}

/// Does `op` and says what the store answered.
fn perform(t: &mut dyn Transaction, op: &Op) -> Result<String, StoreError> {
    let key = |n: usize| keys()[n];
    let permit_id = |n: u8| PermitId(n.into());
    match op.clone() {
        Op::Restart => Ok(String::new()),
        Op::Open { owner, role, device, renew, at: hour } => said(t.open(&Opening {
            app: SdkAppId::new(1_400_000_001).unwrap(),
            owner: Owner(owner.into()),
            role,
            candidate: Install {
                salt: [owner; 32],
                guest_id: format!("guest-{owner}"),
                install_id: format!("install-{owner}"),
            },
            device: device.map(|device| device.to_string()),
            renew,
            now: elapsed(hour),
        })
        .map(|opened| (opened.install.guest_id, opened.install.install_id, opened.install.salt, opened.moved))),
        Op::Apply(changes) => {
            let ops: Vec<_> = changes.iter().map(|(n, change)| counter_op(key(*n), change)).collect();
            said(t.apply(&ops))
        }
        Op::Reserve { permit, items, at: hour, hours, pass } => {
            let items = items
                .into_iter()
                .map(|(n, amount, max)| HoldItem {
                    key: key(n),
                    amount,
                    max: max.map_or(Max::Unlimited, Max::Of),
                })
                .collect();
            let (permit, wait) = (permit_id(permit), wait(hour, hours * 6));
            // The number of the write that held it is the store's own.
            said(t.reserve(&Reserve { permit, items, wait, now: moment(hour), pass }))
        }
        Op::Commit { permit, items, held, seq, at: hour } => {
            let items = items.into_iter().map(|(n, amount)| (key(n), amount)).collect();
            let held = HeldSince { at: at(held), seq };
            said(t.commit(&Commit { permit: permit_id(permit), items, held, now: elapsed(hour) }))
        }
        Op::Release(permit) => said(t.release(permit_id(permit))),
        Op::Counter(n, hour) => said(t.counter(&key(n), elapsed(hour))),
        Op::Happening(n, hour) => said(t.note_happening([n; 16], at(hour))),
        Op::BeginLogin(login, who, hour) => {
            let (login, month) = (LoginId(login.into()), period(hour).1);
            said(t.begin_login(&Sent { login, user: user(who), at: at(hour), month }))
        }
        Op::ClearLogin(login) => said(t.clear_login(LoginId(login.into()))),
        Op::CountActive(who, hour) => {
            let (day, month) = period(hour);
            said(t.count_active(user(who), day, month, at(hour)))
        }
        Op::Acquire { user: who, owner, at: hour, ttl, settle } => {
            let settle = Duration::from_secs(settle * 600);
            said(t.acquire_lease(user(who), Owner(owner.into()), wait(hour, ttl), settle))
        }
        Op::Renew { user: who, fence, at: hour, ttl } => {
            said(t.renew_lease(user(who), fence, wait(hour, ttl)))
        }
        Op::End { user: who, fence, how, at: hour } => {
            let ends = [LeaseEnd::Succeeded, LeaseEnd::Failed(-1), LeaseEnd::Abandoned];
            said(t.end_lease(user(who), fence, ends[usize::from(how)], moment(hour)))
        }
        Op::Lease(who) => said(t.lease(user(who))),
        Op::Sweep(hour, settle) => said(t.sweep_leases(elapsed(hour), Duration::from_secs(settle * 600))),
        Op::Facts(who, kicked) => {
            let before = t.facts(user(who))?;
            let facts = UserFacts { kicked_off: kicked.map(at), ..UserFacts::default() };
            t.save_facts(user(who), &facts)?;
            Ok(format!("{before:?}"))
        }
        Op::DeviceUser(who) => said(t.set_device_user(who.map(user))),
        op => perform_rest(t, op),
    }
}

/// The rooms of reports, of the outbox and of single values.
fn perform_rest(t: &mut dyn Transaction, op: Op) -> Result<String, StoreError> {
    let warning = |n: usize, threshold| WarningKey { counter: keys()[n], threshold };
    match op {
        Op::Warn(n, threshold) => said(t.mark_warned(warning(n, threshold))),
        Op::Rearm(n, threshold) => said(t.rearm(warning(n, threshold))),
        Op::Defer(who, hour) => {
            said(t.defer_login(DeferredLogin { user: user(who), month: period(hour).1, at: at(hour) }))
        }
        Op::Totals(hour, n) => {
            t.add_totals(period(hour).1, &[("asked", n), ("executed", 1)])?;
            said(t.totals(period(hour).1))
        }
        Op::Identity(who, hour) => said(t.note_identity(period(hour).1, user(who))),
        Op::Spelling(normal, who) => said(t.note_spelling(user(normal), user(who))),
        Op::Enqueue(ids, capacity) => {
            let event = |id: &u8| NewEvent { id: format!("e{id}"), body: format!("{{{id}}}") };
            said(t.enqueue(&ids.iter().map(event).collect::<Vec<_>>(), capacity))
        }
        Op::Deliver(n) => {
            let seqs: Vec<_> = t.oldest(n)?.iter().map(|entry| entry.seq).collect();
            t.delivered(&seqs)?;
            said(t.outbox_len())
        }
        Op::Document(revision) => said(t.save_document(&StoredDocument {
            body: vec![b'{'; usize::try_from(revision).unwrap()],
            content_type: "application/json".to_owned(),
            etag: None,
            revision,
            fetched_at: at(revision * 300),
            fresh_for_secs: (revision % 2 == 0).then_some(revision),
        })),
        Op::Suspension(reported) => {
            let suspension = reported
                .map(|(hour, revision)| ReportedSuspension { at: at(hour), wait: wait(hour, 1), revision });
            said(t.save_suspension(suspension.as_ref()))
        }
        Op::Sync(failures) => said(t.save_sync(&SyncState { failures, ..SyncState::default() })),
        Op::Time(high_water, offset_ms) => {
            t.save_time(&TimeRecord { high_water: at(high_water), offset_ms, ..TimeRecord::default() })?;
            said(t.time())
        }
        Op::Correct(hour) => {
            let (day, month) = period(hour);
            said(t.correct_time(at(hour), day, month))
        }
        Op::Prune(hour) => said(t.prune(period(hour).1)),
        op => unreachable!("{op:?} is done by the other half"),
    }
}

/// Does `op` as a transaction of its own. Writes are numbered alike by both stores, so their numbers are part of the
/// answers.
fn transact(store: &dyn Store, op: &Op) -> String {
    let answer = match op.clone() {
        Op::RolledBack(ops) => {
            let undone: Result<(), _> = write(store, move |t| {
                for op in &ops {
                    perform(t, op)?;
                }
                Err(StoreError::DiskFull)
            });
            undone.map(|()| String::new())
        }
        op => write(store, move |t| perform(t, &op)),
    };
    format!("{answer:?}")
}

/// Everything that can be asked of a store.
fn content(store: &dyn Store, changed_since: u64) -> String {
    let mut text = String::new();
    for hour in [0, 740, 1500] {
        let month = period(hour).1;
        let mut image = read(store, move |t| t.image(month, elapsed(hour))).unwrap();
        image.counters.sort_by_key(|(key, _)| *key);
        image.users.sort_by_key(|(user, _)| *user);
        image.warned.sort_unstable();
        let months = read(store, move |t| Ok((t.month_users(month)?, t.totals(month)?))).unwrap();
        writeln!(text, "{image:#?}\n{months:?}").unwrap();
    }
    let mut changes = read(store, move |t| t.changes_since(changed_since, elapsed(0))).unwrap();
    changes.counters.sort_by_key(|(key, _)| *key);
    changes.users.sort_by_key(|(user, _)| *user);
    // Sequence numbers of the outbox may have gaps where they like; the order is what counts.
    let waiting: Vec<_> =
        read(store, |t| t.oldest(100)).unwrap().into_iter().map(|e| (e.id, e.body)).collect();
    let leases: Vec<_> = (0..3).map(|who| read(store, move |t| t.lease(user(who))).unwrap()).collect();
    text + &format!("{changes:#?}\n{waiting:?}\n{leases:?}\n{:?}", read(store, |t| t.outbox_len()))
}

fn op() -> impl Strategy<Value = Op> {
    let (hour, who, key, permit) = (|| 0..1600_u64, || 0..3_u8, || 0..6_usize, || 0..4_u8);
    let change = prop_oneof![
        3 => (-3..6_i64, hour()).prop_map(|(n, hour)| Change::Add(n, hour)),
        1 => Just(Change::Add(i64::MAX, 3)),
        1 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Observe(n, hour)),
        1 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Infer(n, hour)),
        2 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Report(n, hour)),
        1 => proptest::option::of(0..9_u64).prop_map(Change::Ceiling),
        1 => proptest::sample::select(GroupType::ALL).prop_map(Change::Type),
    ];
    let item = (key(), -2..4_i64, proptest::option::of(0..9_u64));
    let role = proptest::option::of(prop_oneof![Just(ProcessRole::App), Just(ProcessRole::Extension)]);
    let pass = prop_oneof![3 => Just(Pass::First), 1 => Just(Pass::Replay)];
    let counting = prop_oneof![
        6 => bag((key(), change), 0..4).prop_map(Op::Apply),
        6 => (permit(), bag(item, 0..4), hour(), 0..60_u64, pass)
            .prop_map(|(permit, items, at, hours, pass)| Op::Reserve { permit, items, at, hours, pass }),
        4 => (permit(), bag((key(), -2..4_i64), 0..3), hour(), 0..60_u64, hour())
            .prop_map(|(permit, items, held, seq, at)| Op::Commit { permit, items, held, seq, at }),
        1 => permit().prop_map(Op::Release),
        2 => (key(), hour()).prop_map(|(key, hour)| Op::Counter(key, hour)),
        1 => (who(), hour()).prop_map(|(n, hour)| Op::Happening(n, hour)),
    ];
    let logins = prop_oneof![
        2 => (who(), who(), hour()).prop_map(|(login, who, hour)| Op::BeginLogin(login, who, hour)),
        1 => who().prop_map(Op::ClearLogin),
        4 => (who(), hour()).prop_map(|(who, hour)| Op::CountActive(who, hour)),
        4 => (who(), who(), 0..6_u64, 0..9_u64, 0..9_u64)
            .prop_map(|(user, owner, at, ttl, settle)| Op::Acquire { user, owner, at, ttl, settle }),
        2 => (who(), 0..6_u64, 0..6_u64, 0..9_u64)
            .prop_map(|(user, fence, at, ttl)| Op::Renew { user, fence, at, ttl }),
        3 => (who(), 0..6_u64, 0..3_u8, 0..6_u64)
            .prop_map(|(user, fence, how, at)| Op::End { user, fence, how, at }),
        1 => who().prop_map(Op::Lease),
        1 => (0..9_u64, 0..9_u64).prop_map(|(at, settle)| Op::Sweep(at, settle)),
        2 => (who(), proptest::option::of(hour())).prop_map(|(who, kicked)| Op::Facts(who, kicked)),
        1 => proptest::option::of(who()).prop_map(Op::DeviceUser),
    ];
    let reports = prop_oneof![
        2 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Warn(key, threshold)),
        1 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Rearm(key, threshold)),
        2 => (who(), hour()).prop_map(|(who, hour)| Op::Defer(who, hour)),
        1 => (hour(), 0..9_u64).prop_map(|(hour, n)| Op::Totals(hour, n)),
        1 => (who(), hour()).prop_map(|(who, hour)| Op::Identity(who, hour)),
        1 => (who(), who()).prop_map(|(normal, who)| Op::Spelling(normal, who)),
        3 => (bag(0..9_u8, 0..4), 0..6_u64).prop_map(|(ids, capacity)| Op::Enqueue(ids, capacity)),
        1 => (0..3_usize).prop_map(Op::Deliver),
    ];
    let single_values = prop_oneof![
        1 => (who(), role, proptest::option::of(who()), any::<bool>(), hour())
            .prop_map(|(owner, role, device, renew, at)| Op::Open { owner, role, device, renew, at }),
        1 => (0..5_u64).prop_map(Op::Document),
        1 => proptest::option::of((hour(), 0..5_u64)).prop_map(Op::Suspension),
        1 => (0..5_u32).prop_map(Op::Sync),
        1 => (hour(), -9..9_i64).prop_map(|(hour, offset)| Op::Time(hour, offset)),
        1 => hour().prop_map(Op::Correct),
        1 => hour().prop_map(Op::Prune),
    ];
    prop_oneof![8 => counting, 8 => logins, 4 => reports, 3 => single_values]
}

fn step() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => Just(Op::Restart),
        20 => op(),
        2 => bag(op(), 1..4).prop_map(Op::RolledBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_and_memory_agree(steps in bag(step(), 1..60), changed_since in 0..40_u64) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.sqlite");
        let (mut sqlite, mut memory) = (SqliteStore::open(&path).unwrap(), MemoryStore::new());
        for step in &steps {
            if matches!(step, Op::Restart) {
                drop(sqlite);
                sqlite = SqliteStore::open(&path).unwrap();
                memory = MemoryStore::from_json(&memory.to_json().unwrap()).unwrap();
                continue;
            }
            prop_assert_eq!(transact(&sqlite, step), transact(&memory, step), "{:?}", step);
        }
        prop_assert_eq!(content(&sqlite, changed_since), content(&memory, changed_since));
        prop_assert_eq!(sqlite.take_corruption(), None);
    }
}
