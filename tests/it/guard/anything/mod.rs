//! Whatever an app, a store, a clock or an endpoint does: nothing panics, and no id or credential shows anywhere.
//!
//! A program of its own: whether a log statement is enabled is decided once for all threads.

mod steps;
mod world;

use std::sync::Arc;
use std::time::Duration;

use planguard::AppPhase;
use planguard::client::Permit;
use planguard::login::{Begun, LoginIntent, LoginRequest, LoginTicket, ProviderError};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::{
    Action, BillingMonth, Feature, FeatureContext, GroupType, Planguard, RejectionContext, SessionMode,
    Timestamp, UserId,
};
use proptest::prelude::*;
use support::{Outcome, Scripted, clock, error, local, logged};

use steps::{Callback, MARK, Step, group, step, user};
use world::World;

async fn login(world: &World, guard: &Planguard, request: LoginRequest, code: i32) {
    let answer = if code == 0 {
        Ok(1)
    } else {
        Err(ProviderError { message: format!("{MARK}-user-0 is refused"), ..error(code) })
    };
    let outcome: Outcome = guard.login_with(request, || async { answer }).await;
    match outcome {
        Ok(outcome) => world.tell(&outcome),
        Err(failure) => world.tell(&(format!("{failure} {failure:?}"), failure.class)),
    }
}

async fn called_back(guard: &Planguard, user: &UserId, callback: Callback) {
    let session = guard.session(user);
    match callback {
        Callback::Connected => session.connected().await,
        Callback::Disconnected => session.disconnected().await,
        Callback::KickedOff => session.kicked_off().await,
        Callback::UserSigExpired => session.user_sig_expired().await,
        Callback::LoggedOut => session.logged_out().await,
        Callback::NewUserSig => guard.new_user_sig(user).await,
        Callback::KnownActive => guard.known_active(user).await,
        Callback::ForgetFailures => guard.forget_failures(user).await,
    }
}

/// The small answers, which come from what was worked out before, are those that are worked out anew.
fn small_answers_are_large_ones(guard: &Planguard) {
    for &feature in Feature::ALL {
        let large = guard.explain_feature(feature).decision();
        assert_eq!((guard.feature(feature), guard.feature(feature)), (large, large));
        assert_eq!(guard.feature_in(feature, &FeatureContext::default()), large);
    }
    let (ada, ben) = (user(0), user(1));
    let known = guard.user(ada.as_str()).unwrap();
    for kind in GroupType::ALL.iter().copied() {
        for action in [
            Action::AddFriend { user: ada, peer: ben },
            Action::AddFriend { user: known.into(), peer: ben },
            Action::JoinGroup { user: ben, group: group(), kind },
            Action::CreateGroup { owner: ada, kind, initial_members: 20 },
            Action::AddMembers { group: group(), kind, count: 9 },
            Action::EnlargeGroup { group: group(), kind, to: 300 },
            Action::RegisterUser,
            Action::Search,
            Action::Push { messages: 3 },
            Action::Call { group: true },
        ] {
            let large = guard.assess(&action).verdict();
            assert_eq!((guard.check(&action), guard.check(&action)), (large, large), "{action:?}");
        }
    }
}

async fn play(steps: Vec<Step>, world: &World) {
    let mut guard = world.open().await;
    let (mut permits, mut tickets) = (Vec::<Permit>::new(), Vec::<LoginTicket>::new());
    for step in steps {
        match step {
            Step::Check(action) => world.tell(&guard.check(&action)),
            Step::Hold(action) => {
                let reservation = guard.reserve(&action).await;
                world.tell(&reservation);
                permits.extend(reservation.permit());
            }
            Step::Settle(commit) => {
                if let Some(permit) = permits.pop().filter(|_| commit) {
                    world.tell(&permit.commit().await);
                }
            }
            Step::Record(action) => guard.record(&action).await,
            Step::RecordOnce(key, action) => {
                world.tell(&guard.record_once(&format!("{MARK}-{key}"), &action).await);
            }
            Step::Observe(observation) => guard.observe(&observation).await,
            Step::Login(n, intent, code) => {
                let request = LoginRequest::new(user(n), intent).timeout(Duration::ZERO);
                login(world, &guard, request, code).await;
            }
            Step::GiveUp(n) => {
                let never = || std::future::pending::<Result<u32, ProviderError>>();
                let login = guard.login_with(LoginRequest::new(user(n), LoginIntent::OpenChat), never);
                drop(futures::poll!(std::pin::pin!(login)));
            }
            Step::Ticket(n, intent) => {
                match guard.begin_login_with(LoginRequest::new(user(n), intent).no_wait()).await {
                    Ok(Begun::Ticket(ticket)) => tickets.push(ticket),
                    begun => world.tell(&begun),
                }
            }
            Step::AnswerTicket(code) => match (tickets.pop(), code) {
                (Some(ticket), Some(code)) if code != 0 => {
                    let answer = ticket.fail(code, format!("{MARK}-user-1")).await;
                    world.tell(&answer.map_err(|e| (e.to_string(), e)));
                }
                (Some(ticket), Some(_)) => world.tell(&ticket.succeed().await),
                (ticket, _) => world.tell(&ticket),
            },
            Step::Session(n, callback) => {
                called_back(&guard, &user(n), callback).await;
                world.tell(&(guard.session(user(n)), guard.session(user(n)).state()));
            }
            Step::Rejected(code, action) => {
                let context = RejectionContext { action: action.as_ref(), ..RejectionContext::default() };
                world.tell(&guard.report_rejection(code, &format!("{MARK}-user-2 is full"), &context).await);
            }
            Step::Sync(policy, reply) => {
                world.wire.answers(reply);
                world.tell(&guard.sync(policy).await.map_err(|error| (error.to_string(), error)));
            }
            Step::Flush(reply) => {
                world.wire.answers(reply);
                world.tell(&guard.flush().await);
            }
            Step::Pass(secs) => world.clock.advance(Duration::from_secs(secs)),
            Step::SetClock(millis) => world.clock.set(Timestamp::from_millis(millis)),
            Step::FailStore(after, times) => world.store.fail_later(after, times, Fault::DiskFull),
            Step::Reopen => {
                drop((std::mem::take(&mut permits), std::mem::take(&mut tickets)));
                world.store.recover();
                guard.set_phase(AppPhase::Background);
                guard = world.open().await;
            }
        }
        small_answers_are_large_ones(&guard);
    }
    let month: BillingMonth = guard.billing_month();
    world.tell(&(guard.lifecycle(), guard.entitlements(), guard.login_report(month).await, guard.forecast()));
    world.tell(&(guard.user(&format!("{MARK}{}", "x".repeat(99))), &guard, guard.snapshot()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::drawn::cases(200) })]

    #[test]
    fn whatever_happens_nothing_panics_and_no_id_shows(
        steps in proptest::collection::vec(step(), 1..60),
        many in any::<bool>(),
    ) {
        let log = logged();
        let memory = MemoryStore::new();
        let world = World {
            clock: clock(),
            store: FaultyStore::new(memory.clone()),
            memory,
            wire: Scripted::default(),
            mode: if many { SessionMode::MultiUser } else { SessionMode::Device },
            told: Arc::default(),
        };
        local(play(steps, &world));
        for text in [&*world.told.lock().unwrap(), &world.wire.sent(), &log.text(), &world.memory.to_json().unwrap()] {
            if let Some(at) = text.find(MARK) {
                let near: String = text[at.saturating_sub(200)..].chars().take(400).collect();
                prop_assert!(false, "{near}");
            }
        }
    }
}
