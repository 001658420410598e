//! Ten thousand callers wait for one login.

use std::time::{Duration, Instant};

use planguard::{LoginIntent, Planguard, ProviderError, UserId};
use planguard_bench::app;
use planguard_bench::cli::Arguments;
use planguard_bench::report::{Report, Timing, Wanted, nanoseconds};
use tokio::runtime::{Builder, Runtime};

use crate::peer::moka_future;
use crate::rounds::min_and_median;

/// How long the login itself takes.
const UPSTREAM: Duration = Duration::from_millis(5);

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let waiters = arguments.pick(10_000, 2_000);
    let rounds = arguments.pick(40, 8);
    for threads in [1, 2] {
        let on =
            if threads == 1 { "1 runtime thread".to_owned() } else { format!("{threads} runtime threads") };
        let runtime = runtime(threads);
        let guard = app::in_memory();
        let cache = moka_future::Cache::new(&[]);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        // A new user each time: the first caller logs in, all others wait for it. The first round warms up.
        for (round, user) in app::users(0, rounds + 1).into_iter().enumerate() {
            let times =
                [of_guard(&runtime, &guard, user, waiters), of_cache(&runtime, &cache, user, waiters)];
            if round > 0 {
                ours.push(times[0].as_secs_f64() * 1e9);
                theirs.push(times[1].as_secs_f64() * 1e9);
            }
        }
        let named = |name: &str, times| {
            let (min, median) = min_and_median(times);
            let name = format!("{name}, {on}");
            println!("    {name:<58} min {:>10}   median {:>10}", nanoseconds(min), nanoseconds(median));
            Timing { group: format!("{waiters} callers wait for one login of 5 ms"), name, min, median }
        };
        let timings = [named("planguard: login", ours), named("moka future: get_with", theirs)];
        let what = format!("{waiters} waiters on one login, {on} / moka future `get_with`");
        report.ratio(&what, &timings[0], &timings[1], Wanted::Below(1.0));
        let beyond = |timing: &Timing| timing.min - UPSTREAM.as_secs_f64() * 1e9;
        report.note(format!(
            "without the 5 ms that both wait for, {on}: {:.2} × moka",
            beyond(&timings[0]) / beyond(&timings[1])
        ));
        report.timings.extend(timings);
    }
}

fn runtime(threads: usize) -> Runtime {
    let mut builder = if threads == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.enable_time().build().unwrap()
}

async fn upstream() {
    tokio::time::sleep(UPSTREAM).await;
}

/// From the first caller's question to the last one's answer.
fn of_guard(runtime: &Runtime, guard: &Planguard, user: UserId, waiters: usize) -> Duration {
    let task = || {
        let guard = guard.clone();
        async move {
            let upstream = || async {
                upstream().await;
                Ok::<_, ProviderError>(())
            };
            guard.login(user, LoginIntent::OpenChat, upstream).await.unwrap().is_logged_in()
        }
    };
    all(runtime, waiters, task)
}

fn of_cache(runtime: &Runtime, cache: &moka_future::Cache, user: UserId, waiters: usize) -> Duration {
    let task = || {
        let cache = cache.clone();
        async move {
            let load = async {
                upstream().await;
                true
            };
            cache.get_with(user, load).await
        }
    };
    all(runtime, waiters, task)
}

/// Spawns a task for each waiter and waits for all.
fn all<F>(runtime: &Runtime, waiters: usize, task: impl Fn() -> F) -> Duration
where
    F: Future<Output = bool> + Send + 'static,
{
    runtime.block_on(async {
        let started = Instant::now();
        let tasks: Vec<_> = (0..waiters).map(|_| tokio::spawn(task())).collect();
        for task in tasks {
            assert!(task.await.unwrap());
        }
        started.elapsed()
    })
}
