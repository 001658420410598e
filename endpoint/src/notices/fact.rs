//! What a notice tells, as data: it is kept and sent in this form, and put into words for each reader anew.

use serde::{Deserialize, Serialize};

/// What is told. Instants are milliseconds here, and RFC 3339 where they are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub(super) enum Fact {
    /// A share of the included active users.
    #[serde(rename = "planguard.notice.mau_share")]
    MauShare {
        percent: u64,
        #[serde(rename = "mau")]
        used: u64,
        included: u64,
    },
    /// A share of the budget.
    #[serde(rename = "planguard.notice.budget_share")]
    BudgetShare {
        percent: u64,
        #[serde(rename = "mau")]
        used: u64,
        budget: u64,
    },
    /// A share of the groups of a day.
    #[serde(rename = "planguard.notice.group_share")]
    GroupShare {
        percent: u64,
        #[serde(rename = "groups")]
        used: u64,
        quota: u64,
    },
    /// The forecast is above what is included.
    #[serde(rename = "planguard.notice.forecast")]
    Forecast { forecast: u64, included: u64 },
    /// The plan ends soon.
    #[serde(rename = "planguard.notice.expires_soon")]
    Expires {
        #[serde(rename = "expires_at", with = "instant")]
        at: i64,
        #[serde(rename = "days_left")]
        days: u64,
    },
    /// The plan has ended.
    #[serde(rename = "planguard.notice.expired")]
    Expired {
        #[serde(rename = "expires_at", with = "instant")]
        at: i64,
    },
    /// A bill is unpaid.
    #[serde(rename = "planguard.notice.arrears")]
    Arrears {
        #[serde(rename = "arrears_since", with = "instant")]
        since: i64,
    },
    /// Devices and provider differ.
    #[serde(rename = "planguard.notice.drift")]
    Drift { differing: u64, mau: u64 },
    /// No webhook for long.
    #[serde(rename = "planguard.notice.silent")]
    Silent { hours: u64 },
    /// Nothing: somebody tries whether notices arrive.
    #[serde(rename = "planguard.notice.test")]
    Test {},
}

/// An instant as RFC 3339.
pub(super) mod instant {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn text(at: i64) -> String {
        Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
    pub(super) fn serialize<S: Serializer>(at: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(*at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(at.as_millisecond())
    }
}
