//! What a provider's refusal means: its class, what it corrects here, and what the app should do.
//!
//! The codes are a table ([`CODES`]), each with the document that explains it. Where no document names a code (the
//! day's net new groups, communities), the action and the message decide, and the answer says that it is not
//! certain.

mod correction;
mod table;

use crate::model::{
    Action, Advice, Feature, GroupType, LimitId, Rejection, RejectionClass, RejectionContext, Retry,
};

pub use table::{CODES, Code};

/// Understands a refusal.
///
/// `code` and `message` are the chat SDK's, unchanged. A code that is not in the table and cannot be read from its
/// context keeps both, as [`RejectionClass::Unknown`].
///
/// ```
/// use planguard::decide::rejection::classify;
/// use planguard::{LimitId, RejectionClass, RejectionContext};
/// let rejection = classify(10037, "", &RejectionContext::default());
/// assert_eq!(rejection.class, RejectionClass::LimitReached);
/// assert_eq!(rejection.limit, Some(LimitId::GroupsPerUser));
/// ```
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
    let reached = limit.is_some();
    Rejection {
        code,
        message: message.to_owned(),
        class: if reached { RejectionClass::LimitReached } else { RejectionClass::Unknown },
        certain: false,
        limit,
        feature: None,
        service: None,
        advice: if reached { Advice::ShowLimit } else { Advice::Report },
        text: if reached {
            "The message says that a limit on new groups is reached; no document names this code. Dissolve groups \
             that are not needed, or raise the limit."
        } else {
            "planguard does not know this code. Handle it as before, and report code and message."
        },
        retry: if reached { Retry::OnceThereIsRoom } else { Retry::Never },
        refetch: reached,
        correction: None,
        source: "",
        remedies: Vec::new(),
    }
}
