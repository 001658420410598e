//! What earlier logins of one user left behind: waits, refusals, and when logins were carried out.

use serde::{Deserialize, Serialize};

use super::moment::{Elapsed, Wait};
use super::period::{BillingDay, BillingMonth};

/// Why the next login of a user is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBack {
    /// The last login failed in a way that may pass.
    BackingOff {
        /// The provider's code.
        code: i32,
        /// For how long nobody logs in without being asked to.
        wait: Wait,
        /// For how long a person who asks waits too. A machine's backoff does not make a person wait.
        person: Option<Wait>,
        /// The provider asked for the wait: it binds everybody, and a new connection does not end it.
        by_provider: bool,
        /// Where the failure is about the plan: the revision of the document held then. A newer one ends the wait.
        plan_revision: Option<u64>,
    },
    /// The provider refused in a way that repeating does not change.
    Refused {
        /// The provider's code.
        code: i32,
        /// The provider has as many registered users as the plan allows.
        users_full: bool,
        /// For how long that is believed: an account can be unblocked, and nothing says so here.
        wait: Wait,
        /// Where the refusal is about the plan: the revision of the document held then. A newer one ends it.
        plan_revision: Option<u64>,
    },
    /// The `UserSig` was refused, and so was its one renewal.
    CredentialRefused {
        /// The provider's code.
        code: i32,
    },
    /// The provider refused a new active user in this period: its quota is used up, whatever is known here.
    QuotaRefused {
        /// The provider's code.
        code: i32,
        /// The month it refused in, where the month's quota is used up.
        month: Option<BillingMonth>,
        /// The day it refused on, where the day's quota is used up.
        day: Option<BillingDay>,
        /// The revision of the document held then. A newer one ends the refusal.
        plan_revision: Option<u64>,
    },
}

/// What earlier logins of one user left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginMemory {
    /// How many logins failed in a row.
    #[serde(skip_serializing_if = "is_zero")]
    pub in_a_row: u32,
    /// How many of them a person had asked for.
    #[serde(skip_serializing_if = "is_zero")]
    pub person_in_a_row: u32,
    /// How many times the `UserSig` was found expired without a success in between.
    #[serde(skip_serializing_if = "is_zero")]
    pub strikes: u32,
    /// The app said that it has a new `UserSig`, and no login has succeeded with it yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub new_user_sig: bool,
    /// What holds the next login back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// When the latest logins were carried out, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub executions: Vec<Elapsed>,
    /// Whether the app was told that the present loop is broken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub loop_reported: bool,
}

impl HeldBack {
    const fn wait(&self) -> Option<&Wait> {
        match self {
            Self::BackingOff { wait, .. } | Self::Refused { wait, .. } => Some(wait),
            Self::CredentialRefused { .. } | Self::QuotaRefused { .. } => None,
        }
    }
}

impl LoginMemory {
    /// Ends what was measured by the clock of another boot, which a reading beyond `now` is of: it would hold again once
    /// this boot has lasted as long as that one had. `None` where nothing was.
    pub fn without_other_boots(&self, now: Elapsed) -> Option<Self> {
        let held = self.held_back.filter(|held| held.wait().is_none_or(|wait| wait.begun <= now));
        if held == self.held_back && self.executions.iter().all(|at| *at <= now) {
            return None;
        }
        let executions = self.executions.iter().copied().filter(|at| *at <= now).collect();
        Some(Self { held_back: held, executions, ..self.clone() })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}
