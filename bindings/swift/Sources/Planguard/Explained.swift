import PlanguardFFI

/// Something that explains itself to a person: answers, reasons, remedies, events and errors do.
public protocol Explained {
    /// Sentences for a screen. They hold no ids and no credentials.
    func explain(locale: PlanguardLocale) -> String
}

extension Explained {
    /// Sentences for a screen, by default in the language that the person prefers.
    public func explain(_ locale: PlanguardLocale = .preferred) -> String {
        explain(locale: locale)
    }
}

extension ActiveUserEffect: Explained {}
extension Advice: Explained {}
extension Alternative: Explained {}
extension Assessment: Explained {}
extension Assumption: Explained {}
extension AssumptionId: Explained {}
extension Bill: Explained {}
extension BillLine: Explained {}
extension ChangePreview: Explained {}
extension ChangeRefusal: Explained {}
extension ClockJump: Explained {}
extension Committed: Explained {}
extension Comparison: Explained {}
extension Condition: Explained {}
extension DeferReason: Explained {}
extension DenyReason: Explained {}
extension Event: Explained {}
extension Evidence: Explained {}
extension FeatureAssessment: Explained {}
extension FeatureDecision: Explained {}
extension Finding: Explained {}
extension Forecast: Explained {}
extension IdentityWarning: Explained {}
extension IncludedUsage: Explained {}
extension InvalidAction: Explained {}
extension Lifecycle: Explained {}
extension LimitChange: Explained {}
extension LimitCheck: Explained {}
extension LoginOutcome: Explained {}
extension LoginWarning: Explained {}
extension Marginal: Explained {}
extension NeedlessService: Explained {}
extension OverUse: Explained {}
extension PlanguardError: Explained {}
extension Refund: Explained {}
extension Rejection: Explained {}
extension RejectionClass: Explained {}
extension Remedy: Explained {}
extension Retry: Explained {}
extension Until: Explained {}
extension Verdict: Explained {}
extension VerdictReason: Explained {}

extension Performed {
    /// Why it was not carried out, in sentences for a screen; `nil` where it was.
    public func explain(_ locale: PlanguardLocale = .preferred) -> String? {
        explain(locale: locale)
    }
}

extension LoginError: Explained {
    /// What happened and what to do.
    public func explain(locale: PlanguardLocale) -> String {
        failure.explanation.text(locale)
    }
}
