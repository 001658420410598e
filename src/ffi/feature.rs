//! Feature gates.

use super::error::{Explanation, PlanguardError};
use super::guard::Planguard;
use crate::model::{
    Condition, Feature, FeatureAssessment as Core, FeatureContext, FeatureDecision, FeatureEvidence,
    FeatureReason, Locale, Remedy, Timestamp,
};

/// Whether the plan has a feature, what the answer rests on, and what would lift a denial.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeatureAssessment {
    /// Which feature.
    pub feature: Feature,
    /// Whether it may be used.
    pub granted: bool,
    /// Why.
    pub reason: FeatureReason,
    /// What the answer rests on.
    pub evidence: FeatureEvidence,
    /// When it was asked for.
    pub at: Timestamp,
    /// The conditions under which the edition has it.
    pub conditions: Vec<Condition>,
    /// What would lift a denial, the cheapest first.
    pub remedies: Vec<Remedy>,
    /// The same for a screen.
    pub explanation: Explanation,
}

impl From<&Core> for FeatureAssessment {
    fn from(core: &Core) -> Self {
        Self {
            feature: core.feature,
            granted: core.granted,
            reason: core.reason,
            evidence: core.evidence,
            at: core.at,
            conditions: core.conditions().to_vec(),
            remedies: core.remedies(),
            explanation: Explanation::of(|locale| core.explain(locale)),
        }
    }
}

#[uniffi::export]
impl FeatureAssessment {
    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        self.explanation.text(locale)
    }
}

#[uniffi::export]
impl Planguard {
    /// Whether the plan has a feature, whatever its conditions.
    pub fn feature(&self, feature: Feature) -> Result<FeatureDecision, PlanguardError> {
        Ok(self.core()?.feature(feature))
    }

    /// Whether the plan has a feature and its conditions hold in `context`.
    pub fn feature_in(
        &self,
        feature: Feature,
        context: FeatureContext,
    ) -> Result<FeatureDecision, PlanguardError> {
        Ok(self.core()?.feature_in(feature, &context))
    }

    /// As [`Self::feature`], with what the answer rests on and what would lift a denial.
    pub fn explain_feature(&self, feature: Feature) -> Result<FeatureAssessment, PlanguardError> {
        Ok(FeatureAssessment::from(&self.core()?.explain_feature(feature)))
    }

    /// As [`Self::feature_in`], with what the answer rests on and what would lift a denial.
    pub fn explain_feature_in(
        &self,
        feature: Feature,
        context: FeatureContext,
    ) -> Result<FeatureAssessment, PlanguardError> {
        Ok(FeatureAssessment::from(&self.core()?.explain_feature_in(feature, &context)))
    }
}
