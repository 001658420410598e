//! Is a feature in the plan?

use std::hint::black_box;

use futures::executor::block_on;
use planguard::{Feature, UserId};
use planguard_bench::app;
use planguard_bench::cli::Arguments;
use planguard_bench::report::{Report, Wanted};

use crate::peer::{arc_swap, moka_sync, open_feature, yggdrasil};
use crate::rounds::{Contest, Rounds};

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let guard = app::in_memory();
    assert!(guard.feature(Feature::Community).granted);
    let flags = arc_swap::Flags::new();
    let names: Vec<_> = Feature::ALL.iter().map(|feature| feature.as_str()).collect();
    let engine = yggdrasil::Engine::new(&names);
    let client = block_on(open_feature::client());
    let ada = UserId::new("ada").unwrap();
    let cache = moka_sync::Cache::new(&[ada]);

    let rounds = Rounds { calls: 1_000, rounds: arguments.pick(600, 60) };
    let mut contest = Contest::new("is a feature on", rounds);
    contest.add("planguard: feature", |_| {
        let _ = black_box(guard.feature(black_box(Feature::Community)));
    });
    contest.add("arc-swap: load, one flag", |_| {
        black_box(flags.get(black_box(5)));
    });
    contest.add("moka sync: get of one key", |_| {
        black_box(cache.get(black_box(&ada)));
    });
    contest.add("unleash-yggdrasil: is_enabled, default strategy", |_| {
        black_box(engine.is_enabled(black_box("community")));
    });
    contest.add("open-feature: get_bool_value, constant provider", |_| {
        assert_eq!(black_box(block_on(client.get_bool_value("community", None, None))), Ok(true));
    });
    contest.add("planguard: explain_feature", |_| {
        let _ = black_box(guard.explain_feature(black_box(Feature::Community)));
    });
    let timings = contest.run();
    report.ratio("`feature` / arc-swap load", &timings[0], &timings[1], Wanted::AtMost(1.5));
    report.timings.extend(timings);
}
