//! Every case after every other, with restarts and a failing store in between: two true answers make all right.

use support::local;

use super::rows::{ROWS, Row};
use super::world::{Start, World};

/// When the app is started again.
#[derive(Clone, Copy, Debug)]
enum Restart {
    Never,
    BeforeTheAnswers,
    BetweenTheAnswers,
}

/// When the store fails.
#[derive(Clone, Copy, Debug)]
enum Store {
    Works,
    FailsAllTheWhile,
    FailsAtTheSecond,
    FailsAtTheFirstAnswer,
}

/// What the second true answer is.
#[derive(Clone, Copy, Debug)]
enum Second {
    Document,
    Confirmation,
}

/// A way in which cases are combined.
type Way = (Restart, Store, Second);

/// Everything that is wrong after two things have happened and two true answers have come.
async fn after(start: Start, both: [&Row; 2], (restart, store, second): Way) -> Vec<String> {
    let mut world = World::new(start).await;
    if matches!(store, Store::FailsAllTheWhile) {
        world.store_fails();
    }
    world.happens(both[0].input).await;
    if matches!(store, Store::FailsAtTheSecond) {
        world.store_fails();
    }
    world.happens(both[1].input).await;
    world.store_recovers();
    if matches!(restart, Restart::BeforeTheAnswers) {
        world.restart().await;
    }
    if matches!(store, Store::FailsAtTheFirstAnswer) {
        world.store_fails();
    }
    let mut wrong = Vec::new();
    wrong.extend(world.good().await.err());
    world.store_recovers();
    if matches!(restart, Restart::BetweenTheAnswers) {
        world.restart().await;
    }
    let answered = match second {
        Second::Document => world.good().await,
        Second::Confirmation => world.confirmed().await,
    };
    wrong.extend(answered.err());
    wrong.extend(world.wrong());
    world.use_app().await;
    world.restart().await;
    wrong.extend(world.wrong().into_iter().map(|what| format!("after a restart {what}")));
    wrong
}

/// How cases are combined.
fn ways() -> [Way; 8] {
    use Restart::{BeforeTheAnswers, BetweenTheAnswers, Never};
    use Second::{Confirmation, Document};
    use Store::{FailsAllTheWhile, FailsAtTheFirstAnswer, FailsAtTheSecond, Works};
    [
        (Never, Works, Document),
        (BeforeTheAnswers, Works, Confirmation),
        (BetweenTheAnswers, Works, Document),
        (Never, FailsAllTheWhile, Confirmation),
        (BeforeTheAnswers, FailsAllTheWhile, Document),
        (BetweenTheAnswers, FailsAtTheSecond, Confirmation),
        // Started again between the answers, what the first one taught would be lost with the process.
        (Never, FailsAtTheFirstAnswer, Document),
        (BeforeTheAnswers, FailsAtTheFirstAnswer, Confirmation),
    ]
}

/// Every pair, each in one way, so that every case meets every way; or one of `thin` of them. With the environment
/// variable `PLANGUARD_ALL_PAIRS` every pair in every way, which takes minutes.
fn check(start: Start, thin: usize) {
    let (all, ways) = (std::env::var_os("PLANGUARD_ALL_PAIRS").is_some(), ways());
    local(async {
        let (mut failed, mut tried) = (Vec::new(), 0);
        for (n, first) in ROWS.iter().enumerate() {
            for (m, second) in ROWS.iter().enumerate() {
                for (number, way) in ways.iter().enumerate() {
                    if !all && ((n + m) % thin != 0 || (n + m / thin) % ways.len() != number) {
                        continue;
                    }
                    tried += 1;
                    let wrong = after(start, [first, second], *way).await;
                    if !wrong.is_empty() {
                        let (first, second) = (first.what, second.what);
                        failed.push(format!("{first}; {second}; {way:?}: {wrong:?}"));
                    }
                }
            }
        }
        assert!(tried >= ROWS.len() * ROWS.len() / thin, "{tried}");
        let shown = failed[..failed.len().min(40)].join("\n");
        assert!(failed.is_empty(), "{start:?}: {} of {tried}\n{shown}", failed.len());
    });
}

#[test]
fn any_two_cases_are_healed_by_two_true_answers_in_an_app_with_a_plan() {
    check(Start::InForce, 3);
}

#[test]
fn any_two_cases_are_healed_by_two_true_answers_at_the_first_start() {
    check(Start::First, 6);
}

#[test]
fn any_two_cases_are_healed_by_two_true_answers_where_the_clock_stands_in_1970() {
    check(Start::Learnt, 6);
}
