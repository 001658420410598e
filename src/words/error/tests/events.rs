//! What the guard reports without being asked.

use std::time::Duration;

use super::check::{Sample, every, json};
use crate::client::login::ActiveUserEffect;
use crate::client::{Event, Lagged, SyncError};
use crate::decide::login::{DeferReason, FailureClass, IdentityWarning, LoginIntent};
use crate::model::{
    Authority, ClockJump, Currency, Evidence, Finding, LimitId, Locale, Max, Money, Pseudonym,
    RejectionClass, Subject, Timestamp, UsageOrigin,
};
use crate::store::Corruption;

/// As it would be printed, were it printed.
const USER: Pseudonym = Pseudonym([0xab; 16]);
const PRINTED: &str = "abab";

fn at() -> Timestamp {
    "2024-08-20T02:00:00Z".parse().unwrap()
}

fn later() -> Timestamp {
    "2024-08-21T02:30:00Z".parse().unwrap()
}

fn evidence() -> Evidence {
    Evidence {
        max: Some(Max::Of(2345)),
        authority: Authority::Catalog,
        used: 2222,
        reserved: 77,
        usage_origin: UsageOrigin::Counted,
        usage_as_of: None,
        added_since: 0,
        entitlements_as_of: Some(at()),
        stale: false,
        age: Duration::ZERO,
    }
}

fn finding(field: &str) -> Finding {
    Finding {
        field: field.to_owned(),
        problem: "not known".to_owned(),
        remedy: "left out; update the app".to_owned(),
    }
}

fn effect() -> ActiveUserEffect {
    let price = Some(Money::new("0.015".parse().unwrap(), Currency::Usd));
    ActiveUserEffect { new_in_month: true, new_on_day: true, price, warning: None, evidence: None }
}

#[test]
fn every_event_has_words() {
    every!(Event {
        Event::EntitlementsChanged { .. } => Event::EntitlementsChanged { generation: 7, revision: Some(4321) },
            ["4321"];
        Event::DocumentFindings(_) => Event::DocumentFindings([finding("/limits/av_gruops")].into()),
            ["/limits/av_gruops"];
        Event::LimitWarning { .. } => Event::LimitWarning {
            limit: LimitId::MembersPerGroup,
            subject: Subject::Group(USER),
            threshold: 95,
            evidence: evidence(),
        }, ["2,222", "2,345", "77", "95%"];
        Event::LimitDenied { .. } => Event::LimitDenied {
            limit: LimitId::FriendsPerUser,
            subject: Subject::User(USER),
            requested: 61,
            evidence: evidence(),
        }, ["2,222", "2,345", "77", "61", "46"];
        Event::Rejected { .. } => Event::Rejected { code: 10_037, class: RejectionClass::LimitReached },
            ["10037", "as many groups as the plan allows|群组总数已达到套餐上限"];
        Event::SyncWanted => Event::SyncWanted, ["sync|同步"];
        Event::SyncFailed { .. } => Event::SyncFailed { error: std::sync::Arc::new(SyncError::NoEndpoint) },
            ["last good|最近一次"];
        Event::ClockJumped(_) => Event::ClockJumped(ClockJump { from: at(), to: later() }), ["02:00", "02:30"];
        Event::StoreSetAside(_) => Event::StoreSetAside(Corruption {
            set_aside: "/data/ada.lovelace/store.corrupt-1".to_owned(),
            why: "not a database".to_owned(),
        }), ["damaged|损坏"];
        Event::StoreFailed { .. } => Event::StoreFailed { why: "/data/ada.lovelace: full".to_owned() },
            ["failed|故障"];
        Event::StoreRecovered { .. } => Event::StoreRecovered { replayed: 1234, dropped: 56 }, ["1,234", "56"];
        Event::ActiveUserCounted { .. } => Event::ActiveUserCounted {
            user: USER, new_in_month: true, new_on_day: true,
        }, ["month|本月", "day|当日"];
        Event::LoginExecuted { .. } => Event::LoginExecuted {
            user: USER, intent: LoginIntent::OpenChat, effect: effect(),
        }, ["opened chat|打开了聊天", "0.015 USD|0.015 美元"];
        Event::LoginDeferred { .. } => Event::LoginDeferred {
            user: USER,
            intent: LoginIntent::PushWake,
            reason: DeferReason::WouldCreateActiveUser,
            first_in_month: true,
        }, ["push message|推送", "active user|活跃用户"];
        Event::LoginFailed { .. } => Event::LoginFailed {
            user: USER,
            class: FailureClass::CredentialExpired,
            code: 6206,
            retry_at: Some(later()),
        }, ["6206", "UserSig", "02:30"];
        Event::LoginLoopBroken { .. } => Event::LoginLoopBroken { user: USER, until: later() }, ["02:30"];
        Event::IdentityChurn(_) => Event::IdentityChurn(IdentityWarning::ManyOnDevice { users: 1234 }), ["1,234"];
        Event::UsageEventsRefused { .. } => Event::UsageEventsRefused { count: 1234 }, ["1,234"];
        Event::OutboxDropped { .. } => Event::OutboxDropped { count: 4321 }, ["4,321"];
    });
}

fn others() -> Vec<Event> {
    let mut events = vec![
        Event::EntitlementsChanged { generation: 0, revision: None },
        Event::Rejected { code: 424_242, class: RejectionClass::LimitReached },
        Event::UsageEventsRefused { count: 1 },
        Event::OutboxDropped { count: 1 },
        Event::LimitWarning {
            limit: LimitId::FreeMau,
            subject: Subject::App,
            threshold: 80,
            evidence: Evidence { max: None, reserved: 0, ..evidence() },
        },
        Event::LimitDenied {
            limit: LimitId::AvGroups,
            subject: Subject::App,
            requested: 1,
            evidence: Evidence { max: Some(Max::Unlimited), ..evidence() },
        },
    ];
    for (new_in_month, new_on_day) in [(true, false), (false, true), (false, false)] {
        events.push(Event::ActiveUserCounted { user: USER, new_in_month, new_on_day });
        let effect = ActiveUserEffect { new_in_month, new_on_day, ..effect() };
        events.push(Event::LoginExecuted { user: USER, intent: LoginIntent::AppLaunch, effect });
    }
    for intent in LoginIntent::ALL {
        let (intent, reason) = (*intent, DeferReason::LoggedOut);
        events.push(Event::LoginDeferred { user: USER, intent, reason, first_in_month: false });
    }
    events
}

#[test]
fn events_of_every_kind_of_figure_have_words() {
    for event in others() {
        let sample = Sample::new(&event, |locale| event.explain(locale), &[]);
        sample.check();
        let texts = [&sample.line, &sample.english, &sample.chinese];
        assert!(!texts.iter().any(|text| text.contains(PRINTED)), "{texts:?}");
    }
}

#[test]
fn findings_are_counted_and_the_first_are_named() {
    let many: Vec<Finding> = (1..=12).map(|n| finding(&format!("/limits/{n}"))).collect();
    let event = Event::DocumentFindings(many.into());
    let sample = Sample::new(
        &event,
        |locale| event.explain(locale),
        &[&"12", &"/limits/1", &"/limits/3", &"others|其他"],
    );
    sample.check();
    assert!(!sample.english.contains("/limits/4"));
    let one = finding("/features/video");
    assert_eq!(one.to_string(), "/features/video: not known; left out; update the app");
    Sample::new(&one, |locale| one.explain(locale), &[&"/features/video"]).check();
    let jump = ClockJump { from: at(), to: later() };
    Sample::new(&jump, |locale| jump.explain(locale), &[&"02:00", &"02:30"]).check();
    for value in [serde_json::to_value(&one), serde_json::to_value(jump)] {
        assert!(value.unwrap().is_object());
    }
    json(&Lagged(1234));
    Sample::new(&Lagged(1234), |locale| Lagged(1234).explain(locale), &[&"1,234"]).check();
}

#[test]
fn no_user_and_no_pseudonym_is_in_an_event_as_json() {
    let failed =
        Event::LoginFailed { user: USER, class: FailureClass::Other, code: 17, retry_at: Some(at()) };
    for event in others().into_iter().chain([failed]) {
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.as_str());
        assert!(!json.to_string().contains(PRINTED), "{json}");
    }
}

#[test]
fn an_event_reads_well() {
    let event = Event::Rejected { code: 6206, class: RejectionClass::CredentialExpired };
    assert_eq!(event.to_string(), "a call to the provider failed (code 6206): the UserSig has expired");
    assert_eq!(
        Event::EntitlementsChanged { generation: 1, revision: Some(42) }.explain(Locale::ZhHans),
        "套餐条款现以权益文档第 42 版为准。"
    );
}
