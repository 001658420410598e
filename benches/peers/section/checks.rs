//! Does an action fit? Adding a friend touches two limits: one's own and the peer's.

use std::hint::black_box;

use planguard::UserId;
use planguard_bench::app::{self, Pairs};
use planguard_bench::cli::Arguments;
use planguard_bench::operation::add_friend;
use planguard_bench::process;
use planguard_bench::report::{Report, Timing, Wanted};

use super::thousands;
use crate::peer::{governor_direct, governor_keyed, mutex_map, sqlite_query};
use crate::rounds::{Contest, Rounds};

pub(crate) fn run(arguments: &Arguments, report: &mut Report) {
    let count = arguments.pick(100_000, 10_000);
    let guard = super::guard_with(count);
    let users = app::users(0, count);
    let names: Vec<_> = (0..count).map(app::name).collect();
    let handles: Vec<_> = names.iter().map(|name| guard.user(name).unwrap()).collect();
    let by_id = governor_keyed::Limiter::new(&users);
    let by_name = governor_keyed::Limiter::new(&names);
    let direct = governor_direct::Limiter::new();
    let map = mutex_map::Counters::new(&users);
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite_query::Counters::new(folder.path(), &users);

    let rounds = Rounds { calls: 1_000, rounds: arguments.pick(400, 40) };
    let pairs = Pairs::below(count);
    let mut contest = Contest::new("does adding a friend fit", rounds);
    contest.add("planguard: check by id, ids the app holds", |call| {
        let (user, peer) = pairs.at(0, call);
        let _ = black_box(guard.check(&add_friend(users[user], users[peer])));
    });
    contest.add("planguard: check by id, ids made from text each time", |call| {
        let (user, peer) = pairs.at(1, call);
        let (user, peer) = (UserId::new(&names[user]).unwrap(), UserId::new(&names[peer]).unwrap());
        let _ = black_box(guard.check(&add_friend(user, peer)));
    });
    contest.add("planguard: check by handle", |call| {
        let (user, peer) = pairs.at(2, call);
        let _ = black_box(guard.check(&add_friend(handles[user].id(), handles[peer].id())));
    });
    contest.add("governor: check_key x 2, inline keys (UserId)", |call| {
        let (user, peer) = pairs.at(3, call);
        black_box(by_id.check(&users[user]) & by_id.check(&users[peer]));
    });
    contest.add("governor: check_key x 2, String keys", |call| {
        let (user, peer) = pairs.at(4, call);
        black_box(by_name.check(&names[user]) & by_name.check(&names[peer]));
    });
    contest.add("governor: direct check x 2, no key", |_| {
        black_box(direct.check() & direct.check());
    });
    contest.add("mutex map: get x 2", |call| {
        let (user, peer) = pairs.at(6, call);
        black_box(map.fits(&users[user], 3_000) & map.fits(&users[peer], 3_000));
    });
    contest.add("SQLite: query x 2, prepared", |call| {
        let (user, peer) = pairs.at(7, call);
        black_box(database.fits(&users[user], 3_000) & database.fits(&users[peer], 3_000));
    });
    contest.add("planguard: assess by id, all evidence", |call| {
        let (user, peer) = pairs.at(8, call);
        let _ = black_box(guard.assess(&add_friend(users[user], users[peer])));
    });
    let timings = contest.run();
    let peer = faster(&timings[3], &timings[4]);
    let among = thousands(count);
    let what = |how: &str| format!("`check` of two limits {how}, {among} random users / governor keyed × 2");
    report.ratio(&what("by id"), &timings[0], peer, Wanted::Below(1.0));
    report.ratio(&what("by handle"), &timings[2], peer, Wanted::AtMost(0.3));
    report.note(format!(
        "ids made from text in each call cost {:.2} × governor's two checks, where governor's keys are ready",
        timings[1].min / peer.min
    ));
    report.timings.extend(timings);
    one_pair(arguments, report);
    if let Some(bytes) = process::resident() {
        println!("    {} MB are resident", bytes / 1_000_000);
    }
}

/// The same two users in each call: everything is in the nearest cache, as for a device with one user.
fn one_pair(arguments: &Arguments, report: &mut Report) {
    let count = 1_000;
    let guard = super::guard_with(count);
    let users = app::users(0, count);
    let (ada, bob) = (users[0], users[1]);
    let (ada_handle, bob_handle) = (guard.user(ada.as_str()).unwrap(), guard.user(bob.as_str()).unwrap());
    let limiter = governor_keyed::Limiter::new(&users);
    let rounds = Rounds { calls: 1_000, rounds: arguments.pick(400, 40) };
    let mut contest = Contest::new("does adding a friend fit, the same two users", rounds);
    contest.add("planguard: check by id", |_| {
        let _ = black_box(guard.check(&add_friend(black_box(ada), black_box(bob))));
    });
    contest.add("planguard: check by handle", |_| {
        let _ = black_box(guard.check(&add_friend(black_box(ada_handle).id(), black_box(bob_handle).id())));
    });
    contest.add("governor: check_key x 2, inline keys (UserId)", |_| {
        black_box(limiter.check(black_box(&ada)) & limiter.check(black_box(&bob)));
    });
    report.timings.extend(contest.run());
}

/// Of two ways to ask the same peer, the one that is faster here.
fn faster<'a>(one: &'a Timing, other: &'a Timing) -> &'a Timing {
    if other.min < one.min { other } else { one }
}
