//! From what is known of the app and of one user to what a login decision depends on.

use super::budget::{BudgetInput, assess, billing_model};
use super::facts::{FailureState, LoginFacts, SessionOf};
use super::intent::LoginIntent;
use super::memory::{MemoryView, failure_state};
use super::policy::LoginPolicy;
use crate::model::catalog::BillingModel;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, BillingZone, Counted, DecisionPolicy, Entitlements, Lifecycle,
    LoginMemory, Moment, Timestamp, Usage, UserFacts,
};

/// A request to log one user in, and what is known at that moment.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Why the login is asked for.
    pub intent: LoginIntent,
    /// Whether the provider knows the user id.
    pub known_to_provider: bool,
    /// Whose session there is.
    pub session: SessionOf,
    /// On a device, the latest login asked for somebody else.
    pub other_device_user: bool,
    /// Where the user is counted.
    pub active: &'a ActiveUser,
    /// The durable facts about the user.
    pub facts: &'a UserFacts,
    /// What the app is entitled to.
    pub entitlements: &'a Entitlements,
    /// What is used, and what running logins hold.
    pub usage: &'a Usage,
    /// Where the plan stands.
    pub lifecycle: Lifecycle,
    /// The zone in which days and months turn.
    pub zone: &'a BillingZone,
    /// The time.
    pub now: Moment,
    /// The billing day.
    pub day: BillingDay,
    /// The billing month.
    pub month: BillingMonth,
}

impl<'a> Look<'a> {
    /// Whether the user is counted already.
    pub fn counted(&self) -> Counted {
        self.active.counted(self.day, self.month)
    }

    /// Whether the login registers the user id with the provider.
    pub const fn registers(&self) -> bool {
        !self.known_to_provider && self.active.month.is_none()
    }

    /// What the room for one more active user is looked up by.
    pub fn input(&self) -> BudgetInput<'a> {
        BudgetInput {
            entitlements: self.entitlements,
            usage: self.usage,
            counted: self.counted(),
            registers: self.registers(),
            // Whether it still holds room the store knows, and says so when this login is prepared.
            repeats: self.active.uncertain.is_some(),
            day: self.day,
            month: self.month,
            now: self.now,
        }
    }

    /// Everything that [`decide`](super::decide) depends on.
    pub fn look(&self, policy: &LoginPolicy, decisions: &DecisionPolicy) -> LoginFacts {
        let billing = billing_model(self.entitlements);
        let by_person = self.intent.by_person(policy.launch_is_person);
        let view = MemoryView::at(by_person, self.now, self.zone, self.entitlements.revision());
        LoginFacts {
            intent: self.intent,
            session: self.session,
            kicked_off: self.facts.kicked_off.is_some(),
            logged_out: self.facts.logged_out.is_some(),
            other_device_user: self.other_device_user,
            counted: self.counted(),
            uncertain: self.active.uncertain.is_some_and(|at| match billing {
                BillingModel::Mau => self.zone.month(at) == self.month,
                BillingModel::DauPeakGroups => self.zone.day(at) == self.day,
            }),
            billing,
            lifecycle: self.lifecycle,
            budget: assess(&self.input(), policy, decisions),
            failure: failure_state(&self.facts.memory, &view, policy),
            now: self.now.at,
            day_turns: view.day_turns,
            month_turns: view.month_turns,
        }
    }
}

impl MemoryView {
    /// The view of somebody who asks at `now`, with a document of this revision held.
    pub fn at(by_person: bool, now: Moment, zone: &BillingZone, plan_revision: u64) -> Self {
        let date = zone.date(now.at);
        let (day, month) = (BillingDay::of(date), BillingMonth::of(date));
        Self {
            by_person,
            now,
            day,
            month,
            day_turns: zone.start_of(day.next().date()),
            month_turns: zone.start_of(month.next().first_date()),
            plan_revision,
        }
    }
}

/// When the next login can be carried out, where waiting is what it takes.
pub fn retry_at(memory: &LoginMemory, view: &MemoryView, policy: &LoginPolicy) -> Option<Timestamp> {
    match failure_state(memory, view, policy) {
        FailureState::BackingOff { until, .. } | FailureState::QuotaRefused { until, .. } => Some(until),
        _ => None,
    }
}
