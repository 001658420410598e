//! Identifiers: the app, its users and groups, price lists and editions.

use std::fmt;

use super::counter_key::Pseudonym;
use super::named::named_enum;

named_enum! {
    /// A price list of the provider.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum CatalogId as "catalog" {
        /// International site, November 2022: Free, Pro, Ultimate; DAU and peak groups.
        Intl2022 = "intl-2022",
        /// International site, August 2024: Free Trial, Standard, Premium; MAU.
        Intl2024 = "intl-2024",
        /// Chinese site: Trial, Professional, Flagship; DAU and peak groups; no prices in the source.
        CnDau = "cn-dau",
    }
}

named_enum! {
    /// An edition of a price list. An edition belongs to exactly one [`CatalogId`].
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum EditionId as "edition" {
        /// `intl-2022` Free.
        Free = "free",
        /// `intl-2022` Pro.
        Pro = "pro",
        /// `intl-2022` Ultimate.
        Ultimate = "ultimate",
        /// `intl-2024` Free Trial.
        FreeTrial = "free_trial",
        /// `intl-2024` Standard.
        Standard = "standard",
        /// `intl-2024` Premium.
        Premium = "premium",
        /// `cn-dau` Trial (体验版).
        Trial = "trial",
        /// `cn-dau` Professional (专业版).
        Professional = "professional",
        /// `cn-dau` Flagship (旗舰版).
        Flagship = "flagship",
    }
}

named_enum! {
    /// A value-added service or plugin, as the catalogs and the billing endpoint's `value_added` spell it.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum ServiceId as "value-added service" {
        /// Audio-video groups without bound (2022, `cn-dau`).
        UnlimitedAvGroups = "unlimited_av_groups",
        /// More members per group (2022, `cn-dau`).
        MembersPerGroup = "members_per_group",
        /// More groups per user (2022, `cn-dau`).
        GroupsPerUser = "groups_per_user",
        /// Longer message history (2022, `cn-dau`); tiers in days.
        HistoryRetention = "history_retention",
        /// Audio and video calls (2022, `cn-dau`).
        AudioVideoCall = "audio_video_call",
        /// Online customer service, three agents included (2024).
        Desk = "desk",
        /// One more Desk agent (2024).
        DeskAgent = "desk_agent",
        /// Starter AI chatbot (2024).
        AiChatbotStarter = "ai_chatbot_starter",
        /// Premium AI chatbot (2024).
        AiChatbotPremium = "ai_chatbot_premium",
        /// AI chatbot message package (2024).
        AiChatbotMessages = "ai_chatbot_messages",
        /// Calls (2024); tiers `free`, `one_to_one`, `group`.
        Call = "call",
        /// Push plugin (2024).
        Push = "push",
        /// Cloud message search plugin (2024).
        CloudSearch = "cloud_search",
    }
}

/// Why a text is not usable as an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The app id is zero.
    #[error("sdk_app_id: 0 is not an SDKAppID; copy the number from the provider's console")]
    ZeroApp,
    /// The text is empty or only white space.
    #[error("{field}: empty; pass the id by which your app knows the {}", noun(.field))]
    Empty {
        /// `user_id` or `group_id`.
        field: &'static str,
    },
    /// The text is longer than the provider accepts.
    #[error("{field}: {bytes} bytes, at most {max} are accepted; use a shorter, stable id")]
    TooLong {
        /// `user_id` or `group_id`.
        field: &'static str,
        /// The length of the text given, in bytes of UTF-8.
        bytes: usize,
        /// The longest accepted length, in bytes of UTF-8.
        max: usize,
    },
    /// The text holds a control character.
    #[error("{field}: control character at byte {at}; remove it")]
    Control {
        /// `user_id` or `group_id`.
        field: &'static str,
        /// The byte offset of the first control character.
        at: usize,
    },
}

/// What a field with an id names.
fn noun(field: &str) -> &str {
    field.trim_end_matches("_id")
}

/// The provider's number for an app (`SDKAppID`). Never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct SdkAppId(std::num::NonZeroU64);

impl SdkAppId {
    /// Checks that `id` is not zero.
    pub fn new(id: u64) -> Result<Self, IdError> {
        std::num::NonZeroU64::new(id).map(Self).ok_or(IdError::ZeroApp)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for SdkAppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A short text kept in place, so that a request which carries one is built without allocating.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Inline<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> Inline<N> {
    fn new(field: &'static str, text: &str) -> Result<Self, IdError> {
        if text.trim().is_empty() {
            return Err(IdError::Empty { field });
        }
        if text.len() > N {
            return Err(IdError::TooLong { field, bytes: text.len(), max: N });
        }
        if let Some((at, _)) = text.char_indices().find(|(_, c)| c.is_control()) {
            return Err(IdError::Control { field, at });
        }
        let mut bytes = [0; N];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        let len =
            u8::try_from(text.len()).map_err(|_| IdError::TooLong { field, bytes: text.len(), max: N })?;
        Ok(Self { bytes, len })
    }

    fn as_str(&self) -> &str {
        // `new` copied exactly `len` bytes of a `str`, so this cannot be invalid UTF-8.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

/// What a guard found out about an id, so that it need not do so again: the pseudonym under one install's salt.
#[derive(Clone, Copy)]
struct Resolved {
    install: u64,
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
                Inline::new($field, text.as_ref()).map(|text| Self { text, resolved: None })
            }

            /// The id as the app wrote it. Keep it out of logs.
            pub fn as_str(&self) -> &str {
                self.text.as_str()
            }

            /// The same id, with what `install` knows it by.
            pub(crate) const fn resolved(self, install: u64, pseudonym: Pseudonym) -> Self {
                Self { resolved: Some(Resolved { install, pseudonym }), ..self }
            }

            /// What `install` knows it by, if that was found out before.
            pub(crate) fn pseudonym_in(&self, install: u64) -> Option<Pseudonym> {
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
    /// use planguard::{IdError, UserId};
    /// assert_eq!(UserId::new("ada")?.as_str(), "ada");
    /// assert_eq!(UserId::new(" "), Err(IdError::Empty { field: "user_id" }));
    /// # Ok::<(), IdError>(())
    /// ```
    UserId, "user_id", 32
}

text_id! {
    /// A group of the app (`GroupID`).
    GroupId, "group_id", 64
}
