//! First logins on SQLite beside bare transactions of one row, equally durable.

use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join_all;
use planguard::{LoginOutcome, SqliteStore};
use planguard_bench::app;
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::report::{Report, Wanted};

use crate::peer::bare_rows;
use crate::rounds::{Contest, Rounds};

/// Logins that run at once.
const AT_ONCE: usize = 64;

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    let guard = app::guard(Arc::new(store));
    let bare = bare_rows::Rows::new(folder.path());

    // Long rounds: each contains its share of checkpoints, which both pay for.
    let rounds = Rounds { calls: 32 * AT_ONCE, rounds: arguments.pick(12, 2) };
    let numbers = u32::try_from(rounds.numbers()).unwrap();
    let (alone, together) = (app::users(0, numbers), app::users(numbers, numbers));
    let mut contest = Contest::new("first logins on SQLite", rounds);
    contest.add("planguard: first login, one after the other", |call| {
        assert!(matches!(block_on(login(&guard, alone[call])), LoginOutcome::Executed { .. }));
    });
    contest.add_batch("planguard: first login, 64 at once", |calls| {
        for batch in together[calls].chunks(AT_ONCE) {
            let outcomes = block_on(join_all(batch.iter().map(|&user| login(&guard, user))));
            assert!(outcomes.iter().all(|outcome| matches!(outcome, LoginOutcome::Executed { .. })));
        }
    });
    let mut random = fastrand::Rng::with_seed(8);
    contest.add("SQLite: a transaction of one row", |_| bare.insert(random.u128(..).to_be_bytes()));
    let timings = contest.run();
    report.ratio(
        "first login on SQLite, alone / bare one-row transaction",
        &timings[0],
        &timings[2],
        Wanted::AtMost(2.0),
    );
    report.ratio(
        "first login on SQLite, 64 at once / bare one-row transaction",
        &timings[1],
        &timings[2],
        Wanted::Below(1.0),
    );
    report.timings.extend(timings);
}
