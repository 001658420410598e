//! The processes of an app, their store, their clock, and how an operation of one of them is carried through.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::poll;
use planguard::client::{Event, Permit};
use planguard::login::LoginPolicy;
use planguard::store::{FaultyStore, MemoryStore, ProcessRole, SqliteStore, Store, Work};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Enforcement, Planguard, SessionMode, Timestamp};
use support::{builder, clock, strict};

use super::logins::{BUDGET, Flight};
use super::model::{Change, Counts, Key};
use super::people::{Fact, People};
use super::steps::Setting;
use super::tickets::Ticket;
use super::wire::Wire;

/// Room that was given, as the truth has it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) adds: Vec<(Key, i64)>,
    /// In time that has truly passed.
    pub(super) since: Duration,
    pub(super) when: u64,
    /// Whether the store took it at once.
    pub(super) durable: bool,
}

pub(super) const PERMIT: Duration = Duration::from_secs(60);

impl Held {
    pub(super) fn is_over(&self, passed: Duration) -> bool {
        passed.saturating_sub(self.since) >= PERMIT
    }

    pub(super) fn of(&self, key: Key) -> i64 {
        self.adds.iter().filter(|(of, n)| *of == key && *n > 0).map(|(_, n)| n).sum()
    }
}

/// One process.
pub(super) struct Process {
    pub(super) guard: Planguard,
    pub(super) store: FaultyStore,
    /// The store behind the switch.
    inner: Arc<dyn Store>,
    pub(super) down: Arc<AtomicBool>,
    /// How often its store came back, and how often that was noticed here.
    pub(super) recovered: Arc<AtomicU64>,
    pub(super) recoveries: u64,
    pub(super) permits: Vec<(Held, Permit)>,
    /// Whether its store fails or hangs, or is about to.
    pub(super) armed: bool,
    pub(super) hanging: bool,
    /// Acknowledged while the store failed, not written yet.
    pub(super) pending: Vec<Change>,
    /// Whether its store failed when it acknowledged something last.
    pub(super) was_down: bool,
    /// The month to which its store is still to be corrected.
    pub(super) late_correction: Option<i64>,
    /// What it added when its store began to fail: written already, or pending.
    pub(super) fell_with: Vec<(Key, i64)>,
    pub(super) flights: Vec<Flight>,
    /// What time it was to it last.
    pub(super) seen: i64,
    pub(super) tickets: Vec<Ticket>,
    /// What it learnt while its store failed, or may have.
    pub(super) untold: Vec<Fact>,
    pub(super) untold_events: Vec<&'static str>,
    /// Requests that ended and are counted in memory, perhaps in memory only.
    pub(super) tallied: Vec<i64>,
}

impl Process {
    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::Acquire)
    }

    /// Whether memory may have answered the last operation: the store fails, or came back only after the answer.
    pub(super) fn stood_in(&self) -> bool {
        self.is_down() || self.recovered.load(Ordering::Acquire) > self.recoveries
    }
}

enum Disk {
    Memory(MemoryStore),
    Sqlite(tempfile::TempDir),
}

pub(super) struct World {
    pub(super) setting: Setting,
    pub(super) clock: ManualClock,
    disk: Disk,
    pub(super) processes: Vec<Process>,
    /// Time that has truly passed.
    pub(super) passed: Duration,
    /// How many things have happened.
    pub(super) happened: u64,
    pub(super) counts: Counts,
    pub(super) people: People,
    pub(super) wire: Wire,
    /// Events that the endpoint must have been told of, by type: at least, and at most.
    pub(super) events: BTreeMap<&'static str, (u64, u64)>,
    /// The latest that the wall clock showed when something was done.
    pub(super) acted: i64,
    /// The true time at the beginning.
    start: Timestamp,
    /// Room that nobody will give back: it lapses by itself.
    pub(super) ghosts: Vec<Held>,
}

/// The month of a day since 1970, counted from year 0.
pub(super) fn month_of(day: i64) -> i64 {
    let since = |year: i64| 365 * year + year / 4 - year / 100 + year / 400;
    // 1970-01-01 is day 719,528 since 0000-01-01.
    let day = day + 719_528;
    let mut year = day / 366;
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let first = |year: i64| if year == 0 { 0 } else { since(year - 1) + 366 };
    while first(year + 1) <= day {
        year += 1;
    }
    let mut left = day - first(year);
    for (month, days) in
        [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate()
    {
        if left < days {
            return year * 12 + i64::try_from(month).unwrap();
        }
        left -= days;
    }
    unreachable!("a year has twelve months")
}

impl World {
    pub(super) async fn new(setting: Setting) -> Self {
        let disk = if setting.sqlite {
            Disk::Sqlite(tempfile::tempdir().unwrap())
        } else {
            Disk::Memory(MemoryStore::new())
        };
        let clock = clock();
        let mut world = Self {
            wire: Wire::new(planguard::time::Clock::now(&clock)),
            events: BTreeMap::new(),
            clock,
            disk,
            processes: Vec::new(),
            passed: Duration::ZERO,
            happened: 0,
            counts: Counts::default(),
            people: People::default(),
            acted: 0,
            start: Timestamp::MIN,
            ghosts: Vec::new(),
            setting,
        };
        world.start = planguard::time::Clock::now(&world.clock);
        world.pass(Duration::from_millis(1));
        for n in 0..world.setting.processes {
            let process = world.open(n).await;
            world.processes.push(process);
        }
        world
    }

    fn store(&self) -> Arc<dyn Store> {
        match &self.disk {
            Disk::Memory(memory) => Arc::new(memory.clone()),
            Disk::Sqlite(dir) => Arc::new(SqliteStore::open(dir.path().join("store.sqlite")).unwrap()),
        }
    }

    async fn open(&self, n: usize) -> Process {
        let inner = self.store();
        let store = FaultyStore::over(Arc::clone(&inner));
        let mode = if self.setting.many_users { SessionMode::MultiUser } else { SessionMode::Device };
        let logins = LoginPolicy {
            mau_budget: Some(BUDGET),
            on_budget: Some(Enforcement::Enforce),
            ..LoginPolicy::default()
        };
        let mut builder = builder(&self.clock)
            .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
            .session_mode(mode)
            .decisions(strict())
            .logins(logins)
            .shared_store(Arc::new(store.clone()));
        if self.setting.roles && n < 2 {
            builder = builder.process_role([ProcessRole::App, ProcessRole::Extension][n]);
        }
        if self.setting.endpoint {
            builder = builder.endpoint("https://billing.example.com").transport(self.wire.clone());
        }
        let guard = builder.open().await.unwrap();
        let down = Arc::new(AtomicBool::new(false));
        let recovered = Arc::new(AtomicU64::new(0));
        let (fell, again) = (Arc::clone(&down), Arc::clone(&recovered));
        guard.on_event(move |event| match event {
            Event::StoreFailed { .. } => fell.store(true, Ordering::Release),
            Event::StoreRecovered { dropped, .. } => {
                assert_eq!(*dropped, 0, "so little fits");
                again.fetch_add(1, Ordering::AcqRel);
                fell.store(false, Ordering::Release);
            }
            _ => {}
        });
        Process {
            guard,
            store,
            inner,
            down,
            recovered,
            recoveries: 0,
            permits: Vec::new(),
            armed: false,
            hanging: false,
            pending: Vec::new(),
            was_down: false,
            late_correction: None,
            fell_with: Vec::new(),
            flights: Vec::new(),
            seen: 0,
            tickets: Vec::new(),
            untold: Vec::new(),
            untold_events: Vec::new(),
            tallied: Vec::new(),
        }
    }

    /// Lets time pass, truly.
    pub(super) fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        self.passed += time;
        self.wire.0.lock().unwrap().now = self.truth();
    }

    /// The true time.
    pub(super) fn truth(&self) -> Timestamp {
        self.start.plus(self.passed)
    }

    /// What the wall clock shows is set.
    pub(super) fn set_clock(&self, by_secs: i64) {
        let now = planguard::time::Clock::now(&self.clock).as_millis();
        self.clock.set(Timestamp::from_millis((now + by_secs * 1_000).max(0)));
    }

    /// What the day is to process `n`, in UTC+08:00.
    pub(super) fn day(&self, n: usize) -> i64 {
        (self.processes[n].guard.now().as_millis() + 8 * 3_600_000).div_euclid(86_400_000)
    }

    /// Carries an operation through. Where nothing but a wait is left, time passes.
    pub(super) async fn finish<T>(&mut self, operation: impl Future<Output = T>) -> T {
        let mut operation = pin!(operation);
        for _ in 0..2_000 {
            for _ in 0..if self.setting.sqlite { 8 } else { 2 } {
                for _ in 0..4 {
                    if let Poll::Ready(answer) = poll!(&mut operation) {
                        return answer;
                    }
                    tokio::task::yield_now().await;
                }
                self.barrier().await;
            }
            self.pass(Duration::from_millis(250));
        }
        panic!("an operation never ends");
    }

    /// Waits until every store has done what was given to it.
    pub(super) async fn barrier(&self) {
        if self.setting.sqlite {
            for process in &self.processes {
                process.inner.transact(Work::read(|_| Ok(()))).await.unwrap();
            }
        }
    }

    /// A process ends without a word, and begins again on the same store.
    pub(super) async fn kill(&mut self, n: usize) {
        let process = self.processes.remove(n);
        self.bury(process);
        let again = self.open(n).await;
        self.processes.insert(n, again);
    }

    /// A process ends in good order, and begins again on the same store.
    pub(super) async fn restart(&mut self, n: usize) {
        let process = &mut self.processes[n];
        let permits = std::mem::take(&mut process.permits);
        let guard = process.guard.clone();
        for (held, permit) in permits {
            drop(permit);
            self.ghosts.push(held);
        }
        self.finish(async move { guard.flush().await }).await;
        self.acknowledged(n, None);
        self.kill(n).await;
    }

    /// The machine starts again.
    pub(super) async fn reboot(&mut self) {
        for process in std::mem::take(&mut self.processes) {
            self.bury(process);
        }
        self.clock.reboot();
        for n in 0..self.setting.processes {
            let process = self.open(n).await;
            self.processes.push(process);
        }
    }

    fn bury(&mut self, process: Process) {
        let armed = process.armed || process.is_down();
        let month = month_of((process.guard.now().as_millis() + 8 * 3_600_000).div_euclid(86_400_000));
        if let Some(month) = process.late_correction {
            self.people.correct(month, false, true);
        }
        for change in &process.pending {
            self.counts.apply(change, false);
        }
        for fact in process.untold {
            self.people.learn(fact, false);
        }
        for kind in process.untold_events {
            self.events.entry(kind).or_default().1 += 1;
        }
        for month in process.tallied {
            self.people.asked(month, false);
        }
        for flight in process.flights {
            let fact = flight.lost();
            self.people.strays += 1;
            if let Some(fact) = fact {
                self.people.doubt_by(month, fact);
                self.people.learn(fact, !armed);
            }
        }
        for ticket in process.tickets {
            let fact = ticket.lost();
            self.people.strays += 1;
            self.people.doubt_by(month, fact);
            self.people.learn(fact, !armed);
        }
        for (held, permit) in process.permits {
            self.ghosts.push(held);
            std::mem::forget(permit);
        }
    }
}
