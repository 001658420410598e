//! What the configuration says of an app's webhooks: its section `[app.webhooks]`.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

use crate::ledger::period;

/// Tokens at once: the one in force and those around a change of it.
const MOST_TOKENS: usize = 4;

/// The token of an app's webhooks, as the provider's console shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token; `None` for an empty one, which would make every request look signed.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let empty =
            || de::Error::custom("webhooks.tokens: an empty token; copy it from the provider's console");
        Self::new(String::deserialize(deserializer)?).ok_or_else(empty)
    }
}

/// Groups that stood at the end of a day, as the provider's console says. Webhooks tell only what comes and goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupsBefore {
    /// The day, in the billing zone; the figures are those of its end.
    #[serde(deserialize_with = "period::date")]
    pub day: Date,
    /// Groups other than audio-video groups and communities.
    pub non_av_groups: u32,
    /// Audio-video groups.
    #[serde(default)]
    pub av_groups: u32,
    /// Communities.
    #[serde(default)]
    pub communities: u32,
}

/// What is configured of an app's webhooks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The tokens that sign, several while one is changed for another.
    #[serde(deserialize_with = "tokens")]
    pub tokens: Vec<Token>,
    /// The first day of which every webhook was taken, where the owner knows it: an app that began with its webhooks has
    /// its first day. Without it, the day after the first webhook.
    #[serde(default, deserialize_with = "optional_date")]
    pub complete_from: Option<Date>,
    /// Groups that stood when the webhooks began. Without it, the number of groups is not known.
    #[serde(default)]
    pub groups_before: Option<GroupsBefore>,
    /// Whether `Group.CallbackBeforeCreateGroup` is refused when the day's net new groups are used up. Off by default.
    #[serde(default)]
    pub refuse_new_groups: bool,
    /// How many net new groups a day allows. Without it, what the provider's alarm has told.
    #[serde(default)]
    pub net_new_groups_per_day: Option<u32>,
}

impl Settings {
    /// The settings with these tokens, and defaults.
    pub fn with_tokens(tokens: Vec<Token>) -> Self {
        Self {
            tokens,
            complete_from: None,
            groups_before: None,
            refuse_new_groups: false,
            net_new_groups_per_day: None,
        }
    }
}

fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Token>, D::Error> {
    let tokens = Vec::<Token>::deserialize(deserializer)?;
    if tokens.is_empty() || tokens.len() > MOST_TOKENS {
        let why =
            "webhooks.tokens: one token, or up to four while one is changed; unsigned webhooks are not taken";
        return Err(de::Error::custom(why));
    }
    Ok(tokens)
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    period::date(deserializer).map(Some)
}
