//! A store knows whose it is: the app's, planguard's, this phone's.

use planguard::client::{FetchPolicy, OpenError};
use planguard::login::{LoginIntent, LoginOutcome};
use planguard::store::{MemoryStore, SqliteStore, Store, StoreError};
use planguard::time::Clock as _;
use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
use std::sync::Arc;
use support::{APP, clock, local, now, request, with};

use crate::cases::rig::{Wire, doc, ok, online, reached};

async fn guard_of(app: u64, store: Arc<dyn Store>) -> Result<Planguard, OpenError> {
    let builder = Planguard::builder(SdkAppId::new(app).unwrap()).clock(clock());
    builder.fallback(CatalogId::INTL_2024, EditionId::STANDARD).shared_store(store).open().await
}

#[test]
fn another_apps_store_is_refused_and_stays_as_it_is() {
    local(async {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("store.db");
        let stores: [Arc<dyn Store>; 2] =
            [Arc::new(MemoryStore::new()), Arc::new(SqliteStore::open(&file).unwrap())];
        for store in stores {
            let staging = guard_of(APP, Arc::clone(&store)).await.unwrap();
            assert!(reached(&staging, request("ada")).await);
            drop(staging);
            let error = guard_of(APP + 1, Arc::clone(&store)).await.unwrap_err();
            assert!(matches!(error, OpenError::Store(StoreError::OtherApp { .. })), "{error}");
            assert!(!error.to_string().contains("ada"));
            let staging = guard_of(APP, store).await.unwrap();
            assert!(reached(&staging, with("ada", LoginIntent::PushWake)).await);
        }
    });
}

#[test]
fn another_apps_document_is_neither_kept_nor_followed() {
    local(async {
        let (clock, wire, store) = (clock(), Wire::default(), MemoryStore::new());
        let guard = online(&clock, store.clone(), &wire).open().await.unwrap();
        let mut other = doc(50, "premium", clock.now());
        other["sdk_app_id"] = serde_json::json!(APP + 1);
        wire.then(ok(&other, clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap_err();
        drop(guard);
        let guard = online(&clock, store, &wire).open().await.unwrap();
        assert_eq!(guard.entitlements().document, None);
    });
}

#[test]
fn what_is_not_planguards_is_refused_and_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("notes.txt", b"a text that is somebody's own".to_vec()),
        ("image.png", b"\x89PNG\r\n\x1a\n0000000000000000000000000000".to_vec()),
        ("photo.db", vec![0xff; 8_192]),
    ] {
        let path = directory.path().join(name);
        std::fs::write(&path, &content).unwrap();
        let error = SqliteStore::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::NotOurs { .. }), "{name}: {error}");
        assert_eq!(std::fs::read(&path).unwrap(), content, "{name}");
        let beside: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(beside.len(), 1, "{beside:?}");
        std::fs::remove_file(&path).unwrap();
    }
    std::fs::create_dir(directory.path().join("folder")).unwrap();
    SqliteStore::open(directory.path().join("folder")).unwrap_err();
    assert!(directory.path().join("folder").is_dir());
}

#[cfg(unix)]
#[test]
fn a_device_node_is_refused_and_stays() {
    use std::os::unix::fs::FileTypeExt;

    for device in ["/dev/full", "/dev/null", "/dev/zero"] {
        SqliteStore::open(device).unwrap_err();
        assert!(std::fs::metadata(device).unwrap().file_type().is_char_device(), "{device}");
    }
}

#[test]
fn a_store_restored_on_another_phone_is_another_guest() {
    local(async {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (directory.path().join("old.db"), directory.path().join("new.db"));
        let on = async |path: &std::path::Path, marker: &str| {
            let builder = support::builder(&clock()).device_marker(marker);
            builder.store(SqliteStore::open(path).unwrap()).open().await.unwrap().stable_guest_id().to_owned()
        };
        let first = on(&old, "phone-1").await;
        std::fs::copy(&old, &new).unwrap();
        assert_eq!(on(&old, "phone-1").await, first);
        let second = on(&new, "phone-2").await;
        assert_ne!(second, first);
        assert_eq!(on(&new, "phone-2").await, second);
    });
}

#[test]
fn an_app_that_knows_of_the_copy_draws_a_new_guest_once() {
    local(async {
        let store = MemoryStore::new();
        let open = async |renew: bool| {
            let builder = support::builder(&clock()).renew_install(renew).store(store.clone());
            builder.open().await.unwrap().stable_guest_id().to_owned()
        };
        let first = open(false).await;
        let second = open(true).await;
        assert_ne!(first, second);
        assert_eq!(open(false).await, second);
    });
}

#[test]
fn a_restored_store_logs_nobody_in_as_the_old_phones_guest_by_itself() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let on = async |marker: &str| {
            let builder = support::builder(&clock).fallback(CatalogId::INTL_2024, EditionId::STANDARD);
            builder.device_marker(marker).store(store.clone()).open().await.unwrap()
        };
        let old = on("phone-1").await;
        let guest = old.stable_guest_id().to_owned();
        assert!(reached(&old, request(&guest)).await);
        drop(old);
        let new = on("phone-2").await;
        let woken = now(&new, with(new.stable_guest_id(), LoginIntent::PushWake), Ok(1)).await.unwrap();
        assert!(matches!(woken, LoginOutcome::Deferred { .. }), "{woken:?}");
    });
}
