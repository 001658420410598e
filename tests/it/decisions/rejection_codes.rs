//! Every code of the provider's tables, listed here independently of the library's own table.

use std::collections::BTreeSet;

use planguard::decide::login::FailureClass;
use planguard::decide::rejection::{CODES, classify};
use planguard::{Action, Advice, Feature, LimitId, RejectionClass, RejectionContext, Retry};

/// The codes by what they are used for; call codes apart.
const EXPECTED: &[(&[i32], RejectionClass)] = &[
    (&[6013, 6014, 2662, 2024, 2999, 3005], RejectionClass::Precondition),
    (&[6015, 7501, 7502, 2025], RejectionClass::InFlight),
    (&[6206, 70001, -10001, -10003, -10004, -10005, -10008, -10106], RejectionClass::CredentialExpired),
    (&[6208, 3002, 3003, 3004, 3006], RejectionClass::KickedOff),
    (
        &[
            7008, 9506, 72010, 70050, 60007, 60011, 60018, -10113, -20009, 10006, -10114, -302, 2996, 9511,
            60019,
        ],
        RejectionClass::RateLimited,
    ),
    (&[70003, 70009, 70013, 70014, 70016, 70020], RejectionClass::CredentialInvalid),
    (&[70051, 70107, 70399], RejectionClass::Permanent),
    (&[70398, 72000, 72002, 22007, 60028], RejectionClass::LimitReached),
    (&[7013, 10059, 30005, 3122], RejectionClass::FeatureNotInPlan),
    (&[11000, 72001, 72011, 72012], RejectionClass::ConsoleSwitch),
    (&[60020, 80005, -10108, -10110, -10111, -10112, 60016, 60017, 10026], RejectionClass::Suspended),
    (
        &[
            30010, 30014, 30011, 30012, 30013, 10036, 10037, 10038, 10014, 8507, 10058, 10060, 51008, 51010,
            51012,
        ],
        RejectionClass::LimitReached,
    ),
    (&[10007, 10016, 80001, 20012, 10017], RejectionClass::NotAPlanProblem),
];
const CALL_CODES: &[i32] = &[-1001, -1002];

#[test]
fn every_documented_code_has_its_class_and_source() {
    for (codes, class) in EXPECTED {
        for &code in *codes {
            let rejection = classify(code, "why", &RejectionContext::default());
            assert_eq!(rejection.class, *class, "{code}");
            assert!(
                rejection.certain && !rejection.source.is_empty() && !rejection.text.is_empty(),
                "{code}"
            );
            assert_eq!((rejection.code, rejection.message.as_str()), (code, "why"));
        }
    }
    let expected: BTreeSet<i32> =
        EXPECTED.iter().flat_map(|(codes, _)| codes.iter()).chain(CALL_CODES).copied().collect();
    let listed: BTreeSet<i32> = CODES.iter().map(|row| row.code).collect();
    assert_eq!(listed, expected);
    assert_eq!(CODES.len(), listed.len(), "a code stands twice");
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
        assert_eq!(rejection.service, Some(planguard::ServiceId::CALL));
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
            // Nothing mends these but the app's owner.
            FailureClass::Permanent => {
                matches!(class, RejectionClass::CredentialInvalid | RejectionClass::Permanent)
            }
            FailureClass::UsersFull => row.limit == Some(LimitId::MaxUsers),
            FailureClass::QuotaUsedUp(_) => matches!(row.limit, Some(LimitId::FreeMau | LimitId::FreeDau)),
            FailureClass::Suspended => class == RejectionClass::Suspended,
            FailureClass::KickedOff => class == RejectionClass::KickedOff,
            FailureClass::NotReady => class == RejectionClass::Precondition,
            FailureClass::InProgress => class == RejectionClass::InFlight,
            FailureClass::Other => !matches!(
                class,
                RejectionClass::RateLimited
                    | RejectionClass::CredentialExpired
                    | RejectionClass::CredentialInvalid
                    | RejectionClass::Suspended
                    | RejectionClass::KickedOff
                    | RejectionClass::InFlight
                    | RejectionClass::Permanent
            ),
            // No code says that a login timed out.
            _ => false,
        };
        assert!(alike, "{code}: {:?}, {class}", FailureClass::of(code));
    }
}
