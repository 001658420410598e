//! What the provider said when it refused a call.

use super::error::{Explanation, PlanguardError};
use super::guard::Planguard;
use crate::model::{
    Action, Advice, Correction, Feature, LimitId, Locale, Rejection as Core, RejectionClass,
    RejectionContext as CoreContext, Remedy, Retry, ServiceId,
};

/// What the refused call was for.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct RejectionContext {
    /// The action.
    #[uniffi(default = None)]
    pub action: Option<Action>,
    /// The feature.
    #[uniffi(default = None)]
    pub feature: Option<Feature>,
}

/// What a refusal of the provider means: what to show and do, and when the call is worth repeating.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Rejection {
    /// The provider's code.
    pub code: i32,
    /// The provider's text. Never shown or logged by planguard.
    pub detail: String,
    /// What kind of refusal it is.
    pub rejection_class: RejectionClass,
    /// Whether the code says so, or its range.
    pub certain: bool,
    /// The limit it is about.
    pub limit: Option<LimitId>,
    /// The feature it is about.
    pub feature: Option<Feature>,
    /// The service it is about.
    pub service: Option<ServiceId>,
    /// What the app should do.
    pub advice: Advice,
    /// What the code means, in the documents' words.
    pub meaning: Explanation,
    /// When the call is worth repeating.
    pub retry: Retry,
    /// Whether the local entitlements are in doubt.
    pub refetch: bool,
    /// What the guard corrected by it.
    pub correction: Option<Correction>,
    /// The document that states the code.
    pub source: String,
    /// What would lift it, the cheapest first.
    pub remedies: Vec<Remedy>,
    /// The same for a screen.
    pub explanation: Explanation,
}

/// Without the provider's text.
impl std::fmt::Debug for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rejection")
            .field("code", &self.code)
            .field("rejection_class", &self.rejection_class)
            .finish_non_exhaustive()
    }
}

impl From<Core> for Rejection {
    fn from(core: Core) -> Self {
        let explanation = Explanation::of(|locale| core.explain(locale));
        Self {
            code: core.code,
            meaning: Explanation::of(|locale| core.meaning(locale).to_owned()),
            detail: core.message,
            rejection_class: core.class,
            certain: core.certain,
            limit: core.limit,
            feature: core.feature,
            service: core.service,
            advice: core.advice,
            retry: core.retry,
            refetch: core.refetch,
            correction: core.correction,
            source: core.source.to_owned(),
            remedies: core.remedies,
            explanation,
        }
    }
}

#[uniffi::export]
impl Rejection {
    /// Whether the action may have happened all the same.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self.rejection_class, RejectionClass::OutcomeUnknown)
    }

    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        self.explanation.text(locale)
    }
}

#[uniffi::export]
impl Planguard {
    /// Says that the provider refused a call, and gets told what that means. `code` and `message` are the chat SDK's,
    /// unchanged.
    pub async fn report_rejection(
        &self,
        code: i32,
        message: String,
        context: RejectionContext,
    ) -> Result<Rejection, PlanguardError> {
        let about = CoreContext {
            action: context.action.as_ref(),
            feature: context.feature,
            ..CoreContext::default()
        };
        Ok(self.core()?.report_rejection(code, &message, &about).await.into())
    }
}
