//! Random histories of writes and failures against a simple count.

use proptest::prelude::*;

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

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mode = prop_oneof![Just(Mode::Serve), Just(Mode::Fail), Just(Mode::FailCommit), Just(Mode::Hang)];
    let step = prop_oneof![
        3 => mode.prop_map(Step::Mode),
        6 => any::<bool>().prop_map(|patient| Step::Reserve { patient }),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(which, patient)| Step::Commit { which, patient }),
        2 => Just(Step::Run),
        2 => any::<bool>().prop_map(|fails| Step::Finish { fails }),
        1 => Just(Step::Serve),
        1 => Just(Step::Foreign),
        1 => any::<usize>().prop_map(|which| Step::GiveUp { which }),
        1 => Just(Step::Read),
    ];
    proptest::collection::vec(step, 1..60)
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn room_is_granted_once_and_nothing_acknowledged_is_lost(steps in steps()) {
        let client = Client::new();
        let mut model = Model::default();
        for step in steps {
            model.step(&client, &step);
            model.poll();
        }
        // The store is well again.
        client.script.set(Mode::Serve);
        for _ in 0..3 {
            client.script.serve();
            model.poll();
            client.touch();
        }
        prop_assert!(model.calls.is_empty());
        prop_assert!(!client.standby.is_down());
        let room = client.stored(ROOM);
        let counted = room.used() + room.reserved;
        prop_assert!(counted >= model.acknowledged, "{counted} of {}", model.acknowledged);
        prop_assert!(counted <= model.acknowledged + model.given_up, "{counted} of {}", model.acknowledged);
        prop_assert!(counted <= K);
        prop_assert!(client.standby.shared.core.lock().in_flight.is_empty());
        let failed = client.events().iter().filter(|event| matches!(event, Outage::Failed { .. })).count();
        prop_assert_eq!(client.events().len(), failed * 2, "every outage ends");
    }
}
