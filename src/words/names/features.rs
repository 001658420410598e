//! Names of features, group types and platforms, as the price lists call them.

use crate::model::{Feature, GroupType, Locale, Platform};
use crate::words::format::Reader;

impl Feature {
    /// What the price lists call it: `read receipts for group messages`, `群消息已读回执`.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::GlobalCoverage => ("global coverage", "全球多点覆盖"),
            Self::PushToAllUsers => ("pushing to all users", "全员推送"),
            Self::MultiDeviceSamePlatform => {
                ("concurrent logins on multiple devices on the same platform", "同平台多设备在线")
            }
            Self::LocalMessageSearch => ("local message search", "本地消息搜索"),
            Self::AvGroupHistoryForNewMembers => {
                ("message history for new members in audio-video groups", "直播群新成员查看入群前消息")
            }
            Self::Community => ("communities", "社群（Community）"),
            Self::GroupReadReceipts => ("read receipts for group messages", "群消息已读回执"),
            Self::TargetedGroupMessages => ("targeted group messages", "群定向消息"),
            Self::AvGroupOnlineMemberList => {
                ("a list of online audio-video group members", "直播群在线成员列表")
            }
            Self::AvGroupBroadcast => ("broadcast messaging of audio-video groups", "直播群广播消息"),
            Self::UserStatus => ("user status", "用户状态"),
            Self::ConversationMark => ("conversation marks", "会话标记"),
            Self::ConversationGroup => ("conversation groups", "会话分组"),
            Self::AvGroupMemberBan => ("audio-video group member banning", "直播群封禁成员"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}

impl GroupType {
    /// What the provider calls groups of this type: `Work groups`, `好友工作群（Work）`.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::Work => ("Work groups", "好友工作群（Work）"),
            Self::Public => ("Public groups", "陌生人社交群（Public）"),
            Self::Meeting => ("Meeting groups", "临时会议群（Meeting）"),
            Self::AvChatRoom => ("audio-video groups (AVChatRoom)", "直播群（AVChatRoom）"),
            Self::Community => ("communities", "社群（Community）"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}

impl Platform {
    /// What people call it.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::Android => ("Android", "Android"),
            Self::Ios => ("iOS", "iOS"),
            Self::Desktop => ("desktop", "桌面端"),
            Self::Web => ("Web", "Web"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}
