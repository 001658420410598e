use super::*;
use crate::model::{LimitId, Subject};

const FRIENDS: CounterKey = CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::App, bucket: 0 };

fn s(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn add(delta: i64, at: i64) -> CounterOp {
    CounterOp::Add { key: FRIENDS, delta, at: s(at) }
}

fn report(value: u64, as_of: i64) -> CounterOp {
    CounterOp::Report { key: FRIENDS, value, as_of: s(as_of) }
}

fn observe(value: u64, at: i64) -> CounterOp {
    CounterOp::Observe { key: FRIENDS, value, at: s(at) }
}

fn after(ops: &[CounterOp]) -> Account {
    let mut account = Account::default();
    for (seq, op) in ops.iter().enumerate() {
        account.apply(op, seq as u64 + 1);
    }
    account
}

#[test]
fn a_list_contains_what_was_counted_though_time_stands_still() {
    let account = after(&[observe(10, 100), add(1, 100), observe(11, 100), add(1, 100), observe(12, 100)]);
    assert_eq!(account.counter.used(), 12);
}

#[test]
fn a_report_contains_what_came_before_and_leaves_what_came_after() {
    let ops: Vec<_> = (0..10).map(|n| add(1, n)).chain([report(100, 6)]).collect();
    assert_eq!(after(&ops).counter.used(), 103);
    assert_eq!(after(&[report(5, 100), add(1, 100), add(1, 90)]).counter.used(), 7);
    assert_eq!(after(&[report(9, 100), report(5, 99)]).counter.used(), 9);
}

#[test]
fn a_repeated_old_report_loses_no_addition() {
    let hour = 3_600;
    let start = 1_000_000;
    let ops: Vec<_> = [1, 5, 60, 61].map(|h| add(1, start + h * hour)).to_vec();
    let mut all = vec![report(7, start)];
    all.extend(ops);
    all.push(report(7, start));
    assert_eq!(after(&all).counter.used(), 11);
}

#[test]
fn a_level_never_falls_below_zero() {
    let mut ops: Vec<_> = (0..10).map(|n| add(-1, n)).collect();
    ops.extend((0..50).map(|n| add(1, 100 + n)));
    assert_eq!(after(&ops).counter.used(), 50);
}

#[test]
fn a_list_read_while_room_is_held_contains_the_action() {
    let mut account = after(&[observe(2_998, 10)]);
    let held = HeldSince { at: s(11), seq: 2 };
    account.apply(&observe(2_999, 12), 3);
    account.commit(LimitId::FriendsPerUser, 1, held);
    assert_eq!(account.counter.used(), 2_999);
    // One that was read before does not.
    account.commit(LimitId::FriendsPerUser, 1, HeldSince { at: s(13), seq: 4 });
    assert_eq!(account.counter.used(), 3_000);
}

#[test]
fn a_correction_of_time_lets_later_reports_count_again() {
    let mut account = after(&[add(5, 9_000), report(5, 9_500), add(1, 9_600)]);
    account.clamp(s(100));
    account.apply(&report(7, 200), 9);
    assert_eq!((account.counter.used(), account.counter.added), (7, 0));
}

#[test]
fn several_items_on_one_counter_are_added_up() {
    let item = HoldItem { key: FRIENDS, amount: 1, max: Max::Of(1) };
    let empty = |_: &CounterKey| Ok::<_, ()>(Counter::default());
    assert_eq!(first_full(&[item], empty), Ok(None));
    assert_eq!(first_full(&[item, item], empty), Ok(Some((1, Counter::default()))));
}

#[test]
fn what_was_known_of_a_group_before_it_was_made_is_about_another_one() {
    let start = |value, at| CounterOp::Start { key: FRIENDS, value, at: s(at) };
    let own = Some(Ceiling { max: 9, origin: CeilingOrigin::Group });
    let ceiling = CounterOp::Ceiling { key: FRIENDS, ceiling: own };
    let again = after(&[observe(5, 10), ceiling, add(4, 20), add(1, 30), start(3, 30)]).counter;
    assert_eq!((again.used(), again.ceiling), (4, None));
    // Nothing was read before: what was added is this one's, whatever the clocks say.
    let new = after(&[ceiling, add(4, 20), add(1, 30), start(3, 30)]).counter;
    assert_eq!((new.used(), new.ceiling), (8, own));
    let read_since = after(&[observe(5, 40), ceiling, start(3, 30)]).counter;
    assert_eq!((read_since.used(), read_since.ceiling), (5, own));
}
