//! A login of somebody who is logged in already.

use std::hint::black_box;

use futures::executor::block_on;
use planguard::LoginOutcome;
use planguard_bench::app::{self, Pairs};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::poll;
use planguard_bench::report::{Report, Wanted};

use crate::peer::{moka_future, moka_sync};
use crate::rounds::{Contest, Rounds};

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let count = arguments.pick(100_000, 10_000);
    let guard = super::guard_with(count);
    let users = app::users(0, count);
    for &user in &users {
        assert!(block_on(login(&guard, user)).is_logged_in());
    }
    let cache = moka_sync::Cache::new(&users);
    let tasks = moka_future::Cache::new(&users);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();

    let rounds = Rounds { calls: 1_000, rounds: arguments.pick(400, 40) };
    let pairs = Pairs::below(count);
    let user = |contestant: usize, call: usize| users[pairs.at(contestant, call).0];
    let mut contest = Contest::new("login of who is logged in", rounds);
    contest.add("planguard: login, polled once", |call| {
        assert_eq!(black_box(poll::ready(login(&guard, user(0, call)))), LoginOutcome::AlreadyLoggedIn);
    });
    contest.add_batch("planguard: login, awaited in a runtime", |calls| {
        runtime.block_on(async {
            for call in calls {
                assert_eq!(black_box(login(&guard, user(1, call)).await), LoginOutcome::AlreadyLoggedIn);
            }
        });
    });
    contest.add("moka sync: get_with hit", |call| {
        assert!(black_box(cache.get_with(user(2, call))));
    });
    contest.add_batch("moka future: get_with hit, awaited in a runtime", |calls| {
        runtime.block_on(async {
            for call in calls {
                assert!(black_box(tasks.get_with(user(3, call), std::future::ready(true)).await));
            }
        });
    });
    let timings = contest.run();
    let bound = Wanted::Below(0.8);
    report.ratio("login again, polled once / moka sync `get_with` hit", &timings[0], &timings[2], bound);
    report.ratio(
        "login again, awaited in a runtime / moka sync `get_with` hit",
        &timings[1],
        &timings[2],
        bound,
    );
    report.timings.extend(timings);
}
