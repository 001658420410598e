//! Earlier copies of a database, and servers that were behind when they took over.

use planguard::model::{CounterKey, LeaseAnswer, LeaseEnd, LimitId, Moment, Owner, Pseudonym, Wait};
use planguard::store::Store;
use planguard::store::contract::{read, write};
use planguard::time::Elapsed;
use planguard_servers::Postgres;

use crate::tools::{GROUPS, add, adding, noon, open, together, used};

fn acquire(store: &dyn Store, user: u8) -> u64 {
    let wait = Wait::new(Elapsed(1_000), std::time::Duration::from_secs(30));
    let settle = std::time::Duration::from_secs(10);
    match write(store, move |t| t.acquire_lease(Pseudonym([user; 16]), Owner(1), wait, settle)).unwrap() {
        LeaseAnswer::Granted { fence } => fence,
        LeaseAnswer::Held(lease) => panic!("{lease:?}"),
    }
}

/// Everything in the schema as it is, and back.
fn copy(server: &Postgres, database: &str) -> Vec<(String, String)> {
    let tables = server.sql(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'planguard'");
    let copied = tables.lines().map(|table| {
        let kept = format!("CREATE TABLE public.{table} AS SELECT * FROM planguard.{table}");
        let back =
            format!("TRUNCATE planguard.{table}; INSERT INTO planguard.{table} SELECT * FROM public.{table}");
        server.sql(database, &kept);
        (table.to_owned(), back)
    });
    copied.collect()
}

#[test]
fn numbers_go_on_after_an_earlier_copy_took_the_place_of_a_store() {
    let server = Postgres::shared();
    let url = server.database("backup");
    let name = url.rsplit('/').next().unwrap();
    let (store, other) = (open(&url), open(&url));
    for _ in 0..3 {
        add(&*store).unwrap();
    }
    acquire(&*store, 1);
    let saved = copy(server, name);
    let mut last = 0;
    for user in 2..9 {
        add(&*store).unwrap();
        last = acquire(&*store, user);
    }
    let followed = read(&*store, |t| t.changes_since(0, Elapsed(0))).unwrap().seq;
    assert_eq!(used(&*other).unwrap(), 10);
    for (_, back) in &saved {
        server.sql(name, back);
    }
    // What is gone is gone, and whoever followed is told of every row under a number that it has not seen.
    assert_eq!(used(&*store).unwrap(), 3);
    let changes = read(&*store, move |t| t.changes_since(followed, Elapsed(0))).unwrap();
    assert!(changes.seq > followed);
    assert!(changes.counters.iter().any(|(key, counter)| *key == GROUPS && counter.used() == 3));
    assert!(acquire(&*store, 9) > last, "no fence is given twice");
    assert_eq!(add(&*other).unwrap(), 4);
    assert_eq!(used(&*store).unwrap(), 4);
}

#[test]
fn another_history_of_the_same_length_is_told_from_ours() {
    let server = Postgres::shared();
    let url = server.database("history");
    let name = url.rsplit('/').next().unwrap();
    let (store, other) = (open(&url), open(&url));
    add(&*store).unwrap();
    let saved = copy(server, name);
    add(&*store).unwrap();
    for (_, back) in &saved {
        server.sql(name, back);
    }
    // The other one never saw what is gone, and writes in its place under the same number.
    add(&*other).unwrap();
    assert_eq!(used(&*store).unwrap(), 2);
    let seen = read(&*store, |t| t.changes_since(0, Elapsed(0))).unwrap().seq;
    assert!(seen > 2, "numbers went on after both: {seen}");
}

#[test]
fn no_fence_is_given_again_that_a_third_process_was_given() {
    let server = Postgres::shared();
    let url = server.database("third");
    let name = url.rsplit('/').next().unwrap();
    let (one, other) = (open(&url), open(&url));
    add(&*one).unwrap();
    let saved = copy(server, name);
    add(&*one).unwrap();
    assert_eq!(used(&*other).unwrap(), 2, "the other one knows of the first commit that is lost");
    for user in 1..5 {
        acquire(&*one, user);
    }
    let last = acquire(&*one, 5);
    for (_, back) in &saved {
        server.sql(name, back);
    }
    for user in 1..6 {
        assert!(acquire(&*other, user) > last, "a fence of the one that is away");
    }
    let now = Moment { at: noon(), elapsed: Elapsed(2_000) };
    let ended = write(&*one, move |t| t.end_lease(Pseudonym([5; 16]), last, LeaseEnd::Succeeded, now));
    assert!(!ended.unwrap(), "a lease of the history that is gone is void");
}

#[test]
fn a_process_that_is_passed_over_by_another_history_finds_out() {
    const OTHERS: CounterKey = CounterKey { limit: LimitId::AvGroups, ..GROUPS };
    let server = Postgres::shared();
    let url = server.database("passed");
    let name = url.rsplit('/').next().unwrap();
    let (one, other) = (open(&url), open(&url));
    add(&*one).unwrap();
    let saved = copy(server, name);
    assert_eq!(used(&*other).unwrap(), 1);
    for _ in 0..3 {
        add(&*one).unwrap();
    }
    let followed = read(&*one, |t| t.changes_since(0, Elapsed(0))).unwrap().seq;
    for (_, back) in &saved {
        server.sql(name, back);
    }
    // To this one nothing has happened. It goes on with more writes than were lost, in one commit.
    let works = (0..7).map(|_| adding(OTHERS, 1)).collect();
    assert_eq!(together(&*other, works), vec![Ok(()); 7]);
    let changes = read(&*one, move |t| t.changes_since(followed, Elapsed(0))).unwrap();
    let told = changes.counters.iter().map(|(key, counter)| (*key, counter.used()));
    assert_eq!(told.collect::<Vec<_>>(), [(GROUPS, 1), (OTHERS, 7)], "what it knew is gone");
}
