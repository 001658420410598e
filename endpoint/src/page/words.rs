//! The page's own texts, in the two languages that planguard explains its answers in.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use planguard::Locale;

use crate::decisions::Kind;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct In(pub(crate) Locale);

impl In {
    /// The text in this language.
    pub(crate) const fn say<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self.0 {
            Locale::En => english,
            Locale::ZhHans => chinese,
        }
    }

    /// The same of texts that are made.
    pub(crate) fn says(self, english: String, chinese: String) -> String {
        match self.0 {
            Locale::En => english,
            Locale::ZhHans => chinese,
        }
    }

    /// The language tag.
    pub(crate) const fn tag(self) -> &'static str {
        self.0.as_str()
    }

    /// What a decision of devices is called.
    pub(crate) const fn decision(self, kind: Kind) -> &'static str {
        let (english, chinese) = match kind {
            Kind::Executed => ("Login sent to the chat SDK", "已发起登录"),
            Kind::NewUser => ("New active user, as one install saw it", "新增活跃用户（单个安装的统计）"),
            Kind::Deferred => ("Login put off", "已推迟登录"),
            Kind::Warned => ("Limit nearly reached", "即将达到上限"),
            Kind::Denied => ("Action denied at a limit", "因达到上限而拒绝"),
            Kind::Rejected => ("Call refused by the provider", "服务商拒绝的调用"),
        };
        self.say(english, chinese)
    }

    /// What an intent, a limit or a class is called.
    pub(crate) fn word(self, word: &str) -> String {
        let (english, chinese) = match word {
            "open_chat" => ("a person opened chat", "用户打开聊天"),
            "app_launch" => ("the app was started", "应用启动"),
            "reconnect" => ("a connection was lost", "断线重连"),
            "push_wake" => ("a push woke the app", "推送唤醒"),
            "prefetch" => ("prefetch", "预加载"),
            "view_only" => ("view only", "仅浏览"),
            "renew_user_sig" => ("a UserSig was renewed", "更新 UserSig"),
            "after_kick" => ("after a kick-off", "被踢下线之后"),
            other => {
                if let Ok(limit) = other.parse::<planguard::LimitId>() {
                    return limit.name(self.0);
                }
                return other.replace('_', " ");
            }
        };
        self.say(english, chinese).to_owned()
    }
}

/// An instant in the billing zone, to the minute: `2026-11-26 17:30`.
pub(crate) fn local(zone: &TimeZone, at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The same as a field of a form has it: `2026-11-26T17:30`.
pub(crate) fn field(zone: &TimeZone, at_ms: i64) -> String {
    local(zone, at_ms).replace(' ', "T")
}

/// What a field of a form says, in milliseconds.
pub(crate) fn from_field(zone: &TimeZone, text: &str) -> Option<i64> {
    let at: jiff::civil::DateTime = text.trim().parse().ok()?;
    zone.to_timestamp(at).ok().map(Timestamp::as_millisecond)
}
