//! Texts on an action that was not carried out: what the plan or the provider says of it, or that the app itself failed.

use std::error::Error;
use std::fmt;

use crate::client::Refused;
use crate::model::Locale;
use crate::words::format::Reader;

/// What is said where the app's own code failed.
fn by_app(reader: &Reader<'_>) -> Vec<String> {
    vec![
        reader.say(
            "the app's own code failed before the chat SDK answered",
            "聊天 SDK 应答之前，应用自己的代码已失败",
        ),
        reader.say("nothing was counted", "未计入用量"),
    ]
}

impl<E> Refused<E> {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ByPlan(_) => "by_plan",
            Self::ByProvider { .. } => "by_provider",
            Self::ByApp { .. } => "by_app",
        }
    }

    /// Why the action was not carried out, in sentences for a screen. Ways out have
    /// [texts of their own](crate::Remedy::explain).
    pub fn explain(&self, locale: Locale) -> String {
        match self {
            Self::ByPlan(assessment) => assessment.explain(locale),
            Self::ByProvider { rejection, .. } => rejection.explain(locale),
            Self::ByApp { .. } => {
                let reader = Reader::of(locale);
                reader.sentences(by_app(&reader))
            }
        }
    }
}

/// Why the action was not carried out, in a line.
impl<E> fmt::Display for Refused<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByPlan(assessment) => assessment.fmt(f),
            Self::ByProvider { rejection, .. } => rejection.fmt(f),
            Self::ByApp { .. } => {
                let reader = Reader::of(Locale::En);
                f.write_str(&reader.line(by_app(&reader)))
            }
        }
    }
}

impl<E: Error + 'static> Error for Refused<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::ByPlan(_) => None,
            Self::ByProvider { source, .. } | Self::ByApp { source } => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::client::{Planguard, Refused};
    use crate::model::{Action, CatalogId, DecisionPolicy, EditionId, Enforcement, LimitId, Locale};
    use crate::model::{Observation, SdkAppId};

    use super::*;

    type Failed = Result<(), crate::client::login::ProviderError>;

    async fn guard() -> Planguard {
        let mut policy = DecisionPolicy::default();
        policy.enforce(LimitId::FriendsPerUser, Enforcement::Enforce);
        let builder = Planguard::builder(SdkAppId::new(1_400_000_001).unwrap()).decisions(policy);
        builder.fallback(CatalogId::INTL_2024, EditionId::STANDARD).open().await.unwrap()
    }

    #[tokio::test]
    async fn a_refusal_says_what_plan_or_provider_say_and_shows_no_text_of_the_provider() {
        let guard = guard().await;
        let (ada, bob) = (guard.user("ada").unwrap(), guard.user("bob").unwrap());
        let action = Action::AddFriend { user: ada.id(), peer: bob.id() };
        let refuse = || async {
            Failed::Err(crate::client::login::ProviderError { code: 30014, message: "bob is full".into() })
        };
        let by_provider = guard.perform(&action, refuse).await.unwrap_err();
        let rejection = by_provider.rejection().unwrap();
        assert_eq!(by_provider.to_string(), rejection.to_string());
        assert!(by_provider.to_string().contains("30014"), "{by_provider}");
        assert!(!format!("{by_provider} {}", by_provider.explain(Locale::En)).contains("bob"));
        assert!(by_provider.source().is_some());

        guard.observe(&Observation::Friends { user: ada.id(), count: 3_000 }).await;
        let by_plan: Refused<_> = guard.perform(&action, refuse).await.unwrap_err();
        let assessment = by_plan.assessment().unwrap();
        assert!(by_plan.to_string().contains("3,000 of 3,000"), "{by_plan}");
        assert_eq!(by_plan.explain(Locale::ZhHans), assessment.explain(Locale::ZhHans));
        assert!(by_plan.source().is_none());
    }
}
