//! Corrections of time that meet something under way: a permit, a process whose store hangs.

use std::pin::pin;

use planguard::client::{Builder, FetchPolicy};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::time::Clock as _;
use planguard::{Action, CatalogId, EditionId, GroupType, LimitId, Planguard};
use support::{DAY, SECOND, Upstream, ada, clock, local, request, settle, spawn, strict};

use crate::cases::rig::{HangingStore, Wire, doc, figures, ok, online, reached};

/// Has the endpoint say what time it is until it is believed.
async fn told_the_time(guard: &Planguard, wire: &Wire, real: planguard::Timestamp) {
    for revision in 1..4 {
        wire.then(ok(&doc(revision, "standard", real), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
    }
    assert_eq!(guard.now(), real);
}

#[test]
fn a_permit_of_a_day_that_had_not_begun_is_committed_on_the_day_it_is() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let real = clock.now();
        clock.set(real.plus(3 * DAY));
        let guard = online(&clock, MemoryStore::new(), &wire)
            .decisions(strict())
            .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
            .permit_ttl(DAY)
            .open()
            .await
            .unwrap();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 };
        let permit = guard.reserve(&create).await.permit().unwrap();
        told_the_time(&guard, &wire, real).await;
        permit.commit().await;
        let check = guard.assess(&create);
        let mut checks = check.checks.iter();
        let today = checks.find(|check| check.limit == LimitId::NetNewGroupsPerDay);
        assert_eq!(today.map(|check| check.evidence.used), Some(1));
    });
}

#[test]
fn who_was_counted_ahead_while_another_process_corrected_the_time_is_counted_in_the_month_it_is() {
    local(async {
        for after in 0..10 {
            let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
            let real = clock.now();
            clock.set(real.plus(40 * DAY));
            let store = HangingStore::new(memory.clone());
            let one = online(&clock, store.clone(), &wire).open().await.unwrap();
            assert!(reached(&one, request("ada")).await);
            store.hang_after(after);
            let two = online(&clock, memory.clone(), &wire).open().await.unwrap();
            told_the_time(&two, &wire, real).await;
            one.session(ada()).ended().await;
            let sdk = Upstream::default();
            let mut login = pin!(spawn(&one, request("ada").timeout(2 * SECOND), &sdk));
            while futures::future::poll_immediate(login.as_mut()).await.is_none() {
                settle().await;
                let _ = sdk.answer(Ok(1));
                clock.advance(SECOND / 10);
            }
            store.recover();
            for guard in [&one, &two, &one] {
                guard.record(&Action::RegisterUser).await;
            }
            drop((one, two));
            let guard = online(&clock, memory, &wire).open().await.unwrap();
            let ahead = figures(&guard, "2024-09").await.unwrap();
            let [uncertain, active, _] = figures(&guard, "2024-08").await.unwrap();
            assert_eq!((ahead, uncertain + active), ([0, 0, 0], 1), "hanging after {after}");
        }
    });
}

#[test]
fn a_correction_that_is_written_late_takes_nothing_that_has_begun_meanwhile() {
    local(async {
        let (clock, memory, wire) = (clock(), MemoryStore::new(), Wire::default());
        let real = clock.now();
        clock.set(real.plus(3 * DAY));
        let store = FaultyStore::new(memory.clone());
        let plan = |build: Builder| build.fallback(CatalogId::INTL_2024, EditionId::STANDARD);
        let one = plan(online(&clock, store.clone(), &wire)).open().await.unwrap();
        store.fail_next(u64::MAX, Fault::Busy);
        told_the_time(&one, &wire, real).await;
        clock.advance(2 * DAY);
        let two = plan(online(&clock, memory.clone(), &wire)).open().await.unwrap();
        told_the_time(&two, &wire, real.plus(2 * DAY)).await;
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 };
        two.record(&create).await;
        store.recover();
        for guard in [&one, &two] {
            guard.record(&Action::RegisterUser).await;
        }
        for guard in [one, two] {
            let check = guard.assess(&create);
            let mut checks = check.checks.iter();
            let today = checks.find(|check| check.limit == LimitId::NetNewGroupsPerDay);
            assert_eq!(today.map(|check| check.evidence.used), Some(1));
        }
    });
}
