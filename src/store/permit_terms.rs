//! Permit terms as JSON.

use serde::{Deserialize, Serialize};

#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
use super::StoreError;
use super::text::Key;
use crate::model::{GroupTerms, GroupType, HeldSince, NewGroup, PermitTerms, Timestamp, Wait};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TermsText {
    items: Vec<(Key, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<(Key, GroupType, Option<u64>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    creates: Option<(GroupType, u64)>,
    asked: Timestamp,
    held: HeldSince,
    wait: Wait,
}

impl From<&PermitTerms> for TermsText {
    fn from(terms: &PermitTerms) -> Self {
        Self {
            items: terms.items.iter().map(|(key, amount)| (Key(*key), *amount)).collect(),
            amount: terms.amount,
            group: terms.group.map(|group| (Key(group.members), group.group_type, group.own_max)),
            creates: terms.creates.map(|group| (group.group_type, group.members)),
            asked: terms.asked,
            held: terms.held,
            wait: terms.wait,
        }
    }
}

impl From<TermsText> for PermitTerms {
    fn from(text: TermsText) -> Self {
        Self {
            items: text.items.into_iter().map(|(key, amount)| (key.0, amount)).collect(),
            amount: text.amount,
            group: text.group.map(|(Key(members), group_type, own_max)| GroupTerms {
                members,
                group_type,
                own_max,
            }),
            creates: text.creates.map(|(group_type, members)| NewGroup { group_type, members }),
            asked: text.asked,
            held: text.held,
            wait: text.wait,
        }
    }
}

/// The terms as JSON.
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
pub(super) fn to_json(terms: &PermitTerms) -> Result<String, StoreError> {
    serde_json::to_string(&TermsText::from(terms))
        .map_err(|error| StoreError::Backend { why: error.to_string() })
}

#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
/// The terms that [`to_json`] wrote; `None` for those of a limit that this build does not know.
pub(super) fn from_json(text: &str) -> Option<PermitTerms> {
    serde_json::from_str::<TermsText>(text).ok().map(PermitTerms::from)
}
