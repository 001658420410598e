//! Every variant in both languages, with random figures.

mod answers;
mod dice;
mod every;
mod facts;
mod names;
mod told;

use std::fmt::Display;

use dice::Dice;
use every::Every;
use told::{Explains, Told};

use crate::client::Committed;
use crate::client::login::{ActiveUserEffect, LoginOutcome};
use crate::decide::bill::{Assumption, AssumptionId, Bill, BillLine, IncludedUsage};
use crate::decide::change::{ChangePreview, Comparison, LimitChange, NeedlessService, OverUse};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::decide::login::{Alternative, DeferReason, DenyReason, IdentityWarning, LoginWarning, Until};
use crate::decide::refund::Refund;
use crate::model::*;

/// How many times every variant is made.
const ROUNDS: u64 = 150;

fn every_text_of<T: Every + Told + Explains + Display>() {
    for seed in 0..ROUNDS {
        for value in T::every(&mut Dice::new(seed)) {
            told::check(&value);
        }
    }
}

macro_rules! texts {
    ($($test:ident: $type:ty),+ $(,)?) => {
        $(#[test]
        fn $test() {
            every_text_of::<$type>();
        })+
    };
}

texts! {
    every_verdict_reason_has_words: VerdictReason,
    every_invalid_action_has_words: InvalidAction,
    every_limit_check_has_words: LimitCheck,
    every_evidence_has_words: Evidence,
    every_assessment_has_words: Assessment,
    every_verdict_has_words: Verdict,
    every_feature_decision_has_words: FeatureDecision,
    every_feature_assessment_has_words: FeatureAssessment,
    every_condition_has_words: Condition,
    every_lifecycle_has_words: Lifecycle,
    every_remedy_has_words: Remedy,
    every_login_outcome_has_words: LoginOutcome<&'static str>,
    every_deny_reason_has_words: DenyReason,
    every_defer_reason_has_words: DeferReason,
    every_until_has_words: Until,
    every_alternative_has_words: Alternative,
    every_login_warning_has_words: LoginWarning,
    every_active_user_effect_has_words: ActiveUserEffect,
    every_identity_warning_has_words: IdentityWarning,
    every_commit_has_words: Committed,
    every_bill_has_words: Bill,
    every_line_of_a_bill_has_words: BillLine,
    every_quota_of_a_bill_has_words: IncludedUsage,
    every_assumption_has_words: Assumption,
    every_assumption_by_itself_has_words: AssumptionId,
    every_forecast_has_words: Forecast,
    every_service_left_out_has_words: LeftOut,
    every_price_of_the_next_user_has_words: Marginal,
    every_refund_has_words: Refund,
    every_preview_has_words: ChangePreview,
    every_comparison_has_words: Comparison,
    every_change_of_a_limit_has_words: LimitChange,
    every_usage_over_a_limit_has_words: OverUse,
    every_needless_service_has_words: NeedlessService,
}

#[test]
fn every_feature_reason_has_words_of_its_own() {
    for seed in 0..ROUNDS {
        let dice = &mut Dice::new(seed);
        let reasons = FeatureReason::every(dice);
        let lines: std::collections::BTreeSet<String> = reasons.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), reasons.len(), "{lines:?}");
        for reason in reasons {
            let feature = every::one::<Feature>(dice);
            for &locale in Locale::ALL {
                let text = reason.explain(feature, locale);
                assert!(text.to_lowercase().contains(&feature.name(locale).to_lowercase()), "{text}");
            }
        }
    }
}
