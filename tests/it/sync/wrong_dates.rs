//! What a wrong `Date` or `Age` does, and what ends it.

use std::time::Duration;

use planguard::client::{Committed, Event, SyncError, SyncOutcome};
use planguard::net::Response;
use planguard::{
    Action, BillingZone, ClockJump, CounterKey, Feature, GroupType, Lifecycle, LimitId, Observation,
    ServiceId, Subject, TimeRecord, Timestamp,
};
use support::{HOUR, MINUTE, SECOND, ada, add_friend, now, request};

use super::played::{DAY, Played, Script, plan, played};
use super::rig::{Build, Rig, http_date, image, start};
use super::scripted::{json, status, with};

const YEAR_SECS: i64 = 365 * 86_400;

type Wrong = fn(&mut Script);

/// Every wrong answer that was seen to suspend an app for good, and more of the kind.
const WRONG: [(&str, Wrong); 8] = [
    ("10 years ahead", |script| script.off_secs = 10 * YEAR_SECS),
    ("400 days ahead", |script| script.off_secs = 400 * 86_400),
    ("10 years behind, made then", |script| {
        script.off_secs = -10 * YEAR_SECS;
        script.document["issued_at"] = "2016-11-22T00:00:00Z".into();
    }),
    ("the year 9999", |script| script.date = Some("Fri, 31 Dec 9999 23:59:59 GMT".to_owned())),
    ("the year 2036, and made then", |script| {
        script.date = Some("Tue, 01 Jan 2036 00:00:00 GMT".to_owned());
        script.document["issued_at"] = "2036-01-01T00:00:00Z".into();
    }),
    ("an age of 4294967295", |script| script.age = Some("4294967295".to_owned())),
    ("an age of 40000000", |script| script.age = Some("40000000".to_owned())),
    ("an age beyond every number", |script| script.age = Some("99999999999999999999".to_owned())),
];

fn jumps(rig: &Rig) -> Vec<(Timestamp, Timestamp)> {
    let jump =
        |event| if let Event::ClockJumped(ClockJump { from, to }) = event { Some((from, to)) } else { None };
    rig.told().into_iter().filter_map(jump).collect()
}

/// The plan is in force, and time is right.
fn assert_right(rig: &Rig, endpoint: &Played, what: &str) {
    assert_eq!(rig.guard.lifecycle(), Lifecycle::Active, "{what}");
    assert!(rig.guard.feature(Feature::Community).granted, "{what}");
    assert!(endpoint.error_of(rig) <= 2 * SECOND, "{what}: {} for {}", rig.guard.now(), endpoint.now());
}

#[tokio::test]
async fn one_accepted_answer_with_a_wrong_date_leaves_the_plan_active() {
    for (what, wrong) in WRONG {
        for restart in [false, true] {
            let (endpoint, build) = played();
            let rig = build.open().await;
            rig.fetch().await.unwrap();
            endpoint.pass(&build.clock, 2 * DAY);
            endpoint.set(wrong);
            let outcome = rig.fetch().await.unwrap();
            assert!(!matches!(outcome, SyncOutcome::FromCache { .. }), "{what}: {outcome:?}");
            assert_right(&rig, &endpoint, what);
            assert_eq!(jumps(&rig), [], "{what}: nothing jumped");
            let rig = if restart { build.open().await } else { rig };
            assert_right(&rig, &endpoint, what);
            assert!(now(&rig.guard, request("ada"), Ok(1)).await.unwrap().is_logged_in(), "{what}");

            endpoint.mended();
            endpoint.set(|script| script.document = plan(2));
            endpoint.pass(&build.clock, HOUR);
            rig.fetch().await.unwrap();
            assert_right(&rig, &endpoint, what);
            assert_eq!((rig.revision(), rig.fresh()), (Some(2), Some(true)), "{what}");
            assert_eq!(image(&rig.store).time.claim, None, "{what}: forgotten");
            assert_eq!(jumps(&rig), [], "{what}");
        }
    }
}

#[tokio::test]
async fn a_first_answer_with_a_wrong_date_leaves_the_plan_active() {
    for (what, wrong) in WRONG.into_iter().filter(|(what, _)| !what.contains("made then")) {
        let (endpoint, build) = played();
        endpoint.set(wrong);
        let rig = build.open().await;
        rig.fetch().await.unwrap();
        assert_right(&rig, &endpoint, what);
        endpoint.mended();
        let rig = build.open().await;
        rig.fetch().await.unwrap();
        assert_right(&rig, &endpoint, what);
        assert_eq!(rig.fresh(), Some(true), "{what}");
    }
}

/// An endpoint that twice showed the same wrong time, and was believed.
async fn misled() -> (Played, Build, Rig) {
    let (endpoint, build) = played();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    endpoint.set(|script| script.off_secs = 10 * YEAR_SECS);
    rig.fetch().await.unwrap();
    assert_eq!(jumps(&rig), []);
    endpoint.pass(&build.clock, MINUTE);
    rig.fetch().await.unwrap();
    let far = endpoint.now().plus(3_650 * DAY);
    assert_eq!(jumps(&rig), [(endpoint.now(), far)], "two that agree are believed, and it is told");
    assert!(matches!(rig.guard.lifecycle(), Lifecycle::Reclaimed { .. }));
    (endpoint, build, rig)
}

#[tokio::test]
async fn two_good_answers_take_back_what_two_wrong_ones_agreed_on_over_restarts() {
    for (restart, restart_between) in [(false, false), (true, false), (false, true), (true, true)] {
        let (endpoint, build, rig) = misled().await;
        endpoint.mended();
        let rig = if restart { build.open().await } else { rig };
        rig.fetch().await.unwrap();
        endpoint.pass(&build.clock, MINUTE);
        let rig = if restart_between { build.open().await } else { rig };
        let before = rig.guard.now();
        rig.fetch().await.unwrap();
        assert_right(&rig, &endpoint, "healed");
        assert_eq!(jumps(&rig), [(before, rig.guard.now())]);
        assert_eq!(rig.fresh(), Some(true));
        assert_right(&build.open().await, &endpoint, "and after a restart");
    }
}

#[tokio::test]
async fn a_date_wrong_by_less_than_a_day_is_followed_told_and_taken_back() {
    for off in [20 * 3_600, -20 * 3_600] {
        let (endpoint, build) = played();
        let rig = build.open().await;
        rig.fetch().await.unwrap();
        endpoint.pass(&build.clock, 2 * DAY);
        endpoint.set(|script| script.off_secs = off);
        rig.fetch().await.unwrap();
        let wrong = Timestamp::from_millis(endpoint.now().as_millis() + 1_000 * off);
        assert_eq!(jumps(&rig), [(endpoint.now(), wrong)]);
        assert_eq!(rig.guard.lifecycle(), Lifecycle::Active);
        endpoint.mended();
        let rig = build.open().await;
        rig.fetch().await.unwrap();
        assert_eq!(jumps(&rig), [(wrong, endpoint.now())]);
        assert_right(&rig, &endpoint, "taken back");
    }
}

fn page() -> Response {
    with(Response::new(b"<html>Sign in</html>".to_vec()), "content-type", "text/html")
}

fn elsewhere() -> Response {
    with(status(302), "location", "https://elsewhere.example/sign-in")
}

fn of_another_app() -> Response {
    let mut document = plan(9);
    document["sdk_app_id"] = 7.into();
    json(&document)
}

#[tokio::test]
async fn what_is_not_accepted_teaches_nothing() {
    let refused: [fn() -> Response; 8] = [
        || status(500),
        || status(503),
        || status(404),
        || status(204),
        page,
        elsewhere,
        of_another_app,
        || json(&plan(0)),
    ];
    for (n, instead) in refused.into_iter().enumerate() {
        for off in [10 * YEAR_SECS, 3_600, -3_600] {
            let (endpoint, build) = played();
            let rig = build.open().await;
            rig.fetch().await.unwrap();
            let known = image(&rig.store).time;
            endpoint.set(|script| (script.off_secs, script.instead) = (off, Some(instead)));
            for _ in 0..3 {
                let error = rig.fetch().await.unwrap_err();
                assert!(!matches!(error, SyncError::NotYet { .. }), "{n}: {error}");
                endpoint.pass(&build.clock, error.retry_at().unwrap().since(rig.wall()));
            }
            assert_right(&rig, &endpoint, &format!("refusal {n}"));
            assert_eq!(jumps(&rig), [], "{n}");
            let high_water = image(&rig.store).time.high_water;
            assert_eq!(image(&rig.store).time, TimeRecord { high_water, ..known }, "{n}");
        }
    }
}

#[tokio::test]
async fn a_receipt_for_usage_events_teaches_nothing() {
    let (endpoint, build) = played();
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    let known = image(&rig.store).time;
    endpoint.set(|script| script.off_secs = 3_600);
    rig.reject(0..2).await;
    assert_eq!(rig.guard.flush().await.delivered, 2);
    assert_eq!(image(&rig.store).time, known);
    assert_right(&rig, &endpoint, "flushed");
}

#[tokio::test]
async fn of_redirects_only_the_answer_they_end_in_teaches() {
    let (transport, build) = super::scripted::scripted(
        |n| match n % 2 {
            0 => with(with(status(307), "location", "/moved"), "date", &http_date(start().plus(20 * HOUR))),
            _ => with(json(&plan(1)), "date", &http_date(start().plus(HOUR))),
        },
        Duration::ZERO,
    );
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    assert_eq!((rig.guard.now(), transport.asked()), (start().plus(HOUR), 2));
}

#[tokio::test]
async fn a_correction_corrects_counters_and_the_ledger_in_memory_and_store() {
    let (endpoint, build, rig) = misled().await;
    // The plan is over by the false time: a new one, so that the app goes on in it.
    endpoint.set(|script| {
        script.document = plan(2);
        script.document["subscription"] = serde_json::Value::Null;
    });
    rig.fetch().await.unwrap();
    assert!(now(&rig.guard, request("ada"), Ok(1)).await.unwrap().is_logged_in());
    let create = Action::CreateGroup { owner: ada(), kind: GroupType::Work, initial_members: 0 };
    rig.guard.record(&create).await;
    rig.guard.observe(&Observation::Friends { user: ada(), count: 2_000 }).await;
    let far = rig.guard.now();
    let zone = BillingZone::default();
    let false_day = CounterKey::at(LimitId::NetNewGroupsPerDay, Subject::App, far, &zone);
    assert_eq!(rig.guard.snapshot().usage.get(&false_day).used(), 1);
    assert!(image(&rig.store).users.iter().any(|(_, user)| user.active.month == Some(zone.month(far))));

    endpoint.mended();
    endpoint.set(|script| script.document = plan(3));
    rig.fetch().await.unwrap();
    endpoint.pass(&build.clock, MINUTE);
    rig.fetch().await.unwrap();
    assert_right(&rig, &endpoint, "healed");
    let month = zone.month(endpoint.now());
    for rig in [rig, build.open().await] {
        let (snapshot, kept) = (rig.guard.snapshot(), image(&rig.store));
        assert_eq!(snapshot.usage.get(&false_day).used(), 0, "a day that has not begun");
        assert!(kept.counters.iter().all(|(key, _)| *key != false_day));
        let users = [
            snapshot.ledger.iter().next().map(|(_, user)| user),
            kept.users.first().map(|(_, user)| user.clone()),
        ];
        for user in users.map(Option::unwrap) {
            assert!(user.active.month <= Some(month), "{user:?}");
            assert!(user.active.uncertain.is_some_and(|at| at <= endpoint.now()), "{user:?}");
        }
        let dated = |as_of: Option<Timestamp>| as_of <= Some(endpoint.now());
        assert!(snapshot.usage.iter().all(|(_, counter)| dated(counter.as_of)));
        assert!(kept.counters.iter().all(|(_, counter)| dated(counter.as_of)));
    }
    // What is observed now is later than what was observed in the false time, and a login counts again.
    let rig = build.open().await;
    rig.guard.observe(&Observation::Friends { user: ada(), count: 7 }).await;
    let snapshot = rig.guard.snapshot();
    let friends = snapshot.usage.iter().filter(|(key, _)| key.limit == LimitId::FriendsPerUser);
    assert_eq!(friends.map(|(_, counter)| counter.used()).collect::<Vec<_>>(), [7]);
    assert!(now(&rig.guard, request("ada"), Ok(1)).await.unwrap().is_logged_in());
    let report = rig.guard.login_report(month).await.unwrap();
    assert_eq!((report.active_users, report.uncertain), (1, 0));
}

#[tokio::test]
async fn a_service_that_ended_in_a_false_time_only_is_back_with_the_true_one() {
    let (endpoint, build) = played();
    endpoint.set(|script| {
        let ends = start().plus(20 * DAY);
        script.document["value_added"] = serde_json::json!([{ "id": "cloud_search", "expires_at": ends }]);
    });
    let (rig, other) = (build.open().await, build.open().await);
    let has = |rig: &Rig| rig.guard.entitlements().service(ServiceId::CLOUD_SEARCH).is_some();
    rig.fetch().await.unwrap();
    other.reject(0..1).await;
    assert!(has(&rig) && has(&other));
    build.clock.set(start().plus(40 * DAY));
    for rig in [&rig, &other] {
        rig.reject(0..1).await;
        assert!(rig.guard.explain_feature(Feature::LocalMessageSearch).evidence.stale);
        assert!(!has(rig));
    }
    // The clock is right again. After a day in which time stands, the mark is taken back.
    build.clock.set(start().plus(HOUR));
    for _ in 0..26 {
        build.clock.advance(HOUR);
        rig.reject(0..1).await;
    }
    other.reject(0..2).await;
    for rig in [&rig, &other] {
        assert!(rig.guard.now() < start().plus(2 * DAY), "{}", rig.guard.now());
        assert!(has(rig));
    }
}

/// A friend was being added, and the list read since contains the friend: also when time was taken back in between, and
/// has come back to where it was.
#[tokio::test]
async fn a_list_read_since_contains_what_was_held_also_when_time_was_taken_back() {
    let (endpoint, build) = played();
    endpoint.set(|script| script.off_secs = 100);
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    let reserved = rig.guard.reserve(&add_friend()).await;
    endpoint.pass(&build.clock, SECOND);
    rig.guard.observe(&Observation::Friends { user: ada(), count: 11 }).await;
    endpoint.mended();
    rig.fetch().await.unwrap();
    endpoint.pass(&build.clock, 2 * MINUTE);
    assert_eq!(reserved.permit().unwrap().commit().await, Committed::AfterExpiry);
    let snapshot = rig.guard.snapshot();
    let friends = snapshot.usage.iter().filter(|(key, _)| key.limit == LimitId::FriendsPerUser);
    assert!(friends.map(|(_, counter)| counter.used()).any(|used| used == 11));
}
