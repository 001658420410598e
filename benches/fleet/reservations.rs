//! Eight processes of eight tasks each, all at once: every task reserves one of a limit that never fills, and waits for
//! the answer before it reserves the next.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use futures::future::join_all;
use planguard::model::{CounterKey, Elapsed, HoldItem, LimitId, Max, Moment, Owner, Subject, Wait};
use planguard::store::{Pass, PermitId, Reserve, ReserveAnswer, Store, Work};
use planguard::time::{Clock as _, SystemClock, Timestamp};
use planguard_servers::{Postgres, Redis};
use tokio_postgres::{Client, NoTls, Statement};

use crate::child::{Process, wait_to_go};
use crate::kind::Kind;

const PROCESSES: usize = 8;
const TASKS: usize = 8;
const WARM: Duration = Duration::from_secs(1);
const LENGTH: Duration = Duration::from_secs(5);
/// How often each is measured; the median counts.
const ROUNDS: usize = 3;

/// What one round of a kind came to.
struct Measured {
    per_second: f64,
    median: Duration,
    p99: Duration,
}

pub(crate) fn run() {
    // They wait for the disk at every commit.
    let (server, other) = (Postgres::start(), Redis::start());
    let folder = tempfile::tempdir().unwrap();
    let mut rounds = Kind::ALL.map(|kind| (kind, Vec::new()));
    for round in 0..ROUNDS {
        for (kind, measured) in &mut rounds {
            let place = match kind {
                Kind::Bare | Kind::BareEach => bare_database(&server),
                Kind::Postgres => server.database("store"),
                Kind::Redis => other.database(),
                Kind::Sqlite => folder.path().join(format!("{round}.db")).to_string_lossy().into_owned(),
            };
            measured.push(measure(*kind, &place));
        }
    }
    print(&rounds.map(|(kind, measured)| (kind, middle(measured))));
}

fn bare_database(server: &Postgres) -> String {
    let url = server.database("bare");
    let table = "CREATE TABLE counters (key TEXT PRIMARY KEY, n BIGINT NOT NULL, max BIGINT NOT NULL); \
                 INSERT INTO counters VALUES ('groups', 0, 1000000000000)";
    server.sql(url.rsplit('/').next().unwrap(), table);
    url
}

fn measure(kind: Kind, place: &str) -> Measured {
    if kind == Kind::Postgres || kind == Kind::Sqlite {
        // The tables are there before the others come.
        drop(block_on(kind.open(place)));
    }
    let mut crowd: Vec<_> =
        (0..PROCESSES).map(|_| Process::start(&["reserve", kind.word(), place])).collect();
    crowd.iter_mut().for_each(Process::ready);
    crowd.iter_mut().for_each(Process::go);
    let found: Vec<_> = crowd.into_iter().map(Process::found).collect();
    let mut took: Vec<u64> =
        found.iter().flat_map(|text| serde_json::from_str::<Vec<u64>>(text).unwrap()).collect();
    took.sort_unstable();
    let at = |percent: usize| Duration::from_nanos(took[(took.len() - 1) * percent / 100]);
    Measured { per_second: took.len() as f64 / LENGTH.as_secs_f64(), median: at(50), p99: at(99) }
}

/// What a process of the crowd does. It prints how long each call took, in nanoseconds.
pub(crate) fn take_part(kind: Kind, place: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let took = runtime.block_on(async {
        match kind {
            Kind::Bare => {
                let client = Arc::new(connect(place).await);
                calls(move |_, _| update(Arc::clone(&client))).await
            }
            Kind::BareEach => {
                let clients = join_all((0..TASKS).map(|_| connect(place))).await;
                let clients: Vec<_> = clients.into_iter().map(Arc::new).collect();
                calls(move |task, _| update(Arc::clone(&clients[task]))).await
            }
            Kind::Postgres | Kind::Redis | Kind::Sqlite => {
                let store = kind.open(place).await;
                calls(move |task, n| reserve(&*store, task, n)).await
            }
        }
    });
    println!("{}", serde_json::to_string(&took).unwrap());
}

/// Runs every task's calls for as long as a round lasts.
async fn calls<F: Future<Output = ()> + Send + 'static>(
    call: impl Fn(usize, u64) -> F + Send + Sync + 'static,
) -> Vec<u64> {
    wait_to_go();
    let (call, started) = (Arc::new(call), Instant::now());
    let tasks = (0..TASKS).map(|task| {
        let call = Arc::clone(&call);
        tokio::spawn(async move {
            let mut took = Vec::new();
            for n in 0.. {
                let begun = Instant::now();
                if begun - started > WARM + LENGTH {
                    break;
                }
                call(task, n).await;
                if begun - started > WARM {
                    took.push(u64::try_from(begun.elapsed().as_nanos()).unwrap());
                }
            }
            took
        })
    });
    join_all(tasks).await.into_iter().flat_map(Result::unwrap).collect()
}

fn reserve(store: &dyn Store, task: usize, n: u64) -> impl Future<Output = ()> + Send + use<> {
    let reserve = reservation(task, n, SystemClock.elapsed());
    let work = Work::write(move |transaction, _| {
        let answer = transaction.reserve(&reserve)?;
        assert!(matches!(answer, ReserveAnswer::Held { .. }));
        Ok(())
    });
    let ended = store.transact(work);
    async move { ended.await.unwrap() }
}

fn reservation(task: usize, n: u64, now: Elapsed) -> Reserve {
    let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
    let items = vec![HoldItem { key, amount: 1, max: Max::Of(u64::MAX / 2) }];
    // Short, so that what was held lapses and is removed, as in a fleet that runs for long.
    let wait = Wait::new(now, Duration::from_millis(200));
    let (owner, now) = (Owner(1), Moment { at: Timestamp::from_secs(1_790_000_000), elapsed: now });
    // No two processes that run at once have the same number.
    let permit = u128::from(std::process::id()) << 96 | (task as u128) << 64 | u128::from(n);
    Reserve { permit: PermitId(permit), owner, items, wait, now, pass: Pass::First }
}

/// One statement that commits by itself.
async fn connect(url: &str) -> (Client, Statement) {
    const UPDATE: &str = "UPDATE counters SET n = n + $1 WHERE key = $2 AND n + $1 <= max";
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let statement = client.prepare(UPDATE).await.unwrap();
    (client, statement)
}

async fn update(client: Arc<(Client, Statement)>) {
    let (client, statement) = &*client;
    assert_eq!(client.execute(statement, &[&1_i64, &"groups"]).await.unwrap(), 1);
}

fn middle(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds.remove(rounds.len() / 2)
}

fn print(rows: &[(Kind, Measured)]) {
    let bare = rows.iter().filter(|(kind, _)| matches!(kind, Kind::Bare | Kind::BareEach));
    let (_, bare) = bare.max_by(|(_, a), (_, b)| a.per_second.total_cmp(&b.per_second)).unwrap();
    println!("| | reservations a second | of the faster bare loop | median | p99 | p99 of that loop's |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (kind, measured) in rows {
        println!(
            "| {} | {:.0} | {:.2} | {:.1} ms | {:.1} ms | {:.2} |",
            kind.title(),
            measured.per_second,
            measured.per_second / bare.per_second,
            measured.median.as_secs_f64() * 1e3,
            measured.p99.as_secs_f64() * 1e3,
            measured.p99.as_secs_f64() / bare.p99.as_secs_f64()
        );
    }
}
