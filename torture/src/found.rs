//! What is found: the store as it stands, and what the endpoint received, held against the account.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anyhow::Context as _;
use planguard::SdkAppId;
use planguard::model::{BillingZone, CounterKey, GroupId, LimitId, Owner, Subject, Timestamp, UserId};
use planguard::store::contract::{Whole, read, write};
use planguard::store::{Install, Opening, Pseudonymizer, SqliteStore, Store as _};
use planguard::time::Clock as _;
use planguard_endpoint_faults::Endpoint;
use serde_json::Value;

use crate::account::{Account, Times};
use crate::breach::{Breach, Class};
use crate::clock::WorldClock;
use crate::document::ROOM;
use crate::names;

/// A login that the endpoint was told of, or will be.
#[derive(Clone, Copy, Debug, Default)]
struct Executed {
    times: u64,
    /// Of these, how many said that the user is new in the month.
    new: u64,
}

/// What there is.
pub(crate) struct Found {
    active: HashSet<String>,
    executed: HashMap<String, Executed>,
    counters: HashMap<CounterKey, u64>,
    held: HashMap<CounterKey, u64>,
    totals: BTreeMap<String, u64>,
    pseudonyms: Pseudonymizer,
    pub(crate) salt: [u8; 32],
    /// How many events wait in the outbox.
    pub(crate) waiting: usize,
    /// Why the store was set aside when it was opened.
    pub(crate) set_aside: Option<String>,
    /// Events of one id and two contents.
    twisted: Vec<String>,
    /// How many events were dropped since the install.
    pub(crate) dropped: u64,
    now: Timestamp,
}

/// What a store held before the world began: a frozen one is no world of ours.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    active: HashSet<String>,
    counters: HashMap<CounterKey, u64>,
    totals: BTreeMap<String, u64>,
    salt: Option<[u8; 32]>,
}

impl Found {
    /// Opens the store as a process without a role, which ends nothing that another one left.
    pub(crate) fn read(path: &Path, endpoint: &Endpoint, clock: &WorldClock) -> anyhow::Result<Self> {
        let (now, elapsed) = (clock.now(), clock.elapsed());
        let store = SqliteStore::open(path).context("the store does not open")?;
        let opening = Opening {
            app: SdkAppId::new(planguard_endpoint_faults::DEFAULT_APP)?,
            owner: Owner(1),
            role: None,
            candidate: Install { salt: [7; 32], guest_id: "guest".into(), install_id: "install".into() },
            device: None,
            renew: false,
            now: elapsed,
        };
        let zone = BillingZone::default();
        let month = zone.month(now);
        let opened = write(&store, move |t| t.open(&opening)).context("opening")?;
        let whole = read(&store, move |t| Whole::read(t, month, elapsed)).context("the image")?;
        let outbox = read(&store, |t| t.oldest(usize::MAX)).context("the outbox")?;
        let totals = read(&store, move |t| t.totals(month)).context("the totals")?;
        let mut bodies: HashMap<String, Value> = HashMap::new();
        let mut twisted = Vec::new();
        let waiting = outbox.len();
        let waits = outbox.into_iter().map(|entry| serde_json::from_str(&entry.body).unwrap_or(Value::Null));
        let received = endpoint.events().received.into_iter().map(|event| event.event);
        for body in received.chain(waits) {
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            if bodies.get(&id).is_some_and(|known| *known != body) {
                twisted.push(id.clone());
            }
            bodies.insert(id, body);
        }
        let mut executed: HashMap<String, Executed> = HashMap::new();
        for body in bodies.values().filter(|body| body["type"] == "planguard.login.executed") {
            let user = body["data"]["user"].as_str().unwrap_or_default();
            let of = executed.entry(user.to_owned()).or_default();
            of.times += 1;
            of.new += body["data"]["new_mau"].as_u64().unwrap_or(0);
        }
        let active = whole.users.iter().filter(|(_, user)| user.active.month == Some(month));
        Ok(Self {
            active: active.map(|(user, _)| user.to_hex()).collect(),
            executed,
            counters: whole.counters.iter().map(|(key, counter)| (*key, counter.used())).collect(),
            held: whole.counters.iter().map(|(key, counter)| (*key, counter.reserved)).collect(),
            totals,
            pseudonyms: Pseudonymizer::new(&opened.install),
            salt: opened.install.salt,
            waiting,
            dropped: whole.image.outbox_dropped,
            set_aside: store.take_corruption().map(|corruption| corruption.why),
            twisted,
            now,
        })
    }

    /// What it holds besides what a world adds.
    pub(crate) fn baseline(&self) -> Baseline {
        Baseline {
            active: self.active.clone(),
            counters: self.counters.clone(),
            totals: self.totals.clone(),
            salt: Some(self.salt),
        }
    }

    fn used(&self, limit: LimitId, subject: Subject, before: &Baseline) -> u64 {
        let key = CounterKey::at(limit, subject, self.now, &BillingZone::default());
        let of = |counters: &HashMap<_, _>| counters.get(&key).copied().unwrap_or(0);
        of(&self.counters).saturating_sub(of(&before.counters))
    }

    /// What is not as the account says.
    pub(crate) fn against(&self, account: &Account, before: &Baseline) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for id in &self.twisted {
            breaches.push(Breach::new(Class::Twice, format!("event {id} has two contents")));
        }
        if before.salt.is_some_and(|salt| salt != self.salt) {
            breaches.push(Breach::new(Class::Lost, "the salt is another one: nobody is recognised any more"));
        }
        self.logins(account, before, &mut breaches);
        self.usage(account, before, &mut breaches);
        breaches
    }

    fn logins(&self, account: &Account, before: &Baseline, breaches: &mut Vec<Breach>) {
        let mut known = HashSet::new();
        for (user, times) in &account.logins {
            let Ok(id) = UserId::new(names::user(*user)) else { continue };
            let hex = self.pseudonyms.user(&id).to_hex();
            let found = self.executed.get(&hex).copied().unwrap_or_default();
            breaches.extend(times.against(&format!("events of logins of user {user}"), found.times));
            if times.sure > 0 && !self.active.contains(&hex) {
                breaches.push(Breach::new(
                    Class::Lost,
                    format!("user {user}: was told to be logged in, and is not counted"),
                ));
            }
            known.insert(hex);
        }
        for hex in self.executed.keys().filter(|hex| !known.contains(*hex)) {
            breaches
                .push(Breach::new(Class::Twice, format!("events of logins that nobody asked for, of {hex}")));
        }
        for hex in self.active.iter().filter(|hex| !before.active.contains(*hex)) {
            let new = self.executed.get(hex).map_or(0, |found| found.new);
            let once = Times { sure: 1, maybe: 0 };
            breaches.extend(once.against(&format!("events that say that {hex} is counted, who is"), new));
        }
        for hex in self.executed.iter().filter(|(_, found)| found.new > 0).map(|(hex, _)| hex) {
            if !self.active.contains(hex) {
                breaches.push(Breach::new(
                    Class::Lost,
                    format!("an event says that {hex} is counted, and the store does not"),
                ));
            }
        }
        for hex in before.active.iter().filter(|hex| !self.active.contains(*hex)) {
            breaches.push(Breach::new(
                Class::Lost,
                format!("{hex} was counted before the migration, and is not now"),
            ));
        }
        let new = self.active.len().saturating_sub(before.active.len()) as u64;
        let counted = self.used(LimitId::FreeMau, Subject::App, before);
        let exactly = |sure| Times { sure, maybe: 0 };
        breaches.extend(exactly(new).against("active users in the counter, which the ledger has", counted));
        let events: u64 = self.executed.values().map(|found| found.times).sum();
        for (key, wanted) in [("executed", events), ("new_active_users", new)] {
            let of = |totals: &BTreeMap<String, u64>| totals.get(key).copied().unwrap_or(0);
            let total = of(&self.totals).saturating_sub(of(&before.totals));
            breaches.extend(exactly(wanted).against(&format!("{key} in the report"), total));
        }
    }

    fn usage(&self, account: &Account, before: &Baseline, breaches: &mut Vec<Breach>) {
        let mut check = |what: String, times: Times, found: u64| breaches.extend(times.against(&what, found));
        let groups: HashSet<u32> = account.permits.values().map(|permit| permit.group).collect();
        let mut over = Vec::new();
        for group in groups {
            let Ok(id) = GroupId::new(names::group(group)) else { continue };
            let subject = Subject::Group(self.pseudonyms.group(&id));
            let found = self.used(LimitId::MembersPerGroup, subject, before);
            check(format!("members of group {group}"), account.members(group), found);
            let key = CounterKey::at(LimitId::MembersPerGroup, subject, self.now, &BillingZone::default());
            let held = self.held.get(&key).copied().unwrap_or(0);
            if found + held > ROOM && !account.beyond_room.contains(&group) {
                let what =
                    format!("group {group}: {found} used and {held} held, and there is room for {ROOM}");
                over.push(Breach::new(Class::Room, what));
            }
        }
        let mut friends = Times::default();
        for (user, times) in &account.friends {
            (friends.sure, friends.maybe) = (friends.sure + times.sure, friends.maybe + times.maybe);
            let Ok(id) = UserId::new(names::user(*user)) else { continue };
            let subject = Subject::User(self.pseudonyms.user(&id));
            check(
                format!("friends of user {user}"),
                *times,
                self.used(LimitId::FriendsPerUser, subject, before),
            );
        }
        if let Ok(peer) = UserId::new(names::PEER) {
            let subject = Subject::User(self.pseudonyms.user(&peer));
            check("friends in all".into(), friends, self.used(LimitId::FriendsPerUser, subject, before));
        }
        let searches = self.used(LimitId::SearchRequestsPerMonth, Subject::App, before);
        check("searches".into(), account.searches(), searches);
        breaches.append(&mut over);
    }
}
