//! Databases that a store is not to be opened in, and what is said of them.

use planguard::store::{PostgresOptions, StoreError};
use planguard_servers::Postgres;

use crate::tools::{add, connect, open, used};

fn refused(url: &str, options: PostgresOptions) -> StoreError {
    let error = connect(url, options).unwrap_err();
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap();
    assert!(!format!("{error} {error:?}").contains(password), "{error}");
    error
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    let server = Postgres::shared();
    let url = server.database("newer");
    let name = url.rsplit('/').next().unwrap();
    add(&*open(&url)).unwrap();
    server.sql(name, "UPDATE planguard.head SET version = 99");
    assert_eq!(refused(&url, PostgresOptions::new()), StoreError::NewerSchema { found: 99, known: 1 });
    server.sql(name, "UPDATE planguard.head SET version = 1");
    assert_eq!(used(&*open(&url)).unwrap(), 1);
}

#[test]
fn somebody_elses_tables_are_refused_and_untouched() {
    let server = Postgres::shared();
    let url = server.database("others");
    let name = url.rsplit('/').next().unwrap();
    server.sql(name, "CREATE SCHEMA planguard; CREATE TABLE planguard.head (version INT)");
    assert!(matches!(refused(&url, PostgresOptions::new()), StoreError::NotOurs { .. }));
    assert_eq!(server.sql(name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'planguard'"), "1");
    // Beside it there is room for a store.
    let options = PostgresOptions::new().schema("planguard_app");
    add(&connect(&url, options).unwrap()).unwrap();
}

#[test]
fn a_role_without_rights_is_told_so_and_one_with_the_documented_ones_works() {
    let server = Postgres::shared();
    let url = server.database("rights");
    let name = url.rsplit('/').next().unwrap();
    let role = format!("role_{name}");
    server.sql(name, &format!("CREATE ROLE {role} LOGIN PASSWORD 'of the role'"));
    let at = url.split('@').nth(1).unwrap();
    let poor = format!("postgres://{role}:of%20the%20role@{at}");
    assert!(matches!(refused(&poor, PostgresOptions::new()), StoreError::Refused { .. }));
    // The owner makes the tables, and the back end's role may use them and nothing else.
    add(&*open(&url)).unwrap();
    assert!(matches!(refused(&poor, PostgresOptions::new()), StoreError::Refused { .. }));
    let rights = include_str!("../../docs/FLEET.md").split("```sql\n").nth(1).unwrap();
    let rights = rights.split("```").next().unwrap().replace("backend", &role);
    server.sql(name, &rights);
    assert_eq!(add(&connect(&poor, PostgresOptions::new()).unwrap()).unwrap(), 2);
}

#[test]
fn addresses_that_are_none_are_refused_in_words() {
    let wrong = "postgres://postgres:not-the-password@127.0.0.1:1/x?sslmode=sometimes";
    assert!(matches!(refused(wrong, PostgresOptions::new()), StoreError::Refused { .. }));
    let gone = "postgres://postgres:not-the-password@127.0.0.1:1/x";
    assert!(matches!(refused(gone, PostgresOptions::new()), StoreError::Unreachable { .. }));
    let there = Postgres::shared().url();
    let wrong = there.replacen("postgres:", "postgres:x", 2).replacen("postgres:x//", "postgres://", 1);
    assert!(matches!(refused(&wrong, PostgresOptions::new()), StoreError::Refused { .. }));
    let none = there.replace("/postgres", "/none");
    let none = none.replacen("//none", "//postgres", 1);
    assert!(matches!(refused(&none, PostgresOptions::new()), StoreError::Refused { .. }));
    for name in ["", "Ours", "a; DROP SCHEMA public", "a\"b"] {
        let options = PostgresOptions::new().schema(name);
        assert!(matches!(refused(&there, options), StoreError::Refused { .. }), "{name}");
    }
}

#[test]
fn another_apps_store_is_refused() {
    use planguard::{CatalogId, EditionId, OpenError, Planguard};
    let url = Postgres::shared().database("apps");
    let guard = |app: u64| {
        let builder = Planguard::builder(app.to_string().parse().unwrap());
        let builder = builder.fallback(CatalogId::INTL_2024, EditionId::STANDARD).shared_store(open(&url));
        planguard::store::contract::block_on(builder.open())
    };
    drop(guard(1_400_000_001).unwrap());
    let refused = guard(1_400_000_002).unwrap_err();
    assert!(matches!(refused, OpenError::Store(StoreError::OtherApp { .. })), "{refused}");
}
