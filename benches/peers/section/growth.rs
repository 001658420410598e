//! How a read's time grows with the number of users.

use std::hint::black_box;

use futures::executor::block_on;
use planguard_bench::app::{self, Pairs};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::{add_friend, login};
use planguard_bench::poll;
use planguard_bench::report::{Report, Series, Target, Timing, Wanted};

use super::thousands;
use crate::peer::{governor_keyed, moka_sync};
use crate::rounds::{Contest, Rounds};

/// The plot's name.
const PLOT: &str = "growth";

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let sizes = arguments.pick([1_000, 10_000, 100_000, 1_000_000], [1_000, 3_000, 10_000, 30_000]);
    let mut by_size: Vec<Vec<Timing>> = Vec::new();
    for size in sizes {
        println!("  {} users", thousands(size));
        by_size.push(measure(arguments, size));
    }
    let (first, last) = (&by_size[0], &by_size[by_size.len() - 1]);
    for (line, timing) in first.iter().enumerate() {
        let points = sizes.iter().zip(&by_size).map(|(&size, timings)| (f64::from(size), timings[line].min));
        report.series.push(Series {
            plot: PLOT.to_owned(),
            name: timing.name.clone(),
            points: points.collect(),
        });
    }
    let growth = |line: usize| last[line].min / first[line].min;
    let (ours, peer) = (growth(0), growth(2));
    let between = format!("{} to {} users", thousands(sizes[0]), thousands(sizes[3]));
    report.target(Target {
        what: format!("growth of `check` by id from {between} / governor's own growth"),
        measured: format!("{ours:.1} × against {peer:.1} ×"),
        value: Some(ours / peer),
        unit: "",
        wanted: Wanted::AtMost(1.0),
    });
    report.note(format!(
        "from {between}: by handle {:.1} ×, login again {:.1} ×, moka {:.1} ×",
        growth(1),
        growth(3),
        growth(4)
    ));
    for (size, timings) in sizes.iter().zip(by_size) {
        report.timings.extend(
            timings
                .into_iter()
                .map(|timing| Timing { group: format!("growth: {} users", thousands(*size)), ..timing }),
        );
    }
}

fn measure(arguments: &Arguments, count: u32) -> Vec<Timing> {
    let guard = super::guard_with(count);
    let users = app::users(0, count);
    let handles: Vec<_> = users.iter().map(|user| guard.user(user.as_str()).unwrap()).collect();
    for &user in &users {
        assert!(block_on(login(&guard, user)).is_logged_in());
    }
    let limiter = governor_keyed::Limiter::new(&users);
    let cache = moka_sync::Cache::new(&users);
    let rounds = Rounds { calls: 1_000, rounds: arguments.pick(300, 40) };
    let pairs = Pairs::below(count);
    let mut contest = Contest::new("random users", rounds);
    contest.add("planguard: check by id", |call| {
        let (user, peer) = pairs.at(0, call);
        let _ = black_box(guard.check(&add_friend(users[user], users[peer])));
    });
    contest.add("planguard: check by handle", |call| {
        let (user, peer) = pairs.at(1, call);
        let _ = black_box(guard.check(&add_friend(handles[user].id(), handles[peer].id())));
    });
    contest.add("governor: check_key x 2", |call| {
        let (user, peer) = pairs.at(2, call);
        black_box(limiter.check(&users[user]) & limiter.check(&users[peer]));
    });
    contest.add("planguard: login again", |call| {
        assert!(black_box(poll::ready(login(&guard, users[pairs.at(3, call).0]))).is_logged_in());
    });
    contest.add("moka sync: get_with hit", |call| {
        assert!(black_box(cache.get_with(users[pairs.at(4, call).0])));
    });
    contest.run()
}
