//! Things of which a store has one.

use super::caller::Caller;
use super::{Backend, noon, wait};
use crate::model::{ReportedSuspension, TimeRecord};
use crate::store::{MAX_CATALOGS, Pause, StoredCatalog, StoredDocument, SyncState};

pub(super) fn document(revision: u64) -> StoredDocument {
    StoredDocument {
        body: vec![0, 159, 146, 150],
        content_type: "application/json".to_owned(),
        etag: Some("\"7\"".to_owned()),
        revision,
        fetched_at: noon(1),
        fresh_for_secs: Some(300),
    }
}

pub(super) fn catalog(id: &str, day: i64) -> StoredCatalog {
    StoredCatalog {
        id: id.parse().unwrap(),
        body: vec![123, 0, 159, 125],
        content_type: "application/json".to_owned(),
        etag: Some("\"1\"".to_owned()),
        fetched_at: noon(day),
        fresh_for_secs: Some(u64::MAX),
    }
}

pub(super) fn suspension(revision: u64) -> ReportedSuspension {
    ReportedSuspension { at: noon(1), wait: wait(0, 60), revision }
}

pub(super) fn time(day: i64) -> TimeRecord {
    TimeRecord { high_water: noon(day), offset_ms: -86_400_000 * day, changes: 3, ..TimeRecord::default() }
}

pub(super) fn a_new_store_is_empty(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let image = store.image("1970-01");
    assert!(image.counters.is_empty() && image.users.is_empty() && image.warned.is_empty());
    assert_eq!((&image.document, image.suspension, image.device_user), (&None, None, None));
    assert_eq!((&image.sync, image.time), (&SyncState::default(), TimeRecord::default()));
    assert_eq!(image.outbox_dropped, 0);
    assert_eq!(store.read(|t| t.outbox_len()), (0, 0));
    assert_eq!(store.0.take_corruption(), None);
}

pub(super) fn documents_never_go_back(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let held = || {
        let other = Caller::of(backend);
        let document = other.read(|t| t.document());
        assert_eq!(other.image("2026-11").image.document, document);
        document
    };
    assert_eq!(held(), None);
    assert!(store.save_document(&document(7)));
    assert!(!store.save_document(&document(6)));
    assert_eq!(held(), Some(document(7)));
    let confirmed = StoredDocument { fresh_for_secs: None, ..document(7) };
    assert!(store.save_document(&confirmed), "the same one, confirmed");
    assert_eq!(held(), Some(confirmed));
    let text = StoredDocument {
        body: b"{}".to_vec(),
        etag: None,
        fresh_for_secs: Some(u64::MAX),
        ..document(u64::MAX)
    };
    assert!(store.save_document(&text));
    assert_eq!(held(), Some(text));
    assert!(!store.save_document(&document(7)));
    store.write(|t| t.replace_document(&document(6)));
    assert_eq!(held(), Some(document(6)), "of no use, whatever its revision");
    assert!(store.save_document(&document(7)));
    assert_eq!(held(), Some(document(7)));
}

pub(super) fn a_newer_document_ends_a_reported_suspension(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let held = || Caller::of(backend).image("2026-11").suspension;
    store.save_document(&document(7));
    store.write(|t| t.save_suspension(Some(&suspension(7))));
    store.save_document(&document(7));
    assert_eq!(held(), Some(suspension(7)), "the document held then says nothing new");
    store.save_document(&document(6));
    assert_eq!(held(), Some(suspension(7)), "nor does one that is not kept");
    store.save_document(&document(8));
    assert_eq!(held(), None);
    store.write(|t| t.save_suspension(Some(&suspension(u64::MAX))));
    assert_eq!(held(), Some(suspension(u64::MAX)));
    store.write(|t| t.save_suspension(None));
    assert_eq!(held(), None);
}

pub(super) fn sync_state_is_replaced(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let refused = SyncState {
        pause: Some(Pause { length: std::time::Duration::from_secs(3_960), begun: noon(2) }),
        failures: u32::MAX,
        refused_credential: Some("fingerprint".to_owned()),
        credential_pause: Some(Pause { length: std::time::Duration::from_secs(3_600), begun: noon(3) }),
        events_pause: Some(Pause { length: std::time::Duration::from_secs(9), begun: noon(2) }),
        events_failures: 2,
    };
    for state in [refused, SyncState::default()] {
        let saved = state.clone();
        store.write(move |t| t.save_sync(&saved));
        assert_eq!(Caller::of(backend).image("2026-11").image.sync, state);
    }
}

pub(super) fn time_is_replaced(backend: &dyn Backend) {
    let store = Caller::of(backend);
    for record in [time(5), time(4), TimeRecord { changes: 4, ..time(4) }] {
        store.write(move |t| t.save_time(&record));
        let other = Caller::of(backend);
        assert_eq!(other.read(|t| t.time()), record);
        assert_eq!(other.image("2026-11").time, record);
    }
}

pub(super) fn price_lists_are_kept_by_id(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let save = |catalog: StoredCatalog| store.write(move |t| t.save_catalog(&catalog));
    let held = || Caller::of(backend).image("2026-11").image.catalogs;
    assert_eq!(held(), []);
    save(catalog("ours", 1));
    save(catalog("contract", 1));
    assert_eq!(held(), [catalog("contract", 1), catalog("ours", 1)]);
    let confirmed = StoredCatalog { etag: None, fresh_for_secs: None, ..catalog("ours", 2) };
    save(confirmed.clone());
    assert_eq!(held(), [catalog("contract", 1), confirmed]);
}

pub(super) fn a_store_keeps_few_price_lists(backend: &dyn Backend) {
    let store = Caller::of(backend);
    let save = |catalog: StoredCatalog| store.write(move |t| t.save_catalog(&catalog));
    for n in 0..MAX_CATALOGS {
        save(catalog(&format!("list-{n}"), 1));
    }
    // The first one is in use, the second was saved the longest ago.
    save(catalog("list-0", 2));
    save(catalog("newest", 2));
    let held = Caller::of(backend).image("2026-11").image.catalogs;
    assert_eq!(held.len(), MAX_CATALOGS);
    assert!(held.contains(&catalog("list-0", 2)) && held.contains(&catalog("newest", 2)));
    assert!(!held.contains(&catalog("list-1", 1)));
}
