//! What a role or a database may have set for its sessions, and what it is not to change.

use std::time::Duration;

use planguard::store::contract::{read, write};
use planguard::store::{NewEvent, PostgresOptions, StoreError};
use planguard_servers::Postgres;

use crate::tools::{add, connect, open, used};

#[test]
fn what_a_role_has_set_for_its_sessions_changes_nothing() {
    let server = Postgres::shared();
    for (n, setting) in [
        "default_transaction_isolation = 'serializable'",
        "default_transaction_read_only = on",
        "default_transaction_deferrable = on",
        "statement_timeout = 1",
        "lock_timeout = 1",
        "idle_in_transaction_session_timeout = 1",
        "search_path = 'nowhere'",
        "standard_conforming_strings = off",
        "client_encoding = 'LATIN1'",
        "timezone = 'Asia/Shanghai'",
        "datestyle = 'German'",
        "synchronous_commit = off",
    ]
    .into_iter()
    .enumerate()
    {
        let url = server.database("settings");
        let name = url.rsplit('/').next().unwrap();
        let role = format!("set_{n}_{name}");
        let made = format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'word'; GRANT CREATE ON DATABASE {name} TO {role}; \
             ALTER ROLE {role} SET {setting}"
        );
        server.sql(name, &made);
        let url = format!("postgres://{role}:word@{}", url.split('@').nth(1).unwrap());
        let stores = [open(&url), open(&url)];
        std::thread::scope(|scope| {
            for store in &stores {
                scope.spawn(move || {
                    for _ in 0..20 {
                        add(&**store).unwrap_or_else(|error| panic!("{setting}: {error}"));
                    }
                });
            }
        });
        assert_eq!(used(&*stores[0]).unwrap(), 40, "{setting}");
    }
}

#[test]
fn a_database_whose_encoding_holds_not_every_text_is_refused() {
    let server = Postgres::shared();
    let made = server.database("encoding");
    let name = made.rsplit('/').next().unwrap();
    let url = |encoding: &str| {
        let of = format!("{name}_{}", encoding.to_lowercase());
        server.sql("postgres", &format!("CREATE DATABASE {of} ENCODING '{encoding}' TEMPLATE template0"));
        made.replace(name, &of)
    };
    let refused = connect(&url("LATIN1"), PostgresOptions::new()).unwrap_err();
    assert!(matches!(&refused, StoreError::Refused { why } if why.contains("UTF8")), "{refused}");
    let store = open(&url("SQL_ASCII"));
    let event = NewEvent { id: "1".to_owned(), body: "{\"group\":\"聊天\"}".to_owned() };
    write(&*store, move |t| t.enqueue(std::slice::from_ref(&event), 10)).unwrap();
    let kept = read(&*store, |t| t.oldest(1)).unwrap();
    assert!(kept[0].body.contains("聊天"));
}

#[test]
fn a_deadline_that_no_clock_can_count_is_the_longest_there_is() {
    let url = Postgres::shared().database("deadline");
    let store = connect(&url, PostgresOptions::new().deadline(Duration::MAX)).unwrap();
    assert_eq!(add(&store).unwrap(), 1);
    #[cfg(feature = "redis")]
    {
        use planguard::store::contract::block_on;
        use planguard::store::{RedisOptions, RedisStore};
        let url = planguard_servers::Redis::shared().database();
        let options = RedisOptions::new(url, support::app()).deadline(Duration::MAX);
        assert_eq!(add(&block_on(RedisStore::connect(options)).unwrap()).unwrap(), 1);
    }
}
