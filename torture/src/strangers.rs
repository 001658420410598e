//! Files that are not planguard's, or not this app's: opening them is refused, and they stay byte by byte as they are.

use std::path::Path;

use planguard::store::{SqliteStore, StoreError};
use planguard::{OpenError, Planguard, SdkAppId};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::breach::{Breach, Class};

/// Tries each, and how many there are.
pub(crate) fn run(runtime: &Runtime) -> anyhow::Result<(u64, Vec<Breach>)> {
    let dir = tempfile::Builder::new().prefix("planguard-torture-").tempdir()?;
    let mut breaches = Vec::new();
    let database = |sql: &str| -> anyhow::Result<Vec<u8>> {
        let path = dir.path().join("made.db");
        Connection::open(&path)?.execute_batch(sql)?;
        let bytes = std::fs::read(&path)?;
        std::fs::remove_file(&path)?;
        Ok(bytes)
    };
    let files: [(&str, Vec<u8>); 4] = [
        ("a text", b"[settings]\ncolour = 'blue'\n".repeat(40)),
        ("a photo", (0..9_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()),
        ("a database", database("CREATE TABLE precious(x); INSERT INTO precious VALUES (1)")?),
        ("a database in use", database("PRAGMA journal_mode = wal; CREATE TABLE precious(x)")?),
    ];
    let tried = files.len() as u64 + 1;
    for (name, bytes) in files {
        let path = dir.path().join(name);
        std::fs::write(&path, &bytes)?;
        if !matches!(SqliteStore::open(&path), Err(StoreError::NotOurs { .. })) {
            breaches
                .push(Breach::new(Class::Store, format!("{name} of somebody else's was taken for a store")));
        }
        if std::fs::read(&path).is_ok_and(|now| now != bytes) {
            breaches
                .push(Breach::new(Class::Lost, format!("{name} of somebody else's was changed or moved")));
        }
    }
    breaches.extend(runtime.block_on(other_app(&dir.path().join("of-an-app.db")))?);
    Ok((tried, breaches))
}

/// One app's store is opened by another.
async fn other_app(path: &Path) -> anyhow::Result<Option<Breach>> {
    let open = async |app| -> anyhow::Result<_> {
        Ok(Planguard::builder(SdkAppId::new(app)?).store(SqliteStore::open(path)?).open().await)
    };
    open(1_400_000_001).await??;
    let refused = open(1_400_000_002).await?;
    let meant = matches!(refused, Err(OpenError::Store(StoreError::OtherApp { .. })));
    Ok((!meant).then(|| Breach::new(Class::Store, "an app opened the store of another one")))
}
