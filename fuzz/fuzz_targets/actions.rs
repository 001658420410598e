//! Sequences of actions on a guard whose store fails at times, against a model: whole numbers in a map. What time does that
//! goes wrong is tried elsewhere: a count then depends on what is believed of it.
//! Room is never granted twice, never refused while there is some, and every count is what was done.
#![no_main]

use std::collections::BTreeMap;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use planguard::client::{Committed, Permit, Reservation};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::sync::FetchPolicy;
use planguard::time::{Clock as _, ManualClock};
use planguard::{
    Action, DecisionPolicy, Enforcement, EnforcementByLimit, GroupType, LimitId, Observation, Planguard,
    UserId,
};
use planguard_fuzz::{Endpoint, builder, document, noon, run, standard};
use serde_json::json;

const USERS: u8 = 3;
/// The group limit of the app, and of each user.
const GROUPS: i64 = 6;
const GROUPS_EACH: i64 = 3;
/// How long a permit holds its room.
const HOLDS: Duration = Duration::from_secs(60);

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Groups,
    Of(u8),
}

/// A count: what a list said last, and what was added since, with the number of the step at which it was.
#[derive(Clone, Default)]
struct Count {
    listed: i64,
    since: u64,
    adds: Vec<(u64, i64)>,
}

impl Count {
    fn used(&self) -> i64 {
        // No list ever has fewer than none.
        self.adds
            .iter()
            .filter(|(at, _)| *at > self.since)
            .fold(self.listed, |used, (_, by)| (used + by).max(0))
    }
}

struct Held {
    permit: Permit,
    user: u8,
    step: u64,
    since: Duration,
}

struct World {
    clock: ManualClock,
    store: FaultyStore,
    endpoint: Endpoint,
    guard: Planguard,
    counts: BTreeMap<Key, Count>,
    permits: Vec<Held>,
    /// Room that a process holds which is not there any more: by user, until it lapses.
    ghosts: Vec<(u8, Duration)>,
    step: u64,
    passed: Duration,
    revision: u64,
}

fn open(clock: &ManualClock, store: &FaultyStore, endpoint: &Endpoint) -> Planguard {
    let enforce = EnforcementByLimit::all(Enforcement::Enforce);
    let opening = builder(clock)
        .decisions(DecisionPolicy { enforcement: enforce, ..DecisionPolicy::default() })
        .endpoint("https://billing.example")
        .transport(endpoint.clone())
        .store(store.clone())
        .open();
    run(clock, opening).expect("a store that fails keeps no app from starting")
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::at(noon());
        let store = FaultyStore::new(MemoryStore::new());
        let endpoint = Endpoint::default();
        let guard = open(&clock, &store, &endpoint);
        let mut world = Self {
            clock,
            store,
            endpoint,
            guard,
            counts: BTreeMap::from([(Key::Groups, Count::default())]),
            permits: Vec::new(),
            ghosts: Vec::new(),
            step: 1,
            passed: Duration::ZERO,
            revision: 0,
        };
        world.publish(0, 0);
        for user in 0..USERS {
            world.list(user, 0);
        }
        world
    }

    fn user(&self, user: u8) -> UserId {
        self.guard.user(["ada", "bob", "eve"][usize::from(user)]).unwrap().id()
    }

    fn create(&self, user: u8) -> Action {
        Action::CreateGroup { owner: self.user(user), kind: GroupType::Work, initial_members: 0 }
    }

    fn keys(user: u8) -> [(Key, i64); 2] {
        [(Key::Groups, GROUPS), (Key::Of(user), GROUPS_EACH)]
    }

    /// The endpoint says how many groups there are; `ahead` seconds in the future, by mistake.
    fn publish(&mut self, groups: i64, ahead: u64) {
        // While memory stands in for the store, it does not know when what was counted before happened, and leaves that
        // on top of a report.
        self.settle();
        self.revision += 1;
        let now = self.clock.now();
        let mut body = standard(self.revision, now.plus(Duration::from_secs(ahead)));
        body["fresh_for_secs"] = json!(2_000_000);
        body["limits"] = json!({
            "non_av_groups": GROUPS, "groups_per_user": GROUPS_EACH, "net_new_groups_per_day": null,
        });
        body["usage"] =
            json!({ "as_of": now.plus(Duration::from_secs(ahead)).to_string(), "non_av_groups": groups });
        self.endpoint.clear();
        self.endpoint.then(document(now, &body));
        if run(&self.clock, self.guard.sync(FetchPolicy::Fetch)).is_ok() {
            self.listed(Key::Groups, groups);
        }
    }

    fn list(&mut self, user: u8, count: i64) {
        let listed = Observation::Groups { user: self.user(user), count: count.unsigned_abs() };
        run(&self.clock, self.guard.observe(&listed));
        self.listed(Key::Of(user), count);
    }

    fn listed(&mut self, key: Key, listed: i64) {
        let count = self.counts.entry(key).or_default();
        (count.listed, count.since) = (listed, self.step);
    }

    fn add(&mut self, user: u8, step: u64, by: i64) {
        for (key, _) in Self::keys(user) {
            self.counts.entry(key).or_default().adds.push((step, by));
        }
    }

    fn used(&self, key: Key) -> i64 {
        self.counts.get(&key).map_or(0, Count::used)
    }

    /// What live permits hold, and what those may that are lost.
    fn held(&self, key: Key) -> (i64, i64) {
        let of = |user: u8| i64::from(key == Key::Groups || key == Key::Of(user));
        let live = |since: &Duration| self.passed < *since + HOLDS;
        let mine = self.permits.iter().filter(|held| live(&held.since)).map(|held| of(held.user)).sum();
        (mine, self.ghosts.iter().filter(|(_, since)| live(since)).map(|(user, _)| of(*user)).sum())
    }

    fn reserve(&mut self, user: u8) {
        let Err(denied) = self.try_reserve(user) else { return };
        let full = Self::keys(user).into_iter().any(|(key, max)| {
            let (held, ghosts) = self.held(key);
            self.used(key) + held + ghosts >= max
        });
        if full {
            return;
        }
        // Memory that stands in for the store knows of the permits of before only how much they hold in all, and until
        // when the last of them does.
        self.settle();
        assert!(self.try_reserve(user).is_ok(), "refused though there is room: {denied}");
    }

    fn try_reserve(&mut self, user: u8) -> Result<(), String> {
        let permit = match run(&self.clock, self.guard.reserve_for(&self.create(user), HOLDS)) {
            Reservation::Held(permit) => permit,
            Reservation::Denied(denied) => return Err(format!("{denied:?}")),
        };
        for (key, max) in Self::keys(user) {
            let (used, (held, _)) = (self.used(key), self.held(key));
            assert!(used + held < max, "oversold: {used} used and {held} held of {max}");
        }
        let (step, since) = (self.step, self.passed);
        self.permits.push(Held { permit, user, step, since });
        Ok(())
    }

    fn take(&mut self, nth: u8) -> Option<Held> {
        let nth = usize::from(nth).checked_rem(self.permits.len())?;
        Some(self.permits.remove(nth))
    }

    fn commit(&mut self, nth: u8) {
        let Some(Held { permit, user, step, since }) = self.take(nth) else { return };
        let committed = run(&self.clock, permit.commit());
        let lapsed = self.passed >= since + HOLDS;
        assert_eq!(committed, if lapsed { Committed::AfterExpiry } else { Committed::InTime });
        self.add(user, step, 1);
        // While the store fails it may hold the room of what memory has counted.
        self.ghosts.push((user, since));
    }

    fn release(&mut self, nth: u8) {
        let Some(Held { permit, user, since, .. }) = self.take(nth) else { return };
        drop(permit);
        self.ghosts.push((user, since));
    }

    /// The process ends and another one begins; what it held lapses.
    fn restart(&mut self) {
        // A process that is killed with what memory kept for the store is another story.
        self.settle();
        for Held { permit, user, since, .. } in self.permits.drain(..) {
            let _ = permit.keep();
            self.ghosts.push((user, since));
        }
        self.guard = open(&self.clock, &self.store, &self.endpoint);
    }

    /// The store is there again, and takes what was kept for it.
    fn settle(&mut self) {
        self.store.recover();
        run(&self.clock, self.guard.record(&Action::RegisterUser));
    }

    fn pass(&mut self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
        self.passed += Duration::from_secs(secs);
    }

    fn compare(&self) {
        for user in 0..USERS {
            let assessed = self.guard.assess(&self.create(user));
            for check in &assessed.checks {
                let key = match check.limit {
                    LimitId::NonAvGroups => Key::Groups,
                    LimitId::GroupsPerUser => Key::Of(user),
                    _ => continue,
                };
                assert_eq!(i64::try_from(check.evidence.used), Ok(self.used(key)), "{:?}", check.limit);
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::new();
    for &[what, whom, how] in bytes.as_chunks::<3>().0.iter().take(80) {
        world.step += 1;
        // No two steps happen at one time, as far as headers tell it.
        world.pass(1);
        let user = whom % USERS;
        match what % 12 {
            0 | 1 => world.reserve(user),
            2 => world.commit(how),
            3 => world.release(how),
            4 => {
                run(&world.clock, world.guard.record(&world.create(user)));
                world.add(user, world.step, 1);
            }
            5 => {
                let group = world.guard.group("g").unwrap();
                let gone = Action::DissolveGroup { owner: world.user(user), group, kind: GroupType::Work };
                run(&world.clock, world.guard.record(&gone));
                world.add(user, world.step, -1);
            }
            6 => world.list(user, i64::from(how % 5)),
            7 => world.publish(i64::from(how % 8), u64::from(whom) * 3_600 * u64::from(how & 1)),
            8 => world.store.fail_later(u64::from(whom % 4), u64::from(how), Fault::DiskFull),
            9 => world.store.recover(),
            10 => world.pass(u64::from(how)),
            _ if how & 1 == 0 => world.restart(),
            _ => {}
        }
        world.compare();
    }
});
