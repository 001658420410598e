//! Checks, counts, permits and whole actions.

use std::sync::Arc;

use planguard::ffi::{Performed, PlanguardError, RejectionContext, Reservation};
use planguard::limits::Committed;
use planguard::rejections::RejectionClass;
use planguard::{Action, Done, GroupType, Locale, Observation};
use support::{MINUTE, SECOND, ada, clock, group, settle};

use super::hosts::{Does, Handler, befriend, friends, open, reason};

#[tokio::test]
async fn what_happened_is_counted_once_for_each_key() {
    let guard = open(&clock()).await;
    guard.record(befriend()).await.unwrap();
    assert!(guard.record_once("message 7".to_owned(), befriend()).await.unwrap());
    assert!(!guard.record_once("message 7".to_owned(), befriend()).await.unwrap());
    assert_eq!(friends(&guard), (2, 0));
    guard.observe(Observation::Friends { user: ada(), count: 40 }).await.unwrap();
    assert_eq!(friends(&guard), (40, 0));
    let verdict = guard.check(befriend()).unwrap();
    assert!(verdict.may_proceed() && guard.assess(befriend()).unwrap().may_proceed());
}

fn held(reservation: Reservation) -> Arc<planguard::ffi::Permit> {
    let Reservation::Held { permit } = reservation else { panic!("{reservation:?}") };
    permit
}

#[tokio::test]
async fn a_permit_is_finished_in_each_way_and_once() {
    let guard = open(&clock()).await;
    let permit = held(guard.reserve(befriend()).await.unwrap());
    assert!(permit.assessment().may_proceed() && permit.expires() > guard.now().unwrap());
    assert_eq!(friends(&guard), (0, 1));
    assert_eq!(permit.commit().await.unwrap(), Committed::InTime);
    assert_eq!(friends(&guard), (1, 0));
    let again = permit.commit().await.unwrap_err();
    assert!(matches!(again, PlanguardError::Finished { .. }), "{again}");
    assert!(permit.release().is_err() && permit.keep().is_err());

    let members = Action::AddMembers { group: group("g"), kind: GroupType::Work, count: 10 };
    let some = held(guard.reserve_for(members, MINUTE).await.unwrap());
    assert_eq!(some.commit_amount(3).await.unwrap(), Committed::InTime);
    assert_eq!(guard.assess(members).unwrap().checks[0].evidence.used, 3);
    let created = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 5 };
    let created = held(guard.reserve(created).await.unwrap());
    assert_eq!(created.commit_as(group("h")).await.unwrap(), Committed::InTime);
    let in_it = Action::AddMembers { group: group("h"), kind: GroupType::Work, count: 1 };
    assert!(guard.assess(in_it).unwrap().checks[0].evidence.used >= 5);

    held(guard.reserve(befriend()).await.unwrap()).release().unwrap();
    drop(held(guard.reserve(befriend()).await.unwrap()));
    assert_eq!(friends(&guard), (1, 0));
    let kept = held(guard.reserve(befriend()).await.unwrap()).keep().unwrap();
    assert_eq!(friends(&guard), (1, 1));
    assert_eq!(guard.commit_permit(kept, Done::All).await.unwrap(), Committed::InTime);
    let kept = held(guard.reserve(befriend()).await.unwrap()).keep().unwrap();
    assert!(guard.release_permit(kept).await.unwrap());
    assert_eq!(friends(&guard), (2, 0));
}

#[tokio::test]
async fn an_action_is_carried_out_denied_or_refused() {
    let guard = open(&clock()).await;
    let works = Handler::that(Does::Works);
    let performed = guard.perform(befriend(), works.clone()).await.unwrap();
    assert!(performed.is_done() && performed.explain(Locale::En).is_none());
    assert_eq!((works.calls(), friends(&guard)), (1, (1, 0)));
    // The plan knows no such action: nobody is their own friend.
    let invalid = Action::AddFriend { user: ada(), peer: ada() };
    let denied = guard.perform(invalid, works.clone()).await.unwrap();
    assert!(matches!(denied, Performed::ByPlan { .. }) && works.calls() == 1);
    assert!(denied.explain(Locale::ZhHans).is_some());
    // 30014: the list is full.
    let refused =
        guard.report_rejection(30014, "s3cret".to_owned(), RejectionContext::default()).await.unwrap();
    assert!(!format!("{refused:?}").contains("s3cret") && refused.detail.contains("s3cret"));
}

#[tokio::test]
async fn a_handler_that_throws_what_it_does_not_declare_leaves_no_room_held() {
    let guard = open(&clock()).await;
    for does in [Does::Throws, Does::Panics] {
        let error = guard.perform(befriend(), Handler::that(does)).await.unwrap_err();
        assert!(matches!(error, PlanguardError::HandlerFailed { .. }), "{}", reason(&error));
        assert_eq!((error.as_str().as_str(), friends(&guard)), ("handler_failed", (0, 0)), "{does:?}");
        assert!(error.explain(Locale::ZhHans).contains("未计入"));
    }
}

#[tokio::test]
async fn an_outcome_that_is_not_known_keeps_the_room() {
    let guard = open(&clock()).await;
    // 6012: the chat SDK had no answer in time.
    let unknown = guard.perform(befriend(), Handler::that(Does::Fails)).await.unwrap();
    let Performed::ByProvider { rejection } = unknown else { panic!("{unknown:?}") };
    assert!(rejection.outcome_unknown());
    assert_eq!(friends(&guard), (0, 1));
}

#[tokio::test]
async fn a_handler_that_panics_or_never_returns_is_contained() {
    let clock = clock();
    let guard = open(&clock).await;
    let panicked = guard.perform(befriend(), Handler::that(Does::Panics)).await;
    assert!(matches!(panicked, Err(PlanguardError::HandlerFailed { .. })), "{panicked:?}");
    let never = Handler::that(Does::NeverReturns);
    let performing = guard.perform_with(befriend(), never.clone(), 5 * SECOND);
    let turning = async {
        settle().await;
        assert_eq!(never.calls(), 1);
        clock.advance(5 * SECOND);
    };
    let (performed, ()) = futures::join!(performing, turning);
    let error = performed.unwrap_err();
    assert!(matches!(error, PlanguardError::TimedOut { .. }), "{}", reason(&error));
    assert_eq!(friends(&guard), (0, 1), "what did not return may have happened");
}

#[tokio::test]
async fn a_rejection_that_the_host_met_itself_is_explained() {
    let guard = open(&clock()).await;
    let context = RejectionContext { action: Some(befriend()), feature: None };
    let rejection = guard.report_rejection(30014, "full".to_owned(), context).await.unwrap();
    assert_eq!(rejection.rejection_class, RejectionClass::LimitReached);
    assert!(!rejection.explain(Locale::En).is_empty() && !rejection.meaning.zh_hans.is_empty());
    let unknown = guard.report_rejection(-1, String::new(), RejectionContext::default()).await.unwrap();
    assert_eq!(unknown.rejection_class, RejectionClass::Unknown);
}
