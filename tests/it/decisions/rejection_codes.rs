//! Every code of the provider's tables, against a list of its own: `fixtures/provider_codes.txt`.

use std::collections::BTreeSet;

use planguard::decide::login::FailureClass;
use planguard::decide::rejection::{CODES, classify};
use planguard::{
    Action, Advice, Feature, LimitId, Rejection, RejectionClass, RejectionContext, Retry, ServiceId,
};

/// One row of `fixtures/provider_codes.txt`.
struct Documented {
    code: i32,
    class: &'static str,
    about: &'static str,
    advice: &'static str,
    retry: &'static str,
    sync_wanted: bool,
}

/// What the documents say, listed independently of the library's own table.
fn documented() -> Vec<Documented> {
    let rows = include_str!("../../fixtures/provider_codes.txt").lines();
    rows.filter(|line| !line.is_empty() && !line.starts_with('#'))
        .flat_map(|line| {
            let cells: Vec<&'static str> = line.split('|').map(str::trim).collect();
            let [codes, class, about, advice, retry, sync] = cells[..] else { panic!("{line}") };
            let sync_wanted = match sync {
                "yes" => true,
                "no" => false,
                other => panic!("{line}: {other}"),
            };
            codes.split(' ').map(move |code| Documented {
                code: code.parse().unwrap(),
                class,
                about,
                advice,
                retry,
                sync_wanted,
            })
        })
        .collect()
}

const CALL: Action = Action::Call { group: false };

/// A code as `classify` understands it where it may occur.
fn understood(code: i32) -> Rejection {
    let action = CALL_CODES.contains(&code).then_some(&CALL);
    classify(code, "why", &RejectionContext { action, ..RejectionContext::default() })
}

const CALL_CODES: &[i32] = &[-1001, -1002];

fn word(retry: Retry) -> String {
    match retry {
        Retry::Never => "never".to_owned(),
        Retry::After(wait) => wait.as_secs().to_string(),
        Retry::RenewCredential => "renew_credential".to_owned(),
        Retry::OnceThereIsRoom => "once_there_is_room".to_owned(),
        Retry::OncePlanChanges => "once_plan_changes".to_owned(),
        Retry::AfterRunningCall => "after_running_call".to_owned(),
        Retry::OnceOutcomeIsKnown => "once_outcome_is_known".to_owned(),
        Retry::OnceConnected => "once_connected".to_owned(),
    }
}

#[test]
fn every_documented_code_is_understood_as_documented() {
    for row in documented() {
        let (code, rejection) = (row.code, understood(row.code));
        assert_eq!((rejection.code, rejection.message.as_str()), (code, "why"));
        assert!(rejection.certain && !rejection.source.is_empty(), "{code}");
        assert_eq!(rejection.class.as_str(), row.class, "{code}");
        let about = [
            rejection.limit.map(LimitId::as_str),
            rejection.feature.map(Feature::as_str),
            rejection.service.map(ServiceId::as_str),
        ];
        assert_eq!(about.into_iter().flatten().next().unwrap_or("-"), row.about, "{code}");
        assert_eq!(rejection.advice.as_str(), row.advice, "{code}");
        assert_eq!(word(rejection.retry), row.retry, "{code}");
        assert_eq!(rejection.refetch, row.sync_wanted, "{code}");
    }
}

#[test]
fn no_code_is_missing_and_none_is_invented() {
    let expected: BTreeSet<i32> = documented().iter().map(|row| row.code).collect();
    let listed: BTreeSet<i32> = CODES.iter().map(|row| row.code).collect();
    assert_eq!(listed, expected);
    assert_eq!(CODES.len(), listed.len(), "a code is listed twice");
    assert_eq!(documented().len(), expected.len(), "a code is documented twice");
}

/// The documents name these; a code that is not one of them leaves no doubt about what happened.
#[test]
fn only_a_request_without_an_answer_leaves_the_outcome_unknown() {
    let unknown = [6012, 9514, 9517, 9520, 9521, 9524, 9525, 2800, 2801];
    for row in CODES {
        assert_eq!(understood(row.code).outcome_unknown(), unknown.contains(&row.code), "{}", row.code);
    }
    for unlisted in [0, 9508, 9510, 9599] {
        let rejection = understood(unlisted);
        assert!(rejection.outcome_unknown() && !rejection.certain, "{unlisted}");
    }
    for refused in [424_242, 9499, 9600] {
        assert!(!understood(refused).outcome_unknown(), "{refused}");
    }
}

#[test]
fn limits_and_features_are_named() {
    for (code, limit) in [
        (30010, Some(LimitId::FriendsPerUser)),
        (30014, Some(LimitId::FriendsPerUser)),
        (10036, Some(LimitId::AvGroups)),
        (10037, Some(LimitId::GroupsPerUser)),
        (10038, Some(LimitId::MembersPerGroup)),
        (10014, Some(LimitId::MembersPerGroup)),
        (8507, Some(LimitId::MembersPerGroup)),
        (10058, Some(LimitId::NonAvGroups)),
        (70398, Some(LimitId::MaxUsers)),
        (72000, Some(LimitId::FreeDau)),
        (22007, Some(LimitId::FreeDau)),
        (72002, Some(LimitId::FreeMau)),
        (30011, None),
        (30012, None),
        (30013, None),
        (10060, None),
        (51012, None),
        (60028, None),
    ] {
        assert_eq!(classify(code, "", &RejectionContext::default()).limit, limit, "{code}");
    }
    for (code, feature) in [
        (11000, Some(Feature::Community)),
        (72001, Some(Feature::UserStatus)),
        (10060, Some(Feature::GroupReadReceipts)),
        (51008, Some(Feature::ConversationMark)),
        (51010, Some(Feature::ConversationGroup)),
        (10059, None),
    ] {
        assert_eq!(classify(code, "", &RejectionContext::default()).feature, feature, "{code}");
    }
}

#[test]
fn the_advice_tells_like_codes_apart() {
    let advice = |code| classify(code, "", &RejectionContext::default()).advice;
    assert_eq!(advice(10014), Advice::RaiseGroupMaximum, "the group's own maximum");
    assert_eq!(advice(10038), Advice::ShowLimit, "the plan's");
    assert_eq!(advice(8507), Advice::ShowLimit);
    assert_eq!(advice(30010), Advice::ShowLimit);
    assert_eq!(advice(30014), Advice::ShowPeerIsFull);
    assert_eq!(advice(10060), Advice::HideFeature);
    assert_eq!(advice(11000), Advice::SwitchOnInConsole);
    assert_eq!(advice(10059), Advice::HideFeature);
    assert_eq!(advice(6208), Advice::AskBeforeLogin);
    assert_eq!(advice(70399), Advice::KeepAccountIds);
    assert_eq!(advice(60028), Advice::LeaveToServer);
    assert_eq!(advice(70001), Advice::RenewUserSig);
    assert_eq!(advice(70003), Advice::FixUserSig);
}

#[test]
fn retries_wait_as_long_as_the_documents_say() {
    let retry = |code| classify(code, "", &RejectionContext::default()).retry;
    let after = |code| match retry(code) {
        Retry::After(wait) => wait.as_secs(),
        other => panic!("{code}: {other:?}"),
    };
    assert_eq!(after(70050), 60);
    assert_eq!(after(60020), 300);
    assert!(after(72010) >= 1);
    assert_eq!(retry(6206), Retry::RenewCredential);
    assert_eq!(retry(70003), Retry::Never);
    assert_eq!(retry(6208), Retry::Never);
    assert_eq!(retry(7501), Retry::AfterRunningCall);
    assert_eq!(retry(72002), Retry::OncePlanChanges);
    assert_eq!(retry(10037), Retry::OnceThereIsRoom);
    assert_eq!(retry(10060), Retry::Never);
}

#[test]
fn only_what_doubts_the_plan_asks_for_a_fetch() {
    let refetch = |code| classify(code, "", &RejectionContext::default()).refetch;
    for code in [72000, 72002, 70398, 10059, 7013, 60020, 80005, 10037, 10038] {
        assert!(refetch(code), "{code}");
    }
    for code in [6208, 70001, 72010, 10014, 30014, 30012, 51012, 10007, 80001, 11000, 424_242] {
        assert!(!refetch(code), "{code}");
    }
}

#[test]
fn call_codes_count_in_calls_only() {
    // Elsewhere -1001 is a platform's own code for a time-out.
    let elsewhere = classify(-1001, "", &RejectionContext::default());
    assert_eq!(elsewhere.class, RejectionClass::Unknown);
    let call = Action::Call { group: false };
    for &code in CALL_CODES {
        let context = RejectionContext { action: Some(&call), ..RejectionContext::default() };
        let rejection = classify(code, "", &context);
        assert_eq!(rejection.class, RejectionClass::FeatureNotInPlan);
        assert_eq!(rejection.service, Some(ServiceId::Call));
    }
}

/// A login that fails is judged by a table of its own, by what it means for the next login.
#[test]
fn the_login_guard_judges_codes_alike() {
    for row in CODES {
        let (class, code) = (row.class, row.code);
        let alike = match FailureClass::of(code) {
            FailureClass::RateLimited | FailureClass::LockedOut => class == RejectionClass::RateLimited,
            FailureClass::CredentialExpired => class == RejectionClass::CredentialExpired,
            // Nothing fixes these but the app's owner.
            FailureClass::Permanent => {
                matches!(class, RejectionClass::CredentialInvalid | RejectionClass::Permanent)
            }
            FailureClass::UsersFull => row.limit == Some(LimitId::MaxUsers),
            FailureClass::QuotaUsedUp(_) => matches!(row.limit, Some(LimitId::FreeMau | LimitId::FreeDau)),
            FailureClass::Suspended => class == RejectionClass::Suspended,
            FailureClass::KickedOff => class == RejectionClass::KickedOff,
            FailureClass::NotReady => class == RejectionClass::Precondition,
            FailureClass::InProgress => class == RejectionClass::InFlight,
            FailureClass::OutcomeUnknown => class == RejectionClass::OutcomeUnknown,
            FailureClass::NeverSent => class == RejectionClass::NeverSent,
            // An update of the app ends it, which no refusal that is kept for a day may outlive.
            FailureClass::Other if row.advice == Advice::UpdateSdk => true,
            FailureClass::Other => !matches!(
                class,
                RejectionClass::RateLimited
                    | RejectionClass::CredentialExpired
                    | RejectionClass::CredentialInvalid
                    | RejectionClass::Suspended
                    | RejectionClass::KickedOff
                    | RejectionClass::InFlight
                    | RejectionClass::OutcomeUnknown
                    | RejectionClass::NeverSent
                    | RejectionClass::Permanent
            ),
            // No code says that a login timed out.
            _ => false,
        };
        assert!(alike, "{code}: {:?}, {class}", FailureClass::of(code));
    }
}
