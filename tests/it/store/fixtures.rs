//! Stores as released versions wrote them are read by this one.
//!
//! The files in `tests/fixtures/persisted` are frozen. A new version gets a directory of its own:
//! `PLANGUARD_WRITE_FIXTURE=tests/fixtures/persisted/vN cargo test -p planguard-tests --test it store::fixtures::write`.

use std::path::PathBuf;
use std::time::Duration;

use planguard::model::{
    ActiveUser, BillingZone, Counter, CounterKey, LimitId, Max, Pseudonym, Subject, Timestamp, UsageOrigin,
};
use planguard::store::{
    CounterOp, DeferredLogin, Install, Lease, LeaseAnswer, LeaseEnd, Marks, MemoryStore, Owner, Pause,
    PermitId, ReserveAnswer, ReserveItem, SqliteStore, Store, StoredDocument, SyncState, WarningKey,
};
use support::{at, root};

fn now() -> Timestamp {
    at("2026-11-20T04:00:00Z")
}

fn later(secs: u64) -> Timestamp {
    now().plus(Duration::from_secs(secs))
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn key(limit: LimitId, subject: Subject) -> CounterKey {
    CounterKey::at(limit, subject, now(), &BillingZone::default())
}

fn install(n: u8) -> Install {
    Install { salt: [n; 32], guest_id: "guest-aaaabbbbccccddddeeee".to_owned() }
}

fn document() -> StoredDocument {
    StoredDocument {
        body: br#"{"schema":1,"revision":42}"#.to_vec(),
        content_type: "application/json".to_owned(),
        etag: Some("\"42\"".to_owned()),
        revision: 42,
        fetched_at: now(),
        fresh_for_secs: Some(300),
    }
}

fn sync() -> SyncState {
    let hour = Duration::from_secs(3_600);
    // The first schema kept the end of a pause, and an hour was the longest.
    let pause = Some(Pause { length: hour, begun: later(60).minus(hour) });
    SyncState { pause, failures: 3, refused_credential: Some("c0ffee".to_owned()) }
}

fn marks() -> Marks {
    Marks { high_water: later(5), server_floor: later(4) }
}

fn lease(owner: u128, fence: u64, ended: Option<LeaseEnd>) -> Lease {
    Lease { owner: Owner(owner), fence, until: later(30), ended }
}

fn groups() -> CounterKey {
    key(LimitId::NonAvGroups, Subject::App)
}

fn members() -> CounterKey {
    key(LimitId::MembersPerGroup, Subject::Group(user(9)))
}

fn warning() -> WarningKey {
    WarningKey { counter: key(LimitId::FreeMau, Subject::App), threshold: 80 }
}

/// Something in every table. Part of the frozen format: change it only together with a new version.
fn write_v1(store: &dyn Store) {
    let zone = BillingZone::default();
    let (day, month) = (zone.day(now()), zone.month(now()));
    store.install(&install(7)).unwrap();
    assert!(store.save_document(&document()).unwrap());
    store.save_sync(&sync()).unwrap();
    store.raise_marks(marks(), false).unwrap();
    let report =
        CounterOp::Report { key: groups(), value: u64::MAX - 9, as_of: now(), origin: UsageOrigin::Endpoint };
    store
        .apply(&[
            report,
            CounterOp::Add { key: groups(), delta: 2, at: later(1) },
            CounterOp::Add { key: groups(), delta: -1, at: later(2) },
            CounterOp::Report { key: members(), value: 20, as_of: now(), origin: UsageOrigin::Observed },
            CounterOp::OwnMax { key: members(), max: Some(50) },
        ])
        .unwrap();
    let items = [
        ReserveItem { key: groups(), amount: 1, max: Max::Unlimited },
        ReserveItem { key: members(), amount: -3, max: Max::Of(50) },
    ];
    let held = store.reserve(PermitId(u128::MAX - 1), &items, now(), later(600)).unwrap();
    assert_eq!(held, ReserveAnswer::Held);
    for n in [1, 2] {
        store.begin_login(user(n), now()).unwrap();
        store.count_login(user(n), day, month, now()).unwrap();
    }
    store.begin_login(user(3), later(3)).unwrap();
    for n in [2, 3] {
        store.defer_login(DeferredLogin { user: user(n), month, at: now() }).unwrap();
    }
    store.note_identity(month, user(1)).unwrap();
    store.add_totals(month, &[("asked", 5), ("executed", 2)]).unwrap();
    store.mark_warned(warning()).unwrap();
    let ends = [
        None,
        Some(LeaseEnd::Succeeded(now())),
        Some(LeaseEnd::Failed(now(), -6014)),
        Some(LeaseEnd::Abandoned(now())),
    ];
    for (n, end) in (1..).zip(ends) {
        let (ttl, settle) = (Duration::from_secs(30), Duration::from_secs(10));
        let answer = store.acquire_lease(user(n), Owner(u128::MAX), now(), ttl, settle).unwrap();
        let LeaseAnswer::Granted { fence } = answer else { panic!("{answer:?}") };
        if let Some(end) = end {
            assert!(store.end_lease(user(n), fence, end).unwrap());
        }
    }
    let events = ["a", "b", "c"].map(|id| (id.to_owned(), format!("{{\"id\":\"{id}\"}}")));
    assert_eq!(store.enqueue(&events, 2).unwrap().dropped, 1);
}

/// What a store that `write_v1` filled answers.
fn check_v1(store: &dyn Store) {
    let zone = BillingZone::default();
    let (day, month) = (zone.day(now()), zone.month(now()));
    assert_eq!(store.take_corruption(), None);
    assert_eq!(store.install(&install(8)).unwrap(), install(7));
    let image = store.load(month).unwrap();
    assert_eq!((image.document, image.sync, image.marks), (Some(document()), sync(), marks()));
    assert_eq!((image.warned, image.outbox_dropped), (vec![warning()], 1));
    let known = ActiveUser { month: Some(month), day: Some(day), uncertain: None };
    let uncertain = ActiveUser { month: None, day: None, uncertain: Some(later(3)) };
    let mut ledger = image.ledger;
    ledger.sort_by_key(|(user, _)| *user);
    assert_eq!(ledger, [(user(1), known), (user(2), known), (user(3), uncertain)]);

    let counted = Counter { added: 2, ..Counter::default() };
    let group_counter = Counter {
        base: u64::MAX - 9,
        as_of: Some(now()),
        origin: UsageOrigin::Endpoint,
        added: 1,
        reserved: 1,
        reserved_until: later(600),
        own_max: None,
    };
    let member_counter = Counter {
        base: 20,
        as_of: Some(now()),
        origin: UsageOrigin::Observed,
        own_max: Some(50),
        ..Counter::default()
    };
    let mut counters = image.counters;
    counters.sort_by_key(|(key, _)| *key);
    let mut expected = vec![
        (groups(), group_counter),
        (members(), member_counter),
        (key(LimitId::FreeMau, Subject::App), counted),
        (key(LimitId::FreeDau, Subject::App), counted),
    ];
    expected.sort_by_key(|(key, _)| *key);
    assert_eq!(counters, expected);

    assert_eq!(store.active_users(month).unwrap(), (2, 1));
    assert_eq!(store.deferred(month).unwrap(), (2, 1));
    assert_eq!(store.note_identity(month, user(2)).unwrap(), 2);
    let totals = [("asked".to_owned(), 5), ("executed".to_owned(), 2)];
    assert_eq!(store.totals(month).unwrap(), totals.into());
    let ends = [
        None,
        Some(LeaseEnd::Succeeded(now())),
        Some(LeaseEnd::Failed(now(), -6014)),
        Some(LeaseEnd::Abandoned(now())),
    ];
    for (n, end) in (1..).zip(ends) {
        assert_eq!(store.lease(user(n)).unwrap(), Some(lease(u128::MAX, n.into(), end)));
    }
    let waiting = store.outbox(10).unwrap();
    assert_eq!(waiting.iter().map(|e| (e.seq, e.id.as_str())).collect::<Vec<_>>(), [(2, "b"), (3, "c")]);
    assert_eq!(waiting[0].body, "{\"id\":\"b\"}");

    // The times of additions and the items of permits show only in what they do.
    let report =
        CounterOp::Report { key: groups(), value: 5, as_of: later(1), origin: UsageOrigin::Observed };
    assert_eq!(store.apply(&[report]).unwrap()[0].used(), 4);
    assert!(store.commit(PermitId(u128::MAX - 1), later(5)).unwrap());
    assert_eq!(store.counter(&groups(), now()).unwrap().used(), 5);
    assert_eq!(store.counter(&members(), now()).unwrap().used(), 17);
    // Sequences go on where they were.
    store.enqueue(&[("d".to_owned(), "{}".to_owned())], 10).unwrap();
    assert!(store.outbox(10).unwrap()[2].seq > 3);
}

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures/persisted").join(name)
}

#[test]
fn v1_of_sqlite_opens() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("store.sqlite");
    std::fs::copy(fixture("v1/store.sqlite"), &copy).expect("the fixture is in the repository");
    check_v1(&SqliteStore::open(copy).unwrap());
}

#[test]
fn v1_of_memory_opens() {
    let text = std::fs::read_to_string(fixture("v1/memory.json")).expect("the fixture is in the repository");
    check_v1(&MemoryStore::from_json(&text).unwrap());
}

#[test]
fn what_is_no_content_of_a_store_is_refused() {
    for text in ["", "{}", "[]", "{\"install\":1}"] {
        let error = MemoryStore::from_json(text).unwrap_err();
        assert!(error.to_string().contains("not the content of a store"), "{error}");
    }
}

/// Writes the fixtures of the newest version into a new directory; never over those that exist.
#[test]
fn write() {
    let Ok(dir) = std::env::var("PLANGUARD_WRITE_FIXTURE") else { return };
    let dir = root().join(dir);
    std::fs::create_dir(&dir).expect("a directory that does not exist yet");
    write_v1(&SqliteStore::open(dir.join("store.sqlite")).unwrap());
    let memory = MemoryStore::new();
    write_v1(&memory);
    std::fs::write(dir.join("memory.json"), memory.to_json().unwrap()).unwrap();
}
