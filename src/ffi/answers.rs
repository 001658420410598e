//! Answers as flat records: what a screen shows and what a program branches on.

use super::remedies::RemedyAnswer;
use crate::client::SyncOutcome;
use crate::model::{Assessment, Decision, FeatureAssessment, LimitCheck, LimitId, Max, Timestamp};

/// Whether a feature is granted, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeatureAnswer {
    /// Whether it may be used.
    pub granted: bool,
    /// Why, as a fixed word: `included`, `not_in_edition`, ...
    pub reason: String,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// When the entitlements were last confirmed, in milliseconds since the epoch.
    pub as_of_ms: Option<i64>,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<RemedyAnswer>,
}

impl From<&FeatureAssessment> for FeatureAnswer {
    fn from(decision: &FeatureAssessment) -> Self {
        Self {
            granted: decision.granted,
            reason: decision.reason.as_str().to_owned(),
            stale: decision.evidence.stale,
            as_of_ms: decision.evidence.entitlements_as_of.map(Timestamp::as_millis),
            remedies: decision.remedies().into_iter().map(RemedyAnswer::from).collect(),
        }
    }
}

/// Which way a verdict went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// It fits.
    Allowed,
    /// It may go ahead; something about it should be shown.
    Warned,
    /// It must not go ahead.
    Denied,
}

/// How one limit came out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LimitAnswer {
    /// Which limit.
    pub limit: LimitId,
    /// The most that is allowed; absent when unlimited or unknown.
    pub max: Option<u64>,
    /// What is used.
    pub used: u64,
    /// What is reserved on top.
    pub reserved: u64,
    /// How much the action asks for.
    pub requested: i64,
    /// How much of it fits.
    pub fits: u64,
}

impl From<&LimitCheck> for LimitAnswer {
    fn from(check: &LimitCheck) -> Self {
        Self {
            limit: check.limit,
            max: check.evidence.max.and_then(Max::number),
            used: check.evidence.used,
            reserved: check.evidence.reserved,
            requested: check.requested,
            fits: check.fits,
        }
    }
}

/// Whether an action fits.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VerdictAnswer {
    /// Which way it went.
    pub outcome: Outcome,
    /// Why, as a fixed word: `within_limits`, `limit_reached`, ...
    pub reason: String,
    /// Every limit the action touches, the tightest first.
    pub limits: Vec<LimitAnswer>,
    /// Whether the entitlements were past their freshness.
    pub stale: bool,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<RemedyAnswer>,
}

impl From<&Assessment> for VerdictAnswer {
    fn from(assessment: &Assessment) -> Self {
        Self {
            outcome: match assessment.decision {
                Decision::Allowed => Outcome::Allowed,
                Decision::Warned => Outcome::Warned,
                Decision::Denied => Outcome::Denied,
            },
            reason: assessment.reason.as_str().to_owned(),
            limits: assessment.checks.iter().map(LimitAnswer::from).collect(),
            stale: assessment.is_stale(),
            remedies: assessment.remedies().into_iter().map(RemedyAnswer::from).collect(),
        }
    }
}

/// When to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FetchMode {
    /// Never.
    CacheOnly,
    /// Now.
    Fetch,
    /// Unless what is held is fresh.
    FreshOrFetch,
    /// Answer from what is held; `revalidate` says whether to sync again with `FreshOrFetch` when convenient.
    StaleWhileRevalidate,
}

/// What a sync brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncResult {
    /// A newer document holds.
    Updated,
    /// The document held was confirmed.
    NotModified,
    /// The endpoint was not asked.
    FromCache,
    /// There is no document.
    NoDocument,
}

/// What a sync brought, and what holds now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncAnswer {
    /// What happened.
    pub result: SyncResult,
    /// The revision that holds; absent when there is no document.
    pub revision: Option<u64>,
    /// Sync again when convenient: what is held is stale.
    pub revalidate: bool,
}

impl From<&SyncOutcome> for SyncAnswer {
    fn from(outcome: &SyncOutcome) -> Self {
        let (result, revalidate) = match outcome {
            SyncOutcome::UpdatedTo { .. } => (SyncResult::Updated, false),
            SyncOutcome::NotModified { .. } => (SyncResult::NotModified, false),
            SyncOutcome::FromCache { revalidate, .. } => (SyncResult::FromCache, *revalidate),
            SyncOutcome::NoDocument => (SyncResult::NoDocument, false),
        };
        Self { result, revision: outcome.document().map(|document| document.revision), revalidate }
    }
}
