//! Why a login is refused or put off, and what can be done instead.

use std::fmt;

use crate::decide::login::{Alternative, DeferReason, DenyReason, Until};
use crate::model::Locale;
use crate::words::format::Reader;
use crate::words::login_failure::known;
use crate::words::plan;

impl DenyReason {
    /// Why the login is refused and what to do, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(denied(&reader, self))
    }
}

impl fmt::Display for DenyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        f.write_str(&reader.line(denied(&reader, self)))
    }
}

/// The sentences, the most important one first.
pub(super) fn denied(reader: &Reader<'_>, reason: &DenyReason) -> Vec<String> {
    match reason {
        DenyReason::Suspended(lifecycle) => {
            let mut parts =
                vec![reader.say("chat is not available, and logins are refused", "聊天暂不可用，无法登录")];
            parts.extend(plan::lifecycle(reader, lifecycle));
            parts
        }
        DenyReason::KickedOff => vec![
            reader.say("this account was logged in on another device", "该账号已在其他设备登录"),
            reader.say("to use it here, log in again", "如需在此设备使用，请重新登录"),
        ],
        DenyReason::CredentialRefused { code } => vec![
            reader.say(
                format!("the provider refused the login credential (UserSig), code {code}"),
                format!("服务商拒绝了登录凭证（UserSig），错误码 {code}"),
            ),
            reader.say("get a new UserSig from the app's server", "请从应用服务器获取新的 UserSig"),
        ],
        DenyReason::Permanent { code } => {
            let mut parts = vec![reader.say(
                format!("the provider refused the login for good, code {code}"),
                format!("服务商拒绝了登录，错误码 {code}"),
            )];
            match known(reader, *code) {
                Some(meaning) => parts.extend(meaning),
                None => parts.push(reader.say("trying again does not help", "重试无法解决")),
            }
            parts
        }
        DenyReason::QuotaUsedUp { code } => vec![match code {
            Some(code) => reader.say(
                format!("the provider answers that the plan's quota of active users is used up, code {code}"),
                format!("服务商返回套餐的活跃用户额度已用完，错误码 {code}"),
            ),
            None => reader.say("the plan's quota of active users is used up", "套餐的活跃用户额度已用完"),
        }],
        DenyReason::BudgetUsedUp => vec![
            reader.say("the app's own budget of active users is used up", "应用自设的活跃用户预算已用完"),
        ],
        DenyReason::UsersFull => vec![
            reader.say("the plan allows no more registered users", "套餐的用户数已达上限，无法注册新用户"),
        ],
        DenyReason::BackingOff { code } => {
            let mut parts = vec![reader.say(
                format!("the last login failed a moment ago, code {code}"),
                format!("上次登录刚刚失败，错误码 {code}"),
            )];
            parts.extend(known(reader, *code).map(|[meaning, _]| meaning));
            parts
        }
        DenyReason::LoopBroken => {
            vec![reader.say("there were too many logins in a short time", "短时间内登录次数过多")]
        }
    }
}

impl DeferReason {
    /// Why the login is put off, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([deferred(&reader, *self)])
    }
}

impl fmt::Display for DeferReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&deferred(&Reader::of(Locale::En), *self))
    }
}

pub(super) fn deferred(reader: &Reader<'_>, reason: DeferReason) -> String {
    match reason {
        DeferReason::WouldCreateActiveUser => reader.say(
            "it could add an active user, and was not started by a person opening chat",
            "此次登录可能新增一名活跃用户，且并非由用户打开聊天触发",
        ),
        DeferReason::OtherUserActive => {
            reader.say("another user is logged in on this device", "此设备上已有其他用户登录")
        }
        DeferReason::NotDeviceUser => {
            reader.say("this device was last used by another user", "此设备上最近使用的是其他用户")
        }
        DeferReason::LoggedOut => reader
            .say("the user logged out, and has not opened chat since", "用户已退出登录，此后未再打开聊天"),
    }
}

impl Until {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonOpensChat => "person_opens_chat",
            Self::PersonSwitchesUser => "person_switches_user",
        }
    }

    /// What the login waits for, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([until(&reader, *self)])
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&until(&Reader::of(Locale::En), *self))
    }
}

pub(super) fn until(reader: &Reader<'_>, until: Until) -> String {
    match until {
        Until::PersonOpensChat => reader.say("it takes place once chat is opened", "打开聊天时将会登录"),
        Until::PersonSwitchesUser => reader.say(
            "it takes place once the user is switched or the other user logs out",
            "切换账号或另一用户退出后将会登录",
        ),
    }
}

impl Alternative {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CachedConversations => "cached_conversations",
            Self::JoinAvGroupAsGuest => "join_av_group_as_guest",
        }
    }

    /// What can be done without a login, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([alternative(&reader, *self)])
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&alternative(&Reader::of(Locale::En), *self))
    }
}

pub(super) fn alternative(reader: &Reader<'_>, alternative: Alternative) -> String {
    match alternative {
        Alternative::CachedConversations => reader.say(
            "conversations and history stored on the device can be shown meanwhile",
            "在此期间可显示设备上已缓存的会话和历史消息",
        ),
        Alternative::JoinAvGroupAsGuest => reader.say(
            "the audio-video group can be joined as a guest, without a login",
            "可以游客身份加入直播群，无需登录",
        ),
    }
}
