//! Contestants measured in turns: short rounds, so that whatever else the machine does meets all of them.

use std::ops::Range;
use std::time::Instant;

use planguard_bench::report::{Timing, nanoseconds};

/// How often each contestant is called.
#[derive(Clone, Copy)]
pub(crate) struct Rounds {
    /// Calls in a round.
    pub(crate) calls: usize,
    /// Rounds, without the one that warms up.
    pub(crate) rounds: usize,
}

impl Rounds {
    /// How many different call numbers there are, the warm-up included.
    pub(crate) fn numbers(self) -> usize {
        self.calls * (self.rounds + 1)
    }
}

/// Contestants that answer the same question.
pub(crate) struct Contest<'a> {
    group: &'static str,
    rounds: Rounds,
    contestants: Vec<Contestant<'a>>,
}

struct Contestant<'a> {
    name: String,
    /// Makes the calls with these numbers.
    batch: Box<dyn FnMut(Range<usize>) + 'a>,
    /// Nanoseconds per call, round by round.
    times: Vec<f64>,
}

impl<'a> Contest<'a> {
    pub(crate) fn new(group: &'static str, rounds: Rounds) -> Self {
        Self { group, rounds, contestants: Vec::new() }
    }

    /// A contestant whose call is `call`; its argument counts the calls and is the same for all contestants.
    pub(crate) fn add(&mut self, name: impl Into<String>, mut call: impl FnMut(usize) + 'a) {
        self.add_batch(name, move |numbers| numbers.for_each(&mut call));
    }

    /// A contestant that makes a round's calls itself, inside a runtime for example.
    pub(crate) fn add_batch(&mut self, name: impl Into<String>, batch: impl FnMut(Range<usize>) + 'a) {
        self.contestants.push(Contestant { name: name.into(), batch: Box::new(batch), times: Vec::new() });
    }

    /// Runs all rounds, prints what came of each contestant, and gives it in the order in which they were added.
    pub(crate) fn run(mut self) -> Vec<Timing> {
        let Rounds { calls, rounds } = self.rounds;
        for round in 0..=rounds {
            let numbers = round * calls..(round + 1) * calls;
            for contestant in &mut self.contestants {
                let started = Instant::now();
                (contestant.batch)(numbers.clone());
                let time = started.elapsed().as_secs_f64() * 1e9 / calls as f64;
                // The first round warms up.
                if round > 0 {
                    contestant.times.push(time);
                }
            }
        }
        println!("  {} ({rounds} rounds of {calls} calls each, in turns)", self.group);
        let group = self.group;
        self.contestants.into_iter().map(|contestant| contestant.timing(group)).collect()
    }
}

impl Contestant<'_> {
    fn timing(self, group: &str) -> Timing {
        let (min, median) = min_and_median(self.times);
        println!("    {:<58} min {:>10}   median {:>10}", self.name, nanoseconds(min), nanoseconds(median));
        Timing { group: group.to_owned(), name: self.name, min, median }
    }
}

/// The minimum and the median of some times.
pub(crate) fn min_and_median(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}
