//! The decision table of the login guard, as one pure function.

use super::budget::{Budget, Room};
use super::decision::{
    Alternative, DeferReason, Deferral, Denial, DenyReason, Execution, LoginDecision, LoginWarning,
    NewActiveUser, Until,
};
use super::facts::{FailureState, LoginFacts, SessionOf};
use super::intent::LoginIntent;
use super::policy::LoginPolicy;
use crate::decide::lifecycle::REPORT_BELIEVED_FOR;
use crate::model::catalog::BillingModel;
use crate::model::{Counted, Enforcement, Lifecycle, Money, SessionState, SuspensionCause};

/// Decides about a login. The first of these that applies wins; what lasts longest comes first:
///
/// 1. a suspended app logs nobody in;
/// 2. who is logged in needs no login, who is logging in waits for it;
/// 3. after a kick only a person logs in again;
/// 4. without a person nobody is logged out for another, nobody else than the device's user is logged in, nobody who
///    was logged out on purpose, and no new active user is made;
/// 5. what will fail again is not repeated;
/// 6. a new active user needs room in the plan and in the app's own budget;
/// 7. what failed a moment ago waits, and a loop is broken;
/// 8. everything else is carried out.
pub fn decide(facts: &LoginFacts, policy: &LoginPolicy) -> LoginDecision {
    if let Some(decision) = at_once(facts.intent, facts.session, facts.kicked_off, facts.lifecycle) {
        return decision;
    }
    let person = facts.intent.by_person(policy.launch_is_person);
    let creates = creates(facts);
    if let Some(deferral) = deferral(facts, policy, person, creates) {
        return LoginDecision::Defer(deferral);
    }
    let denial = lasting_denial(facts, creates)
        .or_else(|| budget_denial(facts, creates))
        .or_else(|| passing_denial(facts));
    if let Some(denial) = denial {
        return LoginDecision::Deny(denial);
    }
    LoginDecision::Execute(execution(&facts.budget, creates))
}

/// Whether the login goes ahead if the user turns out to be counted in this month, and not otherwise. Only of a plan that
/// bills months: that somebody was active in a month says nothing of a day.
pub fn hangs_on_the_month(facts: &LoginFacts, policy: &LoginPolicy) -> bool {
    if facts.billing != BillingModel::Mau || facts.counted.this_month {
        return false;
    }
    let counted = LoginFacts { counted: Counted { this_month: true, ..facts.counted }, ..*facts };
    let goes_ahead = |facts| matches!(decide(facts, policy), LoginDecision::Execute(_));
    !goes_ahead(facts) && goes_ahead(&counted)
}

/// The part of the table that needs neither ledger nor budget nor memory of failures: rules 1 to 3. `None` when
/// those have to be looked at.
pub fn at_once(
    intent: LoginIntent,
    session: SessionOf,
    kicked_off: bool,
    lifecycle: Lifecycle,
) -> Option<LoginDecision> {
    if !lifecycle.serves() {
        let retry_at = match lifecycle {
            // Only a refusal says so, and it is believed for as long as a new plan takes to come into force.
            Lifecycle::Suspended { cause: SuspensionCause::Reported, since, .. } => {
                Some(since.plus(REPORT_BELIEVED_FOR))
            }
            _ => None,
        };
        let reason = DenyReason::Suspended(lifecycle);
        return Some(LoginDecision::Deny(Denial { reason, retry_at, evidence: None }));
    }
    let kicked_off = kicked_off || session == SessionOf::Asker(SessionState::KickedOff);
    match (session, intent) {
        // The app has a new UserSig for a live session: the one reason to log in again.
        (SessionOf::Asker(SessionState::LoggedIn), LoginIntent::RenewUserSig) if !kicked_off => None,
        (SessionOf::Asker(SessionState::LoggedIn), intent) if intent != LoginIntent::RenewUserSig => {
            Some(LoginDecision::AlreadyLoggedIn)
        }
        (SessionOf::Asker(SessionState::LoggingIn), _) => Some(LoginDecision::Join),
        (_, LoginIntent::AfterKick { confirmed: false }) => Some(deny(DenyReason::KickedOff)),
        (_, intent) if kicked_off && !intent.by_person(false) => Some(deny(DenyReason::KickedOff)),
        _ => None,
    }
}

const fn deny(reason: DenyReason) -> LoginDecision {
    LoginDecision::Deny(Denial { reason, retry_at: None, evidence: None })
}

/// Whether carrying the login out makes one more active user.
const fn creates(facts: &LoginFacts) -> NewActiveUser {
    if facts.is_counted() {
        NewActiveUser::No
    } else if facts.uncertain {
        NewActiveUser::Uncertain
    } else {
        NewActiveUser::Yes
    }
}

fn deferral(
    facts: &LoginFacts,
    policy: &LoginPolicy,
    person: bool,
    creates: NewActiveUser,
) -> Option<Deferral> {
    let alternative = match facts.intent {
        LoginIntent::ViewOnly if policy.guest_av_groups => Alternative::JoinAvGroupAsGuest,
        _ => Alternative::CachedConversations,
    };
    let (reason, until) = match facts.session {
        SessionOf::Other(SessionState::LoggedIn | SessionState::LoggingIn | SessionState::SigExpired)
            if !person =>
        {
            (DeferReason::OtherUserActive, Until::PersonSwitchesUser)
        }
        _ if !person && facts.other_device_user => (DeferReason::NotDeviceUser, Until::PersonSwitchesUser),
        // An app launch takes back no log-out, whatever else it may do.
        _ if facts.logged_out && !facts.intent.by_person(false) => {
            (DeferReason::LoggedOut, Until::PersonOpensChat)
        }
        _ if !person && creates != NewActiveUser::No => {
            (DeferReason::WouldCreateActiveUser, Until::PersonOpensChat)
        }
        _ => return None,
    };
    Some(Deferral { reason, until, alternative })
}

fn lasting_denial(facts: &LoginFacts, creates: NewActiveUser) -> Option<Denial> {
    let (reason, retry_at) = match facts.failure {
        FailureState::CredentialRefused { code } => (DenyReason::CredentialRefused { code }, None),
        FailureState::Permanent { code } => (DenyReason::Permanent { code }, None),
        FailureState::UsersRefused { .. } => (DenyReason::UsersFull, None),
        FailureState::QuotaRefused { until, code } if facts.now < until && creates != NewActiveUser::No => {
            (DenyReason::QuotaUsedUp { code: Some(code) }, Some(until))
        }
        _ => return None,
    };
    Some(Denial { reason, retry_at, evidence: None })
}

fn budget_denial(facts: &LoginFacts, creates: NewActiveUser) -> Option<Denial> {
    if creates == NewActiveUser::No || facts.budget.enforcement != Enforcement::Enforce {
        return None;
    }
    let (reason, retry_at) = match facts.budget.room {
        Room::UsersFull => (DenyReason::UsersFull, None),
        Room::QuotaUsedUp => (DenyReason::QuotaUsedUp { code: None }, Some(facts.period_turns())),
        Room::BudgetUsedUp => (DenyReason::BudgetUsedUp, Some(facts.month_turns)),
        Room::Unknown | Room::Within | Room::NearQuota(_) | Room::Charged => return None,
    };
    Some(Denial { reason, retry_at, evidence: Some(facts.budget.evidence) })
}

fn passing_denial(facts: &LoginFacts) -> Option<Denial> {
    let (reason, until) = match facts.failure {
        FailureState::LoopBroken { until } => (DenyReason::LoopBroken, until),
        FailureState::BackingOff { until, code } => (DenyReason::BackingOff { code }, until),
        _ => return None,
    };
    (facts.now < until).then_some(Denial { reason, retry_at: Some(until), evidence: None })
}

/// What carrying a login out means for the count of active users and the bill.
pub fn execution(budget: &Budget, creates: NewActiveUser) -> Execution {
    if creates == NewActiveUser::No {
        let price = budget.price.map(|price| Money::zero(price.currency));
        return Execution { creates, price, warning: None, evidence: None };
    }
    let warning = match budget.room {
        _ if budget.enforcement == Enforcement::Off => None,
        Room::Unknown | Room::Within => None,
        Room::NearQuota(threshold) => Some(LoginWarning::NearQuota(threshold)),
        Room::Charged => Some(LoginWarning::Charged),
        Room::QuotaUsedUp => Some(LoginWarning::QuotaUsedUp),
        Room::BudgetUsedUp => Some(LoginWarning::BudgetUsedUp),
        Room::UsersFull => Some(LoginWarning::UsersFull),
    };
    Execution { creates, price: budget.price, warning, evidence: Some(budget.evidence) }
}
