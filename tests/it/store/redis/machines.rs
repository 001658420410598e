//! Machines that started at different times, and whose monotonic clocks have nothing in common.

use std::sync::Arc;
use std::time::Duration;

use planguard::model::{
    CounterKey, HoldItem, LeaseAnswer, LimitId, Max, Moment, Owner, Pseudonym, Subject, Timestamp, Wait,
};
use planguard::store::contract::{read, write};
use planguard::store::{Pass, PermitId, RedisStore, Reserve, ReserveAnswer};
use planguard::time::{Clock as _, ManualClock};
use planguard_servers::Redis;

use super::{options, try_open};

/// A process on a machine of its own.
struct Machine {
    clock: ManualClock,
    store: Arc<RedisStore>,
}

/// Two machines, of which the second started an hour later.
fn machines() -> [Machine; 2] {
    let url = Redis::shared().database();
    [3_600 + 50, 50].map(|up| {
        let clock = ManualClock::at(Timestamp::default());
        clock.advance(Duration::from_secs(up));
        let options = options(&url).machine(Arc::new(clock.clone())).deadline(Duration::from_secs(20));
        Machine { clock, store: try_open(options).unwrap() }
    })
}

impl Machine {
    fn wait(&self, secs: u64) -> Wait {
        Wait::new(self.clock.elapsed(), Duration::from_secs(secs))
    }

    fn lease(&self, owner: u128) -> LeaseAnswer {
        let wait = self.wait(30);
        write(&*self.store, move |t| {
            t.acquire_lease(Pseudonym([1; 16]), Owner(owner), wait, Duration::from_secs(10))
        })
        .unwrap()
    }

    fn reserve(&self, permit: u128) -> ReserveAnswer {
        let key = CounterKey { limit: LimitId::NonAvGroups, subject: Subject::App, bucket: 0 };
        let reserve = Reserve {
            permit: PermitId(permit),
            owner: Owner(1),
            items: vec![HoldItem { key, amount: 1, max: Max::Of(1) }],
            wait: self.wait(60),
            now: Moment { at: Timestamp::default(), elapsed: self.clock.elapsed() },
            pass: Pass::First,
        };
        write(&*self.store, move |t| t.reserve(&reserve)).unwrap()
    }
}

#[test]
fn a_lease_of_one_machine_holds_on_another_and_lapses_there_by_the_servers_time() {
    for (first, second) in [(0, 1), (1, 0)] {
        let machines = machines();
        let LeaseAnswer::Granted { fence } = machines[first].lease(1) else { panic!("nobody has it") };
        assert!(matches!(machines[second].lease(2), LeaseAnswer::Held(lease) if lease.fence == fence));
        machines[second].clock.advance(Duration::from_secs(25));
        assert!(matches!(machines[second].lease(2), LeaseAnswer::Held(_)));
        machines[second].clock.advance(Duration::from_secs(6));
        assert!(matches!(machines[second].lease(2), LeaseAnswer::Granted { fence: next } if next > fence));
        let seen = read(&*machines[first].store, |t| t.lease(Pseudonym([1; 16]))).unwrap();
        assert_eq!(seen.unwrap().owner, Owner(2));
    }
}

#[test]
fn room_of_one_machine_is_held_on_another_until_it_lapses() {
    let [one, other] = machines();
    assert!(matches!(one.reserve(1), ReserveAnswer::Held { .. }));
    assert!(matches!(other.reserve(2), ReserveAnswer::Full { .. }));
    other.clock.advance(Duration::from_secs(61));
    assert!(matches!(other.reserve(2), ReserveAnswer::Held { .. }));
}
