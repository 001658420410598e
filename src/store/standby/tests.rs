//! The standby in front of a store that is scripted step by step.

use std::sync::Arc;
use std::time::Duration;

use crate::lock::Mutex;
use futures_util::FutureExt as _;
use futures_util::future::{pending, ready};

use super::down::MOST_KEPT;
use super::{Outage, Ran, Standby};
use crate::model::{
    Counter, CounterKey, Elapsed, Entitlements, HeldSince, HoldItem, Ledger, LimitId, Max, Moment, Owner,
    Snapshot, Subject, Timestamp, Usage, Wait,
};
use crate::port::BoxFuture;
use crate::store::{Commit, Pass, PermitId, Reserve, ReserveAnswer, Store, StoreError, Transaction, Work};

mod outages;
mod property;
mod replays;
mod script;
mod threads;

use script::Script;

const ROOM: CounterKey = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
const OTHER: CounterKey = CounterKey { limit: LimitId::MaxUsers, subject: Subject::App, bucket: 0 };
const NOW: Elapsed = Elapsed(1_000_000);

/// A client: a standby over a scripted store, and memory that follows the store's own line.
struct Client {
    script: Script,
    standby: Standby,
    anchor: Arc<Mutex<(Arc<Snapshot>, u64)>>,
    events: Arc<Mutex<Vec<Outage>>>,
    /// The names of the works in the order in which they ran to stay, for the first time.
    order: Arc<Mutex<Vec<u128>>>,
}

type Answer = Arc<Mutex<Option<(bool, HeldSince)>>>;

fn wait_forever() -> BoxFuture<'static, ()> {
    Box::pin(pending())
}

fn no_wait() -> BoxFuture<'static, ()> {
    Box::pin(ready(()))
}

fn now<T>(future: BoxFuture<'static, T>) -> T {
    future.now_or_never().expect("it need not wait")
}

impl Client {
    fn new() -> Self {
        let script = Script::default();
        Self::over(Arc::new(script.clone()), script)
    }

    fn over(store: Arc<dyn Store>, script: Script) -> Self {
        let empty = Snapshot {
            generation: 0,
            entitlements: Arc::new(Entitlements::unknown()),
            usage: Usage::default(),
            ledger: Ledger::default(),
            current_user: None,
            device_user: None,
            suspension: None,
        };
        let anchor = Arc::new(Mutex::new((Arc::new(empty), 0)));
        let events: Arc<Mutex<Vec<Outage>>> = Arc::default();
        let this: Arc<Mutex<Option<Standby>>> = Arc::default();
        let (seed, told, itself) = (Arc::clone(&anchor), Arc::clone(&events), Arc::clone(&this));
        let standby = Standby::new(
            store,
            move || seed.lock().clone(),
            move |event| {
                // Under the standby's lock this would never return.
                itself.lock().clone().expect("made").is_down();
                told.lock().push(event);
            },
        );
        *this.lock() = Some(standby.clone());
        Self { script, standby, anchor, events, order: Arc::default() }
    }

    /// A work that does `f` and brings memory up to date.
    fn work(
        &self,
        name: u128,
        mut f: impl FnMut(&mut dyn Transaction, Pass) -> Result<(), StoreError> + Send + 'static,
    ) -> Work {
        let (anchor, order) = (Arc::clone(&self.anchor), Arc::clone(&self.order));
        let followed = Arc::clone(&anchor);
        let found = Arc::new(Mutex::new(None));
        let changes = Arc::clone(&found);
        Work::write(move |t, pass| {
            f(t, pass)?;
            let since = anchor.lock().1;
            *found.lock() = if t.line() == 0 { Some(t.changes_since(since, NOW)?) } else { None };
            Ok(())
        })
        .then(move || {
            order.lock().push(name);
            if let Some(changes) = changes.lock().take() {
                let mut anchor = followed.lock();
                let mut usage = anchor.0.usage.clone();
                for (key, counter) in changes.counters {
                    usage = usage.with(key, counter);
                }
                *anchor = (Arc::new(Snapshot { usage, ..(*anchor.0).clone() }), changes.seq);
            }
        })
    }

    fn reserve(&self, name: u128, room: u64) -> (Work, Answer) {
        let answer = Answer::default();
        let given = Arc::clone(&answer);
        let work = self.work(name, move |t, pass| {
            if pass == Pass::Replay && given.lock().is_some_and(|(granted, _)| !granted) {
                return Ok(());
            }
            let items = vec![HoldItem { key: ROOM, amount: 1, max: Max::Of(room) }];
            let wait = Wait::new(NOW, Duration::from_secs(600));
            let now = Moment { at: Timestamp::from_secs(1_795_147_200), elapsed: NOW };
            let held =
                t.reserve(&Reserve { permit: PermitId(name), owner: Owner(1), items, wait, now, pass })?;
            if pass == Pass::First {
                *given.lock() = Some(match held {
                    ReserveAnswer::Held { since, .. } => (true, since),
                    ReserveAnswer::Full { .. } | ReserveAnswer::Lost { .. } => {
                        (false, HeldSince { at: now.at, seq: 0 })
                    }
                });
            }
            Ok(())
        });
        (work, answer)
    }

    fn commit(&self, name: u128, held: HeldSince) -> Work {
        self.work(name, move |t, _| {
            t.commit(&Commit { permit: PermitId(name), items: vec![(ROOM, 1)], held, now: NOW })?;
            Ok(())
        })
    }

    /// Asks for room and says whether it was granted.
    fn try_reserve(&self, name: u128, room: u64, wait: BoxFuture<'static, ()>) -> (Ran, bool) {
        let (work, answer) = self.reserve(name, room);
        let ran = now(self.standby.run(work, wait));
        let granted = answer.lock().is_some_and(|(granted, _)| granted);
        (ran, granted)
    }

    /// A write without meaning.
    fn touch(&self) -> Ran {
        now(self.standby.run(self.work(0, |_, _| Ok(())), no_wait()))
    }

    fn stored(&self, key: CounterKey) -> Counter {
        self.script.counter(key)
    }

    fn events(&self) -> Vec<Outage> {
        self.events.lock().clone()
    }

    fn failed(error: StoreError) -> Outage {
        Outage::Failed { error }
    }
}

mod contract {
    use super::*;
    use crate::store::MemoryStore;
    use crate::store::contract::{Backend, CASES};

    /// Works reach the store through the standby.
    struct Through(Standby);

    impl Store for Through {
        fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
            let ran = self.0.run(work, wait_forever());
            Box::pin(ran.map(|ran| match ran {
                Ran::Durable => Ok(()),
                Ran::Failed(error) => Err(error),
                ran => panic!("a healthy store takes everything: {ran:?}"),
            }))
        }
    }

    struct Healthy(MemoryStore);

    impl Backend for Healthy {
        fn open(&self) -> Arc<dyn Store> {
            let anchor = Client::new().anchor;
            let standby = Standby::new(
                Arc::new(self.0.clone()),
                move || anchor.lock().clone(),
                |event| panic!("{event:?}"),
            );
            Arc::new(Through(standby))
        }
    }

    #[test]
    fn a_standby_over_a_healthy_store_meets_the_contract() {
        // Withdrawing is the standby's own there.
        let withdrawn =
            ["transactions::a_withdrawn_work_does_not_run", "transactions::a_begun_work_is_not_withdrawn"];
        for (_, case) in CASES.iter().filter(|(name, _)| !withdrawn.contains(name)) {
            case(&Healthy(MemoryStore::new()));
        }
    }
}
