//! Why a login is asked for.

use std::str::FromStr;

use crate::model::UnknownId;
use crate::model::echo::echo;

/// Why the app asks for a login. The guard cannot see a person; the intent says whether there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum LoginIntent {
    /// A person opened chat.
    OpenChat,
    /// The app was started, which is not to say that its user wants to chat.
    AppLaunch,
    /// The network came back. The chat SDK reconnects by itself, so this is rarely needed.
    Reconnect,
    /// A push message woke the app in the background.
    PushWake,
    /// The app wants data at hand before anybody asks for it.
    Prefetch,
    /// Somebody watches a group without taking part.
    ViewOnly,
    /// The `UserSig` expired or is about to, and the app has a new one.
    RenewUserSig,
    /// The user was kicked off by another device.
    AfterKick {
        /// A person saw that and asked to be logged in here again.
        confirmed: bool,
    },
}

/// The fixed word for it, as [`FromStr`] takes it.
impl std::fmt::Display for LoginIntent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl LoginIntent {
    /// Every intent, for tables that must cover all.
    pub const ALL: &'static [Self] = &[
        Self::OpenChat,
        Self::AppLaunch,
        Self::Reconnect,
        Self::PushWake,
        Self::Prefetch,
        Self::ViewOnly,
        Self::RenewUserSig,
        Self::AfterKick { confirmed: false },
        Self::AfterKick { confirmed: true },
    ];

    /// The fixed word for it, as usage events carry it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenChat => "open_chat",
            Self::AppLaunch => "app_launch",
            Self::Reconnect => "reconnect",
            Self::PushWake => "push_wake",
            Self::Prefetch => "prefetch",
            Self::ViewOnly => "view_only",
            Self::RenewUserSig => "renew_user_sig",
            Self::AfterKick { confirmed: false } => "after_kick",
            Self::AfterKick { confirmed: true } => "after_kick_confirmed",
        }
    }

    /// Whether a person asks: only such a login may make a new active user or take the device from another
    /// user. With `launch_is_person` an app launch counts as one.
    pub const fn by_person(self, launch_is_person: bool) -> bool {
        match self {
            Self::OpenChat | Self::AfterKick { confirmed: true } => true,
            Self::AppLaunch => launch_is_person,
            _ => false,
        }
    }
}

const WORDS: &[&str] = &[
    "open_chat",
    "app_launch",
    "reconnect",
    "push_wake",
    "prefetch",
    "view_only",
    "renew_user_sig",
    "after_kick",
    "after_kick_confirmed",
];

impl FromStr for LoginIntent {
    type Err = UnknownId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|intent| intent.as_str() == text);
        known.copied().ok_or_else(|| UnknownId { field: "intent", value: echo(text), known: WORDS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_is_known_by_its_word() {
        for (intent, word) in LoginIntent::ALL.iter().zip(WORDS) {
            assert_eq!((intent.to_string().as_str(), word.parse()), (*word, Ok(*intent)));
        }
        assert_eq!(LoginIntent::ALL.len(), WORDS.len());
        assert!("openchat".parse::<LoginIntent>().unwrap_err().to_string().contains("open_chat"));
    }
}
