//! What a store of schema 1 answers in this version. Its permits and leases belonged to processes that are gone.

use planguard::model::{
    ActiveUser, Ceiling, CeilingOrigin, Counter, Elapsed, LimitId, Subject, TimeRecord, UsageOrigin, User,
};
use planguard::store::contract::{read, write as transact};
use planguard::store::{Install, MonthUsers, NewEvent, Store, StoreError, SyncState, WarningKey};

use super::{
    APP, day_and_month, document, groups, image, install, key, later, members, now, open, report, user,
};

pub(super) fn check_kept(store: &dyn Store) {
    let (day, month) = day_and_month();
    // The first app that opens it makes it its own; salt and guest id stay.
    assert_eq!(open(store, APP, 8).unwrap(), Install { salt: [7; 32], ..install(8) });
    let image = image(store, 0);
    assert_eq!((image.document, image.suspension, image.device_user), (Some(document()), None, None));
    let sync = SyncState { pause: None, failures: 3, refused_credential: Some("c0ffee".to_owned()) };
    assert_eq!(image.sync, sync);
    assert_eq!(image.time, TimeRecord { high_water: later(5), offset_ms: 0, learnt: true });
    let warning = WarningKey { counter: key(LimitId::FreeMau, Subject::App), threshold: 80 };
    assert_eq!((image.warned, image.outbox_dropped), (vec![warning], 1));

    let known = ActiveUser { month: Some(month), day: Some(day), uncertain: None };
    let uncertain = ActiveUser { month: None, day: None, uncertain: Some(later(3)) };
    let users: Vec<_> = image.users.into_iter().map(|(user, User { active, .. })| (user, active)).collect();
    assert_eq!(users, [(user(1), known), (user(2), known), (user(3), uncertain)]);

    let counted = Counter { added: 2, ..Counter::default() };
    let of_groups = Counter {
        base: u64::MAX - 9,
        as_of: Some(now()),
        origin: UsageOrigin::Endpoint,
        added: 1,
        ..Counter::default()
    };
    let of_members = Counter {
        base: 20,
        as_of: Some(now()),
        origin: UsageOrigin::Observed,
        ceiling: Some(Ceiling { max: 50, origin: CeilingOrigin::Group }),
        ..Counter::default()
    };
    let mut expected = vec![
        (groups(), of_groups),
        (members(), of_members),
        (key(LimitId::FreeMau, Subject::App), counted),
        (key(LimitId::FreeDau, Subject::App), counted),
    ];
    expected.sort_by_key(|(key, _)| *key);
    assert_eq!(image.counters, expected);

    let users = read(store, move |t| t.month_users(month)).unwrap();
    assert_eq!(users, MonthUsers { active: 2, uncertain: 1, deferred: 2, deferred_never_active: 0 });
    let totals = [("asked".to_owned(), 5), ("executed".to_owned(), 2)];
    assert_eq!(read(store, move |t| t.totals(month)).unwrap(), totals.into());
    for n in 1..=4 {
        assert_eq!(read(store, move |t| t.lease(user(n))).unwrap(), None);
    }
    let waiting = read(store, |t| t.oldest(10)).unwrap();
    assert_eq!(waiting.iter().map(|e| (e.seq, e.id.as_str())).collect::<Vec<_>>(), [(2, "b"), (3, "c")]);
    assert_eq!(waiting[0].body, "{\"id\":\"b\"}");
}

pub(super) fn check_goes_on(store: &dyn Store) {
    let (_, month) = day_and_month();
    let kept = Install { salt: [7; 32], ..install(8) };
    assert_eq!(open(store, APP, 9).unwrap(), kept, "and stays the app's own");
    assert_eq!(open(store, APP + 1, 9), Err(StoreError::OtherApp { found: APP, wanted: APP + 1 }));
    // The times of additions show only in what a report does.
    assert_eq!(report(store, groups(), 5, later(1)).used(), 4);
    assert_eq!(transact(store, move |t| t.note_identity(month, user(2))).unwrap(), 2);
    // Sequences go on where they were.
    let event = NewEvent { id: "d".to_owned(), body: "{}".to_owned() };
    transact(store, move |t| t.enqueue(std::slice::from_ref(&event), 10)).unwrap();
    assert!(read(store, |t| t.oldest(10)).unwrap()[2].seq > 3);
    let changes = read(store, |t| t.changes_since(0, Elapsed(0))).unwrap();
    assert_eq!((changes.users.len(), changes.document), (3, Some(document())));
}
