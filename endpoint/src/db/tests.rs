//! One transaction on a file.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Db, DbError, Place, SCHEMA, Value};

#[tokio::test]
async fn parameters_stand_anywhere_and_what_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Place::File(folder.path().join("endpoint.db"))).await.unwrap();
    let versions =
        db.read(|queries| queries.query("SELECT version FROM planguard_schema", &[])).await.unwrap();
    assert_eq!(versions.len(), usize::try_from(SCHEMA).unwrap());

    let sql = "SELECT $2, CAST($1 AS BIGINT), $2, $3";
    let values = [7.into(), "a".into(), Value::Null];
    let row = db.read(move |queries| queries.first(sql, &values)).await.unwrap().unwrap();
    assert_eq!((row.get(0).unwrap(), row.get(1).unwrap()), ("a".to_owned(), 7_i64));
    assert_eq!(row.get::<Option<String>>(3).unwrap(), None);
    assert!(matches!(row.get::<i64>(0), Err(DbError::Damaged { .. })));

    let failed = db.write(|queries| {
        queries.execute("INSERT INTO planguard_schema (version) VALUES (99)", &[])?;
        Err::<(), _>(DbError::Busy)
    });
    assert!(matches!(failed.await, Err(DbError::Busy)));
    let (highest,) = db
        .read(|queries| queries.first("SELECT MAX(version) FROM planguard_schema", &[]))
        .await
        .unwrap()
        .map(|row| (row.get::<i64>(0).unwrap(),))
        .unwrap();
    assert_eq!(highest, SCHEMA);
}

#[tokio::test]
async fn a_newer_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("endpoint.db"));
    let db = Db::open(&place).await.unwrap();
    db.write(|queries| queries.execute("INSERT INTO planguard_schema (version) VALUES (99)", &[]))
        .await
        .unwrap();
    let newer = Db::open(&place).await.unwrap_err();
    assert!(matches!(newer, DbError::NewerSchema { found: 99, known: SCHEMA }), "{newer}");
}

#[test]
fn a_url_of_another_kind_is_refused_and_not_shown() {
    for url in ["mysql://root:PASS77@h/x", "Postgres://root:PASS77@h/x", "http://h", "://x"] {
        let why = Place::parse(url).unwrap_err().to_string();
        assert!(why.contains("postgres://") && !why.contains("PASS77"), "{why}");
    }
    assert!(matches!(Place::parse("postgresql://h/x"), Ok(Place::Postgres(_))));
    for (path, file) in [("sqlite:///a/b.db", "/a/b.db"), ("a.db", "a.db"), ("./a b://c.db", "./a b://c.db")]
    {
        assert!(matches!(Place::parse(path), Ok(Place::File(found)) if found == std::path::Path::new(file)));
    }
}

#[tokio::test]
async fn a_text_with_a_nul_is_refused_alike() {
    let folder = tempfile::tempdir().unwrap();
    let url = planguard_servers::Postgres::shared().database("nul");
    for place in [Place::File(folder.path().join("endpoint.db")), Place::Postgres(url)] {
        let db = Db::open(&place).await.unwrap();
        let read = db.read(|queries| queries.first("SELECT CAST($1 AS TEXT)", &["a\0b".into()]));
        assert!(matches!(read.await, Err(DbError::NulInText)));
        let sql = "UPDATE catalogs SET body = $1";
        let write = db.write(move |queries| queries.execute(sql, &["\0".into()]));
        assert!(matches!(write.await, Err(DbError::NulInText)));
        let problem = crate::problem::Problem::from(DbError::NulInText);
        assert_eq!(problem.status(), 400);
    }
}

#[tokio::test]
async fn a_schema_that_became_newer_is_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let url = planguard_servers::Postgres::shared().database("newer");
    for place in [Place::File(folder.path().join("endpoint.db")), Place::Postgres(url)] {
        let db = Db::open(&place).await.unwrap();
        let write = |db: &Db, sql: &'static str| {
            let db = db.clone();
            async move { db.write(move |queries| queries.execute(sql, &[])).await }
        };
        write(&db, "INSERT INTO planguard_schema (version) VALUES (99)").await.unwrap();
        assert!(matches!(db.check_schema().await, Err(DbError::NewerSchema { found: 99, .. })));
        let refused = write(&db, "DELETE FROM catalogs").await.unwrap_err();
        assert!(matches!(refused, DbError::NewerSchema { found: 99, .. }));
        let problem = crate::problem::Problem::from(refused);
        assert_eq!(problem.status(), 503);
        let read = db.read(|queries| queries.query("SELECT id FROM catalogs", &[]));
        assert!(read.await.unwrap().is_empty());
        assert!(matches!(Db::open(&place).await, Err(DbError::NewerSchema { .. })));
    }
}

/// More than there are threads.
const WRITERS: usize = 600;

#[tokio::test]
async fn what_waits_to_write_keeps_nobody_from_reading() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Place::File(folder.path().join("endpoint.db"))).await.unwrap();
    let (held, holds) = tokio::sync::oneshot::channel();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let (other, mut held) = (db.clone(), Some(held));
    let first = tokio::spawn(async move {
        other
            .write(move |_| {
                held.take().unwrap().send(()).unwrap();
                wait.recv().unwrap();
                Ok(())
            })
            .await
    });
    holds.await.unwrap();
    let (mut waiting, begun) = (tokio::task::JoinSet::new(), Arc::new(AtomicUsize::new(0)));
    for _ in 0..WRITERS {
        let (db, begun) = (db.clone(), Arc::clone(&begun));
        waiting.spawn(async move {
            begun.fetch_add(1, Ordering::Relaxed);
            db.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await
        });
    }
    while begun.load(Ordering::Relaxed) < WRITERS {
        tokio::task::yield_now().await;
    }
    let read = db.read(|queries| queries.query("SELECT id FROM catalogs", &[]));
    let read = tokio::time::timeout(super::PATIENCE / 2, read).await;
    done.send(()).unwrap();
    assert!(read.unwrap().unwrap().is_empty());
    first.await.unwrap().unwrap();
    assert!(waiting.join_all().await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_writer_that_others_are_before_for_too_long_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let patience = std::time::Duration::from_millis(50);
    let db = Db::open_within(&Place::File(folder.path().join("endpoint.db")), patience).await.unwrap();
    let (held, holds) = tokio::sync::oneshot::channel();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let (other, mut held) = (db.clone(), Some(held));
    let first = tokio::spawn(async move {
        other
            .write(move |_| {
                held.take().unwrap().send(()).unwrap();
                wait.recv().unwrap();
                Ok(())
            })
            .await
    });
    holds.await.unwrap();
    let late = db.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await;
    assert!(matches!(late, Err(DbError::Busy)), "{late:?}");
    done.send(()).unwrap();
    first.await.unwrap().unwrap();
    db.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_passes_and_takes_nothing_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Place::File(folder.path().join("endpoint.db"))).await.unwrap();
    let pages = async |most: &'static str| {
        db.write(move |queries| queries.query(most, &[])).await.unwrap();
    };
    let grow = async || {
        let sql = "INSERT INTO catalogs (id, body, changed_at) VALUES ('a', $1, 0)";
        db.write(move |queries| queries.execute(sql, &["x".repeat(1_000_000).into()])).await
    };
    pages("PRAGMA max_page_count = 1").await;
    let full = grow().await.unwrap_err();
    assert!(matches!(full, DbError::Unreachable { .. }), "{full}");
    let problem = crate::problem::Problem::from(full);
    assert_eq!(problem.status(), 503);
    let read = db.read(|queries| queries.query("SELECT id FROM catalogs", &[]));
    assert!(read.await.unwrap().is_empty());
    pages("PRAGMA max_page_count = 100000").await;
    assert_eq!(grow().await.unwrap(), 1);
}

#[tokio::test]
async fn who_writes_sees_within_seconds_that_a_newer_endpoint_has_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let url = planguard_servers::Postgres::shared().database("overtaken");
    for place in [Place::File(folder.path().join("endpoint.db")), Place::Postgres(url)] {
        let (old, newer) = (Db::open(&place).await.unwrap(), Db::open(&place).await.unwrap());
        let sql = "INSERT INTO planguard_schema (version) VALUES (99)";
        newer.write(move |queries| queries.execute(sql, &[])).await.unwrap();
        tokio::time::pause();
        tokio::time::advance(super::SCHEMA_BELIEVED).await;
        tokio::time::resume();
        let refused = old.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await;
        assert!(matches!(refused, Err(DbError::NewerSchema { found: 99, .. })), "{refused:?}");
        let refused = old.write(|queries| queries.execute("DELETE FROM catalogs", &[])).await;
        assert!(matches!(refused, Err(DbError::NewerSchema { found: 99, .. })), "{refused:?}");
    }
}
