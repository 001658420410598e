//! What an operator or another program does to the server while a store works.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use planguard::store::contract::{block_on, read};
use planguard::store::{PostgresOptions, Store, StoreError};
use planguard_servers::Postgres;

use crate::tools::{GROUPS, add, adding, connect, open, used, wait_until};

#[test]
fn connections_that_are_ended_lose_and_double_nothing() {
    let server = Postgres::shared();
    let url = server.database("ended");
    let name = url.rsplit('/').next().unwrap();
    let stores = [open(&url), open(&url)];
    let (over, done, failed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for store in stores.iter().chain(&stores) {
            let (over, done, failed) = (&over, &done, &failed);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let ended = if add(&**store).is_ok() { done } else { failed };
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..40 {
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            server.sql(name, end);
        }
        let before = done.load(Ordering::Relaxed);
        wait_until(|| done.load(Ordering::Relaxed) >= before + 50);
        over.store(true, Ordering::Relaxed);
    });
    let (done, failed) = (done.into_inner(), failed.into_inner());
    let counted = used(&*open(&url)).unwrap();
    assert!((done..=done + failed).contains(&counted), "{counted} of {done}, and {failed} that failed");
}

#[test]
fn who_only_listens_hears_again_after_its_connection_was_ended() {
    let server = Postgres::shared();
    let url = server.database("listens");
    let name = url.rsplit('/').next().unwrap();
    let (idle, other) = (open(&url), open(&url));
    add(&*idle).unwrap();
    let told = std::sync::Arc::new(AtomicU64::new(0));
    let tell = std::sync::Arc::clone(&told);
    idle.on_foreign_write(Box::new(move || {
        tell.fetch_add(1, Ordering::SeqCst);
    }));
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    server.sql(name, end);
    // Nothing is asked of the store, which connects again by itself.
    let there = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    add(&*other).unwrap();
    wait_until(|| server.sql(name, there) == "2");
    wait_until(|| told.load(Ordering::SeqCst) > 0);
    let before = told.load(Ordering::SeqCst);
    add(&*other).unwrap();
    wait_until(|| told.load(Ordering::SeqCst) > before);
}

#[test]
fn locks_of_others_are_busy_and_over_in_time() {
    let server = Postgres::shared();
    let url = server.database("locked");
    let name = url.rsplit('/').next().unwrap().to_owned();
    let store = connect(&url, PostgresOptions::new().deadline(Duration::from_millis(200))).unwrap();
    add(&store).unwrap();
    for lock in [
        "LOCK TABLE planguard.head IN ACCESS EXCLUSIVE MODE",
        "SELECT seq FROM planguard.head FOR UPDATE",
        "LOCK TABLE planguard.counters IN ACCESS EXCLUSIVE MODE",
        "LOCK TABLE planguard.journal IN SHARE MODE",
    ] {
        let word = format!("go_{name}");
        let hold = format!(
            "BEGIN; {lock}; SELECT pg_advisory_lock(7); DO $$ BEGIN FOR i IN 1..6000 LOOP \
             EXIT WHEN EXISTS (SELECT FROM pg_class WHERE relname = '{word}'); PERFORM pg_sleep(0.01); END LOOP; END $$; ROLLBACK"
        );
        std::thread::scope(|scope| {
            let holder = scope.spawn(|| server.sql(&name, &hold));
            let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 \
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            wait_until(|| server.sql(&name, locks) == "1");
            let refused = add(&store).unwrap_err();
            assert_eq!(refused, StoreError::Busy, "{lock}");
            server.sql(&name, &format!("CREATE TABLE public.{word} ()"));
            holder.join().unwrap();
        });
        server.sql(&name, &format!("DROP TABLE public.{word}"));
        add(&store).unwrap();
    }
    assert_eq!(used(&store).unwrap(), 5);
}

#[test]
fn a_commit_that_the_server_refuses_at_its_end_did_not_happen() {
    let server = Postgres::shared();
    let url = server.database("refused");
    let name = url.rsplit('/').next().unwrap();
    let store = open(&url);
    add(&*store).unwrap();
    // As where the queue of notes is full: every statement went well.
    server.sql(
        name,
        "CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'too many notifications' USING ERRCODE = '54000'; END $$; \
         CREATE CONSTRAINT TRIGGER full_queue AFTER INSERT ON planguard.journal DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION public.full()",
    );
    let refused = block_on(store.transact(adding(GROUPS, 1).named(9))).unwrap_err();
    assert!(matches!(&refused, StoreError::Backend { why } if why.contains("54000")), "{refused}");
    server.sql(name, "DROP TRIGGER full_queue ON planguard.journal");
    assert_eq!((used(&*store).unwrap(), read(&*store, |t| Ok(t.has_committed(9))).unwrap()), (1, false));
    assert_eq!(add(&*store).unwrap(), 2);
}

#[test]
fn rights_and_connections_that_are_taken_away_are_told_and_given_back() {
    let server = Postgres::start();
    let url = server.database("rights");
    let name = url.rsplit('/').next().unwrap();
    add(&*open(&url)).unwrap();
    server.sql(
        name,
        "CREATE ROLE backend LOGIN PASSWORD 'word'; GRANT USAGE ON SCHEMA planguard TO backend; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA planguard TO backend",
    );
    let url = format!("postgres://backend:word@{}", url.split('@').nth(1).unwrap());
    let store = open(&url);
    assert_eq!(add(&*store).unwrap(), 2);
    server.sql(name, "REVOKE INSERT ON planguard.journal FROM backend");
    let refused = add(&*store).unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");
    assert_eq!(used(&*store).unwrap(), 2, "it can be read as before");
    server.sql(name, "GRANT INSERT ON planguard.journal TO backend; ALTER ROLE backend CONNECTION LIMIT 0");
    assert_eq!(add(&*store).unwrap(), 3);
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'backend'";
    server.sql(name, end);
    let refused = add(&*store).unwrap_err();
    assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
    server.sql(name, "ALTER ROLE backend CONNECTION LIMIT -1");
    assert_eq!(add(&*store).unwrap(), 4);
}
