use std::time::Duration;

use super::*;
use crate::model::{
    Account, BillingDay, CounterOp, Elapsed, Entitlements, HeldSince, HoldItem, LeaseAnswer, LeaseEnd,
    Ledger, LimitId, Max, Moment, Owner, ReportedSuspension, SdkAppId, Subject, TimeRecord, Usage, UserFacts,
    Wait,
};
use crate::store::WhenLost;
use crate::store::contract::Whole;
use crate::store::{
    Commit, Counters as _, DeferredLogin, Install, Logins as _, NewEvent, Opening, Outbox as _, PermitId,
    ProcessRole, Records as _, Reports as _, Reserve, ReserveAnswer, Sent, StoredDocument, WarningKey,
};

const NOW: Elapsed = Elapsed(1_000_000);

fn v1() -> State {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/persisted/v1/memory.json");
    State::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_795_147_200 + secs)
}

fn moment() -> Moment {
    Moment { at: at(0), elapsed: NOW }
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn friends(n: u8) -> CounterKey {
    CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::User(user(n)), bucket: 0 }
}

fn period() -> (BillingDay, BillingMonth) {
    let zone = crate::model::BillingZone::default();
    (zone.day(at(0)), zone.month(at(0)))
}

fn add(key: CounterKey, delta: i64) -> CounterOp {
    CounterOp::Add { key, delta, at: at(0) }
}

fn reserve(permit: u128, key: CounterKey, max: u64, pass: Pass) -> Reserve {
    let items = vec![HoldItem { key, amount: 1, max: Max::Of(max) }];
    let wait = Wait::new(NOW, Duration::from_secs(60));
    Reserve { permit: PermitId(permit), owner: Owner(1), items, wait, now: moment(), pass }
}

fn write(state: &mut State, mut f: impl FnMut(&mut dyn Transaction) + Send + 'static) {
    let mut work = Work::write(move |transaction, _| {
        f(transaction);
        Ok(())
    });
    state.transact(&mut work, Pass::First).unwrap();
}

/// Something in every room.
fn full() -> State {
    let mut state = State::default();
    write(&mut state, |t| {
        let install =
            |n: u8| Install { salt: [n; 32], guest_id: "guest-a".into(), install_id: "install-a".into() };
        let opening = Opening {
            app: SdkAppId::new(1_400_000_001).unwrap(),
            owner: Owner(u128::MAX),
            role: Some(ProcessRole::App),
            candidate: install(7),
            device: Some("device".to_owned()),
            renew: false,
            now: NOW,
        };
        t.open(&opening).unwrap();
        t.apply(&[add(friends(1), 3), add(friends(2), -1)]).unwrap();
        let held = t.reserve(&reserve(u128::MAX - 1, friends(1), 9, Pass::First)).unwrap();
        assert!(matches!(held, ReserveAnswer::Held { .. }));
    });
    write(&mut state, |t| {
        let (day, month) = period();
        t.begin_login(&Sent { login: LoginId(5), user: user(1), at: at(1), month }).unwrap();
        t.count_active(user(2), day, month, at(2), Pass::First).unwrap();
        t.acquire_lease(user(1), Owner(1), Wait::new(NOW, Duration::from_secs(30)), Duration::ZERO).unwrap();
        t.acquire_lease(user(2), Owner(1), Wait::new(NOW, Duration::from_secs(30)), Duration::ZERO).unwrap();
        assert!(t.end_lease(user(2), 2, LeaseEnd::Failed(-6014), moment()).unwrap());
        t.save_facts(user(3), &UserFacts { kicked_off: Some(at(3)), ..UserFacts::default() }).unwrap();
        t.set_device_user(Some(user(3))).unwrap();
        t.note_happening([9; 16], at(0)).unwrap();
    });
    write(&mut state, |t| {
        let (_, month) = period();
        t.mark_warned(WarningKey { counter: friends(1), threshold: 80 }).unwrap();
        t.defer_login(DeferredLogin { user: user(4), month, at: at(4) }).unwrap();
        t.add_totals(month, &[("asked", 5)]).unwrap();
        t.note_identity(month, user(1)).unwrap();
        t.note_spelling(user(8), user(1)).unwrap();
        let event = |id: &str| NewEvent { id: id.to_owned(), body: "{}".to_owned() };
        assert_eq!(t.enqueue(&[event("a"), event("b")], 1).unwrap().dropped, 1);
        t.save_time(&TimeRecord { high_water: at(5), offset_ms: -7, ..TimeRecord::default() }).unwrap();
        let document = StoredDocument {
            body: b"{\"revision\":42}".to_vec(),
            content_type: "application/json".to_owned(),
            etag: None,
            revision: 42,
            fetched_at: at(0),
            fresh_for_secs: Some(300),
        };
        assert!(t.save_document(&document).unwrap());
    });
    state
}

fn suspended() -> ReportedSuspension {
    ReportedSuspension { at: at(0), wait: Wait::new(NOW, Duration::from_secs(60)), revision: 4 }
}

fn snapshot(usage: Usage, ledger: Ledger) -> Arc<Snapshot> {
    Arc::new(Snapshot {
        generation: 1,
        entitlements: Arc::new(Entitlements::unknown()),
        usage,
        ledger,
        current_user: None,
        device_user: Some(user(1)),
        suspension: Some(suspended()),
    })
}

#[test]
fn everything_survives_the_way_through_json() {
    let mut state = full();
    let text = state.to_json();
    let mut read = State::from_json(&text).unwrap();
    assert_eq!(read.to_json(), text);
    for seq in 0..=3 {
        assert_eq!(read.changes_since(seq, NOW).unwrap(), state.changes_since(seq, NOW).unwrap());
    }
    assert!(read.commit(&commit(u128::MAX - 1, friends(1))).unwrap(), "the permit is there");
    assert!(!read.note_happening([9; 16], at(9)).unwrap());
    assert_eq!(read.note_spelling(user(8), user(2)).unwrap(), user(1));
}

fn commit(permit: u128, key: CounterKey) -> Commit {
    let held = HeldSince { at: at(0), seq: 1 };
    Commit { permit: PermitId(permit), items: vec![(key, 1)], held, now: NOW }
}

#[test]
fn the_first_version_is_read() {
    let mut state = v1();
    let (day, month) = period();
    let image = Whole::read(&mut state, month, NOW).unwrap();
    assert_eq!(image.document.as_ref().unwrap().revision, 42);
    assert_eq!((image.sync.failures, image.sync.refused_credential.as_deref()), (3, Some("c0ffee")));
    assert_eq!((image.time.high_water, image.outbox_dropped, image.warned.len()), (at(5), 1, 1));
    let counter = |limit| image.counters.iter().find(|(key, _)| key.limit == limit).unwrap().1;
    assert_eq!(counter(LimitId::NonAvGroups).used(), u64::MAX - 8);
    assert_eq!(counter(LimitId::MembersPerGroup).ceiling.unwrap().max, 50);
    assert_eq!(counter(LimitId::FreeMau).used(), 2);
    let users: std::collections::HashMap<_, _> = image.users.into_iter().collect();
    assert_eq!((users[&user(1)].active.month, users[&user(1)].active.day), (Some(month), Some(day)));
    assert!(users[&user(3)].active.uncertain.is_some());
    let month_users = state.month_users(month).unwrap();
    assert_eq!((month_users.active, month_users.uncertain), (2, 1));
    assert_eq!((month_users.deferred, month_users.deferred_never_active), (2, 0));
    assert_eq!(state.totals(month).unwrap()["asked"], 5);
    let waiting = state.oldest(10).unwrap();
    assert_eq!(waiting.iter().map(|e| (e.seq, e.id.as_str())).collect::<Vec<_>>(), [(2, "b"), (3, "c")]);
    let wait = Wait::new(NOW, Duration::from_secs(30));
    let lease = state.acquire_lease(user(1), Owner(1), wait, Duration::ZERO).unwrap();
    assert_eq!(lease, LeaseAnswer::Granted { fence: 5 }, "fences go on, old leases bind nobody");
    // What it keeps is written as the newest version.
    assert!(state.to_json().starts_with("{\"version\":3,"));
}

#[test]
fn an_install_of_the_first_version_is_given_an_install_id() {
    let mut state = v1();
    let drawn = Install { salt: [1; 32], guest_id: "guest-new".into(), install_id: "install-new".into() };
    let opening = Opening {
        app: SdkAppId::new(1).unwrap(),
        owner: Owner(1),
        role: None,
        candidate: drawn,
        device: None,
        renew: false,
        now: NOW,
    };
    let install = state.open(&opening).unwrap().install;
    assert_eq!((install.salt, install.guest_id.as_str()), ([7; 32], "guest-aaaabbbbccccddddeeee"));
    assert_eq!(install.install_id, "install-new");
}

#[test]
fn what_is_no_content_of_a_store_is_refused() {
    for text in ["", "{}", "[]", "{\"install\":1}", "{\"version\":3}"] {
        let error = State::from_json(text).unwrap_err();
        assert!(error.to_string().contains("not the content of a store"), "{error}");
    }
    let newer = State::from_json("{\"version\":4}").unwrap_err();
    assert_eq!(newer, StoreError::NewerSchema { found: 4, known: 3 });
}

#[test]
fn a_transaction_costs_what_it_changes_however_much_is_kept() {
    let key = |n: u32| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::User(Pseudonym(id)), bucket: 0 }
    };
    let mut state = State::default();
    write(&mut state, move |t| {
        for n in 0..50_000 {
            t.apply(&[add(key(n), 1)]).unwrap();
        }
    });
    // Copying or scanning fifty thousand rows each time would take minutes.
    for n in 0..5_000 {
        let seq = state.seq;
        write(&mut state, move |t| t.apply(&[add(key(n), 1)]).unwrap());
        assert_eq!(state.changes_since(seq, NOW).unwrap().counters.len(), 1);
    }
}

#[test]
fn a_state_over_a_snapshot_goes_on_from_it() {
    let counter = crate::model::Counter {
        added: 3,
        reserved: 1,
        reserved_until: Elapsed(2_000_000),
        ..Default::default()
    };
    let usage = Usage::default().with(friends(1), counter).with(friends(2), counter);
    let known =
        crate::model::ActiveUser { month: Some(period().1), day: Some(period().0), uncertain: Some(at(-9)) };
    let ledger = Ledger::from_iter([(user(1), crate::model::User { active: known, facts: None })]);
    let mut state = State::over(snapshot(usage, ledger), 40, 2, WhenLost::Allow);
    write(&mut state, |t| {
        assert_eq!((t.seq(), t.line()), (41, 2));
        assert_eq!(t.counter(&friends(1), NOW).unwrap(), counter_of(3, 1));
        assert!(matches!(
            t.reserve(&reserve(1, friends(1), 4, Pass::First)).unwrap(),
            ReserveAnswer::Full { item: 0, .. }
        ));
        assert!(matches!(
            t.reserve(&reserve(1, friends(1), 5, Pass::First)).unwrap(),
            ReserveAnswer::Held { .. }
        ));
        let (day, month) = period();
        assert!(!t.count_active(user(1), day, month, at(0), Pass::First).unwrap().new_in_month);
    });
    let changes = state.changes_since(40, NOW).unwrap();
    assert_eq!(changes.counters, [(friends(1), counter_of(3, 2))]);
    assert_eq!((changes.users, changes.device_user), (vec![], None));
    let image = Whole::read(&mut state, period().1, NOW).unwrap();
    assert_eq!((image.counters.len(), image.users.len(), image.device_user), (2, 1, Some(user(1))));
    assert_eq!(image.users[0].1.active.uncertain, Some(at(-9)));
    assert_eq!(image.suspension, Some(suspended()));
}

fn counter_of(added: i64, reserved: u64) -> crate::model::Counter {
    crate::model::Counter { added, reserved, reserved_until: Elapsed(2_000_000), ..Default::default() }
}

#[test]
fn a_late_report_takes_nothing_that_a_snapshot_shows_as_added() {
    let usage = Usage::default().with(friends(1), counter_of(3, 0)).with(friends(2), counter_of(3, 0));
    let mut state = State::over(snapshot(usage, Ledger::default()), 1, 1, WhenLost::Allow);
    write(&mut state, |t| {
        let report = |key| CounterOp::Report { key, value: 10, as_of: at(0) };
        let observe = |key| CounterOp::Observe { key, value: 10, at: at(0) };
        t.apply(&[report(friends(1)), observe(friends(2))]).unwrap();
        assert_eq!(t.counter(&friends(1), NOW).unwrap().used(), 13);
        assert_eq!(t.counter(&friends(2), NOW).unwrap().used(), 10);
    });
}

#[test]
fn what_a_state_in_standby_numbers_is_never_the_stores() {
    let mut state = State::over(snapshot(Usage::default(), Ledger::default()), 1, 3, WhenLost::Allow);
    write(&mut state, |t| {
        let wait = Wait::new(NOW, Duration::from_secs(30));
        let LeaseAnswer::Granted { fence } =
            t.acquire_lease(user(1), Owner(1), wait, Duration::ZERO).unwrap()
        else {
            panic!("free")
        };
        assert!(fence > 1 << 48);
        t.enqueue(&[NewEvent { id: "a".to_owned(), body: "{}".to_owned() }], 9).unwrap();
        assert!(t.oldest(1).unwrap()[0].seq > 1 << 48);
    });
}

#[test]
fn a_correction_reaches_what_only_the_snapshot_shows() {
    let ahead = crate::model::ActiveUser { month: Some(period().1.next()), day: None, uncertain: None };
    let ledger = Ledger::from_iter([(user(1), crate::model::User { active: ahead, facts: None })]);
    let mut state = State::over(snapshot(Usage::default(), ledger), 1, 1, WhenLost::Allow);
    write(&mut state, |t| {
        let (day, month) = period();
        t.correct_time(at(0), day, month).unwrap();
        assert_eq!(t.month_users(month).unwrap().uncertain, 1);
    });
    let (id, corrected) = state.changes_since(1, NOW).unwrap().users.remove(0);
    assert_eq!((id, corrected.active.month, corrected.active.uncertain), (user(1), None, Some(at(0))));
}

#[test]
fn a_row_without_content_is_gone_after_pruning() {
    let mut state = State::default();
    write(&mut state, |t| {
        t.save_facts(user(1), &UserFacts { logged_out: Some(at(0)), ..UserFacts::default() }).unwrap();
    });
    write(&mut state, |t| t.save_facts(user(1), &UserFacts::default()).unwrap());
    assert_eq!(state.changes_since(1, NOW).unwrap().users, [(user(1), crate::model::User::default())]);
    write(&mut state, |t| t.prune(period().1).unwrap());
    assert_eq!(state.changes_since(0, NOW).unwrap().users, []);
    assert!(state.users.is_empty() && state.changed.is_empty());
    assert_eq!(state.counter_row(&friends(1)).account, Account::default());
}
