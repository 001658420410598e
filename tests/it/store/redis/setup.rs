//! Servers that are of no use, and what the store says of them.

use std::time::Duration;

use planguard::SdkAppId;
use planguard::store::contract::block_on;
use planguard::store::{RedisDurability, RedisOptions, RedisStore, StoreError};
use planguard_servers::Redis;

use super::{APP, add, key, open, options, run, told, try_add, try_open, used, user};

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let url = Redis::shared().database();
    let (_, place) = url.split_once('@').unwrap();
    let wrong = format!("redis://someone:very-wrong-word@{place}");
    let options = options(&wrong);
    let shown = format!("{options:?}");
    let error = try_open(options).unwrap_err();
    assert!(matches!(error, StoreError::Refused { .. }), "{error}");
    let shown = format!("{shown} {error} {error:?}");
    assert!(shown.contains("password") && !shown.contains("very-wrong-word"), "{shown}");
    assert!(!shown.contains("someone"), "{shown}");
}

#[test]
fn a_url_that_cannot_be_read_is_not_shown() {
    for url in ["redis//:s3cret@host", "http://:s3cret@host", "", "redis://:s3cret@host:port/0"] {
        let error = try_open(options(url)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[test]
fn nobody_at_the_address_is_told_in_time() {
    let error = try_open(options("redis://127.0.0.1:1").deadline(Duration::from_millis(200))).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
}

#[test]
fn two_apps_share_a_server_without_a_key_in_common() {
    let url = Redis::shared().database();
    let other = RedisOptions::new(url.as_str(), SdkAppId::new(APP + 1).unwrap());
    let (one, other) = (open(&url), block_on(RedisStore::connect(other)).unwrap());
    add(&one, 3);
    add(&other, 4);
    assert_eq!((used(&one), used(&other)), (3, 4));
    let keys: Vec<String> = redis::from_redis_value(run(&url, "KEYS *")).unwrap();
    let prefixes = [APP, APP + 1].map(|app| format!("{{planguard:{app}}}:"));
    assert!(!keys.is_empty());
    for key in keys {
        assert!(prefixes.iter().any(|prefix| key.starts_with(prefix)), "{key}");
    }
}

#[test]
fn an_opening_for_another_app_is_refused() {
    let url = Redis::shared().database();
    let store = open(&url);
    let opening = |app: u64| planguard::store::Opening {
        app: SdkAppId::new(app).unwrap(),
        owner: planguard::model::Owner(1),
        role: None,
        candidate: planguard::store::Install {
            salt: [7; 32],
            guest_id: "guest".to_owned(),
            install_id: "install".to_owned(),
        },
        device: None,
        renew: false,
        now: planguard::model::Elapsed(0),
    };
    let opened = planguard::store::contract::write(&*store, move |t| t.open(&opening(APP + 5)));
    assert_eq!(opened.unwrap_err(), StoreError::OtherApp { found: APP, wanted: APP + 5 });
}

#[test]
fn a_server_that_evicts_rows_is_refused() {
    let server = Redis::start();
    let url = server.url();
    run(&url, "CONFIG SET maxmemory 100mb");
    run(&url, "CONFIG SET maxmemory-policy allkeys-lru");
    let error = try_open(options(&url)).unwrap_err();
    assert!(error.to_string().contains("noeviction"), "{error}");
    // Rows have no end, so a policy for keys that have one evicts none.
    run(&url, "CONFIG SET maxmemory-policy volatile-lru");
    add(&open(&url), 1);
}

#[test]
fn a_full_memory_is_told_and_leaves_nothing_half_done() {
    let server = Redis::start();
    let url = server.url();
    let store = open(&url);
    add(&store, 3);
    run(&url, "CONFIG SET maxmemory 1");
    let error = try_add(&store, 1).unwrap_err();
    assert!(error.to_string().contains("memory is full"), "{error}");
    assert_eq!(used(&store), 3);
    run(&url, "CONFIG SET maxmemory 0");
    add(&store, 1);
    assert_eq!((used(&store), told(&store)), (4, None));
}

#[test]
fn a_replica_is_not_written_to() {
    let server = Redis::start();
    let url = server.url();
    let store = try_open(options(&url).deadline(Duration::from_secs(2))).unwrap();
    add(&store, 1);
    run(&url, "REPLICAOF 127.0.0.1 1");
    let error = try_add(&store, 1).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    run(&url, "REPLICAOF NO ONE");
    add(&store, 1);
    assert_eq!(used(&store), 2);
}

#[test]
fn what_the_server_keeps_is_said() {
    let always = Redis::start();
    assert_eq!(open(&always.url()).durability(), RedisDurability::Always);
    run(&always.url(), "CONFIG SET appendonly no");
    assert_eq!(open(&always.url()).durability(), RedisDurability::Snapshots);
    let url = Redis::shared().database();
    assert_eq!(open(&url).durability(), RedisDurability::EverySecond);
    let strict = user(&url, "strict", super::NEEDED);
    assert_eq!(open(&strict).durability(), RedisDurability::Unknown, "what is forbidden is no no");
}

#[test]
fn a_newer_schema_is_left_alone() {
    let url = Redis::shared().database();
    add(&open(&url), 1);
    run(&url, &format!("HSET {} schema 37", key("head")));
    assert_eq!(try_open(options(&url)).unwrap_err(), StoreError::NewerSchema { found: 37, known: 1 });
    run(&url, &format!("HSET {} schema 1", key("head")));
    assert_eq!(used(&open(&url)), 1);
}
