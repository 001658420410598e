//! The chat SDK's stand-in: an upstream whose logins answer when told to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use planguard::Planguard;
use planguard::login::{LoginFailure, LoginOutcome, LoginRequest, ProviderError};
use tokio::sync::oneshot;

/// What the SDK answers a login.
pub type Answer = Result<u32, ProviderError>;
/// What the guard answers the caller of a login.
pub type Outcome = Result<LoginOutcome<u32>, LoginFailure<ProviderError>>;

/// A refusal with that code.
pub fn error(code: i32) -> ProviderError {
    ProviderError { code, message: String::new() }
}

/// A chat SDK whose logins answer when the test says so.
#[derive(Clone, Default)]
pub struct Upstream {
    started: Rc<Cell<usize>>,
    running: Rc<Cell<usize>>,
    most_running: Rc<Cell<usize>>,
    abandoned: Rc<Cell<usize>>,
    waiting: Rc<RefCell<Vec<oneshot::Sender<Answer>>>>,
}

struct Running {
    upstream: Upstream,
    answered: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.upstream.running.set(self.upstream.running.get() - 1);
        if !self.answered {
            self.upstream.abandoned.set(self.upstream.abandoned.get() + 1);
        }
    }
}

impl Upstream {
    /// A login that runs until it is answered, or dropped.
    pub async fn login(self) -> Answer {
        self.started.set(self.started.get() + 1);
        self.running.set(self.running.get() + 1);
        self.most_running.set(self.most_running.get().max(self.running.get()));
        let mut running = Running { upstream: self.clone(), answered: false };
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(answer);
        let answer = answered.await.unwrap_or_else(|_| Err(error(-1)));
        running.answered = true;
        answer
    }

    /// Logins that reached upstream.
    pub fn started(&self) -> usize {
        self.started.get()
    }

    /// Logins that wait for an answer.
    pub fn running(&self) -> usize {
        self.running.get()
    }

    /// Logins whose caller went away before it saw the answer.
    pub fn abandoned(&self) -> usize {
        self.abandoned.get()
    }

    /// The most logins that ever waited at once.
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

/// Starts a login as a task of its own.
pub fn spawn(
    guard: &Planguard,
    request: LoginRequest,
    upstream: &Upstream,
) -> tokio::task::JoinHandle<Outcome> {
    let (guard, upstream) = (guard.clone(), upstream.clone());
    tokio::task::spawn_local(async move { guard.login_with(request, || upstream.login()).await })
}

/// Logs in with an upstream that answers at once.
pub async fn now(guard: &Planguard, request: LoginRequest, answer: Answer) -> Outcome {
    guard.login_with(request, || async { answer }).await
}

/// A login that must not reach upstream.
pub async fn never(guard: &Planguard, request: LoginRequest) -> LoginOutcome<u32> {
    let outcome: Outcome =
        guard.login_with(request, || async { panic!("this login must not be sent") }).await;
    outcome.unwrap()
}
