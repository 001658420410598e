//! What schema 2 keeps. Part of the frozen format: `write` changes only together with a new version.

use std::sync::Arc;
use std::time::Duration;

use planguard::model::{
    ActiveUser, Ceiling, CeilingOrigin, Counter, CounterOp, Elapsed, GroupType, HeldBack, HeldSince,
    HoldItem, Lease, LeaseAnswer, LeaseEnd, LeaseEnded, LimitId, LoginId, LoginMemory, Max, Moment, Owner,
    Subject, TimeRecord, UsageOrigin, User, UserFacts, Wait,
};
use planguard::store::contract::{read, write as transact};
use planguard::store::{
    Commit, DeferredLogin, MonthUsers, NewEvent, Opened, Opening, Pass, Pause, PermitId, ProcessRole,
    ReportedSuspension, Reserve, ReserveAnswer, Sent, Store, StoreError, SyncState, WarningKey,
};

use super::{
    APP, day_and_month, document, groups, image, install, key, later, members, now, open, opening, report,
    user,
};

const BEGUN: u64 = 9_000_000;

fn wait(secs: u64) -> Wait {
    Wait::new(Elapsed(BEGUN), Duration::from_secs(secs))
}

fn moment() -> Moment {
    Moment { at: now(), elapsed: Elapsed(BEGUN) }
}

fn sync() -> SyncState {
    let pause = Some(Pause { length_ms: 60_000, begun: later(1) });
    SyncState { pause, failures: 3, refused_credential: Some("c0ffee".to_owned()) }
}

fn time() -> TimeRecord {
    TimeRecord { high_water: later(5), offset_ms: -2_592_000_000, learnt: true }
}

fn suspension() -> ReportedSuspension {
    ReportedSuspension { at: later(2), wait: wait(3_600), revision: 42 }
}

fn facts() -> UserFacts {
    let memory = LoginMemory {
        in_a_row: 2,
        strikes: 1,
        held_back: Some(HeldBack::Permanent { code: -6014, plan_revision: Some(42) }),
        executions: vec![Elapsed(BEGUN), Elapsed(BEGUN + 1)],
        loop_reported: true,
    };
    UserFacts { kicked_off: Some(now()), logged_out: Some(later(1)), memory }
}

fn warning() -> WarningKey {
    WarningKey { counter: key(LimitId::FreeMau, Subject::App), threshold: 80 }
}

fn this_device(n: u8) -> Opening {
    let device = Some("a fingerprint".to_owned());
    Opening { owner: Owner(u128::MAX), role: Some(ProcessRole::App), device, ..opening(APP, n) }
}

const PERMIT: PermitId = PermitId(u128::MAX - 1);

const ENDS: [Option<LeaseEnd>; 4] =
    [None, Some(LeaseEnd::Succeeded), Some(LeaseEnd::Failed(-6014)), Some(LeaseEnd::Abandoned)];

/// Something in every table.
pub(super) fn write(store: &dyn Store) {
    let opening = this_device(7);
    transact(store, move |t| t.open(&opening)).unwrap();
    transact(store, |t| {
        t.save_document(&document())?;
        t.save_sync(&sync())?;
        t.save_time(&time())?;
        t.save_suspension(Some(&suspension()))?;
        t.set_device_user(Some(user(1)))
    })
    .unwrap();
    counters(store);
    logins(store);
    let (_, month) = day_and_month();
    transact(store, move |t| {
        t.note_identity(month, user(1))?;
        t.note_spelling(user(8), user(1))?;
        t.add_totals(month, &[("asked", 5), ("executed", 2)])?;
        t.mark_warned(warning())?;
        let events =
            ["a", "b", "c"].map(|id| NewEvent { id: id.to_owned(), body: format!("{{\"id\":\"{id}\"}}") });
        assert_eq!(t.enqueue(&events, 2)?.dropped, 1);
        Ok(())
    })
    .unwrap();
}

fn counters(store: &dyn Store) {
    let ceiling = Some(Ceiling { max: 50, origin: CeilingOrigin::Inferred { revision: 41 } });
    transact(store, move |t| {
        t.apply(&[
            CounterOp::Report { key: groups(), value: u64::MAX - 9, as_of: now() },
            CounterOp::Add { key: groups(), delta: 2, at: later(1) },
            CounterOp::Add { key: groups(), delta: -1, at: later(2) },
            CounterOp::Infer { key: members(), value: 20, at: now() },
            CounterOp::Ceiling { key: members(), ceiling },
            CounterOp::GroupType { key: members(), group_type: GroupType::Work },
        ])?;
        assert!(t.note_happening([5; 16], now())?);
        let items = vec![
            HoldItem { key: groups(), amount: 1, max: Max::Unlimited },
            HoldItem { key: members(), amount: -3, max: Max::Of(50) },
        ];
        let reserve = Reserve { permit: PERMIT, items, wait: wait(600), now: moment(), pass: Pass::First };
        assert!(matches!(t.reserve(&reserve)?, ReserveAnswer::Held(_)));
        Ok(())
    })
    .unwrap();
}

fn logins(store: &dyn Store) {
    let (day, month) = day_and_month();
    transact(store, move |t| {
        for n in [1, 2] {
            t.count_active(user(n), day, month, now())?;
        }
        t.begin_login(&Sent { login: LoginId(u128::MAX - 2), user: user(3), at: later(3), month })?;
        t.save_facts(user(2), &facts())?;
        for n in [2, 3, 4] {
            t.defer_login(DeferredLogin { user: user(n), month, at: now() })?;
        }
        for (n, end) in (1..).zip(ENDS) {
            let answer = t.acquire_lease(user(n), Owner(u128::MAX), wait(30), Duration::from_secs(10))?;
            let LeaseAnswer::Granted { fence } = answer else { panic!("{answer:?}") };
            if let Some(end) = end {
                assert!(t.end_lease(user(n), fence, end, moment())?);
            }
        }
        Ok(())
    })
    .unwrap();
}

/// What a store that `write` filled answers.
pub(super) fn check_kept(store: &dyn Store) {
    let (day, month) = day_and_month();
    let opening = this_device(8);
    let opened = transact(store, move |t| t.open(&opening)).unwrap();
    assert_eq!(opened, Opened { install: install(7), moved: false });
    let image = image(store, BEGUN);
    assert_eq!((image.document, image.suspension), (Some(document()), Some(suspension())));
    assert_eq!((image.sync, image.time, image.device_user), (sync(), time(), Some(user(1))));
    assert_eq!((image.warned, image.outbox_dropped), (vec![warning()], 1));
    let known = ActiveUser { month: Some(month), day: Some(day), uncertain: None };
    let uncertain = ActiveUser { month: None, day: None, uncertain: Some(later(3)) };
    let user_with = |active, facts: Option<UserFacts>| User { active, facts: facts.map(Arc::new) };
    let expected = [
        (user(1), user_with(known, None)),
        (user(2), user_with(known, Some(facts()))),
        (user(3), user_with(uncertain, None)),
    ];
    assert_eq!(image.users, expected);
    assert_eq!(image.counters, kept_counters());

    let users = read(store, move |t| t.month_users(month)).unwrap();
    assert_eq!(users, MonthUsers { active: 2, uncertain: 1, deferred: 3, deferred_never_active: 1 });
    let totals = [("asked".to_owned(), 5), ("executed".to_owned(), 2)];
    assert_eq!(read(store, move |t| t.totals(month)).unwrap(), totals.into());
    for (n, end) in (1_u8..).zip(ENDS) {
        let ended = end.map(|end| LeaseEnded { end, at: now(), elapsed: Elapsed(BEGUN) });
        let lease = Lease { owner: Owner(u128::MAX), fence: n.into(), wait: wait(30), ended };
        assert_eq!(read(store, move |t| t.lease(user(n))).unwrap(), Some(lease));
    }
    let waiting = read(store, |t| t.oldest(10)).unwrap();
    assert_eq!(waiting.iter().map(|e| (e.seq, e.id.as_str())).collect::<Vec<_>>(), [(2, "b"), (3, "c")]);
    assert_eq!(waiting[0].body, "{\"id\":\"b\"}");
}

fn kept_counters() -> Vec<(planguard::model::CounterKey, Counter)> {
    let counted = Counter { added: 2, ..Counter::default() };
    let of_groups = Counter {
        base: u64::MAX - 9,
        as_of: Some(now()),
        origin: UsageOrigin::Endpoint,
        added: 1,
        reserved: 1,
        reserved_until: wait(600).end(),
        ..Counter::default()
    };
    let of_members = Counter {
        base: 20,
        as_of: Some(now()),
        origin: UsageOrigin::Inferred,
        ceiling: Some(Ceiling { max: 50, origin: CeilingOrigin::Inferred { revision: 41 } }),
        group_type: Some(GroupType::Work),
        ..Counter::default()
    };
    let mut counters = vec![
        (groups(), of_groups),
        (members(), of_members),
        (key(LimitId::FreeMau, Subject::App), counted),
        (key(LimitId::FreeDau, Subject::App), counted),
    ];
    counters.sort_by_key(|(key, _)| *key);
    counters
}

/// What shows only in what a store does next.
pub(super) fn check_goes_on(store: &dyn Store) {
    let (_, month) = day_and_month();
    assert_eq!(open(store, APP + 1, 9), Err(StoreError::OtherApp { found: APP, wanted: APP + 1 }));
    assert_eq!(report(store, groups(), 5, later(1)).used(), 4, "the times of additions");
    let items = vec![(groups(), 1), (members(), -3)];
    let held = HeldSince { at: later(2), seq: u64::MAX };
    let commit = Commit { permit: PERMIT, items, held, now: Elapsed(BEGUN + 1) };
    assert!(transact(store, move |t| t.commit(&commit)).unwrap(), "the permit is known");
    let used = |key| read(store, move |t| t.counter(&key, Elapsed(BEGUN))).unwrap().used();
    assert_eq!((used(groups()), used(members())), (5, 17));
    transact(store, move |t| {
        assert!(!t.note_happening([5; 16], now())?);
        assert_eq!(t.note_spelling(user(8), user(2))?, user(1));
        assert_eq!(t.note_identity(month, user(2))?, 2);
        t.clear_login(LoginId(u128::MAX - 2))?;
        assert_eq!(t.month_users(month)?.uncertain, 0);
        // Sequences go on where they were.
        t.enqueue(&[NewEvent { id: "d".to_owned(), body: "{}".to_owned() }], 10)?;
        assert!(t.oldest(10)?[2].seq > 3);
        let answer = t.acquire_lease(user(4), Owner(1), wait(30), Duration::ZERO)?;
        assert_eq!(answer, LeaseAnswer::Granted { fence: 5 });
        Ok(())
    })
    .unwrap();
    // The next instance of the role ends what the last one left.
    let next = Opening { owner: Owner(2), ..this_device(9) };
    transact(store, move |t| t.open(&next)).unwrap();
    let answer = transact(store, |t| t.acquire_lease(user(1), Owner(2), wait(30), Duration::ZERO)).unwrap();
    assert!(matches!(answer, LeaseAnswer::Granted { .. }));
}
