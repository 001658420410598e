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
        /// For how long.
        wait: Wait,
        /// The provider's code.
        code: i32,
        /// Whether the login that failed was a person's. A machine's backoff does not make a person wait.
        by_person: bool,
        /// Whether the provider asked everybody to wait, the person included.
        binds_person: bool,
    },
    /// The provider refused in a way that repeating does not change.
    Permanent {
        /// The provider's code.
        code: i32,
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
    pub in_a_row: u32,
    /// How many times the `UserSig` was found expired without a success in between.
    pub strikes: u32,
    /// What holds the next login back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// When the latest logins were carried out, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub executions: Vec<Elapsed>,
    /// Whether the app was told that the present loop is broken.
    pub loop_reported: bool,
}
