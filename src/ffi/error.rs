//! One error for every foreign language: a variant says what the caller should do, its details name the field and the
//! remedy. Denials are answers, not errors.

use super::login::{LoginFailure, ProviderError};
use crate::client::{OpenError, Refused, SyncError};
use crate::decide::bill::BillError;
use crate::decide::change::PreviewError;
use crate::decide::forecast::ForecastError;
use crate::decide::refund::RefundError;
use crate::model::catalog::CatalogError;
use crate::model::{BadMonth, IdError, Locale, Timestamp, UnknownId, UnknownLocale, UnknownZone};
use crate::net::{BadCredential, BadEndpointUrl, DocumentError};
use crate::store::{BadPermitId, StoreError};

/// A text for a screen, in both locales.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Explanation {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh_hans: String,
}

impl Explanation {
    /// Both texts of something that explains itself.
    pub(super) fn of(explain: impl Fn(Locale) -> String) -> Self {
        Self { en: explain(Locale::En), zh_hans: explain(Locale::ZhHans) }
    }

    pub(super) fn text(&self, locale: Locale) -> String {
        match locale {
            Locale::En => self.en.clone(),
            Locale::ZhHans => self.zh_hans.clone(),
        }
    }
}

/// What is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ErrorDetails {
    /// A fixed word for the kind of error, the same in every language.
    pub word: String,
    /// The setting or argument it is about, where it is about one.
    pub field_name: Option<String>,
    /// For logs, in English: the field, what is wrong with it, and the remedy.
    pub reason: String,
    /// For a screen.
    pub explanation: Explanation,
}

impl ErrorDetails {
    /// The details of an error of the core, whose text begins with the field where it is about one.
    fn of(word: &str, error: &impl ToString, explain: impl Fn(Locale) -> String) -> Self {
        let reason = error.to_string();
        let head = reason.split_once(": ").map(|(head, _)| head);
        let field_name = head.filter(|head| is_field(head)).map(str::to_owned);
        Self { word: word.to_owned(), field_name, reason, explanation: Explanation::of(explain) }
    }
}

fn is_field(head: &str) -> bool {
    !head.is_empty() && head.chars().all(|c| c.is_ascii_alphanumeric() || "_.[]`".contains(c))
}

/// Why a call did not do what it was asked.
#[derive(Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PlanguardError {
    /// Something passed in cannot be used. Fix the call.
    #[error("{}", details.reason)]
    InvalidInput {
        /// What is wrong with which field.
        details: ErrorDetails,
    },
    /// The store cannot be used. Pass another path, free space, or update the app.
    #[error("{}", details.reason)]
    Store {
        /// What the store said.
        details: ErrorDetails,
    },
    /// The plan is not known yet. Sync, or open with a fallback.
    #[error("{}", details.reason)]
    PlanUnknown {
        /// The same in words.
        details: ErrorDetails,
    },
    /// The billing endpoint cannot be reached, asked or believed now. Call again at `retry_at`, or when the network is
    /// back. The last good entitlements stay in force.
    #[error("{}", details.reason)]
    TryLater {
        /// What happened.
        details: ErrorDetails,
        /// When asking again makes sense.
        retry_at: Option<Timestamp>,
    },
    /// The billing endpoint refuses the credential, or there is none. Provide another one.
    #[error("{}", details.reason)]
    Credential {
        /// What happened.
        details: ErrorDetails,
    },
    /// The login was carried out and failed at the provider, or its time ran out.
    #[error("the login failed: {}", failure.reason)]
    Login {
        /// What happened, and when the next login can be carried out.
        failure: LoginFailure,
    },
    /// The host's own code did not answer in time. Whether it did its work is not known.
    #[error("{}", details.reason)]
    TimedOut {
        /// Which code.
        details: ErrorDetails,
    },
    /// The host's own handler threw something that is no answer of the chat SDK, or what it gave cannot be used. Nothing
    /// was counted, and the room went back: where the action took place, record it.
    #[error("{}", details.reason)]
    HandlerFailed {
        /// The same in words, without what was thrown.
        details: ErrorDetails,
    },
    /// The permit or ticket has its answer already. Take a new one for a new action or login.
    #[error("{}", details.reason)]
    Finished {
        /// Which one.
        details: ErrorDetails,
    },
    /// The guard was shut down. Open another one.
    #[error("{}", details.reason)]
    Closed {
        /// The same in words.
        details: ErrorDetails,
    },
}

/// As a line: details of a login hold the provider's text, which is for the app only.
impl std::fmt::Debug for PlanguardError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlanguardError({self})")
    }
}

/// `reason` is for logs; on a screen stand sentences of their own.
fn own(word: &str, field_name: Option<&str>, reason: &str, en: &str, zh_hans: &str) -> ErrorDetails {
    ErrorDetails {
        word: word.to_owned(),
        field_name: field_name.map(str::to_owned),
        reason: reason.to_owned(),
        explanation: Explanation { en: en.to_owned(), zh_hans: zh_hans.to_owned() },
    }
}

impl PlanguardError {
    /// An argument that only this face has.
    pub(super) fn input(field: &'static str, reason: &str) -> Self {
        let en = format!("The argument {field} cannot be used. Correct it and try again.");
        let zh_hans = format!("参数 {field} 无法使用。请更正后重试。");
        Self::InvalidInput { details: own("argument", Some(field), reason, &en, &zh_hans) }
    }

    pub(super) fn closed() -> Self {
        Self::Closed {
            details: own(
                "closed",
                None,
                "the guard was shut down; open another one",
                "The guard was shut down. Open another one.",
                "守护已关闭。请重新打开。",
            ),
        }
    }

    pub(super) fn finished(what: &'static str) -> Self {
        let reason = format!("the {what} has its answer already; take a new one");
        let en = format!("The {what} has its answer already. Take a new one.");
        Self::Finished {
            details: own("finished", None, &reason, &en, "该凭据已有结果。请重新申请。")
        }
    }

    pub(super) fn timed_out(what: &'static str) -> Self {
        let reason = format!("the app's {what} did not answer in time; whether it did its work is not known");
        let en = format!("The app's {what} did not answer in time. Whether it did its work is not known.");
        let zh_hans = "应用自己的代码未及时响应。无法得知其是否完成。";
        Self::TimedOut { details: own("timed_out", None, &reason, &en, zh_hans) }
    }

    pub(super) fn handler_failed(refused: &Refused<ProviderError>) -> Self {
        let details = ErrorDetails::of("handler_failed", refused, |locale| refused.explain(locale));
        Self::HandlerFailed { details }
    }

    fn details(&self) -> Option<&ErrorDetails> {
        match self {
            Self::InvalidInput { details }
            | Self::Store { details }
            | Self::PlanUnknown { details }
            | Self::TryLater { details, .. }
            | Self::Credential { details }
            | Self::TimedOut { details }
            | Self::HandlerFailed { details }
            | Self::Finished { details }
            | Self::Closed { details } => Some(details),
            Self::Login { .. } => None,
        }
    }
}

#[uniffi::export]
impl PlanguardError {
    /// The fixed word for the kind of error, the same in every language and version: for logs.
    pub fn as_str(&self) -> String {
        match self {
            Self::Login { failure } => failure.failure_class.as_str().to_owned(),
            other => other.details().map_or_else(String::new, |details| details.word.clone()),
        }
    }

    /// What happened and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        match self {
            Self::Login { failure } => failure.explanation.text(locale),
            other => other.details().map_or_else(String::new, |details| details.explanation.text(locale)),
        }
    }
}

macro_rules! input_errors {
    ($($name:ty: $word:expr),+ $(,)?) => { $(
        impl From<$name> for PlanguardError {
            fn from(error: $name) -> Self {
                let word: fn(&$name) -> &'static str = $word;
                let details = ErrorDetails::of(word(&error), &error, |locale| error.explain(locale));
                Self::InvalidInput { details }
            }
        }
    )+ };
}

input_errors! {
    IdError: |_| "id",
    UnknownId: |_| "unknown_id",
    UnknownLocale: |_| "unknown_locale",
    UnknownZone: |_| "unknown_zone",
    BadMonth: |_| "month",
    BadPermitId: |_| "permit_id",
    BadCredential: |_| "credential",
    BadEndpointUrl: |_| "endpoint",
    DocumentError: |_| "document",
    CatalogError: |_| "catalog",
    BillError: BillError::as_str,
    RefundError: RefundError::as_str,
}

impl From<StoreError> for PlanguardError {
    fn from(error: StoreError) -> Self {
        Self::Store { details: ErrorDetails::of(error.as_str(), &error, |locale| error.explain(locale)) }
    }
}

impl From<OpenError> for PlanguardError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Endpoint(error) => error.into(),
            other => Self::InvalidInput {
                details: ErrorDetails::of(other.as_str(), &other, |locale| other.explain(locale)),
            },
        }
    }
}

impl From<PreviewError> for PlanguardError {
    fn from(error: PreviewError) -> Self {
        Self::PlanUnknown {
            details: ErrorDetails::of("plan_unknown", &error, |locale| error.explain(locale)),
        }
    }
}

impl From<ForecastError> for PlanguardError {
    fn from(error: ForecastError) -> Self {
        match error {
            ForecastError::Bill(error) => error.into(),
            other => Self::PlanUnknown {
                details: ErrorDetails::of("plan_unknown", &other, |locale| other.explain(locale)),
            },
        }
    }
}

impl From<&SyncError> for ErrorDetails {
    fn from(error: &SyncError) -> Self {
        Self::of(error.as_str(), error, |locale| error.explain(locale))
    }
}

impl From<&BillError> for ErrorDetails {
    fn from(error: &BillError) -> Self {
        Self::of(error.as_str(), error, |locale| error.explain(locale))
    }
}

impl From<SyncError> for PlanguardError {
    fn from(error: SyncError) -> Self {
        let details = ErrorDetails::from(&error);
        match error {
            SyncError::NoEndpoint | SyncError::BadRequest { .. } => Self::InvalidInput { details },
            SyncError::CredentialUnavailable { .. }
            | SyncError::CredentialRefused { .. }
            | SyncError::CredentialMissing { .. } => Self::Credential { details },
            SyncError::StoreFailed { .. } => Self::Store { details },
            other => Self::TryLater { details, retry_at: other.retry_at() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_read_from_the_text_where_there_is_one() {
        let of = |text: &str| ErrorDetails::of("word", &text, |_| String::new()).field_name;
        assert_eq!(of("sdk_app_id: 0 is not an SDKAppID").as_deref(), Some("sdk_app_id"));
        assert_eq!(of("decisions.thresholds: not rising; x").as_deref(), Some("decisions.thresholds"));
        assert_eq!(of("value_added[0]: missing").as_deref(), Some("value_added[0]"));
        assert_eq!(of("the store failed: it is full"), None);
        assert_eq!(of(": nothing"), None);
    }

    #[test]
    fn every_text_that_is_none_of_the_known_ones_names_its_field() {
        fn of<T: std::str::FromStr>(text: &str) -> Option<String>
        where
            PlanguardError: From<T::Err>,
        {
            // However long a text is, its error is not.
            let long = "群".repeat(100_000).parse::<T>().err().map(PlanguardError::from)?;
            let said = [long.to_string(), long.explain(Locale::En), long.explain(Locale::ZhHans)];
            assert!(said.iter().all(|text| text.chars().count() < 1_500), "{said:?}");
            let error = text.parse::<T>().err().map(PlanguardError::from)?;
            error.details().and_then(|details| details.field_name.clone())
        }
        use crate::model::{BillingMonth, BillingZone, CatalogId, EditionId, Feature, GroupType, LimitId};
        use crate::model::{SdkVariant, ServiceId};
        for (found, field) in [
            (of::<GroupType>("guild"), "group_type"),
            (of::<Feature>("x"), "feature"),
            (of::<LimitId>("x"), "limit"),
            (of::<Locale>("tlh"), "locale"),
            (of::<CatalogId>("X"), "catalog"),
            (of::<EditionId>("X"), "edition"),
            (of::<ServiceId>("X"), "service"),
            (of::<SdkVariant>("X"), "sdk_variant"),
            (of::<BillingMonth>("X"), "month"),
            (of::<BillingZone>("X"), "billing_zone"),
            (of::<crate::store::PermitId>("X"), "permit_id"),
            (of::<crate::client::login::LoginIntent>("X"), "intent"),
        ] {
            assert_eq!(found.as_deref(), Some(field));
        }
    }

    #[test]
    fn a_line_for_logs_is_not_what_a_person_reads() {
        let error =
            PlanguardError::input("amount", "amount: not an exact decimal; pass it as text such as 449.99");
        assert!(error.to_string().starts_with("amount: "), "{error}");
        assert_eq!(
            error.explain(Locale::En),
            "The argument amount cannot be used. Correct it and try again."
        );
        for error in [error, PlanguardError::finished("permit"), PlanguardError::timed_out("clock")] {
            for locale in [Locale::En, Locale::ZhHans] {
                let text = error.explain(locale);
                assert!(text.ends_with(['.', '。']) && !text.contains([';', '；']), "{text}");
            }
        }
    }

    #[test]
    fn debug_shows_the_line_only() {
        let error = PlanguardError::closed();
        assert_eq!(format!("{error:?}"), "PlanguardError(the guard was shut down; open another one)");
        assert_eq!(error.explain(Locale::En), "The guard was shut down. Open another one.");
        assert_eq!(error.explain(Locale::ZhHans), "守护已关闭。请重新打开。");
    }
}
