//! One transaction on a file.

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
