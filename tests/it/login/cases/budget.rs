//! Room for new active users, and refusals for the plan.

use planguard::Remedy;
use planguard::login::FailureClass;

use super::*;

fn budget_of(users: u64) -> LoginPolicy {
    LoginPolicy { mau_budget: Some(users), ..LoginPolicy::default() }
}

#[test]
fn a_budget_is_not_oversold_by_logins_under_way() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, budget_of(1)).await;
        let sdk = Sdk::default();
        let logins: Vec<_> = (0..5).map(|n| spawn(&guard, of(&format!("u{n}"), OpenChat), &sdk)).collect();
        settle().await;
        assert_eq!(sdk.started(), 1);
        assert!(sdk.answer(Ok(1)));
        let (mut executed, mut refused) = (0, 0);
        for login in logins {
            match login.await.unwrap().unwrap() {
                LoginOutcome::Executed { .. } => executed += 1,
                LoginOutcome::Denied { reason: DenyReason::BudgetUsedUp, .. } => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((executed, refused), (1, 4));
    });
}

#[test]
fn the_trials_quota_is_not_oversold_by_logins_under_way() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::FREE_TRIAL, LoginPolicy::default()).await;
        for n in 0..99 {
            assert!(reached(&guard, of(&format!("u{n}"), OpenChat)).await);
        }
        let sdk = Sdk::default();
        let logins: Vec<_> = (0..5).map(|n| spawn(&guard, of(&format!("n{n}"), OpenChat), &sdk)).collect();
        settle().await;
        assert_eq!(sdk.started(), 1);
        drop(logins);
    });
}

#[test]
fn room_goes_back_when_a_login_certainly_failed() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, budget_of(1)).await;
        now(&guard, of("ada", OpenChat), Err(error(70_051))).await.unwrap_err();
        assert!(reached(&guard, of("bob", OpenChat)).await);
        assert_eq!(denied(&never(&guard, of("cy", OpenChat)).await), Some(DenyReason::BudgetUsedUp));
    });
}

#[test]
fn a_login_of_unknown_end_keeps_its_room_and_can_be_repeated() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, budget_of(1)).await;
        lose(&guard, of("ada", OpenChat)).await;
        assert_eq!(denied(&never(&guard, of("bob", OpenChat)).await), Some(DenyReason::BudgetUsedUp));
        assert!(reached(&guard, of("ada", OpenChat)).await);
    });
}

#[test]
fn a_login_that_registers_its_user_uses_a_registration_up() {
    local(async {
        let guard = server(CatalogId::INTL_2022, EditionId::FREE, LoginPolicy::default()).await;
        let mut sent = 0;
        for n in 0..105 {
            let request = of(&format!("p{n}"), OpenChat).known_to_provider(false);
            sent += u32::from(reached(&guard, request).await);
        }
        assert_eq!(sent, 100);
        // Who is registered is not registered again.
        guard.session(user("p1")).logged_out().await;
        assert!(reached(&guard, of("p1", OpenChat).known_to_provider(false)).await);
    });
}

#[test]
fn a_refusal_for_the_plan_ends_with_a_newer_document() {
    local(async {
        for code in [72_002, 70_398, 60_020] {
            let (clock, store) = (clock(), MemoryStore::new());
            keep(&store, &clock, 1, "free_trial").await;
            let guard = online(&clock, &store).await;
            now(&guard, of("ada", OpenChat), Err(error(code))).await.unwrap_err();
            assert!(denied(&never(&guard, of("ada", OpenChat)).await).is_some(), "{code}");
            keep(&store, &clock, 2, "standard").await;
            assert!(reached(&guard, of("ada", OpenChat)).await, "{code}");
        }
    });
}

#[test]
fn a_refused_quota_keeps_every_new_user_waiting() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        keep(&store, &clock, 1, "free_trial").await;
        let guard = online(&clock, &store).await;
        let mut sent = 0;
        for n in 0..20 {
            let outcome = now(&guard, of(&format!("u{n}"), OpenChat), Err(error(72_002))).await;
            sent += u32::from(outcome.is_err());
        }
        assert_eq!(sent, 1);
        for id in ["u0", "u7"] {
            let outcome = never(&guard, of(id, OpenChat)).await;
            let LoginOutcome::Denied { reason, remedies, retry_at, .. } = outcome else {
                panic!("{outcome:?}")
            };
            assert!(matches!(reason, DenyReason::QuotaUsedUp { .. }));
            assert_eq!(retry_at, Some("2024-08-31T16:00:00Z".parse().unwrap()));
            let upgrade = |way: &Remedy| matches!(way, Remedy::ChangeEdition { to: EditionId::STANDARD, .. });
            assert!(remedies.iter().any(upgrade), "{remedies:?}");
            assert!(!remedies.iter().any(|way| matches!(way, Remedy::PayOverage { .. })), "{remedies:?}");
        }
    });
}

#[test]
fn too_many_accounts_are_named_as_such() {
    local(async {
        let guard = server(CatalogId::INTL_2022, EditionId::FREE, LoginPolicy::default()).await;
        let failure = now(&guard, of("ada", OpenChat), Err(error(70_398))).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::UsersFull);
        let outcome = never(&guard, of("ada", OpenChat)).await;
        let LoginOutcome::Denied { reason, remedies, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, DenyReason::UsersFull);
        assert!(remedies.iter().any(|way| matches!(way, Remedy::ChangeEdition { to: EditionId::PRO, .. })));
        let unknown = never(&guard, of("bob", OpenChat).known_to_provider(false)).await;
        assert_eq!(denied(&unknown), Some(DenyReason::UsersFull));
    });
}

#[test]
fn who_is_known_to_be_active_makes_no_new_active_user() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::FREE_TRIAL, LoginPolicy::default()).await;
        for n in 0..100 {
            assert!(reached(&guard, of(&format!("u{n}"), OpenChat)).await);
        }
        let refused = never(&guard, of("ada", OpenChat)).await;
        assert_eq!(denied(&refused), Some(DenyReason::QuotaUsedUp { code: None }));
        guard.known_active(&ada()).await;
        let outcome = now(&guard, of("ada", OpenChat), Ok(1)).await.unwrap();
        let LoginOutcome::Executed { mau, .. } = outcome else { panic!("{outcome:?}") };
        assert!(!mau.new_in_month);
    });
}

#[test]
fn who_is_known_to_be_active_takes_one_place_while_a_login_is_under_way() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, budget_of(2)).await;
        let sdk = Sdk::default();
        let under_way = spawn(&guard, of("ada", OpenChat), &sdk);
        settle().await;
        guard.known_active(&ada()).await;
        assert!(reached(&guard, of("bob", OpenChat)).await, "ada takes one place of two");
        assert_eq!(denied(&never(&guard, of("cyd", OpenChat)).await), Some(DenyReason::BudgetUsedUp));
        assert!(sdk.answer(Ok(1)));
        let outcome = under_way.await.unwrap().unwrap();
        assert!(matches!(outcome, LoginOutcome::Executed { mau, .. } if !mau.new_in_month), "{outcome:?}");
    });
}
