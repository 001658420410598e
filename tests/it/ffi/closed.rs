//! After shutting down every call says so, and nothing hangs.

use planguard::ffi::{Begun, Event, LoginRequest, PlanguardError, RejectionContext, Reservation};
use planguard::{AppPhase, Done, EditionId, Feature, FeatureContext, FetchPolicy, LoginIntent, Observation};
use support::{MINUTE, ada, clock};

use super::hosts::{Does, Ear, Handler, befriend, open};

#[allow(clippy::needless_pass_by_value, reason = "an answer is looked at once")]
fn is_closed<T>(answer: Result<T, PlanguardError>) -> bool {
    matches!(answer, Err(PlanguardError::Closed { .. }))
}

#[tokio::test]
async fn every_call_of_a_closed_guard_says_that_it_is_closed() {
    let guard = open(&clock()).await;
    let session = guard.clone().session(ada()).unwrap();
    let month = guard.billing_month().unwrap();
    let Reservation::Held { permit } = guard.reserve(befriend()).await.unwrap() else {
        panic!("there is room")
    };
    let Begun::Ticket { ticket } = guard.begin_login(ada(), LoginIntent::OpenChat).await.unwrap() else {
        panic!("nobody is logged in")
    };
    let id = permit.id();
    assert!(!guard.is_shut_down());
    guard.shutdown();
    guard.shutdown();
    assert!(guard.is_shut_down());

    let context = FeatureContext::default;
    let reads = [
        is_closed(guard.feature(Feature::Community)),
        is_closed(guard.feature_in(Feature::Community, context())),
        is_closed(guard.explain_feature(Feature::Community)),
        is_closed(guard.explain_feature_in(Feature::Community, context())),
        is_closed(guard.feature_table()),
        is_closed(guard.check(befriend())),
        is_closed(guard.assess(befriend())),
        is_closed(guard.lifecycle()),
        is_closed(guard.entitlements()),
        is_closed(guard.now()),
        is_closed(guard.billing_month()),
        is_closed(guard.generation()),
        is_closed(guard.stable_guest_id()),
        is_closed(guard.set_phase(AppPhase::Background)),
        is_closed(guard.user("ada".to_owned())),
        is_closed(guard.group("g".to_owned())),
        is_closed(guard.is_about(Event::SyncWanted, ada())),
        is_closed(guard.forecast()),
        is_closed(guard.preview_change(EditionId::PREMIUM)),
        is_closed(guard.subscribe()),
        is_closed(guard.clone().session(ada())),
        is_closed(session.state()),
    ];
    assert_eq!(reads.iter().position(|closed| !closed), None);

    let handler = Handler::that(Does::Works);
    let request = LoginRequest {
        user: ada(),
        intent: LoginIntent::OpenChat,
        timeout: None,
        known_to_provider: true,
        no_wait: false,
    };
    let writes = [
        is_closed(guard.reserve(befriend()).await),
        is_closed(guard.reserve_for(befriend(), MINUTE).await),
        is_closed(guard.commit_permit(id, Done::All).await),
        is_closed(guard.release_permit(id).await),
        is_closed(guard.record(befriend()).await),
        is_closed(guard.record_once("key".to_owned(), befriend()).await),
        is_closed(guard.observe(Observation::Friends { user: ada(), count: 1 }).await),
        is_closed(guard.perform(befriend(), handler.clone()).await),
        is_closed(guard.perform_with(befriend(), handler.clone(), MINUTE).await),
        is_closed(guard.login(ada(), LoginIntent::OpenChat, handler.clone()).await),
        is_closed(guard.login_with(request, handler.clone()).await),
        is_closed(guard.begin_login(ada(), LoginIntent::OpenChat).await),
        is_closed(guard.begin_login_with(request).await),
        is_closed(guard.new_user_sig(ada()).await),
        is_closed(guard.known_active(ada()).await),
        is_closed(guard.forget_failures(ada()).await),
        is_closed(guard.login_report(month).await),
        is_closed(guard.report_rejection(6208, String::new(), RejectionContext::default()).await),
        is_closed(guard.sync(FetchPolicy::Fetch).await),
        is_closed(guard.flush().await),
        is_closed(guard.keep_fresh(MINUTE).await),
        is_closed(guard.on_event(Ear::that(Does::Works)).await),
        is_closed(session.connected().await),
        is_closed(session.disconnected().await),
        is_closed(session.kicked_off().await),
        is_closed(session.user_sig_expired().await),
        is_closed(session.logged_out().await),
        is_closed(session.ended().await),
    ];
    assert_eq!(writes.iter().position(|closed| !closed), None);
    assert_eq!(handler.calls(), 0);

    // What was under way is carried through.
    assert!(permit.commit().await.is_ok() && ticket.succeed().await.unwrap().is_logged_in());
}
