//! What surrounds the guard: a store with a trap in it, a billing endpoint, and time that passes while somebody waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::client::Builder;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::{Fault, FaultyStore, MemoryStore, ProcessRole, Store, StoreError, Work};
use planguard::time::{Clock, ManualClock};
use planguard::{CatalogId, EditionId, Planguard};
use support::{builder, clock, strict};

/// What happens at one transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Blow {
    /// It fails, and so do the next ones: as many as this in all.
    Fail(Fault, u64),
    /// It hangs, and so does everything after it, until the operation it belongs to is over or for long.
    Hang { for_long: bool },
    /// The wall clock jumps by so many seconds.
    Jump(i64),
    /// The process is killed before the store has the transaction.
    KilledBefore,
    /// The process is killed once the store has it, and before the guard is told.
    KilledAfter,
}

#[derive(Default)]
struct Trap {
    seen: u64,
    at: Option<(u64, Blow)>,
    sprung: bool,
    dead: bool,
}

/// A process's way to the store.
#[derive(Clone)]
struct Door {
    store: Arc<dyn Store>,
    faulty: FaultyStore,
    trap: Arc<Mutex<Trap>>,
    clock: ManualClock,
}

impl Store for Door {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let blow = {
            let mut trap = self.trap.lock().unwrap();
            if trap.dead {
                return never(work);
            }
            let blow = trap.at.filter(|(at, _)| *at == trap.seen).map(|(_, blow)| blow);
            trap.seen += 1;
            trap.sprung |= blow.is_some();
            trap.dead = matches!(blow, Some(Blow::KilledBefore | Blow::KilledAfter));
            blow
        };
        match blow {
            Some(Blow::Fail(fault, times)) => self.faulty.fail_next(times, fault),
            Some(Blow::Hang { .. }) => self.faulty.hang(),
            Some(Blow::Jump(secs)) => {
                let millis = self.clock.now().as_millis() + secs * 1000;
                self.clock.set(planguard::Timestamp::from_millis(millis));
            }
            Some(Blow::KilledBefore) => return never(work),
            Some(Blow::KilledAfter) => {
                drop(self.store.transact(work));
                return Box::pin(std::future::pending());
            }
            None => {}
        }
        self.faulty.transact(work)
    }
}

fn never(work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
    Box::pin(async move {
        let _kept = work;
        std::future::pending().await
    })
}

/// An endpoint that has one document and takes every event. It keeps the type of each by its id.
#[derive(Clone, Default)]
struct Owner(Arc<Mutex<BTreeMap<String, String>>>);

const DOCUMENT: &str = r#"{"schema":1,"revision":1,"sdk_app_id":1400000001,"catalog":"intl-2024","edition":"standard",
    "subscription":{"starts_at":"2024-08-01T00:00:00Z","expires_at":"2024-10-01T00:00:00Z"},
    "issued_at":"2024-08-10T03:59:00Z","fresh_for_secs":86400}"#;

impl Transport for Owner {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let (status, body) = if request.method() == "POST" {
            let events: Vec<serde_json::Value> = serde_json::from_slice(request.body()).unwrap();
            let mut kept = self.0.lock().unwrap();
            for event in &events {
                let text = |field: &str| event[field].as_str().unwrap().to_owned();
                kept.insert(text("id"), text("type"));
            }
            (202, format!(r#"{{"accepted":{},"duplicates":0}}"#, events.len()))
        } else {
            (200, DOCUMENT.to_owned())
        };
        let mut response = Response::new(body.into_bytes());
        *response.status_mut() = status.try_into().unwrap();
        response.headers_mut().insert("content-type", "application/json".parse().unwrap());
        response.headers_mut().insert("date", "Sat, 10 Aug 2024 04:00:00 GMT".parse().unwrap());
        Box::pin(std::future::ready(Ok(response)))
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) blow: Option<Blow>,
    memory: MemoryStore,
    door: Door,
    owner: Owner,
}

impl World {
    /// One in which the transaction number `at` after the guard's opening meets `blow`.
    pub(crate) fn new(blow: Option<Blow>) -> Self {
        let (clock, memory) = (clock(), MemoryStore::new());
        let door = Door::to(&memory, &clock);
        Self { clock, blow, memory, door, owner: Owner::default() }
    }

    pub(crate) fn set_trap(&self, at: u64) {
        let mut trap = self.door.trap.lock().unwrap();
        (trap.seen, trap.at) = (0, self.blow.map(|blow| (at, blow)));
    }

    /// How many transactions there were since the trap was set.
    pub(crate) fn seen(&self) -> u64 {
        self.door.trap.lock().unwrap().seen
    }

    /// At which transaction the trap lies.
    pub(crate) fn sprung_at(&self) -> Option<u64> {
        self.door.trap.lock().unwrap().at.map(|(at, _)| at)
    }

    /// Whether the store has begun to fail or to hang.
    pub(crate) fn is_out(&self) -> bool {
        self.sprung() && matches!(self.blow, Some(Blow::Fail(..) | Blow::Hang { .. }))
    }

    pub(crate) fn sprung(&self) -> bool {
        self.door.trap.lock().unwrap().sprung
    }

    /// Whether the process has been killed.
    pub(crate) fn is_dead(&self) -> bool {
        self.door.trap.lock().unwrap().dead
    }

    /// The store neither fails nor hangs any more.
    pub(crate) fn recover(&self) {
        self.door.faulty.recover();
    }

    /// The app, as a new process when the last one was killed.
    pub(crate) async fn open(&mut self) -> Planguard {
        if self.is_dead() {
            self.door = Door::to(&self.memory, &self.clock);
        }
        self.builder(self.door.clone()).process_role(ProcessRole::App).open().await.unwrap()
    }

    /// Another process on the same store, which nothing befalls.
    pub(crate) async fn other(&self) -> Planguard {
        self.builder(self.memory.clone()).process_role(ProcessRole::Extension).open().await.unwrap()
    }

    fn builder(&self, store: impl Store + 'static) -> Builder {
        builder(&self.clock)
            .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
            .decisions(strict())
            .endpoint("https://billing.example.com")
            .transport(self.owner.clone())
            .store(store)
    }

    /// How many events of that type the endpoint was sent.
    pub(crate) fn told(&self, kind: &str) -> usize {
        self.owner.0.lock().unwrap().values().filter(|sent| *sent == kind).count()
    }

    /// What `operation` gives, time passing while it waits; `None` when the process is killed meanwhile.
    pub(crate) async fn run<T>(&self, case: &str, operation: impl Future<Output = T>) -> Option<T> {
        let mut operation = pin!(operation);
        for _ in 0..2_000 {
            if let std::task::Poll::Ready(value) = futures::poll!(operation.as_mut()) {
                return Some(value);
            }
            if self.is_dead() {
                return None;
            }
            self.clock.advance(Duration::from_millis(100));
        }
        panic!("{case} waits for ever")
    }
}

impl Door {
    fn to(memory: &MemoryStore, clock: &ManualClock) -> Self {
        let store: Arc<dyn Store> = Arc::new(memory.clone());
        let faulty = FaultyStore::over(Arc::clone(&store));
        Self { store, faulty, trap: Arc::default(), clock: clock.clone() }
    }
}
