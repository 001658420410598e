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
            "the app's own code failed, and whether the action took place is not known",
            "应用自己的代码失败，无法得知操作是否已经发生",
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
        let json = serde_json::to_value(&by_provider).unwrap();
        assert_eq!((&json["kind"], &json["rejection"]["code"]), (&"by_provider".into(), &30014.into()));
        assert!(!json.to_string().contains("bob"));

        guard.observe(&Observation::Friends { user: ada.id(), count: 3_000 }).await;
        let by_plan: Refused<_> = guard.perform(&action, refuse).await.unwrap_err();
        let assessment = by_plan.assessment().unwrap();
        assert!(by_plan.to_string().contains("3,000 of 3,000"), "{by_plan}");
        assert_eq!(by_plan.explain(Locale::ZhHans), assessment.explain(Locale::ZhHans));
        assert!(by_plan.source().is_none());
        let json = serde_json::to_value(&by_plan).unwrap();
        assert_eq!((&json["kind"], &json["assessment"]["decision"]), (&"by_plan".into(), &"denied".into()));
    }

    #[tokio::test]
    async fn a_failure_of_the_apps_own_code_counts_nothing_and_shows_none_of_its_text() {
        struct Bug;
        impl crate::client::login::UpstreamError for Bug {
            fn code(&self) -> i32 {
                0
            }

            fn message(&self) -> &'static str {
                "bob"
            }

            fn is_answer(&self) -> bool {
                false
            }
        }
        let guard = guard().await;
        let (ada, bob) = (guard.user("ada").unwrap(), guard.user("bob").unwrap());
        let action = Action::AddFriend { user: ada.id(), peer: bob.id() };
        let failed = guard.perform(&action, || async { Err::<(), Bug>(Bug) }).await.unwrap_err();
        assert!(matches!(failed, Refused::ByApp { .. }) && failed.rejection().is_none());
        let checks = guard.assess(&action).checks;
        assert!(checks.iter().all(|check| (check.evidence.used, check.evidence.reserved) == (0, 0)));
        let json = serde_json::to_value(&failed).unwrap();
        assert_eq!(json, serde_json::json!({ "kind": "by_app" }));
        let shown = format!("{failed} {failed:?} {}", failed.explain(Locale::En));
        assert!(shown.contains("nothing was counted") && !shown.contains("bob"), "{shown}");
        // The chat SDK may have answered, and the code failed after it.
        assert!(shown.contains("is not known") && !shown.contains("before"), "{shown}");
    }

    #[tokio::test]
    async fn a_report_of_logins_is_json_with_fixed_words() {
        let guard = guard().await;
        let login = || async { Failed::Ok(()) };
        let executed = guard.login(guard.user("ada").unwrap(), crate::LoginIntent::OpenChat, login).await;
        assert!(executed.unwrap().is_logged_in());
        let report = guard.login_report(guard.billing_month()).await.unwrap();
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&json["asked"], &json["executed"], &json["active_users"]),
            (&1.into(), &1.into(), &1.into())
        );
        assert_eq!(json["deferred"], serde_json::json!({}));
    }
}
