//! What the app is entitled to, as a record.

use std::sync::Arc;

use crate::model::{
    AppPhase, CatalogId, EditionId, EffectiveFeature, EffectiveLimit, Entitlements as Core,
    EntitlementsDocument, Feature, Finding, LimitId, Max, ServiceInForce, Standing, Timestamp,
};

/// A limit, and what it is under another edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LoweredLimit {
    /// Which limit.
    pub limit: LimitId,
    /// What it would then be.
    pub max: Max,
}

/// A limit that is known, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LimitEntry {
    /// Which limit.
    pub limit: LimitId,
    /// What it is, and by whose word.
    pub effective: EffectiveLimit,
}

/// A feature of which something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct FeatureEntry {
    /// Which feature.
    pub feature: Feature,
    /// What is known, and by whose word.
    pub effective: EffectiveFeature,
}

/// What the app is entitled to, as resolved last.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Entitlements {
    /// Whether they are known, a fallback, or unknown.
    pub standing: Standing,
    /// The price list.
    pub catalog: Option<CatalogId>,
    /// The edition.
    pub edition: Option<EditionId>,
    /// The document they were resolved from.
    pub document: Option<EntitlementsDocument>,
    /// When the document was current.
    pub fetched_at: Option<Timestamp>,
    /// Until when it is fresh.
    pub fresh_until: Option<Timestamp>,
    /// Whether somebody is looking at the app.
    pub phase: AppPhase,
    /// Since when the provider is known to have suspended the app.
    pub reported_suspended: Option<Timestamp>,
    /// Every limit that is known.
    pub limits: Vec<LimitEntry>,
    /// Every feature of which something is known.
    pub features: Vec<FeatureEntry>,
    /// The value-added services in force.
    pub services: Vec<ServiceInForce>,
    /// When something in them ends next.
    pub changes_at: Option<Timestamp>,
    /// What in the document could not be used.
    pub findings: Vec<Finding>,
}

/// Every limit that is known.
pub(super) fn limits(entitlements: &Core) -> Vec<LimitEntry> {
    let known = |&limit: &LimitId| Some(LimitEntry { limit, effective: entitlements.limit(limit)? });
    LimitId::ALL.iter().filter_map(known).collect()
}

impl From<Arc<Core>> for Entitlements {
    fn from(core: Arc<Core>) -> Self {
        let known = |&feature: &Feature| Some(FeatureEntry { feature, effective: core.feature(feature)? });
        Self {
            standing: core.standing,
            catalog: core.catalog,
            edition: core.edition,
            document: core.document.clone(),
            fetched_at: core.fetched_at,
            fresh_until: core.fresh_until(),
            phase: core.phase,
            reported_suspended: core.reported_suspended,
            limits: limits(&core),
            features: Feature::ALL.iter().filter_map(known).collect(),
            services: core.services.clone(),
            changes_at: core.changes_at,
            findings: core.findings.clone(),
        }
    }
}
