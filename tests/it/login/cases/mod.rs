//! Troubles of logins, each as it was found, and what must come of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod budget;
mod facts;
mod history;
mod identity;
mod process;
mod report;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use planguard::client::Builder;
use planguard::login::{
    DeferReason, DenyReason, LoginFailure, LoginIntent, LoginOutcome, LoginPolicy, LoginReport, LoginRequest,
    ProviderError,
};
use planguard::store::{MemoryStore, Store, StoredDocument, Work};
use planguard::time::{Clock, ManualClock};
use planguard::{
    CatalogId, DecisionPolicy, EditionId, Enforcement, EnforcementByLimit, Planguard, SdkAppId, SessionMode,
    UserId,
};
use tokio::sync::oneshot;

use LoginIntent::{OpenChat, PushWake, Reconnect, RenewUserSig};

type Answer = Result<u32, ProviderError>;
type Outcome = Result<LoginOutcome<u32>, LoginFailure<ProviderError>>;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const CONFIRMED: LoginIntent = LoginIntent::AfterKick { confirmed: true };

fn clock() -> ManualClock {
    clock_at("2024-08-10T04:00:00Z")
}

fn clock_at(text: &str) -> ManualClock {
    ManualClock::at(text.parse().unwrap())
}

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

fn ada() -> UserId {
    user("ada")
}

fn bob() -> UserId {
    user("bob")
}

fn of(id: &str, intent: LoginIntent) -> LoginRequest {
    LoginRequest::new(user(id), intent)
}

fn error(code: i32) -> ProviderError {
    ProviderError { code, message: String::new() }
}

fn strict() -> DecisionPolicy {
    DecisionPolicy { enforcement: EnforcementByLimit::all(Enforcement::Enforce), ..DecisionPolicy::default() }
}

fn builder(clock: &ManualClock, store: &MemoryStore) -> Builder {
    Planguard::builder(SdkAppId::new(1_400_000_001).unwrap()).clock(clock.clone()).store(store.clone())
}

/// A device that falls back on Standard.
async fn device(clock: &ManualClock, store: &MemoryStore) -> Planguard {
    builder(clock, store).fallback(CatalogId::INTL_2024, EditionId::STANDARD).open().await.unwrap()
}

/// A server that enforces every limit of its fallback.
async fn server(catalog: CatalogId, edition: EditionId, policy: LoginPolicy) -> Planguard {
    builder(&clock(), &MemoryStore::new())
        .fallback(catalog, edition)
        .decisions(strict())
        .session_mode(SessionMode::MultiUser)
        .logins(policy)
        .open()
        .await
        .unwrap()
}

/// Keeps a document, as a sync of another process does.
async fn keep(store: &MemoryStore, clock: &ManualClock, revision: u64, edition: &str) {
    let now = clock.now();
    let body = format!(
        r#"{{"schema":1,"revision":{revision},"sdk_app_id":1400000001,"catalog":"intl-2024","edition":"{edition}",
            "issued_at":"{now}","limits":{{}},"features":{{}}}}"#
    );
    let document = StoredDocument {
        body: body.into_bytes(),
        content_type: "application/json".to_owned(),
        etag: None,
        revision,
        fetched_at: now,
        fresh_for_secs: Some(86_400),
    };
    store.transact(Work::write(move |tx, _| tx.save_document(&document).map(drop))).await.unwrap();
}

/// A server whose plan comes from documents that other processes keep.
async fn online(clock: &ManualClock, store: &MemoryStore) -> Planguard {
    builder(clock, store)
        .endpoint("http://127.0.0.1:9")
        .session_mode(SessionMode::MultiUser)
        .open()
        .await
        .unwrap()
}

/// A chat SDK whose logins answer when the test says so.
#[derive(Clone, Default)]
struct Sdk {
    started: Rc<Cell<usize>>,
    waiting: Rc<RefCell<Vec<oneshot::Sender<Answer>>>>,
}

impl Sdk {
    async fn login(self) -> Answer {
        self.started.set(self.started.get() + 1);
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(answer);
        answered.await.unwrap_or_else(|_| Err(error(-1)))
    }

    fn started(&self) -> usize {
        self.started.get()
    }

    /// Answers the oldest login that still waits.
    fn answer(&self, answer: Answer) -> bool {
        let next = {
            let mut waiting = self.waiting.borrow_mut();
            if waiting.is_empty() {
                return false;
            }
            waiting.remove(0)
        };
        next.send(answer).is_ok()
    }
}

fn local<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test)
}

async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass in steps of 200 ms, and every task run in each.
async fn pass(clock: &ManualClock, steps: u32) {
    for _ in 0..steps {
        settle().await;
        clock.advance(Duration::from_millis(200));
    }
    settle().await;
}

fn spawn(guard: &Planguard, request: LoginRequest, sdk: &Sdk) -> tokio::task::JoinHandle<Outcome> {
    let (guard, sdk) = (guard.clone(), sdk.clone());
    tokio::task::spawn_local(async move { guard.login_with(request, || sdk.login()).await })
}

/// A login that is sent and given up.
async fn lose(guard: &Planguard, request: LoginRequest) {
    let sdk = Sdk::default();
    let lost = spawn(guard, request, &sdk);
    settle().await;
    assert_eq!(sdk.started(), 1);
    lost.abort();
    settle().await;
}

async fn now(guard: &Planguard, request: LoginRequest, answer: Answer) -> Outcome {
    guard.login_with(request, || async { answer }).await
}

/// What came of a login that must not reach upstream.
async fn never(guard: &Planguard, request: LoginRequest) -> LoginOutcome<u32> {
    let outcome: Outcome =
        guard.login_with(request, || async { panic!("this login must not be sent") }).await;
    outcome.unwrap()
}

async fn reached(guard: &Planguard, request: LoginRequest) -> bool {
    matches!(now(guard, request, Ok(1)).await, Ok(LoginOutcome::Executed { .. }))
}

async fn report_of(guard: &Planguard, month: &str) -> LoginReport {
    guard.login_report(month.parse().unwrap()).await.unwrap()
}

fn deferred(outcome: &LoginOutcome<u32>) -> Option<DeferReason> {
    match outcome {
        LoginOutcome::Deferred { reason, .. } => Some(*reason),
        _ => None,
    }
}

fn denied(outcome: &LoginOutcome<u32>) -> Option<DenyReason> {
    match outcome {
        LoginOutcome::Denied { reason, .. } => Some(*reason),
        _ => None,
    }
}
