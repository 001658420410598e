//! What is kept per month, warnings, spellings, and forgetting.

use super::caller::Caller;
use super::{Backend, app, day_and_month, friends, month, noon, user, wait, windowed};
use crate::model::{CounterKey, LimitId, Timestamp};
use crate::store::{MonthUsers, WarningKey};

pub(super) fn uncertain_logins_belong_to_their_month(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.begin(1, user(1), noon(3));
    store.begin(2, user(1), noon(4));
    store.begin(3, user(2), noon(31));
    let uncertain = ["2026-10", "2026-11", "2026-12"].map(|text| store.users_of(month(text)).uncertain);
    assert_eq!(uncertain, [0, 1, 1], "users, not notes");
    // A later login of the same user moves and hides nothing.
    store.begin(4, user(1), noon(32));
    store.clear(user(1), 4);
    assert_eq!(store.users_of(month("2026-11")).uncertain, 1);
    store.begin(5, user(1), noon(32));
    store.count(user(1), noon(32));
    store.clear(user(1), 5);
    assert_eq!(store.users_of(month("2026-11")).uncertain, 1, "counted in December");
}

pub(super) fn a_counted_user_is_not_uncertain(backend: &dyn Backend) {
    let store = Caller::of(backend);
    store.begin(1, user(1), noon(3));
    store.count(user(1), noon(4));
    store.begin(2, user(1), noon(5));
    let users = Caller::of(backend).users_of(month("2026-11"));
    assert_eq!(users, MonthUsers { active: 1, ..MonthUsers::default() });
}

pub(super) fn a_deferred_user_of_unknown_end_is_not_called_never_active(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for n in 1..=3 {
        store.defer(user(n), noon(3));
    }
    store.begin(1, user(1), noon(4));
    store.count(user(2), noon(4));
    let users = store.users_of(month("2026-11"));
    let expected = MonthUsers { active: 1, uncertain: 1, deferred: 3, deferred_never_active: 1 };
    assert_eq!(users, expected);
}

pub(super) fn deferred_logins_that_never_became_active(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let of = |text| {
        let users = Caller::of(backend).users_of(month(text));
        (users.deferred, users.deferred_never_active)
    };
    assert_eq!(store.users_of(month("2026-11")), MonthUsers::default());
    assert!(store.defer(user(1), noon(1)));
    assert!(!store.defer(user(1), noon(2)), "once a month");
    assert!(store.defer(user(2), noon(2)));
    assert!(store.defer(user(1), noon(31)), "and again in December");
    assert_eq!(of("2026-11"), (2, 2));
    store.count(user(1), noon(3));
    store.count(user(2), noon(31));
    assert_eq!(of("2026-11"), (2, 1), "active in December is not active in November");
    store.count(user(1), noon(31));
    assert_eq!(of("2026-11"), (2, 1), "and November stays as it was");
    assert_eq!(of("2026-12"), (1, 0));
}

pub(super) fn totals_add_up(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let november = month("2026-11");
    assert!(store.read(move |t| t.totals(november)).is_empty());
    let add = |month, totals: &'static [(&'static str, u64)]| {
        store.write(move |t| t.add_totals(month, totals));
    };
    add(november, &[("asked", 2), ("suppressed.already_logged_in", 1), ("asked", 1)]);
    add(november, &[("asked", u64::MAX - 2)]);
    add(month("2026-12"), &[("asked", 5)]);
    let totals = Caller::of(backend).read(move |t| t.totals(november));
    let expected = [("asked", u64::MAX), ("suppressed.already_logged_in", 1)];
    assert_eq!(totals, expected.map(|(name, n)| (name.to_owned(), n)).into());
}

fn note(store: &Caller, text: &str, who: u8) -> u64 {
    let month = month(text);
    store.write(move |t| t.note_identity(month, user(who)))
}

pub(super) fn identities_are_distinct(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let seen = [1, 1, 2].map(|who| note(&store, "2026-11", who));
    assert_eq!(seen, [1, 1, 2]);
    assert_eq!(note(&store, "2026-12", 3), 1);
}

pub(super) fn the_spelling_seen_first_stays(backend: &dyn Backend) {
    let note = |normal, who| Caller::of(backend).write(move |t| t.note_spelling(user(normal), user(who)));
    assert_eq!([note(9, 1), note(9, 2), note(9, 1)], [user(1); 3]);
    assert_eq!(note(8, 2), user(2));
    Caller::of(backend).write(|t| t.prune(month("2027-11")));
    assert_eq!(note(9, 2), user(1), "it has no month");
}

pub(super) fn warnings_are_given_once(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let key = |counter, threshold| WarningKey { counter, threshold };
    let at_80 = key(friends(1), 80);
    assert!(store.mark_warned(at_80));
    assert!(!Caller::of(backend).mark_warned(at_80));
    assert!(store.mark_warned(key(friends(1), 95)));
    assert!(store.mark_warned(key(friends(2), 80)));
    assert!(store.write(move |t| t.rearm(at_80)));
    assert!(!store.write(move |t| t.rearm(at_80)));
    let warned = Caller::of(backend).image("2026-11").image.warned;
    assert_eq!(warned, [key(friends(1), 95), key(friends(2), 80)]);
    assert!(store.mark_warned(at_80));
}

fn fill(store: &Caller, now: Timestamp, who: u8) -> Vec<CounterKey> {
    let mut keys = vec![
        windowed(LimitId::FreeMau, now),
        windowed(LimitId::FreeDau, now),
        windowed(LimitId::PushCallsPerDay, now),
    ];
    store.count(user(who), now);
    store.defer(user(who), now);
    let month = day_and_month(now).1;
    store.write(move |t| {
        t.note_identity(month, user(who))?;
        t.add_totals(month, &[("asked", 1)])
    });
    store.add(keys[2], 1, now);
    for &counter in &keys {
        assert!(store.mark_warned(WarningKey { counter, threshold: 80 }));
    }
    keys.sort_unstable();
    keys
}

pub(super) fn pruning_keeps_what_is_current(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let (old, new) = (noon(15), noon(31));
    let (november, december) = (month("2026-11"), month("2026-12"));
    fill(&store, old, 1);
    let current = fill(&store, new, 2);
    store.begin(3, user(3), old);
    store.begin(4, user(4), new);
    store.begin(5, user(2), old);
    store.add(app(LimitId::NonAvGroups), 7, old);
    store.acquire(user(1), 1, wait(0, 30));

    store.write(move |t| t.prune(december));

    let image = store.image("2026-11");
    let keys: Vec<_> = image.counters.iter().map(|(key, _)| *key).collect();
    let mut expected = [current.clone(), vec![app(LimitId::NonAvGroups)]].concat();
    expected.sort_unstable();
    assert_eq!(keys, expected, "levels and current windows stay");
    let users = store.users("2026-11");
    assert_eq!(users.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [user(2), user(4)]);
    assert_eq!(users[0].1.active.uncertain, None, "the note of November is forgotten");
    let warned: Vec<_> = image.warned.iter().map(|key| key.counter).collect();
    assert_eq!(warned, current);
    assert_eq!(store.users_of(november), MonthUsers::default());
    let left = MonthUsers { active: 1, uncertain: 1, deferred: 1, deferred_never_active: 0 };
    assert_eq!(store.users_of(december), left);
    let totals = |month| store.read(move |t| t.totals(month)).len();
    assert_eq!((totals(november), totals(december)), (0, 1));
    assert_eq!(note(&store, "2026-11", 9), 1);
    assert_eq!(note(&store, "2026-12", 9), 2);
}

pub(super) fn a_month_is_forgotten_once_until_time_is_corrected(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let active = |text| store.users_of(month(text)).active;
    store.write(|t| t.prune(month("2026-12")));
    store.count(user(1), noon(3));
    store.write(|t| t.prune(month("2026-12")));
    Caller::of(backend).write(|t| t.prune(month("2026-11")));
    assert_eq!(active("2026-11"), 1, "it is not looked for again");
    store.correct_time(noon(4));
    assert_eq!(active("2026-11"), 1, "it is the running month");
    store.write(|t| t.prune(month("2026-12")));
    assert_eq!(active("2026-11"), 0);
    store.count(user(2), noon(5));
    store.write(|t| t.prune(month("2027-01")));
    assert_eq!(active("2026-11"), 0, "a later month is");
}
