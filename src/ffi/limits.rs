//! Checks against limits, and counting what happened.

use super::error::{Explanation, PlanguardError};
use super::guard::Planguard;
use crate::model::{
    Action, Assessment as Core, Decision, LimitCheck, Locale, Observation, Remedy, Timestamp, Verdict,
    VerdictReason,
};

/// Whether an action fits, every limit it touches, and what would lift a denial.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Assessment {
    /// Which way it went.
    pub decision: Decision,
    /// Why.
    pub reason: VerdictReason,
    /// Every limit the action touches, the tightest first.
    pub checks: Vec<LimitCheck>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// When it was asked for.
    pub at: Timestamp,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<Remedy>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&Core> for Assessment {
    fn from(core: &Core) -> Self {
        Self {
            decision: core.decision,
            reason: core.reason,
            checks: core.checks.to_vec(),
            stale: core.is_stale(),
            at: core.at,
            remedies: core.remedies(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

#[uniffi::export]
impl Assessment {
    /// Whether the action may go ahead.
    pub fn may_proceed(&self) -> bool {
        self.decision.may_proceed()
    }

    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        self.explanation.text(locale)
    }
}

#[uniffi::export]
impl Planguard {
    /// Whether an action fits the plan, in short.
    pub fn check(&self, action: Action) -> Result<Verdict, PlanguardError> {
        Ok(self.core()?.check(&action))
    }

    /// As [`Self::check`], with every limit, what the answer rests on and what would lift a denial.
    pub fn assess(&self, action: Action) -> Result<Assessment, PlanguardError> {
        Ok(Assessment::from(&self.core()?.assess(&action)))
    }

    /// Counts an action that has happened. Ends once that is durable.
    pub async fn record(&self, action: Action) -> Result<(), PlanguardError> {
        self.core()?.record(&action).await;
        Ok(())
    }

    /// Counts an action once, however often the same `key` comes. Says whether it was counted now.
    pub async fn record_once(&self, key: String, action: Action) -> Result<bool, PlanguardError> {
        Ok(self.core()?.record_once(&key, &action).await)
    }

    /// Says what the chat SDK's lists show. Ends once that is durable.
    pub async fn observe(&self, observation: Observation) -> Result<(), PlanguardError> {
        self.core()?.observe(&observation).await;
        Ok(())
    }
}
