//! What a plan can do besides counting: features, how an edition supports them, and under which conditions.

use super::named::named_enum;

named_enum! {
    /// A feature that an edition has or lacks. Gate by the table: editions are not ordered.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Feature as "feature" {
        /// Global coverage.
        GlobalCoverage = "global_coverage",
        /// Pushing to all users.
        PushToAllUsers = "push_to_all_users",
        /// Concurrent logins on multiple devices on the same platform.
        MultiDeviceSamePlatform = "multi_device_same_platform",
        /// Local message search.
        LocalMessageSearch = "local_message_search",
        /// Message history for new members in audio-video groups.
        AvGroupHistoryForNewMembers = "av_group_history_for_new_members",
        /// Creating communities.
        Community = "community",
        /// Read receipts for group messages.
        GroupReadReceipts = "group_read_receipts",
        /// Targeted group messages.
        TargetedGroupMessages = "targeted_group_messages",
        /// List of online audio-video group members.
        AvGroupOnlineMemberList = "av_group_online_member_list",
        /// Broadcast messaging of audio-video groups.
        AvGroupBroadcast = "av_group_broadcast",
        /// User status.
        UserStatus = "user_status",
        /// Conversation mark.
        ConversationMark = "conversation_mark",
        /// Conversation group.
        ConversationGroup = "conversation_group",
        /// Audio-video group member banning.
        AvGroupMemberBan = "av_group_member_ban",
    }
}

named_enum! {
    /// Whether an edition has a feature.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Support as "support" {
        /// Included.
        Supported = "supported",
        /// Not to be had in this edition.
        Unsupported = "unsupported",
        /// Included once the provider has approved an application for it.
        OnApplication = "on_application",
        /// The price list does not say: neither there nor missing. Decisions take the feature as not known.
        NotStated = "not_stated",
    }
}

named_enum! {
    /// The chat SDK's platform families, as the source documents tell them apart.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Platform as "platform" {
        /// Android.
        Android = "android",
        /// iOS.
        Ios = "ios",
        /// Native desktop SDKs (Windows, macOS, Linux).
        Desktop = "desktop",
        /// The Web SDK.
        Web = "web",
    }
}

named_enum! {
    /// The kind of a group; each has its own rules for joining, size and lifetime.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum GroupType as "group_type" {
        /// Work (formerly Private): by invitation only.
        Work = "work",
        /// Public: join on approval.
        Public = "public",
        /// Meeting (formerly `ChatRoom`): join and leave freely.
        Meeting = "meeting",
        /// `AVChatRoom`, the audio-video group: unlimited members, no history.
        AvChatRoom = "av_chat_room",
        /// Community: very large, join and leave freely.
        Community = "community",
    }
}

impl Support {
    /// Whether the edition has the feature, at once or on application; `None` where that is not stated.
    pub const fn has(self) -> Option<bool> {
        match self {
            Self::Supported | Self::OnApplication => Some(true),
            Self::Unsupported => Some(false),
            Self::NotStated => None,
        }
    }
}

impl GroupType {
    /// Whether the source documents count it as an audio-video group.
    pub const fn is_audio_video(self) -> bool {
        matches!(self, Self::AvChatRoom)
    }
}
