import PlanguardFFI

extension Planguard {
    /// Whether the plan has a feature, whatever its conditions. For menus and settings.
    public func feature(_ feature: Feature) throws -> FeatureDecision {
        try lower.feature(feature: feature)
    }

    /// Whether the plan has a feature and its conditions hold in `context`. For the button itself.
    public func feature(_ feature: Feature, in context: FeatureContext) throws -> FeatureDecision {
        try lower.featureIn(feature: feature, context: context)
    }

    /// As ``feature(_:)``, with what the answer rests on and what would lift a denial.
    public func explainFeature(_ feature: Feature) throws -> FeatureAssessment {
        try lower.explainFeature(feature: feature)
    }

    /// As ``feature(_:in:)``, with what the answer rests on and what would lift a denial.
    public func explainFeature(_ feature: Feature, in context: FeatureContext) throws -> FeatureAssessment {
        try lower.explainFeatureIn(feature: feature, context: context)
    }
}
