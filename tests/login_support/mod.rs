//! What the login tests share: a guard on a manual clock, and an upstream that answers when told to.

#![allow(unreachable_pub, reason = "shared by several test crates")]
#![allow(dead_code, reason = "not every test file uses everything")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use planguard::login::{LoginFailure, LoginIntent, LoginOutcome, LoginPolicy, LoginRequest, ProviderError};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Planguard, SdkAppId, SessionMode, UserId};
use tokio::sync::oneshot;

pub type Answer = Result<u32, ProviderError>;
pub type Outcome = Result<LoginOutcome<u32>, LoginFailure<ProviderError>>;

/// 2024-08-10 12:00 in the billing zone.
pub fn clock() -> ManualClock {
    ManualClock::at("2024-08-10T04:00:00Z".parse().unwrap())
}

pub fn open(clock: &ManualClock, store: &MemoryStore, mode: SessionMode, policy: LoginPolicy) -> Planguard {
    Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
        .fallback(CatalogId::Intl2024, EditionId::Standard)
        .session_mode(mode)
        .logins(policy)
        .clock(clock.clone())
        .store(store.clone())
        .open()
        .unwrap()
}

pub fn device() -> (Planguard, ManualClock) {
    let clock = clock();
    (open(&clock, &MemoryStore::new(), SessionMode::Device, LoginPolicy::default()), clock)
}

pub fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

pub fn request(id: &str) -> LoginRequest {
    LoginRequest::new(user(id))
}

pub fn with(id: &str, intent: LoginIntent) -> LoginRequest {
    request(id).intent(intent)
}

pub fn error(code: i32) -> ProviderError {
    ProviderError { code, message: String::new() }
}

/// A chat SDK whose logins answer when the test says so.
#[derive(Clone, Default)]
pub struct Sdk {
    started: Rc<Cell<usize>>,
    running: Rc<Cell<usize>>,
    most_running: Rc<Cell<usize>>,
    abandoned: Rc<Cell<usize>>,
    waiting: Rc<RefCell<Vec<oneshot::Sender<Answer>>>>,
}

struct Running {
    sdk: Sdk,
    answered: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sdk.running.set(self.sdk.running.get() - 1);
        if !self.answered {
            self.sdk.abandoned.set(self.sdk.abandoned.get() + 1);
        }
    }
}

impl Sdk {
    pub async fn login(self) -> Answer {
        self.started.set(self.started.get() + 1);
        self.running.set(self.running.get() + 1);
        self.most_running.set(self.most_running.get().max(self.running.get()));
        let mut running = Running { sdk: self.clone(), answered: false };
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(answer);
        let answer = answered.await.unwrap_or_else(|_| Err(error(-1)));
        running.answered = true;
        answer
    }

    pub fn started(&self) -> usize {
        self.started.get()
    }

    pub fn running(&self) -> usize {
        self.running.get()
    }

    /// Logins whose caller went away before it saw the answer.
    pub fn abandoned(&self) -> usize {
        self.abandoned.get()
    }

    pub fn most_running(&self) -> usize {
        self.most_running.get()
    }

    /// Answers the oldest login that still waits; false when none does.
    pub fn answer(&self, answer: Answer) -> bool {
        let mut answer = answer;
        loop {
            let next = {
                let mut waiting = self.waiting.borrow_mut();
                if waiting.is_empty() {
                    return false;
                }
                waiting.remove(0)
            };
            match next.send(answer) {
                Ok(()) => return true,
                // Its caller was dropped.
                Err(returned) => answer = returned,
            }
        }
    }
}

/// Runs `test` on one thread, with local tasks.
pub fn local<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test)
}

/// Starts a login as a task of its own.
pub fn spawn(guard: &Planguard, request: LoginRequest, sdk: &Sdk) -> tokio::task::JoinHandle<Outcome> {
    let (guard, sdk) = (guard.clone(), sdk.clone());
    tokio::task::spawn_local(async move { guard.login(request, || sdk.login()).await })
}

/// Lets every task run until it waits.
pub async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

/// Logs in with an upstream that answers at once.
pub async fn now(guard: &Planguard, request: LoginRequest, answer: Answer) -> Outcome {
    guard.login(request, || async { answer }).await
}

/// A login that must not reach upstream.
pub async fn never(guard: &Planguard, request: LoginRequest) -> LoginOutcome<u32> {
    let outcome: Outcome = guard.login(request, || async { panic!("this login must not be sent") }).await;
    outcome.unwrap()
}

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
