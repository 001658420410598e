//! Names of limits, and nouns and measure words for what they count.

use crate::model::{LimitId, Locale, Max};
use crate::words::format::{Reader, number};

/// How what a limit counts is named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun {
    /// One of it.
    pub(crate) one: &'static str,
    /// More than one of it.
    pub(crate) many: &'static str,
    /// What follows the noun where the limit is named: `per group`.
    per: &'static str,
    /// What follows the noun where usage is named: `in this group`.
    pub(crate) here: &'static str,
    /// The Chinese name of the limit.
    chinese: &'static str,
    /// The Chinese noun for what is used.
    pub(crate) counted: &'static str,
    /// The Chinese measure word.
    pub(crate) measure: &'static str,
}

impl Noun {
    #[allow(clippy::too_many_lines, reason = "a table")]
    pub(crate) const fn of(limit: LimitId) -> Self {
        const fn noun(
            [one, many]: [&'static str; 2],
            per: &'static str,
            here: &'static str,
            [chinese, counted, measure]: [&'static str; 3],
        ) -> Noun {
            Noun { one, many, per, here, chinese, counted, measure }
        }
        match limit {
            LimitId::MaxUsers => {
                noun(["registered user", "registered users"], "", "", ["用户数上限", "注册用户", "名"])
            }
            LimitId::FriendsPerUser => noun(
                ["friend", "friends"],
                " per user",
                " of one user",
                ["单个用户好友人数上限", "单个用户的好友", "名"],
            ),
            LimitId::GroupsPerUser => noun(
                ["group", "groups"],
                " per user",
                " of the user",
                ["单个用户可加入群组数上限", "该用户的群组", "个"],
            ),
            LimitId::MembersPerGroup => noun(
                ["member", "members"],
                " per group",
                " in the group",
                ["单个群成员数上限", "该群的成员", "名"],
            ),
            LimitId::NonAvGroups => noun(
                ["group", "groups"],
                " (audio-video groups aside)",
                " (audio-video groups aside)",
                ["非直播群群组数上限", "非直播群群组", "个"],
            ),
            LimitId::AvGroups => noun(
                ["audio-video group", "audio-video groups"],
                "",
                "",
                ["可创建直播群个数", "直播群", "个"],
            ),
            LimitId::NetNewGroupsPerDay => noun(
                ["net new group", "net new groups"],
                " per day",
                " today",
                ["日净增群组数上限", "今日净增群组", "个"],
            ),
            LimitId::HistoryRetentionDays => noun(
                ["day", "days"],
                " of message history",
                " of message history",
                ["免费历史消息存储时长", "历史消息存储时长", "天"],
            ),
            LimitId::FreeMau => noun(
                ["monthly active user", "monthly active users"],
                " included",
                " this month",
                ["免费月活跃用户数（MAU）额度", "本月活跃用户（MAU）", "名"],
            ),
            LimitId::FreeDau => noun(
                ["daily active user", "daily active users"],
                " included",
                " today",
                ["免费日活跃用户数（DAU）额度", "今日活跃用户（DAU）", "名"],
            ),
            LimitId::FreePeakGroups => noun(
                ["peak group", "peak groups"],
                " included per month",
                " this month",
                ["免费峰值群组数", "本月峰值群组", "个"],
            ),
            LimitId::Communities => {
                noun(["community", "communities"], "", "", ["可创建社群个数", "社群", "个"])
            }
            LimitId::RecentContactsPull => noun(
                ["recent contact", "recent contacts"],
                " per pull from the cloud",
                " in one pull from the cloud",
                ["最近联系人云端拉取个数上限", "最近联系人", "个"],
            ),
            LimitId::OnlineBroadcastRooms => noun(
                ["online broadcasting chat room", "online broadcasting chat rooms"],
                "",
                "",
                ["在线直播聊天室个数上限", "在线直播聊天室", "个"],
            ),
            LimitId::PushCallsPerDay => noun(
                ["all-staff or tag push call", "all-staff or tag push calls"],
                " included per day",
                " today",
                ["每日免费全员/标签推送接口调用次数", "今日全员/标签推送接口调用", "次"],
            ),
            LimitId::PushMessagesPerMonth => noun(
                ["all-staff or tag push message", "all-staff or tag push messages"],
                " included per month",
                " this month",
                ["每月免费全员/标签推送消息数", "本月全员/标签推送消息", "条"],
            ),
            LimitId::SearchMessagesStored => noun(
                ["searchable message", "searchable messages"],
                " stored",
                " stored",
                ["可搜索消息存储量", "已存储的可搜索消息", "条"],
            ),
            LimitId::SearchRequestsPerMonth => noun(
                ["search request", "search requests"],
                " included per month",
                " this month",
                ["每月搜索请求次数", "本月搜索请求", "次"],
            ),
        }
    }

    /// A number of it: `1 member`, `2,000 members`, `2,000 名`.
    pub(crate) fn count(&self, reader: &Reader<'_>, count: u64) -> String {
        reader.units(count, [self.one, self.many], self.measure)
    }
}

impl LimitId {
    /// What the limit is called: `members per group`, `单个群成员数上限`.
    pub fn name(self, locale: Locale) -> String {
        let noun = Noun::of(self);
        match locale {
            Locale::En => format!("{}{}", noun.many, noun.per),
            Locale::ZhHans => noun.chinese.to_owned(),
        }
    }
}

/// A limit with how much it allows: `2,000 members per group`, `单个群成员数上限为 2,000 名`.
pub(crate) fn quota(reader: &Reader<'_>, limit: LimitId, max: Max) -> String {
    let noun = Noun::of(limit);
    match max {
        Max::Of(max) => reader.say(
            format!("{}{}", noun.count(reader, max), noun.per),
            format!("{}为 {} {}", noun.chinese, number(max), noun.measure),
        ),
        Max::Unlimited => {
            reader.say(format!("unlimited {}{}", noun.many, noun.per), format!("{}为无限制", noun.chinese))
        }
    }
}
