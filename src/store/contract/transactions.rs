//! What holds for every transaction: all or nothing, in order, and only while it is wanted.

use std::sync::Arc;

use crate::lock::Mutex;

use super::caller::{Caller, opening};
use super::run::{Value, block_on, write};
use super::{Backend, app, friends, moment, month, noon, user, wait};
use crate::model::{CounterOp, HoldItem, LimitId, LoginId, Max, Owner};
use crate::store::{NewEvent, Pass, PermitId, Reserve, Sent, StoreError, Work};

fn refused() -> StoreError {
    StoreError::Backend { why: "the work changed its mind".to_owned() }
}

pub(super) fn a_failure_in_the_middle_leaves_nothing(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.try_open(&opening(1_400_000_001, 1, 1)).unwrap();
    store.add(friends(1), 3, noon(1));
    let before = (store.changes(0, 0), store.users_of(month("2026-11")));
    let reserve = Reserve {
        permit: PermitId(1),
        owner: Owner(1),
        items: vec![HoldItem { key: friends(1), amount: 1, max: Max::Unlimited }],
        wait: wait(0, 60),
        now: moment(1, 0),
        pass: Pass::First,
    };
    let sent = Sent { login: LoginId(1), user: user(1), at: noon(1), month: month("2026-11") };
    let failed = write(&*store.0, move |t| {
        t.apply(&[CounterOp::Add { key: friends(1), delta: 1, at: noon(1) }])?;
        t.reserve(&reserve)?;
        t.begin_login(&sent)?;
        let (day, month) = super::day_and_month(noon(1));
        t.count_active(user(2), day, month, noon(1), Pass::First)?;
        t.acquire_lease(user(1), Owner(1), wait(0, 30), super::caller::SETTLE)?;
        t.enqueue(&[NewEvent { id: "a".to_owned(), body: "{}".to_owned() }], 10)?;
        t.set_device_user(Some(user(1)))?;
        Err::<(), _>(refused())
    });
    assert_eq!(failed, Err(refused()));
    assert_eq!((store.changes(0, 0), store.users_of(month("2026-11"))), before);
    assert_eq!((store.lease(user(1)), store.read(|t| t.outbox_len())), (None, (0, 0)));
    assert_eq!(store.add(friends(1), 1, noon(1)).used(), 4, "and the store goes on");
}

pub(super) fn a_withdrawn_work_does_not_run(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let add = CounterOp::Add { key: friends(1), delta: 1, at: noon(1) };
    let told = Arc::new(Mutex::new(false));
    let tell = Arc::clone(&told);
    let work = Work::write(move |t, _| t.apply(&[add])).then(move || *tell.lock() = true);
    assert!(work.handle().withdraw());
    // What its caller is told does not matter: nobody waits for it.
    drop(block_on(store.0.transact(work)));
    assert_eq!(store.counter(&friends(1), 0).used(), 0);
    assert!(!*told.lock());
}

pub(super) fn a_begun_work_is_not_withdrawn(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let late = Arc::new(Mutex::new(None));
    let (asked, handle) = (Arc::clone(&late), Arc::new(Mutex::new(None::<crate::store::Handle>)));
    let own = Arc::clone(&handle);
    let work = Work::write(move |t, _| {
        *asked.lock() = own.lock().as_ref().map(crate::store::Handle::withdraw);
        t.apply(&[CounterOp::Add { key: friends(1), delta: 1, at: noon(1) }])
    });
    *handle.lock() = Some(work.handle());
    // Carried through though nobody polls it.
    drop(store.0.transact(work));
    assert_eq!(store.counter(&friends(1), 0).used(), 1);
    assert_eq!(*late.lock(), Some(false));
}

pub(super) fn commits_are_announced_in_their_order(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let announced = Arc::new(Mutex::new(Vec::new()));
    let pending: Vec<_> = (0..50_u64)
        .map(|n| {
            let tell = Arc::clone(&announced);
            let add = CounterOp::Add { key: app(LimitId::NonAvGroups), delta: 1, at: noon(1) };
            let work = Work::write(move |t, _| {
                t.apply(&[add])?;
                if n % 10 == 9 { Err(refused()) } else { Ok(()) }
            });
            store.0.transact(work.then(move || tell.lock().push(n)))
        })
        .collect();
    for (n, future) in (0_u64..).zip(pending) {
        let answer = block_on(future);
        assert_eq!(answer.is_err(), n % 10 == 9, "one that fails takes no other with it");
        let seen = announced.lock().contains(&n);
        assert_eq!(seen, answer.is_ok(), "announced before it is answered");
    }
    let expected: Vec<_> = (0..50).filter(|n| n % 10 != 9).collect();
    assert_eq!(*announced.lock(), expected);
    assert_eq!(store.counter(&app(LimitId::NonAvGroups), 0).used(), 45);
}

pub(super) fn every_write_has_a_higher_number(backend: &dyn Backend) {
    let (a, b) = (Caller::of(backend), Caller::of(backend));
    let add = |store: &Caller| {
        store.write(|t| {
            t.apply(&[CounterOp::Add { key: friends(1), delta: 1, at: noon(1) }])?;
            Ok((t.seq(), t.changes_since(0, super::secs(0))?.seq))
        })
    };
    let numbers = [add(&a), add(&b), add(&a), add(&b)];
    assert!(numbers.windows(2).all(|pair| pair[0].0 < pair[1].0), "{numbers:?}");
    assert!(numbers.iter().all(|(seq, changed)| seq == changed), "{numbers:?}");
    assert_eq!(a.image("2026-11").seq, numbers[3].0);
}

pub(super) fn a_work_runs_in_its_first_pass(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let (pass, work) = Value::of(|_, pass| Ok(pass));
    block_on(store.0.transact(work)).unwrap();
    assert_eq!(pass.take(), Pass::First);
}
