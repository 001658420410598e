//! Reservations per second on a server that a fleet shares: `PostgresStore` beside a bare `UPDATE ... WHERE` on the same
//! server, and beside `RedisStore` and `SqliteStore` on the same disk.
//!
//! `cargo xtask bench --fleet` runs it. Eight handles, as eight processes have, of eight tasks each: every task reserves
//! one of a limit that never fills, and waits for the answer before it reserves the next.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, fails by panicking, measures real time, and divides counts"
)]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use planguard::SdkAppId;
use planguard::model::{CounterKey, Elapsed, HoldItem, LimitId, Max, Moment, Owner, Subject, Wait};
use planguard::store::{
    Pass, PermitId, PostgresOptions, PostgresStore, RedisOptions, RedisStore, Reserve, ReserveAnswer,
    SqliteStore, Store, Work,
};
use planguard::time::{Clock as _, SystemClock};
use planguard_servers::{Postgres, Redis};

const HANDLES: usize = 8;
const TASKS: usize = 8;
const WARM: Duration = Duration::from_secs(1);
const LENGTH: Duration = Duration::from_secs(5);
/// How often each is measured; the median counts.
const ROUNDS: usize = 3;

/// What one kind came to.
struct Measured {
    per_second: f64,
    median: Duration,
    p99: Duration,
}

/// Runs every task's calls for as long as a round lasts.
async fn measure<F: Future<Output = ()> + Send + 'static>(
    call: impl Fn(usize, usize, u64) -> F + Send + Sync + 'static,
) -> Measured {
    let call = Arc::new(call);
    let started = Instant::now();
    let tasks: Vec<_> = (0..HANDLES * TASKS)
        .map(|nth| {
            let call = Arc::clone(&call);
            tokio::spawn(async move {
                let mut took = Vec::new();
                for n in 0.. {
                    let begun = Instant::now();
                    if begun - started > WARM + LENGTH {
                        break;
                    }
                    call(nth % HANDLES, nth, n).await;
                    if begun - started > WARM {
                        took.push(begun.elapsed());
                    }
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.unwrap());
    }
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    Measured { per_second: took.len() as f64 / LENGTH.as_secs_f64(), median: at(50), p99: at(99) }
}

fn reserve(permit: u128, now: Elapsed) -> Reserve {
    let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
    let items = vec![HoldItem { key, amount: 1, max: Max::Of(u64::MAX / 2) }];
    // Short, so that what was held lapses and is removed, as in a fleet that runs for long.
    let wait = Wait::new(now, Duration::from_millis(200));
    let at = planguard::time::Timestamp::from_secs(1_790_000_000);
    let (owner, now) = (Owner(1), Moment { at, elapsed: now });
    Reserve { permit: PermitId(permit), owner, items, wait, now, pass: Pass::First }
}

async fn stores(handles: Vec<Arc<dyn Store>>) -> Measured {
    measure(move |handle, nth, n| {
        let reserve = reserve(((nth as u128) << 64) | u128::from(n), SystemClock.elapsed());
        let work = Work::write(move |transaction, _| {
            let answer = transaction.reserve(&reserve)?;
            assert!(matches!(answer, ReserveAnswer::Held { .. }));
            Ok(())
        });
        let ended = handles[handle].transact(work);
        async move { ended.await.unwrap() }
    })
    .await
}

async fn postgres(server: &Postgres) -> Measured {
    let url = server.database("store");
    let mut handles: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..HANDLES {
        handles.push(Arc::new(PostgresStore::connect(&url, PostgresOptions::new()).await.unwrap()));
    }
    stores(handles).await
}

async fn redis(server: &Redis) -> Measured {
    let (url, app) = (server.database(), SdkAppId::new(1_400_000_001).unwrap());
    let mut handles: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..HANDLES {
        handles.push(Arc::new(RedisStore::connect(RedisOptions::new(url.as_str(), app)).await.unwrap()));
    }
    stores(handles).await
}

async fn sqlite() -> Measured {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("planguard.db");
    let open = |_| Arc::new(SqliteStore::open(&path).unwrap()) as Arc<dyn Store>;
    stores((0..HANDLES).map(open).collect()).await
}

/// One statement that commits by itself, on as many connections as the store has.
async fn bare(server: &Postgres) -> Measured {
    const UPDATE: &str = "UPDATE counters SET n = n + $1 WHERE key = $2 AND n + $1 <= max";
    let url = server.database("bare");
    let mut handles = Vec::new();
    for nth in 0..HANDLES {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        if nth == 0 {
            let table = "CREATE TABLE counters (key TEXT PRIMARY KEY, n BIGINT NOT NULL, max BIGINT NOT NULL); \
                         INSERT INTO counters VALUES ('groups', 0, 1000000000000)";
            client.batch_execute(table).await.unwrap();
        }
        let statement = client.prepare(UPDATE).await.unwrap();
        handles.push(Arc::new((client, statement)));
    }
    measure(move |handle, _, _| {
        let handle = Arc::clone(&handles[handle]);
        async move {
            let (client, statement) = &*handle;
            assert_eq!(client.execute(statement, &[&1_i64, &"groups"]).await.unwrap(), 1);
        }
    })
    .await
}

fn middle(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds.remove(rounds.len() / 2)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // They wait for the disk at every commit.
    let (server, other) = (Postgres::start(), Redis::start());
    let mut rounds: [Vec<Measured>; 4] = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        rounds[0].push(bare(&server).await);
        rounds[1].push(postgres(&server).await);
        rounds[2].push(redis(&other).await);
        rounds[3].push(sqlite().await);
    }
    let [bare, store, rows, file] = rounds.map(middle);
    println!("| | reservations a second | of the bare loop | median | p99 | p99 of the bare loop's |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, measured) in [
        ("bare `UPDATE … WHERE`", &bare),
        ("`PostgresStore`", &store),
        ("`RedisStore`", &rows),
        ("`SqliteStore`", &file),
    ] {
        println!(
            "| {name} | {:.0} | {:.2} | {:.1} ms | {:.1} ms | {:.2} |",
            measured.per_second,
            measured.per_second / bare.per_second,
            measured.median.as_secs_f64() * 1e3,
            measured.p99.as_secs_f64() * 1e3,
            measured.p99.as_secs_f64() / bare.p99.as_secs_f64()
        );
    }
}
