//! Every cell of the login decision table, against rules written down independently of the code.

use std::collections::{BTreeSet, HashMap};

use planguard::catalog::BillingModel;
use planguard::decide::login::Alternative;
use planguard::decide::login::{
    Budget, DeferReason, DenyReason, FailureState, LoginDecision, LoginFacts, LoginIntent, LoginPolicy,
    LoginWarning, NewActiveUser, Room, SessionOf, Until, decide,
};
use planguard::{
    Authority, Counted, Currency, Enforcement, Evidence, Lifecycle, Money, SessionState, SuspensionCause,
    Timestamp, UsageOrigin,
};

/// The rules. The first row that matches a cell says what must come of it.
///
/// `*` matches everything, `a,b` either, `!a` everything but. Columns: the intent (`Launch+` and `Launch` are an
/// app launch where the policy takes it for a person and where not); whose session there is; what is kept of the
/// user (kicked off, logged out on purpose, the device is another user's); whether the user is counted in the period
/// that the plan bills by; where the plan stands; what earlier logins left; the room.
const RULES: &str = "
intent                 | session                                         | kept              | counted | plan    | failure      | room    => outcome
*                      | *                                               | *                 | *       | stopped | *            | *       => deny suspended
!RenewUserSig          | me:LoggedIn                                     | *                 | *       | *       | *            | *       => already
*                      | me:LoggingIn                                    | *                 | *       | *       | *            | *       => join
Kick                   | *                                               | *                 | *       | *       | *            | *       => deny kicked
!OpenChat,!Kick+       | me:KickedOff                                    | *                 | *       | *       | *            | *       => deny kicked
!OpenChat,!Kick+       | *                                               | kicked,kicked+out | *       | *       | *            | *       => deny kicked
Launch+                | *                                               | out               | *       | *       | *            | *       => defer out
OpenChat,Kick+,Launch+ | *                                               | *                 | *       | *       | credential   | *       => deny credential
OpenChat,Kick+,Launch+ | *                                               | *                 | *       | *       | permanent    | *       => deny permanent
OpenChat,Kick+,Launch+ | *                                               | *                 | *       | *       | unregistered | *       => deny users
OpenChat,Kick+,Launch+ | *                                               | *                 | !yes    | *       | quota        | *       => deny quota reported
OpenChat,Kick+,Launch+ | *                                               | *                 | !yes    | *       | *            | users!  => deny users
OpenChat,Kick+,Launch+ | *                                               | *                 | !yes    | *       | *            | quota!  => deny quota
OpenChat,Kick+,Launch+ | *                                               | *                 | !yes    | *       | *            | budget! => deny budget
OpenChat,Kick+,Launch+ | *                                               | *                 | *       | *       | loop         | *       => deny loop
OpenChat,Kick+,Launch+ | *                                               | *                 | *       | *       | backoff      | *       => deny backoff
OpenChat,Kick+,Launch+ | *                                               | *                 | yes     | *       | *            | *       => execute no
OpenChat,Kick+,Launch+ | *                                               | *                 | maybe   | *       | *            | *       => execute uncertain
OpenChat,Kick+,Launch+ | *                                               | *                 | no      | *       | *            | *       => execute yes
*                      | other:LoggedIn,other:LoggingIn,other:SigExpired | *                 | *       | *       | *            | *       => defer other
*                      | *                                               | device            | *       | *       | *            | *       => defer device
*                      | *                                               | out               | *       | *       | *            | *       => defer out
*                      | *                                               | *                 | !yes    | *       | *            | *       => defer person
*                      | *                                               | *                 | *       | *       | credential   | *       => deny credential
*                      | *                                               | *                 | *       | *       | permanent    | *       => deny permanent
*                      | *                                               | *                 | *       | *       | unregistered | *       => deny users
*                      | *                                               | *                 | *       | *       | loop         | *       => deny loop
*                      | *                                               | *                 | *       | *       | backoff      | *       => deny backoff
*                      | *                                               | *                 | *       | *       | *            | *       => execute no
";

struct Rule {
    columns: Vec<Vec<String>>,
    outcome: String,
}

impl Rule {
    fn parse(row: &str) -> Self {
        let (left, outcome) = row.split_once("=>").unwrap();
        let columns: Vec<Vec<String>> = left
            .split('|')
            .map(|column| column.split(',').map(|token| token.trim().to_owned()).collect())
            .collect();
        assert_eq!(columns.len(), 7, "{row}");
        Self { columns, outcome: outcome.trim().to_owned() }
    }

    fn matches(&self, cell: &[&str; 7]) -> bool {
        self.columns.iter().zip(cell).all(|(tokens, value)| {
            let (not, yes): (Vec<&str>, Vec<&str>) =
                tokens.iter().map(String::as_str).partition(|token| token.starts_with('!'));
            let excluded = not.iter().any(|token| &token[1..] == *value);
            let included = yes.is_empty() || yes.iter().any(|token| *token == "*" || token == value);
            included && !excluded
        })
    }
}

const NOW: i64 = 1_722_500_000;

fn at(offset: i64) -> Timestamp {
    Timestamp::from_secs(NOW + offset)
}

fn price() -> Money {
    Money::new("0.015".parse().unwrap(), Currency::Usd)
}

fn budgets() -> Vec<(&'static str, Budget)> {
    use Enforcement::{Enforce, Off, Warn};
    let evidence = Evidence {
        max: None,
        authority: Authority::Unknown,
        used: 0,
        reserved: 0,
        usage_origin: UsageOrigin::Counted,
        usage_as_of: None,
        added_since: 0,
        entitlements_as_of: None,
        stale: false,
        age: std::time::Duration::ZERO,
    };
    let budget = |room, enforcement| Budget { room, enforcement, price: Some(price()), evidence };
    vec![
        ("unknown", budget(Room::Unknown, Enforce)),
        ("within", budget(Room::Within, Enforce)),
        ("near", budget(Room::NearQuota(80), Enforce)),
        ("charged", budget(Room::Charged, Enforce)),
        ("quota!", budget(Room::QuotaUsedUp, Enforce)),
        ("quota", budget(Room::QuotaUsedUp, Warn)),
        ("budget!", budget(Room::BudgetUsedUp, Enforce)),
        ("budget", budget(Room::BudgetUsedUp, Warn)),
        ("users!", budget(Room::UsersFull, Enforce)),
        ("users", budget(Room::UsersFull, Warn)),
        ("off", budget(Room::QuotaUsedUp, Off)),
    ]
}

fn lifecycles() -> Vec<(&'static str, Lifecycle)> {
    let cause = SuspensionCause::Arrears;
    vec![
        ("unknown", Lifecycle::Unknown),
        ("active", Lifecycle::Active),
        ("active", Lifecycle::ExpiringSoon { days_left: 0, expires_at: at(60) }),
        ("grace", Lifecycle::Grace { cause, until: at(60) }),
        ("stopped", Lifecycle::Suspended { cause, since: at(-60), reclaim_at: at(600) }),
        ("stopped", Lifecycle::Reclaimed { since: at(-60) }),
    ]
}

const FAILURES: &[(&str, FailureState)] = &[
    ("clear", FailureState::Clear),
    ("backoff", FailureState::BackingOff { until: Timestamp::from_secs(NOW + 1), code: 9506 }),
    ("over", FailureState::BackingOff { until: Timestamp::from_secs(NOW), code: 9506 }),
    ("permanent", FailureState::Permanent { code: 70_051 }),
    ("unregistered", FailureState::UsersRefused { code: 70_398 }),
    ("credential", FailureState::CredentialRefused { code: 70_001 }),
    ("quota", FailureState::QuotaRefused { until: Timestamp::from_secs(NOW + 1), code: 72_002 }),
    ("over", FailureState::QuotaRefused { until: Timestamp::from_secs(NOW), code: 72_002 }),
    ("loop", FailureState::LoopBroken { until: Timestamp::from_secs(NOW + 1) }),
    ("over", FailureState::LoopBroken { until: Timestamp::from_secs(NOW) }),
];

fn intent_name(intent: LoginIntent, launch_is_person: bool) -> &'static str {
    match intent {
        LoginIntent::OpenChat => "OpenChat",
        LoginIntent::AppLaunch if launch_is_person => "Launch+",
        LoginIntent::AppLaunch => "Launch",
        LoginIntent::Reconnect => "Reconnect",
        LoginIntent::PushWake => "PushWake",
        LoginIntent::Prefetch => "Prefetch",
        LoginIntent::ViewOnly => "ViewOnly",
        LoginIntent::RenewUserSig => "RenewUserSig",
        LoginIntent::AfterKick { confirmed: false } => "Kick",
        LoginIntent::AfterKick { confirmed: true } => "Kick+",
    }
}

fn session_name(session: SessionOf) -> &'static str {
    use SessionState::{KickedOff, LoggedIn, LoggedOut, LoggingIn, SigExpired};
    match session {
        SessionOf::Asker(LoggedOut) => "me:LoggedOut",
        SessionOf::Asker(LoggingIn) => "me:LoggingIn",
        SessionOf::Asker(LoggedIn) => "me:LoggedIn",
        SessionOf::Asker(KickedOff) => "me:KickedOff",
        SessionOf::Asker(SigExpired) => "me:SigExpired",
        SessionOf::Other(LoggedOut) => "other:LoggedOut",
        SessionOf::Other(LoggingIn) => "other:LoggingIn",
        SessionOf::Other(LoggedIn) => "other:LoggedIn",
        SessionOf::Other(KickedOff) => "other:KickedOff",
        SessionOf::Other(SigExpired) => "other:SigExpired",
    }
}

/// What is kept of the user: kicked off, logged out, the device is another user's.
const KEPT: &[(&str, [bool; 3])] = &[
    ("nothing", [false, false, false]),
    ("kicked", [true, false, false]),
    ("out", [false, true, false]),
    ("kicked+out", [true, true, false]),
    ("device", [false, false, true]),
];

fn outcome_name(decision: &LoginDecision) -> &'static str {
    match decision {
        LoginDecision::AlreadyLoggedIn => "already",
        LoginDecision::Join => "join",
        LoginDecision::Execute(execution) => match execution.creates {
            NewActiveUser::No => "execute no",
            NewActiveUser::Yes => "execute yes",
            NewActiveUser::Uncertain => "execute uncertain",
        },
        LoginDecision::Defer(deferral) => match deferral.reason {
            DeferReason::WouldCreateActiveUser => "defer person",
            DeferReason::OtherUserActive => "defer other",
            DeferReason::NotDeviceUser => "defer device",
            DeferReason::LoggedOut => "defer out",
        },
        LoginDecision::Deny(denial) => match denial.reason {
            DenyReason::Suspended(_) => "deny suspended",
            DenyReason::KickedOff => "deny kicked",
            DenyReason::CredentialRefused { .. } => "deny credential",
            DenyReason::Permanent { .. } => "deny permanent",
            DenyReason::QuotaUsedUp { code: Some(_) } => "deny quota reported",
            DenyReason::QuotaUsedUp { code: None } => "deny quota",
            DenyReason::BudgetUsedUp => "deny budget",
            DenyReason::UsersFull => "deny users",
            DenyReason::BackingOff { .. } => "deny backoff",
            DenyReason::LoopBroken => "deny loop",
        },
    }
}

struct Cell {
    names: [&'static str; 7],
    facts: LoginFacts,
    policy: LoginPolicy,
}

/// Calls `check` with every cell of the full cross product.
fn every_cell(mut check: impl FnMut(&Cell)) -> usize {
    let (budgets, lifecycles) = (budgets(), lifecycles());
    let sessions: Vec<SessionOf> = SessionState::ALL
        .iter()
        .flat_map(|&state| [SessionOf::Asker(state), SessionOf::Other(state)])
        .collect();
    let situations: Vec<_> =
        sessions.iter().flat_map(|&of| KEPT.iter().map(move |kept| (of, kept))).collect();
    let mut cells = 0;
    for bits in 0..64_u32 {
        let bit = |n: u32| bits & (1 << n) != 0;
        let counted = Counted { this_month: bit(0), today: bit(1) };
        let (uncertain, billing) =
            (bit(2), if bit(3) { BillingModel::Mau } else { BillingModel::DauPeakGroups });
        let policy =
            LoginPolicy { launch_is_person: bit(4), guest_av_groups: bit(5), ..LoginPolicy::default() };
        let is_counted = if bit(3) { bit(0) } else { bit(1) };
        let counted_name = match (is_counted, uncertain) {
            (true, _) => "yes",
            (false, true) => "maybe",
            (false, false) => "no",
        };
        for &intent in LoginIntent::ALL {
            for &(session, &(kept_name, [kicked_off, logged_out, other_device_user])) in &situations {
                // What is kept of a user is looked at before the billing model and the alternative.
                if kept_name != "nothing" && (bit(3) || bit(5)) {
                    continue;
                }
                for &(lifecycle_name, lifecycle) in &lifecycles {
                    for &(failure_name, failure) in FAILURES {
                        for &(room_name, budget) in &budgets {
                            cells += 1;
                            check(&Cell {
                                names: [
                                    intent_name(intent, policy.launch_is_person),
                                    session_name(session),
                                    kept_name,
                                    counted_name,
                                    lifecycle_name,
                                    failure_name,
                                    room_name,
                                ],
                                facts: LoginFacts {
                                    intent,
                                    session,
                                    kicked_off,
                                    logged_out,
                                    other_device_user,
                                    counted,
                                    uncertain,
                                    billing,
                                    lifecycle,
                                    budget,
                                    failure,
                                    now: at(0),
                                    day_turns: at(3_600),
                                    month_turns: at(86_400),
                                },
                                policy: policy.clone(),
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

#[test]
fn every_cell_follows_its_rule_and_every_rule_has_a_cell() {
    let rules: Vec<Rule> =
        RULES.lines().map(str::trim).filter(|row| row.contains("=>")).skip(1).map(Rule::parse).collect();
    let mut used = BTreeSet::new();
    // Many cells differ only in what no rule looks at.
    let mut row_of: HashMap<[&str; 7], usize> = HashMap::new();
    let cells = every_cell(|cell| {
        let row = *row_of.entry(cell.names).or_insert_with(|| {
            rules
                .iter()
                .position(|rule| rule.matches(&cell.names))
                .unwrap_or_else(|| panic!("no rule for {:?}", cell.names))
        });
        used.insert(row);
        let decision = decide(&cell.facts, &cell.policy);
        assert_eq!(outcome_name(&decision), rules[row].outcome, "row {row}: {:?}", cell.names);
    });
    assert_eq!(cells, (64 + 16 * 4) * 9 * 10 * 6 * 10 * 11);
    assert_eq!(used.len(), rules.len(), "every rule must decide at least one cell");
}

#[test]
fn what_must_never_happen_in_any_cell() {
    let background = ["Launch", "Reconnect", "PushWake", "Prefetch", "ViewOnly", "RenewUserSig", "Kick"];
    every_cell(|cell| {
        let decision = decide(&cell.facts, &cell.policy);
        let [intent, session, kept, counted, plan, ..] = cell.names;
        if let LoginDecision::Execute(execution) = decision {
            assert_ne!(plan, "stopped");
            assert_ne!(session, "me:LoggingIn");
            assert!(session != "me:LoggedIn" || intent == "RenewUserSig");
            if background.contains(&intent) {
                assert_eq!(execution.creates, NewActiveUser::No, "{:?}", cell.names);
                assert!(session != "me:KickedOff" && session != "other:LoggedIn");
                assert_eq!(kept, "nothing", "{:?}", cell.names);
            }
            if counted == "yes" {
                assert_eq!(execution.creates, NewActiveUser::No);
                assert_eq!(execution.price, Some(Money::zero(Currency::Usd)));
                assert_eq!(execution.warning, None);
            } else {
                assert_eq!(execution.price, Some(price()));
            }
        }
        if let LoginDecision::Deny(denial) = decision {
            assert!(denial.retry_at.is_none_or(|retry_at| retry_at > cell.facts.now));
        }
    });
}

#[test]
fn a_denial_says_when_asking_again_helps() {
    let mut seen = BTreeSet::new();
    every_cell(|cell| {
        if let LoginDecision::Deny(denial) = decide(&cell.facts, &cell.policy) {
            let expected = match denial.reason {
                DenyReason::QuotaUsedUp { code: None } => Some(match cell.facts.billing {
                    BillingModel::Mau => at(86_400),
                    BillingModel::DauPeakGroups => at(3_600),
                }),
                DenyReason::BudgetUsedUp => Some(at(86_400)),
                DenyReason::QuotaUsedUp { code: Some(72_002) }
                | DenyReason::BackingOff { code: 9506 }
                | DenyReason::LoopBroken => Some(at(1)),
                _ => None,
            };
            assert_eq!(denial.retry_at, expected, "{:?}", cell.names);
            seen.insert(denial.retry_at);
        }
    });
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_deferral_says_what_it_waits_for_and_what_to_do_instead() {
    every_cell(|cell| {
        if let LoginDecision::Defer(deferral) = decide(&cell.facts, &cell.policy) {
            let until = match deferral.reason {
                DeferReason::WouldCreateActiveUser | DeferReason::LoggedOut => Until::PersonOpensChat,
                DeferReason::OtherUserActive | DeferReason::NotDeviceUser => Until::PersonSwitchesUser,
            };
            let guest = cell.names[0] == "ViewOnly" && cell.policy.guest_av_groups;
            let alternative =
                if guest { Alternative::JoinAvGroupAsGuest } else { Alternative::CachedConversations };
            assert_eq!((deferral.until, deferral.alternative), (until, alternative), "{:?}", cell.names);
        }
    });
}

#[test]
fn a_new_active_user_brings_its_warning() {
    every_cell(|cell| {
        let LoginDecision::Execute(execution) = decide(&cell.facts, &cell.policy) else { return };
        if execution.creates == NewActiveUser::No {
            return;
        }
        let expected = match cell.names[6] {
            "near" => Some(LoginWarning::NearQuota(80)),
            "charged" => Some(LoginWarning::Charged),
            "quota" => Some(LoginWarning::QuotaUsedUp),
            "budget" => Some(LoginWarning::BudgetUsedUp),
            "users" => Some(LoginWarning::UsersFull),
            _ => None,
        };
        assert_eq!(execution.warning, expected, "{:?}", cell.names);
    });
}
