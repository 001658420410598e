//! A fault at each store operation: whichever transaction fails, hangs, meets a jump of the clock or is the last one of
//! its process, nothing is oversold, counted twice, or lost once it was acknowledged.

mod script;
mod world;

use std::collections::BTreeSet;

use futures::executor::block_on;
use planguard::login::LoginReport;
use planguard::store::Fault;
use planguard::{LimitId, Planguard};
use script::{ROOM, SCRIPT, Step, add_members, play};
use world::{Blow, World};

/// What the app knows to have happened, because the guard said so, and what may have happened besides.
#[derive(Default)]
struct Known {
    members: u64,
    maybe: u64,
    users: BTreeSet<&'static str>,
    requests: u64,
    maybe_requests: u64,
    executed: usize,
}

impl Known {
    fn acknowledge(&mut self, step: Step) {
        self.members += step.members();
        self.users.extend(step.logs_in());
        self.requests += step.requests();
        self.executed += usize::from(step.logs_in().is_some());
        match step {
            Step::KnownActive => drop(self.users.insert("eve")),
            Step::Kick => self.executed += 1,
            _ => {}
        }
    }
}

fn used(guard: &Planguard, limit: LimitId) -> u64 {
    let snapshot = guard.snapshot();
    let counters = snapshot.usage.iter().filter(|(key, _)| key.limit == limit);
    counters.map(|(_, counter)| counter.used()).sum()
}

async fn report(guard: &Planguard) -> LoginReport {
    guard.login_report(guard.billing_month()).await.unwrap()
}

/// Reserves and commits until there is no room.
async fn give_out_the_rest(world: &World, guard: &Planguard, case: &str) {
    let mut held = Vec::new();
    let reserve = format!("{case}: reserve");
    while let Some(permit) = world
        .run(&reserve, guard.reserve(&add_members(1)))
        .await
        .and_then(planguard::client::Reservation::permit)
    {
        held.push(permit);
    }
    for permit in held {
        let _ = world.run(&format!("{case}: commit"), permit.commit()).await;
    }
}

/// Plays the script with `blow` at its transaction number `at`; how many there were.
async fn run(at: u64, blow: Option<Blow>) -> u64 {
    let case = format!("{blow:?} at transaction {at}");
    let mut world = World::new(blow);
    let mut guard = world.open().await;
    let other = world.other().await;
    world.set_trap(at);
    let mut known = Known::default();
    let mut killed = false;
    for step in SCRIPT {
        loop {
            let done =
                world.run(&format!("{case}: {step:?}"), play(step, &guard, &other, &world)).await.is_some();
            if done {
                known.acknowledge(step);
                break;
            }
            killed = true;
            known.maybe_requests += step.requests();
            guard = world.open().await;
            if !step.is_repeated() {
                known.maybe += step.members();
                break;
            }
        }
    }
    let members = used(&guard, LimitId::MembersPerGroup);
    let bounds = known.members..=known.members + known.maybe;
    assert!(bounds.contains(&members), "{case}: {members} members, not {bounds:?}");

    // What is left of the group's room is given out, and nothing beyond it.
    let seen = world.seen();
    give_out_the_rest(&world, &guard, &case).await;
    assert!(used(&guard, LimitId::MembersPerGroup) <= ROOM, "{case}");
    world.recover();
    give_out_the_rest(&world, &guard, &case).await;
    assert_eq!(used(&guard, LimitId::MembersPerGroup), ROOM, "{case}");

    let mut flushed = None;
    for _ in 0..4 {
        flushed = world.run(&format!("{case}: flush"), guard.flush()).await;
    }
    assert_eq!(flushed.map(|flushed| (flushed.waiting, flushed.stopped)), Some((0, None)), "{case}");
    let live = world.run(&format!("{case}: report"), report(&guard)).await.unwrap();
    let far = matches!(blow, Some(Blow::Jump(secs)) if secs.abs() > 86_400);
    if !far {
        let active = known.users.len() as u64;
        assert_eq!(live.active_users, active, "{case}");
        assert_eq!(used(&guard, LimitId::FreeMau), active, "{case}");
        assert!(live.uncertain <= u64::from(killed), "{case}: {live:?}");
        let asked = live.asked();
        assert!(asked <= known.requests + known.maybe_requests, "{case}: {live:?}");
        assert!(killed || asked == known.requests, "{case}: {asked} of {}: {live:?}", known.requests);
    }
    let told = world.told("planguard.login.executed");
    let more = usize::from(killed);
    assert!((known.executed..=known.executed + more).contains(&told), "{case}: {told} were told");

    // What memory holds is what the store holds.
    let again = world.other().await;
    assert_eq!(report(&again).await, live, "{case}");
    for limit in [LimitId::MembersPerGroup, LimitId::FreeMau, LimitId::MaxUsers] {
        assert_eq!(used(&again, limit), used(&guard, limit), "{case}: {limit}");
    }
    seen
}

fn at_every_transaction(blows: impl IntoIterator<Item = Blow>) {
    // Not tokio's: its budget would make an operation wait that is polled in a loop.
    block_on(async {
        let transactions = Box::pin(run(0, None)).await;
        assert!(transactions > 30, "{transactions}");
        for blow in blows {
            for at in 0..transactions {
                Box::pin(run(at, Some(blow))).await;
            }
        }
    });
}

#[test]
fn whichever_transaction_fails_nothing_is_lost_doubled_or_oversold() {
    let faults = [Fault::DiskFull, Fault::Busy, Fault::Unwritable, Fault::Backend];
    at_every_transaction(faults.into_iter().flat_map(|fault| [1, 3, u64::MAX].map(|n| Blow::Fail(fault, n))));
}

#[test]
fn whichever_transaction_hangs_nothing_is_lost_doubled_or_oversold() {
    at_every_transaction([false, true].map(|for_long| Blow::Hang { for_long }));
}

#[test]
fn wherever_the_clock_jumps_nothing_is_lost_doubled_or_oversold() {
    at_every_transaction([-7_200, 7_200, -40 * 86_400, 40 * 86_400].map(Blow::Jump));
}

#[test]
fn wherever_the_process_is_killed_nothing_acknowledged_is_lost() {
    at_every_transaction([Blow::KilledBefore, Blow::KilledAfter]);
}
