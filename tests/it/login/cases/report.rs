//! What the report says: every request in one class, and nobody spared who may have opened chat.

use planguard::login::Begun;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn nobody_who_may_have_opened_chat_is_called_spared() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        assert!(deferred(&never(&guard, of("ada", PushWake)).await).is_some());
        lose(&guard, of("ada", OpenChat)).await;
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.uncertain, report.deferred_users, report.deferred_users_never_active), (1, 1, 0));
    });
}

#[test]
fn an_answer_after_the_turn_counts_in_the_month_it_came_in() {
    local(async {
        let (clock, store) = (clock_at("2024-08-31T15:59:50Z"), MemoryStore::new());
        let (guard, sdk) = (device(&clock, &store).await, Sdk::default());
        let login = spawn(&guard, of("ada", OpenChat), &sdk);
        settle().await;
        clock.advance(20 * SECOND);
        sdk.answer(Ok(1));
        let outcome = login.await.unwrap().unwrap();
        let LoginOutcome::Executed { mau, .. } = outcome else { panic!("{outcome:?}") };
        assert!(mau.new_in_month);
        assert_eq!(report_of(&guard, "2024-08").await, LoginReport::default());
        let september = report_of(&guard, "2024-09").await;
        assert_eq!((september.asked(), september.executed, september.active_users), (1, 1, 1));
    });
}

#[test]
fn each_uncertain_login_is_in_its_own_month() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        lose(&guard, of("ada", OpenChat)).await;
        clock.set("2024-09-02T02:00:00Z".parse().unwrap());
        clock.advance(MINUTE);
        now(&guard, of("ada", OpenChat), Err(error(70_051))).await.unwrap_err();
        let mut uncertain = Vec::new();
        for month in ["2024-07", "2024-08", "2024-09"] {
            uncertain.push(report_of(&guard, month).await.uncertain);
        }
        assert_eq!(uncertain, [0, 1, 0]);
    });
}

#[test]
fn an_outcome_that_is_not_known_is_no_failure() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        now(&guard, of("ada", OpenChat), Err(error(6012))).await.unwrap_err();
        now(&guard, of("bob", OpenChat), Err(error(9518))).await.unwrap_err();
        assert_eq!(report_of(&guard, "2024-08").await.uncertain, 1);
    });
}

#[test]
fn a_ticket_lapses_though_the_clock_was_set_back() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        std::mem::forget(guard.begin_login_with(of("ada", OpenChat).no_wait()).await.unwrap());
        assert!(matches!(guard.begin_login_with(of("ada", OpenChat).no_wait()).await, Ok(Begun::InFlight)));
        clock.set(clock.now().minus(DAY));
        clock.advance(60 * MINUTE);
        let Ok(Begun::Ticket(ticket)) = guard.begin_login_with(of("ada", OpenChat).no_wait()).await else {
            panic!()
        };
        assert!(ticket.succeed().await.is_logged_in());
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.asked(), report.cancelled, report.in_flight, report.executed), (3, 1, 1, 1));
    });
}

#[test]
fn a_dropped_ticket_is_a_cancelled_request() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        let Ok(Begun::Ticket(ticket)) = guard.begin_login_with(of("ada", OpenChat).no_wait()).await else {
            panic!()
        };
        drop(ticket);
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.asked(), report.cancelled, report.uncertain), (1, 1, 1));
        let Ok(Begun::Ticket(ticket)) = guard.begin_login_with(of("ada", OpenChat).no_wait()).await else {
            panic!()
        };
        assert!(ticket.fail(70_051, "").await.is_err());
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.asked(), report.cancelled, report.failed), (2, 1, 1));
    });
}

#[test]
fn a_ticket_forgotten_for_good_is_in_the_report() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        std::mem::forget(guard.begin_login_with(of("ada", OpenChat).no_wait()).await.unwrap());
        assert_eq!(report_of(&guard, "2024-08").await.asked(), 0);
        clock.advance(MINUTE);
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.asked(), report.cancelled), (1, 1));
    });
}

#[test]
fn a_late_answer_to_a_ticket_counts_its_user_and_touches_nobody() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = device(&clock, &store).await;
        let Ok(Begun::Ticket(late)) = guard.begin_login_with(of("ada", OpenChat)).await else { panic!() };
        clock.advance(2 * MINUTE);
        assert!(reached(&guard, of("bob", OpenChat)).await);
        assert!(reached(&guard, of("ada", OpenChat)).await);
        assert!(reached(&guard, of("bob", OpenChat)).await);
        assert_eq!(late.succeed().await, LoginOutcome::Shed);
        assert_eq!(guard.session(bob()).state(), planguard::SessionState::LoggedIn);
        let report = report_of(&guard, "2024-08").await;
        assert_eq!((report.asked(), report.executed, report.shed, report.active_users), (4, 3, 1, 2));
    });
}
