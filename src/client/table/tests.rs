//! The table as the rest of the client uses it.

use super::*;
use crate::model::{ActiveUser, BillingMonth, LimitId, SessionState, Subject, Timestamp};

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn friends(n: u8) -> CounterKey {
    CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::User(user(n)), bucket: 0 }
}

fn counted(base: u64) -> Counter {
    Counter { base, ..Counter::default() }
}

fn active(month: i32) -> User {
    let active = ActiveUser { month: Some(BillingMonth::from_number(month)), ..ActiveUser::default() };
    User { active, ..User::default() }
}

fn session() -> Session {
    Session { state: SessionState::LoggedIn, since: Timestamp::from_secs(7), connected: true, kicks: 0 }
}

#[test]
fn a_view_shows_the_table_as_it_was_and_the_table_goes_back_to_it() {
    let mut table = Table::default();
    table.put_counter(friends(1), &counted(1));
    table.put_user(user(1), active(24_000));
    table.put_session(user(1), Some(session()));
    let view = table.freeze();
    for base in [2, 3] {
        table.put_counter(friends(1), &counted(base));
        table.put_counter(friends(2), &counted(base));
        table.put_user(user(1), active(24_001));
        table.put_user(user(2), active(24_001));
    }
    table.forget(&Horizon::new(BillingMonth::from_number(24_002)));
    let shown = |view: &View| {
        let (mut counters, mut users) = (Vec::new(), Vec::new());
        CounterSource::each(view, &mut |key, counter| counters.push((key, counter)));
        UserSource::each(view, &mut |id, user| users.push((id, user)));
        (counters, users)
    };
    let as_it_was = (vec![(friends(1), counted(1))], vec![(user(1), active(24_000))]);
    assert_eq!(shown(&view), as_it_was);
    assert_eq!((view.counter(&friends(2)), view.user(&user(2))), (None, None));
    assert_eq!(view.active(&user(1)), active(24_000).active);
    let (usage, ledger) = table.sources();
    assert_eq!((usage.get(&friends(1)).used(), ledger.iter().count()), (3, 0), "nobody is needed any more");
    assert_eq!(table.session(&user(1)), Some(session()), "a session is not forgotten with the month");
    table.restore(&view);
    let (usage, ledger) = table.sources();
    let mut now: (Vec<_>, Vec<_>) = (usage.iter().collect(), ledger.iter().collect());
    now.0.sort_by_key(|(key, _)| *key);
    assert_eq!(now, as_it_was);
    assert_eq!(shown(&view), as_it_was, "also afterwards");
    assert_eq!(table.session(&user(1)), Some(session()), "a session is of this process, not of the store");
    table.put_counter(friends(1), &counted(9));
    assert_eq!(shown(&view), as_it_was);
}

#[test]
fn a_view_that_nobody_holds_costs_nothing() {
    let mut table = Table::default();
    drop(table.freeze());
    table.put_counter(friends(1), &counted(1));
    assert!(table.views.is_empty());
}

#[test]
fn readers_find_what_came_before_they_looked_while_the_table_grows() {
    const USERS: u32 = 20_000;
    let id = |n: u32| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&n.wrapping_mul(0x9E37_79B9).to_be_bytes());
        Pseudonym(bytes)
    };
    let mut table = Table::default();
    let ledger = table.sources().1;
    let done = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut seen = 0;
            while seen < USERS {
                seen = done.load(std::sync::atomic::Ordering::Acquire);
                for n in (seen / 2..seen).step_by(97) {
                    assert_eq!(ledger.get(&id(n)).month, active(n.cast_signed()).active.month);
                }
            }
        });
        for n in 0..USERS {
            table.put_user(id(n), active(n.cast_signed()));
            done.store(n + 1, std::sync::atomic::Ordering::Release);
        }
    });
}
