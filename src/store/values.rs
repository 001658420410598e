//! Small values that several rooms share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Pseudonym, Timestamp};

/// Names a permit across processes. As text it is 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermitId(pub u128);

impl PermitId {
    /// The permit of a user's logins: a repetition takes the place of a login of unknown end.
    pub(crate) const fn of_logins(Pseudonym(user): Pseudonym) -> Self {
        Self(u128::from_le_bytes(user))
    }

    /// The user whose logins have this permit; of another permit it is nobody's pseudonym.
    pub(crate) const fn user(self) -> Pseudonym {
        Pseudonym(self.0.to_le_bytes())
    }
}

impl std::fmt::Display for PermitId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A text that is not the id of a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("permit_id: not 32 hexadecimal digits; pass the text that the permit's id gave")]
pub struct BadPermitId;

impl std::str::FromStr for PermitId {
    type Err = BadPermitId;

    fn from_str(text: &str) -> Result<Self, BadPermitId> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = digits.then(|| u128::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(BadPermitId)
    }
}

/// What must be remembered of the billing endpoint's refusals across restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SyncStateForm")]
pub struct SyncState {
    /// The pause in force (`Retry-After`, backoff).
    pub pause: Option<Pause>,
    /// Failures in a row, for the backoff.
    pub failures: u32,
    /// A fingerprint of the credential that was refused with 401 or 403: no request until it changes, or its pause is over.
    pub refused_credential: Option<String>,
    /// For how long that one is not tried again; `None` in what an earlier version kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_pause: Option<Pause>,
    /// The pause of usage events, which holds for nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_pause: Option<Pause>,
    /// Failures of their delivery in a row.
    #[serde(skip_serializing_if = "is_zero")]
    pub events_failures: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A pause as it is kept over a restart: its length, and when it began by the wall clock.
///
/// Its end is not kept. A wall clock that is set in between would move the end away by years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// How long it lasts in all.
    pub length: Duration,
    /// The wall clock when it began.
    pub begun: Timestamp,
}

impl Pause {
    /// The longest pause of the first schema, which kept the end of a pause only.
    const LONGEST: Duration = Duration::from_secs(60 * 60);

    /// A pause of which the first schema kept the end.
    pub(super) fn until(end: Timestamp) -> Self {
        Self { length: Self::LONGEST, begun: end.minus(Self::LONGEST) }
    }

    /// The pause as it goes on after a restart at which the wall clock says `wall`; `None` when it is over.
    ///
    /// Where it seems to begin in the future the clock was set back: it begins anew, so that it lasts no longer than
    /// its length from here.
    pub fn resumed(self, wall: Timestamp) -> Option<Self> {
        let begun = self.begun.min(wall);
        (wall.since(begun) < self.length).then_some(Self { begun, ..self })
    }

    /// What is left of it when the wall clock says `wall`.
    pub fn rest(self, wall: Timestamp) -> Duration {
        self.length.saturating_sub(wall.since(self.begun))
    }
}

/// [`SyncState`] as it is stored: now, or by the first schema.
#[derive(Deserialize)]
struct SyncStateForm {
    pause: Option<Pause>,
    not_before: Option<Timestamp>,
    failures: u32,
    refused_credential: Option<String>,
    #[serde(default)]
    credential_pause: Option<Pause>,
    events_pause: Option<Pause>,
    #[serde(default)]
    events_failures: u32,
}

impl From<SyncStateForm> for SyncState {
    fn from(form: SyncStateForm) -> Self {
        Self {
            pause: form.pause.or_else(|| form.not_before.map(Pause::until)),
            failures: form.failures,
            refused_credential: form.refused_credential,
            credential_pause: form.credential_pause,
            events_pause: form.events_pause,
            events_failures: form.events_failures,
        }
    }
}
