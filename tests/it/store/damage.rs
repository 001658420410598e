//! Bytes of a SQLite file that flip: the store opens, works, and says so; it never stops the app.

use std::path::Path;

use planguard::model::BillingMonth;
use planguard::store::{Install, SqliteStore, Store, StoreError, StoredDocument};
use proptest::prelude::*;
use support::at;

fn document() -> StoredDocument {
    StoredDocument {
        body: vec![b'x'; 100],
        content_type: "application/json".to_owned(),
        etag: None,
        revision: 100,
        fetched_at: at("2026-11-20T04:00:00Z"),
        fresh_for_secs: None,
    }
}

/// Reads and writes in every part.
fn everything(store: &SqliteStore) -> Result<(), StoreError> {
    store.install(&Install { salt: [9; 32], guest_id: "guest-9".to_owned() })?;
    store.load(BillingMonth::from_number(0))?;
    store.enqueue(&[("id".to_owned(), "{}".to_owned())], 10)?;
    store.prune(BillingMonth::from_number(30_000))?;
    store.save_document(&document()).map(|_| ())
}

/// A store with something in every part, closed, so that all is in the one file.
fn written(path: &Path) -> Vec<u8> {
    let store = SqliteStore::open(path).unwrap();
    everything(&store).unwrap();
    let events: Vec<_> = (0..200).map(|n| (format!("event-{n}"), "x".repeat(100))).collect();
    store.enqueue(&events, 1000).unwrap();
    drop(store);
    std::fs::read(path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_never_stop_the_app(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..20),
        in_header in any::<bool>(),
    ) {
        static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.sqlite");
        let mut bytes = WHOLE.get_or_init(|| written(&dir.path().join("whole.sqlite"))).clone();
        let reach = if in_header { 100 } else { bytes.len() };
        for (index, flip) in flips {
            bytes[index.index(reach)] ^= flip;
        }
        std::fs::write(&path, bytes).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        everything(&store).unwrap();
        prop_assert!(store.outbox_len().unwrap().0 >= 1);
    }
}
