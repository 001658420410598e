//! What a plan limits, and how much of it.

use std::cmp::Ordering;
use std::fmt;

use super::named::named_enum;

named_enum! {
    /// Something a plan limits. The ids are those of the catalogs and of the billing endpoint's `limits`.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum LimitId as "limit" {
        /// Registered users of the app.
        MaxUsers = "max_users",
        /// Friends of one user.
        FriendsPerUser = "friends_per_user",
        /// Groups one user can create and join.
        GroupsPerUser = "groups_per_user",
        /// Members of one group other than an audio-video group.
        MembersPerGroup = "members_per_group",
        /// Groups of the app other than audio-video groups, disbanded ones excluded.
        NonAvGroups = "non_av_groups",
        /// Audio-video groups of the app.
        AvGroups = "av_groups",
        /// Groups created less groups disbanded in one billing day, by all users of the app.
        NetNewGroupsPerDay = "net_new_groups_per_day",
        /// Days for which message history is kept free of charge.
        HistoryRetentionDays = "history_retention_days",
        /// Monthly active users that the plan fee covers.
        FreeMau = "free_mau",
        /// Daily active users that the plan fee covers.
        FreeDau = "free_dau",
        /// Peak groups of a calendar month that the plan fee covers.
        FreePeakGroups = "free_peak_groups",
        /// Communities of the app.
        Communities = "communities",
        /// Recent contacts that one pull from the cloud returns.
        RecentContactsPull = "recent_contacts_pull",
        /// Online broadcast rooms of the app.
        OnlineBroadcastRooms = "online_broadcast_rooms",
        /// Calls a day to the all-staff or tag push interface that the push plugin includes.
        PushCallsPerDay = "push_calls_per_day",
        /// All-staff or tag push messages a month that the push plugin includes.
        PushMessagesPerMonth = "push_messages_per_month",
        /// Searchable messages stored that the cloud search plugin includes.
        SearchMessagesStored = "search_messages_stored",
        /// Search requests a month that the cloud search plugin includes.
        SearchRequestsPerMonth = "search_requests_per_month",
    }
}

/// What one counter of a limit belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One counter for the whole app (`SDKAppID`).
    App,
    /// One counter for each user.
    User,
    /// One counter for each group.
    Group,
}

/// The stretch of time after which a counter starts again at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Never: the counter is a level, such as the friends a user has.
    Level,
    /// The billing day.
    Day,
    /// The billing month.
    Month,
}

impl LimitId {
    /// Whose counter this limit bounds.
    pub const fn scope(self) -> Scope {
        match self {
            Self::FriendsPerUser | Self::GroupsPerUser | Self::RecentContactsPull => Scope::User,
            Self::MembersPerGroup => Scope::Group,
            _ => Scope::App,
        }
    }

    /// When the counter of this limit starts again at zero.
    pub const fn window(self) -> Window {
        match self {
            Self::NetNewGroupsPerDay | Self::FreeDau | Self::PushCallsPerDay => Window::Day,
            Self::FreeMau
            | Self::FreePeakGroups
            | Self::PushMessagesPerMonth
            | Self::SearchRequestsPerMonth => Window::Month,
            _ => Window::Level,
        }
    }
}

/// How much a limit allows. Unlimited is a value of its own, not a large number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Max {
    /// Up to and including this many.
    Of(u64),
    /// No bound.
    Unlimited,
}

impl Max {
    /// How many more fit when `used` are taken; `None` when there is no bound.
    pub const fn room(self, used: u64) -> Option<u64> {
        match self {
            Self::Of(max) => Some(max.saturating_sub(used)),
            Self::Unlimited => None,
        }
    }

    /// Whether a total of `count` stays inside.
    pub const fn fits(self, count: u64) -> bool {
        match self {
            Self::Of(max) => count <= max,
            Self::Unlimited => true,
        }
    }

    /// The number, or `None` when unlimited.
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::Of(max) => Some(max),
            Self::Unlimited => None,
        }
    }
}

impl Ord for Max {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Of(a), Self::Of(b)) => a.cmp(b),
            (Self::Of(_), Self::Unlimited) => Ordering::Less,
            (Self::Unlimited, Self::Of(_)) => Ordering::Greater,
            (Self::Unlimited, Self::Unlimited) => Ordering::Equal,
        }
    }
}

impl PartialOrd for Max {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Max {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(max) => write!(f, "{max}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}
