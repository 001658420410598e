//! What is Postgres's alone: servers that fall silent, processes that begin at once, what a URL says.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::sync::Arc;
use std::time::Duration;

use planguard_endpoint::db::{Db, DbError, Place, Queries};
use planguard_servers::Postgres;
use tokio::time::Instant;

/// What a statement gives in one row and column.
async fn one(db: &Db, sql: &'static str) -> Result<String, DbError> {
    db.read(move |queries: &mut dyn Queries| queries.first(sql, &[])?.unwrap().get(0)).await
}

async fn shared() -> String {
    tokio::task::spawn_blocking(|| Postgres::shared().database("alone")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_an_answer_in_time_and_comes_back() {
    let postgres = Arc::new(tokio::task::spawn_blocking(Postgres::start).await.unwrap());
    let patience = Duration::from_millis(400);
    let place = Place::Postgres(postgres.url());
    // The tables are made with all the patience that there is: a machine may be busy.
    Db::open(&place).await.unwrap();
    let db = Db::open_within(&place, patience).await.unwrap();
    // As many connections as there can be.
    let all = |db: &Db| {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..24 {
            let db = db.clone();
            calls.spawn(async move { one(&db, "SELECT 'here'").await });
        }
        calls.join_all()
    };
    assert!(all(&db).await.iter().all(Result::is_ok));
    postgres.freeze();
    let begun = Instant::now();
    for answer in all(&db).await {
        assert!(matches!(answer, Err(DbError::Unreachable { .. } | DbError::Busy)), "{answer:?}");
    }
    assert!(matches!(one(&db, "SELECT 'here'").await, Err(DbError::Unreachable { .. })));
    assert!(begun.elapsed() < 20 * patience, "{:?}", begun.elapsed());
    postgres.thaw();
    // A server that was stopped has much to do first.
    while one(&db, "SELECT 'here'").await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never comes back");
    }
    assert!(all(&db).await.iter().all(Result::is_ok));
    postgres.freeze();
    assert!(one(&db, "SELECT 'here'").await.is_err());
    let other = Arc::clone(&postgres);
    let again = move || {
        other.kill();
        other.restart();
    };
    tokio::task::spawn_blocking(again).await.unwrap();
    assert_eq!(one(&db, "SELECT 'here'").await.unwrap(), "here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_bounded_as_a_whole() {
    let patience = Duration::from_millis(400);
    let db = Db::open_within(&Place::Postgres(shared().await), patience).await.unwrap();
    let begun = Instant::now();
    let slow = db.write(|queries: &mut dyn Queries| {
        for _ in 0..100 {
            queries.execute("SELECT pg_sleep(0.3)", &[])?;
        }
        Ok(())
    });
    assert!(matches!(slow.await, Err(DbError::Unreachable { .. })));
    assert!(begun.elapsed() < 10 * patience, "{:?}", begun.elapsed());
    let slow = db.write(|queries: &mut dyn Queries| queries.execute("SELECT pg_sleep(30)", &[]));
    assert!(matches!(slow.await, Err(DbError::Busy)), "the server gives up first");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_begin_at_once_on_an_empty_database_all_run() {
    for _ in 0..3 {
        let place = Place::Postgres(shared().await);
        let mut starts = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let place = place.clone();
            starts.spawn(async move { Db::open(&place).await });
        }
        for started in starts.join_all().await {
            started.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_url_hold_beside_ours() {
    let url = format!("{}?options=-c%20work_mem%3D5MB", shared().await);
    let db = Db::open(&Place::parse(&url).unwrap()).await.unwrap();
    assert_eq!(one(&db, "SHOW work_mem").await.unwrap(), "5MB");
    assert_eq!(one(&db, "SHOW statement_timeout").await.unwrap(), "10s");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_the_cause_and_no_password() {
    let url = shared().await;
    let (credentials, place) = url.split_once('@').unwrap();
    let password = credentials.rsplit_once(':').unwrap().1;
    let (host, _) = place.split_once('/').unwrap();
    for (url, cause) in [
        (format!("{credentials}@{host}/nosuch"), "\"nosuch\" does not exist); correct its name"),
        (format!("{credentials}@127.0.0.1:1/a"), "refused"),
        (format!("postgres://postgres:Pa55w@{host}/a"), "; correct its user and password"),
        (format!("{credentials}@127.0.0.1:notaport/a"), "postgres://user:password@host:port/name"),
        (format!("postgres://postgres:{password}?{password}@a/b"), "cannot be reached"),
        (format!("{credentials}@{host}/a?{password}=1"), "percent-encoded"),
    ] {
        let why = Db::open(&Place::parse(&url).unwrap()).await.unwrap_err().to_string();
        assert!(why.contains(cause) && !why.contains(password) && !why.contains("Pa55w"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_is_told_what_to_do_and_one_that_owns_the_database_has_them() {
    let url = shared().await;
    let (_, place) = url.split_once('@').unwrap();
    let (host, name) = place.split_once('/').unwrap();
    let role = format!("role_{name}");
    let sql = |database: &str, sql: String| {
        let database = database.to_owned();
        tokio::task::spawn_blocking(move || Postgres::shared().sql(&database, &sql))
    };
    sql(name, format!("CREATE ROLE {role} LOGIN PASSWORD 'of-the-role'")).await.unwrap();
    let open = |database: String| async move {
        let place = Place::Postgres(format!("postgres://{database}"));
        Db::open(&place).await
    };
    let poor = open(format!("{role}:of-the-role@{host}/{name}")).await.unwrap_err();
    let why = poor.to_string();
    assert!(matches!(poor, DbError::Refused { .. }), "{why}");
    assert!(why.contains("permission denied for schema public); let its user own it"), "{why}");
    let own = format!("own_{name}");
    sql(name, format!("CREATE DATABASE {own} OWNER {role}")).await.unwrap();
    let db = open(format!("{role}:of-the-role@{host}/{own}")).await.unwrap();
    assert_eq!(one(&db, "SELECT 'here'").await.unwrap(), "here");
    // A password that is changed while it runs: whoever calls comes again.
    sql(name, format!("ALTER ROLE {role} PASSWORD 'another'")).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ";
    sql(name, format!("{end}'{role}'")).await.unwrap();
    let begun = Instant::now();
    let error = loop {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is never refused");
        // The connections that were there end first.
        if let Err(error @ DbError::Refused { .. }) = one(&db, "SELECT 'here'").await {
            break error;
        }
    };
    let problem = planguard_endpoint::problem::Problem::from(error);
    assert_eq!(problem.status().as_u16(), 503);
    assert!(!problem.detail().contains(&role), "{}", problem.detail());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_waited_for_and_written_again_without_a_restart() {
    let url = shared().await;
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    let alter = async |setting: &str| {
        let (name, sql) = (name.clone(), format!("ALTER DATABASE \"{name}\" {setting}"));
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        let run =
            move || Postgres::shared().sql("postgres", &sql) + &Postgres::shared().sql("postgres", &end);
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    let write = async |db: &Db| {
        db.write(|queries: &mut dyn Queries| queries.execute("DELETE FROM catalogs", &[])).await
    };
    let db = Db::open(&Place::Postgres(url)).await.unwrap();
    alter("SET default_transaction_read_only = on").await;
    let refused = write(&db).await.unwrap_err();
    assert!(matches!(refused, DbError::Unreachable { .. }), "{refused}");
    assert_eq!(one(&db, "SELECT 'here'").await.unwrap(), "here");
    let sql = format!("ALTER DATABASE \"{name}\" RESET default_transaction_read_only");
    tokio::task::spawn_blocking(move || Postgres::shared().sql("postgres", &sql)).await.unwrap();
    // The session that there is goes on reading only: it is left for a new one.
    let refused = write(&db).await.unwrap_err();
    assert!(matches!(refused, DbError::Unreachable { .. }), "{refused}");
    write(&db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_the_server_has_ended_cost_no_call() {
    let url = shared().await;
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    let db = Db::open(&Place::Postgres(url)).await.unwrap();
    for _ in 0..20 {
        let calls = (0..16).map(|_| {
            let db = db.clone();
            async move { one(&db, "SELECT 'here'").await }
        });
        let calls = calls.collect::<tokio::task::JoinSet<_>>().join_all().await;
        assert!(calls.iter().all(Result::is_ok), "{calls:?}");
        let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        tokio::task::spawn_blocking(move || Postgres::shared().sql("postgres", &sql)).await.unwrap();
    }
}
