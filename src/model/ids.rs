//! Identifiers: the app, its users and groups, price lists and editions.

use std::fmt;
use std::num::NonZeroU64;

use super::counter_key::Pseudonym;
use super::id_error::IdError;
use super::inline::Inline;
use super::open_name::open_name;

open_name! {
    /// A price list: one of the provider's, or an owner's own.
    pub struct CatalogId as "catalog" {
        /// International site, November 2022: Free, Pro, Ultimate; DAU and peak groups.
        INTL_2022 = "intl-2022",
        /// International site, August 2024: Free Trial, Standard, Premium; MAU.
        INTL_2024 = "intl-2024",
        /// Chinese site: Trial, Professional, Flagship; DAU and peak groups; no prices in the source.
        CN_DAU = "cn-dau",
        /// International site, 2026: Free to Enterprise; MAU. From public pages, not from the seed documents.
        INTL_2026 = "intl-2026",
    }
}

open_name! {
    /// An edition of a price list. Price lists share names: a `standard` is one of the price list that it is looked up in.
    pub struct EditionId as "edition" {
        /// `intl-2022` and `intl-2026` Free.
        FREE = "free",
        /// `intl-2022` and `intl-2026` Pro.
        PRO = "pro",
        /// `intl-2022` Ultimate.
        ULTIMATE = "ultimate",
        /// `intl-2024` and `intl-2026` Free Trial.
        FREE_TRIAL = "free_trial",
        /// `intl-2024` and `intl-2026` Standard.
        STANDARD = "standard",
        /// `intl-2024` Premium.
        PREMIUM = "premium",
        /// `cn-dau` Trial (体验版).
        TRIAL = "trial",
        /// `cn-dau` Professional (专业版).
        PROFESSIONAL = "professional",
        /// `cn-dau` Flagship (旗舰版).
        FLAGSHIP = "flagship",
        /// `intl-2026` Pro Plus.
        PRO_PLUS = "pro_plus",
        /// `intl-2026` Enterprise.
        ENTERPRISE = "enterprise",
    }
}

open_name! {
    /// A value-added service or plugin, as the catalogs and the billing endpoint's `value_added` spell it.
    pub struct ServiceId as "service" {
        /// Audio-video groups without bound (2022, `cn-dau`).
        UNLIMITED_AV_GROUPS = "unlimited_av_groups",
        /// More members per group (2022, `cn-dau`).
        MEMBERS_PER_GROUP = "members_per_group",
        /// More groups per user (2022, `cn-dau`).
        GROUPS_PER_USER = "groups_per_user",
        /// Longer message history (2022, `cn-dau`); tiers in days.
        HISTORY_RETENTION = "history_retention",
        /// Audio and video calls (2022, `cn-dau`).
        AUDIO_VIDEO_CALL = "audio_video_call",
        /// Online customer service, three agents included (2024).
        DESK = "desk",
        /// One more Desk agent (2024).
        DESK_AGENT = "desk_agent",
        /// Starter AI chatbot (2024).
        AI_CHATBOT_STARTER = "ai_chatbot_starter",
        /// Premium AI chatbot (2024).
        AI_CHATBOT_PREMIUM = "ai_chatbot_premium",
        /// AI chatbot message package (2024).
        AI_CHATBOT_MESSAGES = "ai_chatbot_messages",
        /// Calls (2024); tiers `free`, `one_to_one`, `group`.
        CALL = "call",
        /// Push plugin (2024).
        PUSH = "push",
        /// Cloud message search plugin (2024).
        CLOUD_SEARCH = "cloud_search",
    }
}

/// The provider's number for an app (`SDKAppID`). Never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct SdkAppId(NonZeroU64);

impl SdkAppId {
    /// Checks that `id` is not zero.
    pub fn new(id: u64) -> Result<Self, IdError> {
        NonZeroU64::new(id).map(Self).ok_or(IdError::ZeroApp)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

/// The number as the provider's console shows it.
///
/// ```
/// use planguard::SdkAppId;
///
/// let app: SdkAppId = "1400000001".parse()?;
/// assert_eq!(app.get(), 1_400_000_001);
/// assert!("14-0000-0001".parse::<SdkAppId>().is_err());
/// # Ok::<(), planguard::plan::IdError>(())
/// ```
impl std::str::FromStr for SdkAppId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let number = text.trim().parse().map_err(|_| IdError::NotANumber { field: "sdk_app_id" })?;
        Self::new(number)
    }
}

impl fmt::Display for SdkAppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An id that the app gave: not blank, not over-long, free of control characters.
fn given<const N: usize>(field: &'static str, text: &str) -> Result<Inline<N>, IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty { field });
    }
    let inline = Inline::new(text).ok_or(IdError::TooLong { field, bytes: text.len(), max: N })?;
    match text.char_indices().find(|(_, c)| c.is_control()) {
        Some((at, _)) => Err(IdError::Control { field, at }),
        None => Ok(inline),
    }
}

/// What a guard found out about an id, so that it need not do so again: the pseudonym under one install's salt.
#[derive(Clone, Copy)]
struct Resolved {
    // First, and never zero: an id fits into 64 bytes so.
    install: NonZeroU64,
    pseudonym: Pseudonym,
}

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident, $field:literal, $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy)]
        pub struct $name {
            text: Inline<$max>,
            resolved: Option<Resolved>,
        }

        impl $name {
            /// The longest accepted id, in bytes of UTF-8.
            pub const MAX_BYTES: usize = $max;

            /// Checks that `text` is not blank, not over-long and free of control characters.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                given($field, text.as_ref()).map(|text| Self { text, resolved: None })
            }

            /// The id as the app wrote it. Keep it out of logs.
            pub fn as_str(&self) -> &str {
                self.text.as_str()
            }

            /// The same id, with what `install` knows it by.
            pub(crate) const fn resolved(self, install: NonZeroU64, pseudonym: Pseudonym) -> Self {
                Self { resolved: Some(Resolved { install, pseudonym }), ..self }
            }

            /// What `install` knows it by, if that was found out before.
            #[inline]
            pub(crate) fn pseudonym_in(&self, install: NonZeroU64) -> Option<Pseudonym> {
                self.resolved.filter(|resolved| resolved.install == install).map(|resolved| resolved.pseudonym)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.text == other.text
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.text.hash(state);
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.text.cmp(&other.text)
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                *id
            }
        }

        /// Redacted: ids of people never appear in logs.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }
    };
}

text_id! {
    /// A user of the app (`UserID`), at most 32 bytes as the provider demands.
    ///
    /// ```
    /// use planguard::plan::IdError;
    /// use planguard::UserId;
    /// assert_eq!(UserId::new("ada")?.as_str(), "ada");
    /// assert_eq!(UserId::new(" "), Err(IdError::Empty { field: "user_id" }));
    /// # Ok::<(), IdError>(())
    /// ```
    UserId, "user_id", 32
}

const _: () = assert!(size_of::<UserId>() == 64);

impl UserId {
    /// What the guard that looked it up knows it by.
    pub(crate) fn pseudonym_resolved(&self) -> Option<Pseudonym> {
        self.resolved.map(|resolved| resolved.pseudonym)
    }
}

text_id! {
    /// A group of the app (`GroupID`).
    GroupId, "group_id", 64
}
