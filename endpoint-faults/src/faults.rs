//! Fault switches: what goes wrong, on which call, and how often.

mod kind;
mod plan;

use serde::Deserialize;

pub use kind::{Endless, FaultKind, Length, RetryAfter, Smuggling};
pub(crate) use plan::{BodyFault, DocumentFault, Instead, Plan, Silence, WireFault};

/// Which call of the contract a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Fetching entitlements.
    Get,
    /// Sending usage events.
    Post,
    /// Asking whether a user is counted.
    Active,
    /// Any of them.
    #[default]
    Both,
}

impl On {
    fn strikes(self, call: Self) -> bool {
        self == Self::Both || self == call
    }
}

/// A fault, the calls it strikes and how often. As JSON: `{"fault":"cut_off","on":"get","times":2}`,
/// `{"fault":{"status":{"code":503,"retry_after":{"secs":5}}}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub fault: FaultKind,
    /// On which calls.
    #[serde(default)]
    pub on: On,
    /// On how many calls; `None` until the switches are changed.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// Strikes only these calls.
    #[must_use]
    pub fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    /// Strikes the next `times` of its calls, then no more.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}

/// On every call, until changed.
impl From<FaultKind> for Fault {
    fn from(fault: FaultKind) -> Self {
        Self { fault, on: On::Both, times: None }
    }
}

/// All switches. Those that strike one call act together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// These and one more.
    #[must_use]
    pub fn and(mut self, fault: impl Into<Fault>) -> Self {
        self.0.push(fault.into());
        self
    }

    /// What strikes a call, using up one turn of each fault involved; `reused` where its connection has carried another
    /// call before.
    pub(crate) fn take(&mut self, call: On, reused: bool) -> Plan {
        let mut plan = Plan::default();
        self.0.retain_mut(|fault| {
            if !fault.on.strikes(call) || (fault.fault == FaultKind::CloseReused && !reused) {
                return true;
            }
            if fault.times == Some(0) {
                return false;
            }
            plan.add(fault.fault.clone());
            fault.times = fault.times.map(|left| left - 1);
            fault.times != Some(0)
        });
        plan
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self::none().and(fault)
    }
}

impl From<FaultKind> for Faults {
    fn from(fault: FaultKind) -> Self {
        Self::none().and(fault)
    }
}
