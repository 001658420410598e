//! The account tells what was lost from what may have happened.

use super::*;

fn wants(process: u32, op: u64, want: Want) -> Line {
    Line::Wants { process, op, want }
}

fn told(process: u32, op: u64, told: Told, soft: bool) -> Line {
    Line::Told { process, op, told, soft, millis: 1, limit: None }
}

fn login() -> Want {
    Want::Login { user: 7, ticket: false }
}

fn account(lines: &[Line]) -> Account {
    let mut account = Account::begin(false);
    account.read(lines);
    account
}

/// What finding so many logins is taken for.
fn logins(account: &Account, found: u64) -> Option<Class> {
    account.logins[&7].against("logins", found).map(|breach| breach.class)
}

#[test]
fn what_was_told_is_there_once() {
    let account =
        account(&[wants(1, 0, login()), told(1, 0, Told::Executed, false), Line::Gone { process: 1 }]);
    let outcomes = [0, 1, 2].map(|found| logins(&account, found));
    assert_eq!(outcomes, [Some(Class::Lost), None, Some(Class::Twice)]);
}

#[test]
fn what_was_not_answered_may_have_happened_once() {
    let account = account(&[wants(1, 0, login()), Line::Gone { process: 1 }]);
    let outcomes = [0, 1, 2].map(|found| logins(&account, found));
    assert_eq!(outcomes, [None, None, Some(Class::Twice)]);
}

#[test]
fn what_was_told_before_an_outage_is_sure() {
    let before = [wants(1, 0, login()), told(1, 0, Told::Executed, false)];
    let gone = [&before[..], &[Line::Down { process: 1 }, Line::Gone { process: 1 }]].concat();
    assert_eq!(logins(&account(&gone), 0), Some(Class::Lost));
}

#[test]
fn what_was_told_in_an_outage_is_sure_once_the_store_is_back() {
    let down = [Line::Down { process: 1 }, wants(1, 0, login()), told(1, 0, Told::Executed, true)];
    let gone = [&down[..], &[Line::Gone { process: 1 }]].concat();
    assert_eq!(logins(&account(&gone), 0), None);
    let back = [&down[..], &[Line::Up { process: 1, dropped: 0 }, Line::Gone { process: 1 }]].concat();
    assert_eq!(logins(&account(&back), 0), Some(Class::Lost));
    let lossy = account(&[Line::Up { process: 1, dropped: 1 }]);
    assert_eq!(lossy.breaches[0].class, Class::Lost);
}

#[test]
fn a_permit_counts_once_and_a_group_holds_no_more_than_there_is_room() {
    let held = |op, permit: &str| {
        let permit = permit.to_owned();
        [wants(1, op, Want::Reserve { group: 3 }), told(1, op, Told::Held { permit }, false)]
    };
    let counted = |op, permit: &str| {
        let want = Want::Commit { permit: permit.to_owned(), group: 3, by_id: true };
        [wants(1, op, want), told(1, op, Told::Counted { late: false }, false)]
    };
    let twice = account(&[held(0, "a"), counted(1, "a"), counted(2, "a")].concat());
    assert_eq!(twice.breaches[0].class, Class::Twice);
    let mut lines = Vec::new();
    for n in 0..=ROOM {
        let permit = format!("permit {n}");
        lines.extend([held(2 * n, &permit), counted(2 * n + 1, &permit)].concat());
    }
    let sold = account(&lines);
    assert_eq!(sold.breaches.iter().map(|breach| breach.class).collect::<Vec<_>>(), [Class::Room]);
}

#[test]
fn a_permit_of_before_may_be_counted_beyond_the_room_whether_or_not_that_was_answered() {
    let commit = || Want::Commit { permit: "a".to_owned(), group: 3, by_id: true };
    let held = [
        wants(1, 0, Want::Reserve { group: 3 }),
        told(1, 0, Told::Held { permit: "a".to_owned() }, false),
        Line::Gone { process: 1 },
        wants(2, 0, commit()),
    ];
    let answered = [&held[..], &[told(2, 0, Told::Counted { late: true }, false)]].concat();
    assert!(account(&answered).beyond_room.contains(&3));
    let killed = [&held[..], &[Line::Gone { process: 2 }]].concat();
    assert!(account(&killed).beyond_room.contains(&3));
    // Within one process no permit lapses unseen.
    let own = [&held[..2], &[wants(1, 1, commit()), Line::Gone { process: 1 }]].concat();
    assert!(account(&own).beyond_room.is_empty());
}

#[test]
fn a_permit_that_was_given_is_not_lost_and_a_key_counts_once() {
    let permit = || "a".to_owned();
    let lost = account(&[
        wants(1, 0, Want::Reserve { group: 3 }),
        told(1, 0, Told::Held { permit: permit() }, false),
        Line::Gone { process: 1 },
        wants(2, 0, Want::Commit { permit: permit(), group: 3, by_id: true }),
        told(2, 0, Told::NotKept, false),
    ]);
    assert_eq!(lost.breaches[0].class, Class::Lost);
    let once =
        |op, counted| [wants(1, op, Want::Once { key: 1 }), told(1, op, Told::Once { counted }, false)];
    assert_eq!(account(&[once(0, true), once(1, true)].concat()).breaches[0].class, Class::Twice);
    assert_eq!(account(&once(0, false)).breaches[0].class, Class::Lost);
    assert!(account(&[once(0, true), once(1, false)].concat()).breaches.is_empty());
}
