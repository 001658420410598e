//! Whatever befalls an app, its stores, its clocks and its endpoint, what the guard says stays true.

mod found;
mod model;
mod steps;
mod usage;
mod world;

use std::time::Duration;

use proptest::prelude::*;
use support::local;

use model::Key;
use steps::{Setting, Step, history};
use world::World;

async fn play(setting: Setting, steps: Vec<Step>) {
    let processes = setting.processes;
    let mut world = World::new(setting).await;
    for step in steps {
        let of = |n: usize| n % processes;
        match step {
            Step::Reserve(n, deed) => world.reserve(of(n), deed).await,
            Step::Commit(nth) => world.commit(nth).await,
            Step::Release(nth) => world.release(nth).await,
            Step::Forget(nth) => world.forget(nth),
            Step::Record(n, deed) => world.record(of(n), deed).await,
            Step::RecordOnce(n, key, deed) => world.record_once(of(n), key, deed).await,
            Step::ListFriends(n, who, count) => world.observe(of(n), Key::Friends(who), count).await,
            Step::ListMembers(n, group, count) => world.observe(of(n), Key::Members(group), count).await,
            Step::Fail(n, after, times, fault) => {
                let process = &mut world.processes[of(n)];
                process.store.fail_later(after, times, fault);
                process.armed = true;
            }
            Step::Hang(n) => {
                let process = &mut world.processes[of(n)];
                process.store.hang();
                (process.armed, process.hanging) = (true, true);
            }
            Step::Recover(n) => {
                let process = &mut world.processes[of(n)];
                process.store.recover();
                (process.armed, process.hanging) = (false, false);
            }
            Step::Kill(n) => world.kill(of(n)).await,
            Step::Restart(n) => world.restart(of(n)).await,
            Step::Reboot => world.reboot().await,
            Step::Pass(secs) => world.pass(Duration::from_secs(secs)),
            Step::SetClock(secs) => world.set_clock(secs),
            Step::Check => check(&mut world).await,
        }
    }
    check(&mut world).await;
}

async fn check(world: &mut World) {
    world.calm().await;
    for n in 0..world.processes.len() {
        world.compare(n);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_holds_in_every_history((setting, steps) in history()) {
        local(play(setting, steps));
    }
}
