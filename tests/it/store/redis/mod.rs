//! The store on a Valkey or Redis server, which somebody tries to have lose, count twice, hang or talk.

mod access;
mod answers;
mod doubts;
mod encrypted;
mod guide;
mod interrupted;
mod keys;
mod lost;
mod machines;
mod others;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use planguard::SdkAppId;
use planguard::model::{CounterKey, CounterOp, Elapsed, LimitId, Subject, Timestamp};
use planguard::store::contract::{block_on, read, write};
use planguard::store::{RedisOptions, RedisStore, Store as _, StoreError};
use planguard::time::{Clock as _, SystemClock};

pub(super) const APP: u64 = 1_400_000_001;

const GROUPS: CounterKey = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };

fn options(url: &str) -> RedisOptions {
    RedisOptions::new(url, SdkAppId::new(APP).unwrap())
}

fn try_open(options: RedisOptions) -> Result<Arc<RedisStore>, StoreError> {
    block_on(RedisStore::connect(options)).map(Arc::new)
}

/// Machines that are busy are no servers that hang.
fn open(url: &str) -> Arc<RedisStore> {
    try_open(options(url).deadline(Duration::from_secs(20))).unwrap()
}

fn try_add(store: &RedisStore, n: i64) -> Result<(), StoreError> {
    write(store, move |t| t.apply(&[CounterOp::Add { key: GROUPS, delta: n, at: Timestamp::default() }]))
}

fn add(store: &RedisStore, n: i64) {
    try_add(store, n).unwrap();
}

fn used(store: &RedisStore) -> u64 {
    read(store, |t| Ok(t.counter(&GROUPS, Elapsed(1))?.used())).unwrap()
}

/// Waits until `is_so`, which something else brings about; a minute is no answer.
fn wait_until(mut is_so: impl FnMut() -> bool) {
    let started = SystemClock.elapsed();
    while !is_so() {
        assert!(SystemClock.elapsed().since(started) < Duration::from_secs(60), "it never came");
        std::thread::yield_now();
    }
}

/// What the store tells of losses, if anything.
fn told(store: &RedisStore) -> Option<String> {
    store.take_corruption().map(|corruption| corruption.why)
}

/// A key of the app's.
fn key(name: &str) -> String {
    format!("{{planguard:{APP}}}:{name}")
}

/// A connection past the store.
fn raw(url: &str) -> redis::Connection {
    redis::Client::open(url).unwrap().get_connection().unwrap()
}

/// Runs one command, of words without spaces.
fn run(url: &str, command: &str) -> redis::Value {
    let mut words = command.split(' ');
    let mut packed = redis::cmd(words.next().unwrap());
    for word in words {
        packed.arg(word);
    }
    packed.query(&mut raw(url)).unwrap()
}

/// The state of the server as far as it is this app's, to be put back later.
fn dump(url: &str) -> Vec<(String, Vec<u8>)> {
    let names = ["head", "rows", "log"].map(key);
    let copy = |name: String| {
        let bytes = redis::cmd("DUMP").arg(&name).query(&mut raw(url)).unwrap();
        (name, bytes)
    };
    names.into_iter().map(copy).collect()
}

fn restore(url: &str, dump: &[(String, Vec<u8>)]) {
    let mut all = redis::pipe();
    all.atomic();
    for (name, bytes) in dump {
        all.cmd("RESTORE").arg(name).arg(0).arg(bytes).arg("REPLACE").ignore();
    }
    all.query::<()>(&mut raw(url)).unwrap();
}

/// The URL for another user of the same server, who may do what is listed.
fn user(url: &str, name: &str, rules: &str) -> String {
    run(url, &format!("ACL SETUSER {name} reset on >secret-{name} {rules}"));
    let (_, place) = url.split_once('@').unwrap();
    format!("redis://{name}:secret-{name}@{place}")
}

/// What a store needs, without `INFO`, `CONFIG` and the channel.
const NEEDED: &str = "~{planguard:* +evalsha +script|load +time +hmget +hget +hset +hdel +exists +del +rename \
                      +persist +expire +pexpire +hscan +xadd +xrange +publish +hello +select";

/// A store that is not told of changes: it finds them by looking.
fn open_deaf(url: &str, name: &str) -> Arc<RedisStore> {
    open(&user(url, name, NEEDED))
}

/// The table of what was tried, in the documentation, names tests that exist, and all of the modules it speaks of.
#[test]
fn what_is_said_to_have_been_tried_is_tried() {
    let files = [
        ("access", include_str!("access.rs")),
        ("answers", include_str!("answers.rs")),
        ("doubts", include_str!("doubts.rs")),
        ("encrypted", include_str!("encrypted.rs")),
        ("interrupted", include_str!("interrupted.rs")),
        ("keys", include_str!("keys.rs")),
        ("lost", include_str!("lost.rs")),
        ("machines", include_str!("machines.rs")),
        ("others", include_str!("others.rs")),
        ("setup", include_str!("setup.rs")),
    ];
    let guide = include_str!("../../../../docs/FLEET.md");
    let mut found = 0;
    for (module, text) in files {
        for named in guide.split(&format!("`{module}::")).skip(1) {
            let name = named.split('`').next().unwrap();
            assert!(text.contains(&format!("fn {name}()")), "{module}::{name}");
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}
