//! Random operations, with restarts, do the same to a store in SQLite as to one in memory.

use std::fmt::Write as _;
use std::time::Duration;

use planguard::model::{
    BillingDay, BillingMonth, BillingZone, CounterKey, LimitId, Max, Pseudonym, Subject, Timestamp,
    UsageOrigin,
};
use planguard::store::{
    CounterOp, DeferredLogin, LeaseEnd, Marks, MemoryStore, Owner, PermitId, ReserveItem, SqliteStore, Store,
    StoredDocument, SyncState, WarningKey,
};
use proptest::collection::vec as bag;
use proptest::prelude::*;

/// Hours after the start of November 2026; enough for three months.
type Hour = u64;

#[derive(Clone, Debug)]
enum Op {
    Restart,
    Apply(Vec<(usize, Change)>),
    Reserve { permit: u8, items: Vec<(usize, i64, Option<u64>)>, at: Hour, hours: u64 },
    Commit(u8, Hour),
    Release(u8),
    Counter(usize, Hour),
    BeginLogin(u8, Hour),
    CountLogin(u8, Hour),
    FailLogin(u8),
    Acquire { user: u8, owner: u8, at: Hour, ttl: u64, settle: u64 },
    Renew { user: u8, fence: u64, until: Hour },
    End { user: u8, fence: u64, how: u8, at: Hour },
    Lease(u8),
    Warn(usize, u8),
    Rearm(usize, u8),
    Defer(u8, Hour),
    Totals(Hour, u64),
    Identity(u8, Hour),
    Enqueue(Vec<u8>, u64),
    Deliver(usize),
    Document(u64),
    Sync(u32),
    Marks(Hour, Hour, bool),
    Prune(Hour),
}

#[derive(Clone, Debug)]
enum Change {
    Add(i64, Hour),
    Report(u64, Hour),
    OwnMax(Option<u64>),
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
        Change::Report(value, hour) => {
            CounterOp::Report { key, value, as_of: at(hour), origin: UsageOrigin::Endpoint }
        }
        Change::OwnMax(max) => CounterOp::OwnMax { key, max },
    }
}

/// Does `op` and says what the store answered.
fn perform(store: &dyn Store, op: &Op) -> String {
    let key = |n: usize| keys()[n];
    match op.clone() {
        Op::Restart => String::new(),
        Op::Apply(changes) => {
            let ops: Vec<_> = changes.iter().map(|(n, change)| counter_op(key(*n), change)).collect();
            format!("{:?}", store.apply(&ops).unwrap())
        }
        Op::Reserve { permit, items, at: hour, hours } => {
            let items: Vec<_> = items
                .into_iter()
                .map(|(n, amount, max)| ReserveItem {
                    key: key(n),
                    amount,
                    max: max.map_or(Max::Unlimited, Max::Of),
                })
                .collect();
            let permit = PermitId(permit.into());
            format!("{:?}", store.reserve(permit, &items, at(hour), at(hour + hours)).unwrap())
        }
        Op::Commit(permit, hour) => {
            format!("{:?}", store.commit(PermitId(permit.into()), at(hour)).unwrap())
        }
        Op::Release(permit) => format!("{:?}", store.release(PermitId(permit.into())).unwrap()),
        Op::Counter(n, hour) => format!("{:?}", store.counter(&key(n), at(hour)).unwrap()),
        Op::BeginLogin(who, hour) => format!("{:?}", store.begin_login(user(who), at(hour)).unwrap()),
        Op::CountLogin(who, hour) => {
            let (day, month) = period(hour);
            format!("{:?}", store.count_login(user(who), day, month, at(hour)).unwrap())
        }
        Op::FailLogin(who) => format!("{:?}", store.fail_login(user(who)).unwrap()),
        Op::Acquire { user: who, owner, at: hour, ttl, settle } => {
            let (ttl, settle) = (Duration::from_secs(ttl * 600), Duration::from_secs(settle * 600));
            format!(
                "{:?}",
                store.acquire_lease(user(who), Owner(owner.into()), at(hour), ttl, settle).unwrap()
            )
        }
        Op::Renew { user: who, fence, until } => {
            format!("{:?}", store.renew_lease(user(who), fence, at(until)).unwrap())
        }
        Op::End { user: who, fence, how, at: hour } => {
            let end = match how {
                0 => LeaseEnd::Succeeded(at(hour)),
                1 => LeaseEnd::Failed(at(hour), -1),
                _ => LeaseEnd::Abandoned(at(hour)),
            };
            format!("{:?}", store.end_lease(user(who), fence, end).unwrap())
        }
        Op::Lease(who) => format!("{:?}", store.lease(user(who)).unwrap()),
        Op::Warn(n, threshold) => {
            format!("{:?}", store.mark_warned(WarningKey { counter: key(n), threshold }).unwrap())
        }
        Op::Rearm(n, threshold) => {
            format!("{:?}", store.rearm(WarningKey { counter: key(n), threshold }).unwrap())
        }
        Op::Defer(who, hour) => {
            let deferred = DeferredLogin { user: user(who), month: period(hour).1, at: at(hour) };
            format!("{:?}", store.defer_login(deferred).unwrap())
        }
        Op::Totals(hour, n) => {
            store.add_totals(period(hour).1, &[("asked", n), ("executed", 1)]).unwrap();
            format!("{:?}", store.totals(period(hour).1).unwrap())
        }
        Op::Identity(who, hour) => format!("{:?}", store.note_identity(period(hour).1, user(who)).unwrap()),
        Op::Enqueue(ids, capacity) => {
            let events: Vec<_> = ids.iter().map(|id| (format!("e{id}"), format!("{{{id}}}"))).collect();
            format!("{:?}", store.enqueue(&events, capacity).unwrap())
        }
        Op::Deliver(n) => {
            let entries = store.outbox(n).unwrap();
            store.delivered(&entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()).unwrap();
            format!("{:?}", store.outbox_len().unwrap())
        }
        Op::Document(revision) => {
            let document = StoredDocument {
                body: vec![b'{'; usize::try_from(revision).unwrap()],
                content_type: "application/json".to_owned(),
                etag: None,
                revision,
                fetched_at: at(revision),
                fresh_for_secs: (revision % 2 == 0).then_some(revision),
            };
            format!("{:?}", store.save_document(&document).unwrap())
        }
        Op::Sync(failures) => {
            store.save_sync(&SyncState { failures, ..SyncState::default() }).unwrap();
            String::new()
        }
        Op::Marks(high_water, server_floor, take_back) => {
            let marks = Marks { high_water: at(high_water), server_floor: at(server_floor) };
            format!("{:?}", store.raise_marks(marks, take_back).unwrap())
        }
        Op::Prune(hour) => format!("{:?}", store.prune(period(hour).1).unwrap()),
    }
}

/// Everything that can be asked of a store.
fn content(store: &dyn Store) -> String {
    let mut text = String::new();
    for hour in [0, 740, 1500] {
        let mut image = store.load(period(hour).1).unwrap();
        image.counters.sort_by_key(|(key, _)| *key);
        image.ledger.sort_by_key(|(user, _)| *user);
        image.warned.sort_unstable();
        let month = period(hour).1;
        let months = (store.deferred(month), store.active_users(month), store.totals(month));
        writeln!(text, "{image:#?}\n{months:?}").unwrap();
    }
    // Sequence numbers may have gaps where they like; the order is what counts.
    let waiting: Vec<_> = store.outbox(100).unwrap().into_iter().map(|e| (e.id, e.body)).collect();
    let leases: Vec<_> = (0..3).map(|who| store.lease(user(who)).unwrap()).collect();
    text + &format!("{waiting:?}\n{leases:?}\n{:?}", store.outbox_len())
}

fn op() -> impl Strategy<Value = Op> {
    let (hour, who, key, permit) = (|| 0..1600_u64, || 0..3_u8, || 0..6_usize, || 0..4_u8);
    let change = prop_oneof![
        3 => (-3..6_i64, hour()).prop_map(|(n, hour)| Change::Add(n, hour)),
        1 => Just(Change::Add(i64::MAX, 3)),
        2 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Report(n, hour)),
        1 => proptest::option::of(0..9_u64).prop_map(Change::OwnMax),
    ];
    let item = (key(), -2..4_i64, proptest::option::of(0..9_u64));
    prop_oneof![
        2 => Just(Op::Restart),
        6 => bag((key(), change), 0..4).prop_map(Op::Apply),
        6 => (permit(), bag(item, 0..4), hour(), 0..60_u64)
            .prop_map(|(permit, items, at, hours)| Op::Reserve { permit, items, at, hours }),
        3 => (permit(), hour()).prop_map(|(permit, hour)| Op::Commit(permit, hour)),
        1 => permit().prop_map(Op::Release),
        2 => (key(), hour()).prop_map(|(key, hour)| Op::Counter(key, hour)),
        2 => (who(), hour()).prop_map(|(who, hour)| Op::BeginLogin(who, hour)),
        4 => (who(), hour()).prop_map(|(who, hour)| Op::CountLogin(who, hour)),
        1 => who().prop_map(Op::FailLogin),
        4 => (who(), who(), 0..6_u64, 0..9_u64, 0..9_u64)
            .prop_map(|(user, owner, at, ttl, settle)| Op::Acquire { user, owner, at, ttl, settle }),
        2 => (who(), 0..6_u64, 0..6_u64).prop_map(|(user, fence, until)| Op::Renew { user, fence, until }),
        3 => (who(), 0..6_u64, 0..3_u8, 0..6_u64)
            .prop_map(|(user, fence, how, at)| Op::End { user, fence, how, at }),
        1 => who().prop_map(Op::Lease),
        2 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Warn(key, threshold)),
        1 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Rearm(key, threshold)),
        2 => (who(), hour()).prop_map(|(who, hour)| Op::Defer(who, hour)),
        1 => (hour(), 0..9_u64).prop_map(|(hour, n)| Op::Totals(hour, n)),
        1 => (who(), hour()).prop_map(|(who, hour)| Op::Identity(who, hour)),
        3 => (bag(0..9_u8, 0..4), 0..6_u64).prop_map(|(ids, capacity)| Op::Enqueue(ids, capacity)),
        1 => (0..3_usize).prop_map(Op::Deliver),
        1 => (0..5_u64).prop_map(Op::Document),
        1 => (0..5_u32).prop_map(Op::Sync),
        1 => (hour(), hour(), any::<bool>()).prop_map(|(a, b, back)| Op::Marks(a, b, back)),
        1 => hour().prop_map(Op::Prune),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_and_memory_agree(ops in bag(op(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.sqlite");
        let (mut sqlite, mut memory) = (SqliteStore::open(&path).unwrap(), MemoryStore::new());
        for op in &ops {
            if matches!(op, Op::Restart) {
                drop(sqlite);
                sqlite = SqliteStore::open(&path).unwrap();
                memory = MemoryStore::from_json(&memory.to_json().unwrap()).unwrap();
            }
            prop_assert_eq!(perform(&sqlite, op), perform(&memory, op), "{:?}", op);
        }
        prop_assert_eq!(content(&sqlite), content(&memory));
        prop_assert_eq!(sqlite.take_corruption(), None);
    }
}
