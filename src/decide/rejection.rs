//! What a provider's refusal means: its class, what it corrects here, and what the app should do.
//!
//! The codes are a table ([`CODES`]), each with the document that explains it. Where no document names a code (the
//! day's net new groups, communities), the action and the message decide, and the answer says that it is not
//! certain.

mod code;
mod correction;
mod table;

use crate::model::{Action, Feature, GroupType, LimitId, Rejection, RejectionClass, RejectionContext};

#[cfg(feature = "testing")]
pub use code::Code;
pub use table::CODES;

/// The chat SDK's network errors. Those that no document explains do not say whether the request was sent.
const NETWORK: std::ops::RangeInclusive<i32> = 9500..=9599;

/// Understands a refusal.
///
/// `code` and `message` are the chat SDK's, unchanged. A code that is not in the table and cannot be read from its
/// context keeps both, as [`RejectionClass::Unknown`].
pub fn classify(code: i32, message: &str, context: &RejectionContext<'_>) -> Rejection {
    let known = CODES
        .iter()
        .find(|row| row.code == code)
        // The call SDK's numbers are the platform's for network errors elsewhere.
        .filter(|row| row.service.is_none() || matches!(context.action, Some(Action::Call { .. })));
    let mut out = match known {
        Some(row) => row.rejection(message),
        None => by_context(code, message, context),
    };
    if out.class == RejectionClass::FeatureNotInPlan && out.feature.is_none() {
        out.feature = context.feature.or_else(|| feature_of(context.action?));
    }
    out.correction = correction::correction(&out, context);
    // A refusal that was foreseen puts nothing in doubt.
    let foreseen = context.checks.iter().any(|check| Some(check.limit) == out.limit && check.is_exceeded());
    out.refetch &= !foreseen;
    out
}

/// The feature that an action needs.
const fn feature_of(action: &Action) -> Option<Feature> {
    match action {
        Action::CreateGroup { kind: GroupType::Community, .. } => Some(Feature::Community),
        Action::Push { .. } => Some(Feature::PushToAllUsers),
        _ => None,
    }
}

/// Limits whose refusal no document gives a code for.
fn by_context(code: i32, message: &str, context: &RejectionContext<'_>) -> Rejection {
    let text = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let full = says(&["limit", "exceed", "maximum", "too many", "upper", "上限", "超"]);
    let limit = match context.action {
        Some(Action::CreateGroup { kind, .. }) if full => {
            if says(&["per day", "daily", "net increase", "today", "日净增", "当天"]) {
                Some(LimitId::NetNewGroupsPerDay)
            } else if *kind == GroupType::Community && says(&["communit", "社群"]) {
                Some(LimitId::Communities)
            } else {
                None
            }
        }
        _ => None,
    };
    // 0 is no code of a refusal: the provider gave no answer.
    let unanswered = code == 0 || NETWORK.contains(&code);
    let (class, text, text_zh) = match limit {
        Some(_) => (
            RejectionClass::LimitReached,
            "The message says that a limit on new groups is reached; no document names this code.",
            "消息表明新建群组的上限已达到，但没有文档说明此错误码。",
        ),
        None if unanswered => (
            RejectionClass::OutcomeUnknown,
            "It is not known whether the call took effect.",
            "尚不清楚操作是否已经生效。",
        ),
        None => (RejectionClass::Unknown, "planguard does not know this code.", "planguard 不认识此错误码。"),
    };
    let (advice, retry, refetch) = code::consequences(class);
    Rejection {
        code,
        message: message.to_owned(),
        class,
        certain: false,
        limit,
        feature: None,
        service: None,
        advice,
        text,
        text_zh,
        retry,
        refetch,
        correction: None,
        source: "",
        remedies: Vec::new(),
    }
}
