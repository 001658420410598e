//! Things of which a store has one.

use std::time::Duration;

use super::{Backend, app, month, noon};
use crate::model::{LimitId, Timestamp, UsageOrigin};
use crate::store::port::{CounterOp, Install, Marks, Pause, StoredDocument, SyncState};

pub(super) fn a_new_store_is_empty(backend: &dyn Backend) {
    let store = backend.open();
    let image = store.load(month("1970-01")).unwrap();
    assert!(image.counters.is_empty() && image.ledger.is_empty() && image.warned.is_empty());
    assert_eq!((image.document, image.sync, image.marks), (None, SyncState::default(), Marks::default()));
    assert_eq!(store.outbox_len().unwrap(), (0, 0));
    assert_eq!(store.take_corruption(), None);
}

pub(super) fn the_first_install_stays(backend: &dyn Backend) {
    let install = |n: u8| Install { salt: [n; 32], guest_id: format!("guest-{n}") };
    assert_eq!(backend.open().install(&install(1)).unwrap(), install(1));
    assert_eq!(backend.open().install(&install(2)).unwrap(), install(1));
}

pub(super) fn documents_never_go_back(backend: &dyn Backend) {
    let store = backend.open();
    let document = |revision, fresh_for_secs: Option<u64>| StoredDocument {
        body: vec![0, 159, 146, 150],
        content_type: "application/json".to_owned(),
        etag: Some("\"7\"".to_owned()),
        revision,
        fetched_at: noon(1),
        fresh_for_secs,
    };
    let held = || backend.open().load(month("2026-11")).unwrap().document;
    assert!(store.save_document(&document(7, Some(300))).unwrap());
    assert!(!store.save_document(&document(6, Some(300))).unwrap());
    assert_eq!(held(), Some(document(7, Some(300))));
    assert!(store.save_document(&document(7, None)).unwrap(), "the same one, confirmed");
    assert_eq!(held(), Some(document(7, None)));
    let text = StoredDocument { body: b"{}".to_vec(), etag: None, ..document(u64::MAX, Some(u64::MAX)) };
    assert!(store.save_document(&text).unwrap());
    assert_eq!(held(), Some(text));
    assert!(!store.save_document(&document(7, None)).unwrap());
}

pub(super) fn sync_state_is_replaced(backend: &dyn Backend) {
    let store = backend.open();
    let refused = SyncState {
        pause: Some(Pause { length: Duration::from_secs(3_960), begun: noon(2) }),
        failures: u32::MAX,
        refused_credential: Some("fingerprint".to_owned()),
    };
    for state in [refused, SyncState::default()] {
        store.save_sync(&state).unwrap();
        assert_eq!(backend.open().load(month("2026-11")).unwrap().sync, state);
    }
}

pub(super) fn marks_only_rise(backend: &dyn Backend) {
    let store = backend.open();
    let marks = |high_water, server_floor| Marks { high_water, server_floor };
    assert_eq!(store.raise_marks(marks(noon(5), noon(3)), false).unwrap(), marks(noon(5), noon(3)));
    assert_eq!(store.raise_marks(marks(noon(4), noon(4)), false).unwrap(), marks(noon(5), noon(4)));
    assert_eq!(store.raise_marks(marks(noon(4), Timestamp::MIN), true).unwrap(), marks(noon(4), noon(4)));
    assert_eq!(backend.open().load(month("2026-11")).unwrap().marks, marks(noon(4), noon(4)));
}

pub(super) fn taking_a_mark_back_frees_reports_from_it(backend: &dyn Backend) {
    let store = backend.open();
    let key = app(LimitId::NonAvGroups);
    let report = |value, as_of| CounterOp::Report { key, value, as_of, origin: UsageOrigin::Observed };
    store.apply(&[report(5, noon(300))]).unwrap();
    assert_eq!(store.apply(&[report(6, noon(2))]).unwrap()[0].base, 5);
    store.raise_marks(Marks { high_water: noon(1), server_floor: noon(1) }, true).unwrap();
    assert_eq!(store.counter(&key, noon(1)).unwrap().as_of, Some(noon(1)));
    assert_eq!(store.apply(&[report(6, noon(2))]).unwrap()[0].base, 6);
}

pub(super) fn another_handle_sees_the_write(backend: &dyn Backend) {
    let (a, b) = (backend.open(), backend.open());
    let (before_a, before_b) = (a.foreign_version().unwrap(), b.foreign_version().unwrap());
    b.save_sync(&SyncState { failures: 1, ..SyncState::default() }).unwrap();
    assert_ne!(a.foreign_version().unwrap(), before_a);
    assert_eq!(b.foreign_version().unwrap(), before_b, "its own writes are not foreign");
}
