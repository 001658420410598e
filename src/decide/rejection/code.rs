//! One code of the provider: its class, what follows from it, and its meaning in both languages.

use std::time::Duration;

use crate::model::{Advice, Feature, LimitId, Locale, Rejection, RejectionClass, Retry, ServiceId};

/// One code of the provider.
#[allow(clippy::struct_field_names, reason = "a code is called so everywhere")]
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The code.
    pub code: i32,
    /// What kind of refusal it is.
    pub class: RejectionClass,
    /// The limit that is reached.
    pub limit: Option<LimitId>,
    /// The feature that is missing or bounded.
    pub feature: Option<Feature>,
    /// The service that is missing.
    pub service: Option<ServiceId>,
    /// What the app should do.
    pub advice: Advice,
    /// When the call is worth repeating.
    pub retry: Retry,
    /// Whether the entitlements are put in doubt.
    pub refetch: bool,
    /// What it means, in an English sentence.
    pub text: &'static str,
    /// The same in Simplified Chinese.
    pub text_zh: &'static str,
    /// The document that explains the code.
    pub source: &'static str,
}

impl Code {
    /// What the code means, in a sentence.
    pub const fn meaning(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.text,
            Locale::ZhHans => self.text_zh,
        }
    }

    pub(super) fn rejection(&self, message: &str) -> Rejection {
        Rejection {
            code: self.code,
            message: message.to_owned(),
            class: self.class,
            certain: true,
            limit: self.limit,
            feature: self.feature,
            service: self.service,
            advice: self.advice,
            text: self.text,
            text_zh: self.text_zh,
            retry: self.retry,
            refetch: self.refetch,
            correction: None,
            source: self.source,
            remedies: Vec::new(),
        }
    }

    pub(super) const fn of(
        code: i32,
        class: RejectionClass,
        text: &'static str,
        text_zh: &'static str,
    ) -> Self {
        let (advice, retry, refetch) = consequences(class);
        Self {
            code,
            class,
            limit: None,
            feature: None,
            service: None,
            advice,
            retry,
            refetch,
            text,
            text_zh,
            source: CODES_PAGE,
        }
    }

    /// A limit of the plan.
    pub(super) const fn limit(code: i32, limit: LimitId, text: &'static str, text_zh: &'static str) -> Self {
        Self { limit: Some(limit), ..Self::of(code, RejectionClass::LimitReached, text, text_zh) }
    }

    /// A limit of the provider itself, the same in every plan.
    pub(super) const fn fixed(code: i32, text: &'static str, text_zh: &'static str) -> Self {
        Self::of(code, RejectionClass::LimitReached, text, text_zh).trusting()
    }

    /// A quota of active users that a trial cannot go beyond.
    pub(super) const fn quota(code: i32, limit: LimitId, text: &'static str, text_zh: &'static str) -> Self {
        Self::limit(code, limit, text, text_zh).retrying(Retry::OncePlanChanges)
    }

    /// A service of calls that is missing.
    pub(super) const fn call(code: i32, text: &'static str, text_zh: &'static str) -> Self {
        let row = Self::of(code, RejectionClass::FeatureNotInPlan, text, text_zh).from(CALL_PAGE);
        Self { service: Some(ServiceId::CALL), ..row }
    }

    /// The refusal says nothing of the plan: what is known of it stays trusted.
    pub(super) const fn trusting(self) -> Self {
        Self { refetch: false, ..self }
    }

    pub(super) const fn about(self, feature: Feature) -> Self {
        Self { feature: Some(feature), ..self }
    }

    pub(super) const fn advising(self, advice: Advice) -> Self {
        Self { advice, ..self }
    }

    pub(super) const fn retrying(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    pub(super) const fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }
}

/// What follows from a class, unless the code has something of its own: what the app should do, when the call is worth
/// repeating, and whether the entitlements are put in doubt.
pub(super) const fn consequences(class: RejectionClass) -> (Advice, Retry, bool) {
    match class {
        RejectionClass::LimitReached => (Advice::ShowLimit, Retry::OnceThereIsRoom, true),
        RejectionClass::FeatureNotInPlan => (Advice::HideFeature, Retry::OncePlanChanges, true),
        RejectionClass::ConsoleSwitch => (Advice::SwitchOnInConsole, Retry::OncePlanChanges, false),
        RejectionClass::Suspended => (Advice::ShowUnavailable, Retry::OncePlanChanges, true),
        RejectionClass::RateLimited => (Advice::BackOff, Retry::After(BACK_OFF), false),
        RejectionClass::CredentialExpired => (Advice::RenewUserSig, Retry::RenewCredential, false),
        RejectionClass::CredentialInvalid => (Advice::FixUserSig, Retry::Never, false),
        RejectionClass::Precondition => (Advice::LogInFirst, Retry::Never, false),
        RejectionClass::InFlight => (Advice::AwaitRunningCall, Retry::AfterRunningCall, false),
        RejectionClass::KickedOff => (Advice::AskBeforeLogin, Retry::Never, false),
        RejectionClass::OutcomeUnknown => (Advice::CheckOutcome, Retry::OnceOutcomeIsKnown, false),
        RejectionClass::NeverSent => (Advice::AwaitNetwork, Retry::OnceConnected, false),
        RejectionClass::Permanent | RejectionClass::NotAPlanProblem => {
            (Advice::ShowRefusal, Retry::Never, false)
        }
        RejectionClass::Unknown => (Advice::Report, Retry::Never, false),
    }
}

pub(super) const CODES_PAGE: &str = "trtc.io/document/34348";
pub(super) const HEADER: &str = "TIMErrorCode.h@db467a4";
pub(super) const LOGIN_PAGE: &str = "trtc.io/document/47971";
pub(super) const WEB_PAGE: &str = "web.sdk.qcloud.com/im/doc/zh-cn/module-ERROR_CODE.html";
pub(super) const WEB_SDK: &str = "@tencentcloud/chat 3.6.6 on npm";
const CALL_PAGE: &str = "cloud.tencent.com/document/product/269/90504";

/// The least wait after a call that came too often.
const BACK_OFF: Duration = Duration::from_secs(5);
/// The provider's own lockout after refused `UserSig`s.
pub(super) const LOCKOUT: Duration = Duration::from_secs(60);
/// What a new plan takes to come into force at the provider.
pub(super) const NEW_PLAN: Duration = Duration::from_secs(300);

/// The code that speaks of the other side's friend list.
pub(super) const PEER: i32 = 30_014;
