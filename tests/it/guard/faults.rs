//! A store that fails at any operation, for a moment or for long: nothing is counted twice, nothing is forgotten.

use std::sync::Arc;

use planguard::login::{LoginIntent, LoginOutcome, SessionEvent};
use planguard::store::{Fault, FaultyStore, MemoryStore, Store};
use planguard::{Action, GroupId, GroupType, LimitId, Planguard};
use support::{MINUTE, clock, enforcing, local, now, request, with};

fn add_member() -> Action {
    Action::AddMembers { group: GroupId::new("g").unwrap(), kind: GroupType::Public, count: 1 }
}

fn used(guard: &Planguard, limit: LimitId) -> u64 {
    guard
        .snapshot()
        .usage
        .iter()
        .filter(|(key, _)| key.limit == limit)
        .map(|(_, counter)| counter.used())
        .sum()
}

/// Four members come, three of them under permits, while another process writes to the same store.
fn count_four(guard: &Planguard, other: &Planguard) {
    for _ in 0..3 {
        let _ = guard.reserve(&add_member()).permit().unwrap().commit();
        other.record(&Action::RegisterUser);
    }
    drop(guard.reserve(&add_member()));
    guard.record(&add_member());
}

/// One user logs in three times, and once more in the background, which only a user counted already may.
fn log_in_four_times(guard: &Planguard, other: &Planguard, case: &str) {
    local(async {
        for nth in 0..3 {
            match now(guard, request("ada"), Ok(1)).await.unwrap() {
                LoginOutcome::Executed { mau, .. } => assert_eq!(mau.new_in_month, nth == 0, "{case}"),
                outcome => panic!("{case}: {outcome:?}"),
            }
            other.record(&Action::RegisterUser);
            guard.record(&Action::RegisterUser);
            guard.session_event(SessionEvent::LoggedOut);
        }
        let background = now(guard, with("ada", LoginIntent::PushWake), Ok(1)).await.unwrap();
        assert!(matches!(background, LoginOutcome::Executed { .. }), "{case}: {background:?}");
    });
}

#[test]
fn whichever_operation_fails_the_counts_are_right_now_and_after_a_restart() {
    for times in [1, 2, 5, u64::MAX] {
        for after in 0..90 {
            let case = format!("{times} operations fail after {after}");
            let (clock, memory) = (clock(), MemoryStore::new());
            let store = Arc::new(FaultyStore::new(memory.clone()));
            let guard = enforcing(Arc::clone(&store) as Arc<dyn Store>, &clock);
            let other = enforcing(Arc::new(memory.clone()), &clock);
            store.fail_later(after, times, Fault::DiskFull);
            count_four(&guard, &other);
            log_in_four_times(&guard, &other, &case);
            let counts =
                |guard: &Planguard| (used(guard, LimitId::MembersPerGroup), used(guard, LimitId::FreeMau));
            assert_eq!(counts(&guard), (4, 1), "{case}");
            store.recover();
            let report = guard.login_report("2024-08".parse().unwrap()).unwrap();
            assert_eq!((report.active_users, report.uncertain), (1, 0), "{case}");
            drop(guard);
            clock.advance(MINUTE);
            assert_eq!(counts(&enforcing(Arc::new(memory), &clock)), (4, 1), "{case}, after a restart");
        }
    }
}
