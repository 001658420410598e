//! Tables and rows that were changed by hand, or by another planguard, while a store works.

use planguard::model::{Owner, Pseudonym, UserFacts};
use planguard::store::contract::{block_on, read, write};
use planguard::store::{Install, Opening, Store, StoreError, Work};
use planguard::time::Elapsed;
use planguard_servers::Postgres;

use crate::tools::{GROUPS, add, adding, noon, open, together, used};

/// A database with a store in it, the name of the database, and the store, which has counted one.
fn store(what: &str) -> (String, String, std::sync::Arc<planguard::store::PostgresStore>) {
    let url = Postgres::shared().database(what);
    let name = url.rsplit('/').next().unwrap().to_owned();
    let store = open(&url);
    add(&*store).unwrap();
    (url, name, store)
}

#[test]
fn a_schema_that_becomes_newer_is_not_written_to_any_more() {
    let (_, name, store) = store("newer");
    Postgres::shared().sql(&name, "UPDATE planguard.head SET version = 99");
    let newer = Err(StoreError::NewerSchema { found: 99, known: 1 });
    assert_eq!((add(&*store), used(&*store)), (newer.clone(), newer));
    Postgres::shared().sql(&name, "UPDATE planguard.head SET version = 1");
    assert_eq!(add(&*store).unwrap(), 2);
}

#[test]
fn columns_that_are_changed_are_told_and_the_store_works_once_they_are_back() {
    let (_, name, store) = store("columns");
    let server = Postgres::shared();
    for (change, back) in [
        (
            "ALTER TABLE planguard.head ALTER seq TYPE numeric",
            "ALTER TABLE planguard.head ALTER seq TYPE bigint",
        ),
        (
            "ALTER TABLE planguard.head ALTER token DROP NOT NULL; UPDATE planguard.head SET token = NULL",
            "UPDATE planguard.head SET token = (SELECT token FROM planguard.journal ORDER BY seq DESC LIMIT 1)",
        ),
        (
            "ALTER TABLE planguard.journal RENAME rows TO lines",
            "ALTER TABLE planguard.journal RENAME lines TO rows",
        ),
        (
            "ALTER TABLE planguard.counters RENAME part TO share",
            "ALTER TABLE planguard.counters RENAME share TO part",
        ),
    ] {
        let before = used(&*store).unwrap();
        server.sql(&name, change);
        let refused = add(&*store).unwrap_err();
        assert!(matches!(refused, StoreError::Backend { .. }), "{change}: {refused}");
        server.sql(&name, back);
        assert_eq!(add(&*store).unwrap(), before + 1, "{change}");
    }
}

#[test]
fn a_row_that_cannot_be_read_fails_who_needs_it_and_nobody_else() {
    let (url, name, store) = store("row");
    let server = Postgres::shared();
    let user = Pseudonym([7; 16]);
    let facts = UserFacts { logged_out: Some(noon()), ..UserFacts::default() };
    write(&*store, move |t| t.save_facts(user, &facts)).unwrap();
    for damage in [
        "body = '{'",
        "body = 'null'",
        "body = '{\"seq\":-1}'",
        "body = '{\"seq\":99999999999999999999999}'",
        "body = NULL",
    ] {
        server.sql(&name, "CREATE TABLE IF NOT EXISTS public.kept AS SELECT * FROM planguard.users");
        server.sql(
            &name,
            &format!(
                "ALTER TABLE planguard.users ALTER body DROP NOT NULL; UPDATE planguard.users SET {damage}"
            ),
        );
        // One that has not read the row yet.
        let other = open(&url);
        let before = used(&*other).unwrap();
        let needs = Work::write(move |t, _| t.facts(user).map(drop));
        let ended = together(&*other, vec![adding(GROUPS, 1), needs, adding(GROUPS, 1)]);
        assert!(matches!(ended[1], Err(StoreError::Backend { .. })), "{damage}: {ended:?}");
        assert_eq!((&ended[0], &ended[2]), (&Ok(()), &Ok(())), "{damage}");
        assert_eq!(used(&*other).unwrap(), before + 2, "{damage}");
        server.sql(&name, "TRUNCATE planguard.users; INSERT INTO planguard.users SELECT * FROM public.kept");
        assert!(read(&*other, move |t| t.facts(user)).unwrap().logged_out.is_some(), "{damage}");
    }
}

fn open_as(store: &dyn Store, salt: u8) -> Result<[u8; 32], StoreError> {
    let candidate =
        Install { salt: [salt; 32], guest_id: "guest".to_owned(), install_id: "install".to_owned() };
    let opening = Opening {
        app: support::app(),
        owner: Owner(u128::from(salt)),
        role: None,
        candidate,
        device: None,
        renew: false,
        now: Elapsed(0),
    };
    write(store, move |t| Ok(t.open(&opening)?.install.salt))
}

#[test]
fn a_store_that_was_begun_anew_is_not_mixed_with_the_old_one() {
    let (url, name, old) = store("anew");
    let server = Postgres::shared();
    assert_eq!(open_as(&*old, 1).unwrap(), [1; 32]);
    server.sql(&name, "DROP SCHEMA planguard CASCADE");
    let new = open(&url);
    assert_eq!(open_as(&*new, 2).unwrap(), [2; 32]);
    for _ in 0..20 {
        add(&*new).unwrap();
    }
    for _ in 0..2 {
        let refused = add(&*old).unwrap_err();
        assert!(refused.to_string().contains("Restart it"), "{refused}");
    }
    assert!(block_on(old.transact(adding(GROUPS, 5))).is_err());
    assert_eq!(used(&*new).unwrap(), 20, "users have other names there");
}

#[test]
fn a_schema_that_is_dropped_is_told_and_not_begun_anew_by_who_knew_it() {
    let (_, name, store) = store("dropped");
    open_as(&*store, 1).unwrap();
    let server = Postgres::shared();
    server.sql(&name, "DROP SCHEMA planguard CASCADE");
    assert!(add(&*store).is_err());
    // Also once it had to connect again, and found nothing there.
    server.sql(
        &name,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let refused = add(&*store).unwrap_err();
    assert!(refused.to_string().contains("Restart it"), "{refused}");
}
