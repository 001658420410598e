//! Logins, by a closure and in two steps, of users that may be new and of some that were seen before.

use std::time::Duration;

use planguard::login::{
    Begun, FailureClass, LoginFailure, LoginOutcome, LoginRequest, ProviderError, SessionState,
};
use planguard::time::Clock as _;
use planguard::{LoginIntent, UserId};

use super::{AT_ONCE, App, PATIENCE, Stage};
use crate::journal::{Told, Want};
use crate::names::{self, FAILING, SHARED};

/// A code of the provider that may pass: it asks for a while.
const OVERLOADED: i32 = 9506;

fn draw(app: &App) -> u32 {
    let mut rng = app.rng.borrow_mut();
    let (process, new) = (app.part.process, rng.bool());
    match rng.u32(0..20) {
        0 => FAILING + rng.u32(0..1_000),
        // Of this process alone, so mostly new.
        _ if new => 1_000 + process * 1_000 + rng.u32(0..1_000),
        _ => rng.u32(0..SHARED),
    }
}

fn request(user: u32, patience: Duration) -> anyhow::Result<LoginRequest> {
    Ok(LoginRequest::new(UserId::new(names::user(user))?, LoginIntent::OpenChat).timeout(patience))
}

fn told<T>(outcome: Result<LoginOutcome<T>, LoginFailure<ProviderError>>) -> Told {
    match outcome {
        Ok(LoginOutcome::Executed { .. }) => Told::Executed,
        Ok(LoginOutcome::Joined | LoginOutcome::AlreadyLoggedIn) => Told::LoggedIn,
        // Superseded logins are counted all the same.
        Ok(LoginOutcome::Shed) => Told::Unknown { why: "shed".to_owned() },
        Ok(LoginOutcome::Deferred { .. }) => Told::NotLoggedIn { why: "deferred".to_owned() },
        Ok(LoginOutcome::Denied { reason, .. }) => Told::NotLoggedIn { why: reason.as_str().to_owned() },
        Err(failure) if failure.class == FailureClass::TimedOut => {
            Told::Unknown { why: "timed out".to_owned() }
        }
        Err(failure) => Told::NotLoggedIn { why: format!("failed: {:?}", failure.class) },
    }
}

/// The chat SDK: it takes a moment, and refuses some users.
async fn upstream(app: &App, user: u32) -> Result<(), ProviderError> {
    app.points.reach(Stage::InLogin);
    if app.rng.borrow_mut().u8(0..4) == 0 {
        app.clock.sleep(Duration::from_millis(2)).await;
    } else {
        tokio::task::yield_now().await;
    }
    if user >= FAILING {
        return Err(ProviderError { code: OVERLOADED, message: String::new() });
    }
    Ok(())
}

/// By a closure, as the answer to `want`.
async fn log_in(app: &App, user: u32, want: Want, patience: Duration) -> anyhow::Result<()> {
    let request = request(user, patience)?;
    let doing = async { (told(app.guard.login_with(request, || upstream(app, user)).await), ()) };
    app.ask(want, Some(patience), doing).await
}

/// A user who is logged in already is logged out now and then, so that there is something to do.
pub(super) async fn closure(app: &App) -> anyhow::Result<()> {
    let user = draw(app);
    let id = UserId::new(names::user(user))?;
    if app.guard.session(id).state() == SessionState::LoggedIn && app.rng.borrow_mut().bool() {
        app.guard.session(id).ended().await;
    }
    log_in(app, user, Want::Login { user, ticket: false }, PATIENCE).await
}

/// What a restarted app does first.
pub(super) async fn again(app: &App, user: u32) -> anyhow::Result<()> {
    log_in(app, user, Want::LoginAgain { user }, AT_ONCE).await
}

/// In two steps.
pub(super) async fn ticket(app: &App) -> anyhow::Result<()> {
    let user = draw(app);
    let request = request(user, PATIENCE)?;
    let doing = async {
        let told = match app.guard.begin_login_with(request).await {
            Ok(Begun::Outcome(outcome)) => told(Ok(outcome)),
            Ok(Begun::InFlight) => Told::NotLoggedIn { why: "in flight".to_owned() },
            Err(failure) => told::<()>(Err(failure)),
            Ok(Begun::Ticket(ticket)) => {
                app.points.reach(Stage::WithTicket);
                match upstream(app, user).await {
                    Ok(()) => told(Ok(ticket.succeed().await)),
                    Err(error) => told(ticket.fail(error.code, "").await),
                }
            }
        };
        (told, ())
    };
    app.ask(Want::Login { user, ticket: true }, Some(PATIENCE), doing).await
}
