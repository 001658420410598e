//! Whatever befalls an app, its stores, its clocks and its endpoint, what the guard says stays true.

mod follow;
mod found;
mod heal;
mod logins;
mod model;
mod people;
mod steps;
mod tickets;
mod usage;
mod wire;
mod world;

use std::time::Duration;

use proptest::test_runner::{Config, RngSeed, TestRunner};
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
            Step::Release(nth) => world.release(nth),
            Step::Forget(nth) => world.forget(nth),
            Step::Record(n, deed) => world.record(of(n), deed).await,
            Step::RecordOnce(n, key, deed) => world.record_once(of(n), key, deed).await,
            Step::ListFriends(n, who, count) => world.observe(of(n), Key::Friends(who), count).await,
            Step::ListMembers(n, group, count) => world.observe(of(n), Key::Members(group), count).await,
            Step::Login(n, who, intent, code) => world.login(of(n), who, intent, code).await,
            Step::LoginSlowly(n, who, intent) => world.login_slowly(of(n), who, intent).await,
            Step::Answer(nth, code) => world.answer(nth, code).await,
            Step::Cancel(nth) => world.cancel(nth).await,
            Step::Begin(n, who, intent) => world.begin(of(n), who, intent).await,
            Step::AnswerTicket(nth, code) => world.answer_ticket(nth, code).await,
            Step::DropTicket(nth, forget) => world.drop_ticket(nth, forget).await,
            Step::Session(n, who, event) => world.session(of(n), who, event).await,
            Step::Sync(n, policy, answer) => world.sync(of(n), policy, answer).await,
            Step::Publish(plan) => world.publish(plan),
            Step::Flush(n, answer) => world.flush(of(n), answer).await,
            Step::Reject(n, code) => world.reject(of(n), code).await,
            Step::Phase(n, background) => world.phase(of(n), background),
            Step::Heal => {
                world.calm().await;
                world.heal().await;
            }
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
        world.poll_flights().await;
        world.watch_time();
    }
    check(&mut world).await;
    world.heal().await;
    world.compare_events().await;
    check(&mut world).await;
}

async fn check(world: &mut World) {
    world.calm().await;
    for n in 0..world.processes.len() {
        world.compare(n);
        world.compare_report(n).await;
    }
}

/// How many histories are played, and the number they are drawn from. Others are asked for with `PROPTEST_CASES` and
/// `PROPTEST_RNG_SEED`.
const HISTORIES: u32 = 300;
const SEED: u64 = 20_261_125;

#[test]
fn every_promise_holds_in_every_history() {
    let asked = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = asked("PROPTEST_RNG_SEED").unwrap_or(SEED);
    let cases = asked("PROPTEST_CASES").map_or(HISTORIES, |cases| u32::try_from(cases).unwrap());
    let mut runner = TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    });
    let played = runner.run(&history(), |(setting, steps)| {
        local(play(setting, steps));
        Ok(())
    });
    if let Err(fault) = played {
        panic!("drawn from {seed}: {fault}");
    }
}
