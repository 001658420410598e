//! Random histories of writes and failures against a simple count.

use super::script::Mode;
use super::*;

#[derive(Clone, Debug)]
enum Step {
    Mode(Mode),
    /// A caller asks for room, and waits for the store or not.
    Reserve {
        patient: bool,
    },
    /// One of those who were granted room uses it.
    Commit {
        which: usize,
        patient: bool,
    },
    /// The store gets on with what waits there.
    Run,
    Finish {
        fails: bool,
    },
    Serve,
    /// Another process writes.
    Foreign,
    /// A caller gives up.
    GiveUp {
        which: usize,
    },
    Read,
}

/// Numbers that are the same for the same seed: the library's own tests do without a crate for it, so that whoever
/// runs an example compiles less.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn flip(&mut self) -> bool {
        self.roll(2) == 0
    }

    fn step(&mut self) -> Step {
        match self.roll(20) {
            0..3 => Step::Mode([Mode::Serve, Mode::Fail, Mode::FailCommit, Mode::Hang][self.roll(4)]),
            3..9 => Step::Reserve { patient: self.flip() },
            9..12 => Step::Commit { which: self.roll(60), patient: self.flip() },
            12..14 => Step::Run,
            14..16 => Step::Finish { fails: self.flip() },
            16 => Step::Serve,
            17 => Step::Foreign,
            18 => Step::GiveUp { which: self.roll(60) },
            _ => Step::Read,
        }
    }
}

const K: u64 = 5;

/// A call that has not returned.
struct Call {
    run: BoxFuture<'static, Ran>,
    name: u128,
    /// What it asked, where it asked for room.
    asked: Option<Answer>,
}

#[derive(Default)]
struct Model {
    calls: Vec<Call>,
    granted: Vec<(u128, HeldSince)>,
    /// Granted in all, as far as callers were told.
    acknowledged: u64,
    given_up: u64,
    names: u128,
}

impl Model {
    fn poll(&mut self) {
        for mut call in std::mem::take(&mut self.calls) {
            match (&mut call.run).now_or_never() {
                None => self.calls.push(call),
                Some(Ran::Failed(error)) => panic!("a write never fails: {error}"),
                Some(_) => {
                    let answer = call.asked.map(|asked| asked.lock().expect("it ran"));
                    if let Some((true, held)) = answer {
                        self.acknowledged += 1;
                        self.granted.push((call.name, held));
                    }
                }
            }
        }
        assert!(self.acknowledged <= K, "{} of {K} granted", self.acknowledged);
    }

    fn call(&mut self, client: &Client, work: Work, name: u128, asked: Option<Answer>, patient: bool) {
        let wait = if patient { wait_forever() } else { no_wait() };
        self.calls.push(Call { run: client.standby.run(work, wait), name, asked });
    }

    fn step(&mut self, client: &Client, step: &Step) {
        match *step {
            Step::Mode(mode) => client.script.set(mode),
            Step::Reserve { patient } => {
                self.names += 1;
                let (work, answer) = client.reserve(self.names, K);
                self.call(client, work, self.names, Some(answer), patient);
            }
            Step::Commit { which, patient } => {
                if !self.granted.is_empty() {
                    let (name, held) = self.granted.swap_remove(which % self.granted.len());
                    self.call(client, client.commit(name, held), name, None, patient);
                }
            }
            Step::Run => client.script.run(),
            Step::Finish { fails: true } => client.script.finish(Err(StoreError::DiskFull)),
            Step::Finish { fails: false } => client.script.finish(Ok(())),
            Step::Serve => client.script.serve(),
            Step::Foreign => client.script.foreign(OTHER),
            Step::GiveUp { which } => {
                // What a caller who uses room does with it is not of interest here.
                let asking: Vec<_> =
                    (0..self.calls.len()).filter(|n| self.calls[*n].asked.is_some()).collect();
                if !asking.is_empty() {
                    self.calls.swap_remove(asking[which % asking.len()]);
                    self.given_up += 1;
                }
            }
            Step::Read => {
                let read = Work::read(|t| t.outbox_len().map(drop));
                drop(client.standby.run(read, no_wait()).now_or_never());
            }
        }
    }
}

#[test]
fn room_is_granted_once_and_nothing_acknowledged_is_lost() {
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let steps: Vec<_> = (0..=dice.roll(60)).map(|_| dice.step()).collect();
        let client = Client::new();
        let mut model = Model::default();
        for step in &steps {
            model.step(&client, step);
            model.poll();
        }
        // The store is well again.
        client.script.set(Mode::Serve);
        for _ in 0..3 {
            client.script.serve();
            model.poll();
            client.touch();
        }
        assert!(model.calls.is_empty(), "seed {seed}: {steps:?}");
        assert!(!client.standby.is_down(), "seed {seed}: {steps:?}");
        let room = client.stored(ROOM);
        let (counted, told) = (room.used() + room.reserved, model.acknowledged);
        let possible = told..=(told + model.given_up).min(K);
        assert!(possible.contains(&counted), "seed {seed}: {counted} not in {possible:?}: {steps:?}");
        assert!(client.standby.shared.core.lock().in_flight.is_empty(), "seed {seed}: {steps:?}");
        let failed = client.events().iter().filter(|event| matches!(event, Outage::Failed { .. })).count();
        assert_eq!(client.events().len(), failed * 2, "every outage ends; seed {seed}: {steps:?}");
    }
}
