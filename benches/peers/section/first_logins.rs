//! First logins on SQLite beside bare transactions of one row, equally durable, in files that hold 100,000 users.
//!
//! Without an endpoint, since a bare row sends nothing either; beside them the same with an endpoint, each login's usage
//! event kept, delivered without a network, and forgotten.

use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join_all;
use planguard::store::Store;
use planguard::{LoginOutcome, SqliteStore};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::login;
use planguard_bench::report::{Report, Wanted};
use planguard_bench::{app, fill};

use crate::peer::bare_rows;
use crate::rounds::{Contest, Rounds};

/// Logins that run at once.
const AT_ONCE: usize = 64;

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let filled = arguments.pick(100_000, 10_000);
    let store = |name: &str| {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join(name)).unwrap());
        fill::fill(&store, filled, fill::Rows::Ledger, |_| ());
        store
    };
    let guard = app::without_endpoint(store("store.db"));
    let reporting = app::guard(store("reporting.db"));
    let mut bare = bare_rows::Rows::new(folder.path(), filled);

    // Long rounds: each contains its share of checkpoints, which both pay for.
    let rounds = Rounds { calls: 16 * AT_ONCE, rounds: arguments.pick(8, 2) };
    let numbers = u32::try_from(rounds.numbers()).unwrap();
    let (alone, together) = (app::users(filled, numbers), app::users(filled + numbers, numbers));
    let with_events = app::users(filled, numbers);
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
    contest.add("SQLite: a transaction of one row", |_| bare.insert());
    contest.add_batch("planguard: first login, 64 at once, with its usage event", |calls| {
        for batch in with_events[calls].chunks(AT_ONCE) {
            let outcomes = block_on(join_all(batch.iter().map(|&user| login(&reporting, user))));
            assert!(outcomes.iter().all(|outcome| matches!(outcome, LoginOutcome::Executed { .. })));
        }
        assert!(block_on(reporting.flush()).stopped.is_none(), "the events were not taken");
    });
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
