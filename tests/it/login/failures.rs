//! Failures, kicks, expired credentials, loops, budgets, identity churn, and the report over all of it.

use planguard::client::Event;
use planguard::login::{
    Alternative, DeferReason, DenyReason, FailureClass, IdentityWarning, LoginIntent, LoginOutcome,
    LoginPolicy, Until,
};
use planguard::store::{Fault, FaultyStore, MemoryStore};
use planguard::{IdError, Planguard, Remedy, SessionMode, SessionState};
use support::{
    DAY, MINUTE, SECOND, builder, clock, device, error, local, never, now, open, request, user, with,
};

fn denied(outcome: &LoginOutcome<u32>) -> DenyReason {
    match outcome {
        LoginOutcome::Denied { reason, .. } => *reason,
        other => panic!("not denied: {other:?}"),
    }
}

fn executed(outcome: &LoginOutcome<u32>) -> bool {
    matches!(outcome, LoginOutcome::Executed { .. })
}

#[test]
fn after_a_kick_only_a_person_logs_in_again() {
    local(async {
        let (guard, _clock) = device().await;
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
        guard.session(user("ada")).kicked_off().await;
        for intent in [
            LoginIntent::Reconnect,
            LoginIntent::AppLaunch,
            LoginIntent::PushWake,
            LoginIntent::AfterKick { confirmed: false },
        ] {
            assert_eq!(denied(&never(&guard, with("ada", intent)).await), DenyReason::KickedOff);
        }
        let confirmed = with("ada", LoginIntent::AfterKick { confirmed: true });
        let outcome = now(&guard, confirmed, Ok(2)).await.unwrap();
        let LoginOutcome::Executed { mau, .. } = outcome else { panic!("{outcome:?}") };
        assert!(!mau.new_in_month && !mau.new_on_day, "the same user in the same month costs nothing more");
    });
}

#[test]
fn a_kick_while_logging_in_is_kept() {
    local(async {
        let (guard, _clock) = device().await;
        let failure = now(&guard, request("ada"), Err(error(6208))).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::KickedOff);
        assert_eq!(guard.session(user("ada")).state(), SessionState::KickedOff);
        assert_eq!(denied(&never(&guard, with("ada", LoginIntent::Reconnect)).await), DenyReason::KickedOff);
    });
}

#[test]
fn a_lost_connection_causes_no_login() {
    local(async {
        let (guard, _clock) = device().await;
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
        guard.session(user("ada")).disconnected().await;
        let again = never(&guard, with("ada", LoginIntent::Reconnect)).await;
        assert_eq!(again, LoginOutcome::AlreadyLoggedIn);
        guard.session(user("ada")).connected().await;
        assert_eq!(guard.session(user("ada")).state(), SessionState::LoggedIn);
    });
}

#[test]
fn an_expired_user_sig_is_renewed_once() {
    local(async {
        let (guard, clock) = device().await;
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
        guard.session(user("ada")).user_sig_expired().await;
        let renew = with("ada", LoginIntent::RenewUserSig);
        let failure = now(&guard, renew, Err(error(70_001))).await.unwrap_err();
        assert_eq!((failure.class, failure.retry_at), (FailureClass::CredentialExpired, None));
        clock.advance(DAY);
        for intent in [LoginIntent::RenewUserSig, LoginIntent::OpenChat] {
            let outcome = never(&guard, with("ada", intent)).await;
            assert_eq!(denied(&outcome), DenyReason::CredentialRefused { code: 70_001 });
        }
        guard.new_user_sig(&user("ada")).await;
        assert!(executed(&now(&guard, renew, Ok(2)).await.unwrap()));
        // A success wipes the slate: the next expiry has its own renewal.
        guard.session(user("ada")).user_sig_expired().await;
        assert!(executed(&now(&guard, renew, Ok(3)).await.unwrap()));
    });
}

#[test]
fn each_failure_waits_as_its_class_demands() {
    local(async {
        for (code, wait) in [(70_050, MINUTE), (7501, 3 * SECOND), (6013, 3 * SECOND)] {
            let (guard, clock) = device().await;
            let failure = now(&guard, request("ada"), Err(error(code))).await.unwrap_err();
            let retry_at = failure.retry_at.unwrap();
            let (least, most) = (guard.now().plus(wait), guard.now().plus(wait + wait / 10));
            assert!(least <= retry_at && retry_at <= most, "{code}: {retry_at}");
            let outcome = never(&guard, request("ada")).await;
            let LoginOutcome::Denied { reason, remedies, retry_at: again, evidence: None } = outcome else {
                panic!()
            };
            assert_eq!((reason, again), (DenyReason::BackingOff { code }, Some(retry_at)));
            assert_eq!(remedies, [Remedy::WaitUntil(retry_at)]);
            clock.advance(retry_at.since(guard.now()));
            assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()), "{code}");
        }
    });
}

#[test]
fn a_login_refused_for_the_plan_stops_the_app_for_as_long_as_a_new_plan_takes() {
    local(async {
        let (guard, clock) = device().await;
        let failure = now(&guard, request("ada"), Err(error(60_020))).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::Suspended);
        let outcome = never(&guard, request("bob")).await;
        let LoginOutcome::Denied { reason: DenyReason::Suspended(_), retry_at: Some(retry_at), .. } = outcome
        else {
            panic!("{outcome:?}")
        };
        assert_eq!(retry_at, guard.now().plus(5 * MINUTE));
        assert!(!guard.lifecycle().serves());
        clock.advance(5 * MINUTE);
        assert!(executed(&now(&guard, request("bob"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn a_clock_set_back_neither_ends_a_wait_nor_prolongs_it() {
    local(async {
        let (guard, clock) = device().await;
        now(&guard, request("ada"), Err(error(70_050))).await.unwrap_err();
        clock.set(guard.now().minus(30 * DAY));
        clock.advance(MINUTE.saturating_sub(SECOND));
        assert_eq!(denied(&never(&guard, request("ada")).await), DenyReason::BackingOff { code: 70_050 });
        clock.advance(MINUTE / 10 + SECOND);
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn a_permanent_failure_is_repeated_after_a_day_or_when_it_is_forgotten() {
    local(async {
        let (guard, clock) = device().await;
        now(&guard, request("ada"), Err(error(70_107))).await.unwrap_err();
        clock.advance(DAY.saturating_sub(SECOND));
        assert_eq!(denied(&never(&guard, request("ada")).await), DenyReason::Permanent { code: 70_107 });
        assert!(
            executed(&now(&guard, request("bob"), Ok(1)).await.unwrap()),
            "another request is another matter"
        );
        guard.forget_failures(&user("ada")).await;
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
        // Nothing says that an account was unblocked: after a day it is tried again.
        guard.session(user("ada")).logged_out().await;
        now(&guard, request("ada"), Err(error(70_107))).await.unwrap_err();
        clock.advance(DAY);
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn the_provider_knows_its_quota_better() {
    local(async {
        let (guard, clock) = device().await;
        now(&guard, request("ada"), Err(error(72_002))).await.unwrap_err();
        let outcome = never(&guard, request("ada")).await;
        let LoginOutcome::Denied { reason, retry_at, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, DenyReason::QuotaUsedUp { code: Some(72_002) });
        // The billing month turns at midnight in UTC+08:00.
        assert_eq!(retry_at, Some("2024-08-31T16:00:00Z".parse().unwrap()));
        clock.set("2024-08-31T15:59:59.999Z".parse().unwrap());
        assert!(matches!(never(&guard, request("ada")).await, LoginOutcome::Denied { .. }));
        clock.set("2024-08-31T16:00:00Z".parse().unwrap());
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn a_login_loop_is_broken_and_told_once() {
    local(async {
        let (guard, clock) = device().await;
        let mut events = guard.subscribe();
        for _ in 0..6 {
            clock.advance(5 * SECOND);
            assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
            guard.session(user("ada")).logged_out().await;
        }
        clock.advance(5 * SECOND);
        // Six in a window of a minute, the first of them 30 seconds ago.
        let expected = guard.now().plus(35 * SECOND);
        for _ in 0..3 {
            let outcome = never(&guard, request("ada")).await;
            let LoginOutcome::Denied { reason: DenyReason::LoopBroken, retry_at, .. } = outcome else {
                panic!("{outcome:?}")
            };
            assert_eq!(retry_at, Some(guard.now().plus(30 * SECOND)));
            assert!(retry_at < Some(expected));
        }
        let mut told = 0;
        while let Some(event) = events.try_next() {
            told += usize::from(matches!(event.unwrap(), Event::LoginLoopBroken { .. }));
        }
        assert_eq!(told, 1);
        clock.advance(30 * SECOND);
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn the_own_budget_refuses_the_next_user_and_not_those_counted() {
    local(async {
        let policy = LoginPolicy {
            mau_budget: Some(2),
            on_budget: Some(planguard::Enforcement::Enforce),
            ..LoginPolicy::default()
        };
        let guard = open(&clock(), &MemoryStore::new(), SessionMode::MultiUser, policy).await;
        for id in ["ada", "bob"] {
            assert!(executed(&now(&guard, request(id), Ok(1)).await.unwrap()));
        }
        assert_eq!(denied(&never(&guard, request("cleo")).await), DenyReason::BudgetUsedUp);
        guard.session(user("ada")).logged_out().await;
        assert!(executed(&now(&guard, request("ada"), Ok(1)).await.unwrap()));
    });
}

#[test]
fn a_relaunch_finds_the_user_counted_and_the_month_turn_does_not() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let start = async || {
            clock.advance(SECOND);
            open(&clock, &store, SessionMode::Device, LoginPolicy::default()).await
        };
        let push = with("ada", LoginIntent::PushWake);
        let deferred = LoginOutcome::Deferred {
            reason: DeferReason::WouldCreateActiveUser,
            until: Until::PersonOpensChat,
            alternative: Alternative::CachedConversations,
        };
        assert_eq!(never(&start().await, push).await, deferred);
        assert!(executed(&now(&start().await, request("ada"), Ok(1)).await.unwrap()));
        let outcome = now(&start().await, push, Ok(1)).await.unwrap();
        let LoginOutcome::Executed { mau, .. } = outcome else { panic!("{outcome:?}") };
        assert!(!mau.new_in_month);
        clock.set("2024-08-31T16:00:00Z".parse().unwrap());
        assert_eq!(never(&start().await, push).await, deferred, "when the month turns nobody is counted");
    });
}

#[test]
fn ids_that_make_users_without_people_are_told_once_a_month_and_kind() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = open(&clock, &store, SessionMode::Device, LoginPolicy::default()).await;
        let mut events = guard.subscribe();
        for id in ["guest_1722500000123", "Ada", "ada", " ada", "guest_1722500000456", "bob", "cleo"] {
            assert!(executed(&now(&guard, request(id), Ok(1)).await.unwrap()));
            clock.advance(MINUTE);
        }
        let long = "x".repeat(33);
        assert!(matches!(guard.user(&long), Err(IdError::TooLong { .. })));
        assert!(guard.user("").is_err());
        // A refused id waits for nothing; what it warns of is told with the next write.
        guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        let told = |events: &mut planguard::client::EventStream| {
            let mut told = Vec::new();
            while let Some(event) = events.try_next() {
                if let Event::IdentityChurn(warning) = event.unwrap() {
                    told.push(warning);
                }
            }
            told
        };
        assert_eq!(
            told(&mut events),
            [
                IdentityWarning::LooksGenerated,
                IdentityWarning::CaseOrSpace,
                IdentityWarning::ManyOnDevice { users: 6 },
                IdentityWarning::Rejected,
            ]
        );
        let relaunched = open(&clock, &store, SessionMode::Device, LoginPolicy::default()).await;
        let mut events = relaunched.subscribe();
        assert!(executed(&now(&relaunched, request("guest_1722500000789"), Ok(1)).await.unwrap()));
        assert_eq!(told(&mut events), []);
        clock.advance(40 * DAY);
        assert!(executed(&now(&relaunched, request("guest_1722500000999"), Ok(1)).await.unwrap()));
        assert_eq!(told(&mut events), [IdentityWarning::LooksGenerated]);
    });
}

async fn a_busy_month(guard: &Planguard) {
    let push = |id| with(id, LoginIntent::PushWake);
    for id in ["ada", "bob", "cleo"] {
        let _ = never(guard, push(id)).await;
        let _ = never(guard, push(id)).await;
    }
    assert!(executed(&now(guard, request("ada"), Ok(1)).await.unwrap()));
    for _ in 0..10 {
        let _ = never(guard, request("ada")).await;
    }
    let _ = never(guard, push("bob")).await;
    guard.session(user("ada")).kicked_off().await;
    let _ = never(guard, with("ada", LoginIntent::Reconnect)).await;
    now(guard, request("bob"), Err(error(9506))).await.unwrap_err();
    let _ = never(guard, request("bob")).await;
}

#[test]
fn the_report_says_what_was_spared_and_nothing_more() {
    local(async {
        let (guard, _clock) = device().await;
        a_busy_month(&guard).await;
        let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        let of = |map: &std::collections::BTreeMap<&'static str, u64>, key: &str| {
            map.get(key).copied().unwrap_or(0)
        };
        assert_eq!(report.executed, 1);
        assert_eq!(of(&report.suppressed, "already_logged_in"), 10);
        assert_eq!(of(&report.deferred, "would_create_active_user"), 6);
        assert_eq!(of(&report.deferred, "other_user_active"), 1);
        assert_eq!(of(&report.denied, "kicked_off"), 1);
        assert_eq!(of(&report.denied, "backing_off"), 1);
        assert_eq!(report.failed, 1);
        assert_eq!((report.new_active_users, report.active_users, report.uncertain), (1, 1, 0));
        // Ada opened chat in the end; Bob and Cleo never became active.
        assert_eq!((report.deferred_users, report.deferred_users_never_active), (3, 2));
        let sum = |map: &std::collections::BTreeMap<&'static str, u64>| map.values().sum::<u64>();
        let outcomes = report.executed
            + report.joined
            + report.failed
            + report.timed_out
            + report.shed
            + report.cancelled
            + report.in_flight
            + sum(&report.suppressed)
            + sum(&report.deferred)
            + sum(&report.denied);
        assert_eq!(report.asked(), outcomes);
        assert_eq!(guard.login_report("2024-07".parse().unwrap()).await.unwrap().asked(), 0);
    });
}

#[test]
fn a_store_that_fails_blocks_no_login_and_the_count_catches_up() {
    local(async {
        let (clock, memory) = (clock(), MemoryStore::new());
        let faulty = FaultyStore::new(memory.clone());
        let guard =
            builder(&clock).session_mode(SessionMode::MultiUser).store(faulty.clone()).open().await.unwrap();
        let mut events = guard.subscribe();
        let mut told = move |what: fn(&Event) -> bool| {
            std::iter::from_fn(|| events.try_next()).filter(|event| what(event.as_ref().unwrap())).count()
        };
        let month = "2024-08".parse().unwrap();
        let is_new = |outcome| {
            let LoginOutcome::Executed { mau, .. } = outcome else { panic!("{outcome:?}") };
            mau.new_in_month
        };
        faulty.fail_next(u64::MAX, Fault::DiskFull);
        assert!(is_new(now(&guard, request("ada"), Ok(1)).await.unwrap()));
        // Memory remembers: she is counted, and logged in.
        let renew = with("ada", LoginIntent::RenewUserSig);
        assert!(!is_new(now(&guard, renew, Ok(1)).await.unwrap()));
        assert_eq!(told(|event| matches!(event, Event::StoreFailed { .. })), 1);
        assert!(guard.login_report(month).await.is_err());
        faulty.recover();
        // Somebody else writes, so that memory follows the store: nothing is lost by that.
        let other = open(&clock, &memory, SessionMode::MultiUser, LoginPolicy::default()).await;
        assert!(executed(&now(&other, request("bob"), Ok(1)).await.unwrap()));
        assert!(!is_new(now(&guard, renew, Ok(1)).await.unwrap()));
        assert_eq!(told(|event| matches!(event, Event::StoreRecovered { .. })), 1);
        let report = guard.login_report(month).await.unwrap();
        assert_eq!((report.active_users, report.new_active_users, report.uncertain), (2, 2, 0));
        other.login_report(month).await.unwrap();
        assert_eq!(guard.login_report(month).await.unwrap().executed, 4);
    });
}
