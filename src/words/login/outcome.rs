//! What came of a request to log in.

use std::fmt;

use super::denial::{alternative, deferred, denied, until};
use super::effect::{ACTIVE_USERS, effect};
use crate::client::login::LoginOutcome;
use crate::decide::login::DenyReason;
use crate::model::Locale;
use crate::words::check::{Counted, compared};
use crate::words::format::Reader;

impl<T> LoginOutcome<T> {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Executed { .. } => "executed",
            Self::Joined => "joined",
            Self::AlreadyLoggedIn => "already_logged_in",
            Self::Deferred { .. } => "deferred",
            Self::Shed => "shed",
            Self::Denied { .. } => "denied",
        }
    }

    /// What came of the login and what can be done, in sentences for a screen. Never names the user. Dates are in UTC.
    ///
    /// Ways out of a denial have texts of their own: [`Remedy::explain`](crate::model::Remedy::explain).
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut parts = vec![headline(&reader, self)];
        match self {
            Self::Executed { mau, .. } => parts.extend(effect(&reader, mau)),
            Self::Joined | Self::AlreadyLoggedIn | Self::Shed => {}
            Self::Deferred { reason, until: waits, alternative: other } => {
                parts.push(deferred(&reader, *reason));
                parts.push(until(&reader, *waits));
                parts.push(alternative(&reader, *other));
            }
            Self::Denied { reason, retry_at, evidence, .. } => {
                parts.extend(denied(&reader, reason));
                if let Some(evidence) = evidence {
                    parts.push(compared(&reader, evidence, Some(noun(reason))));
                }
                if let Some(at) = retry_at {
                    let at = reader.instant(*at);
                    parts.push(reader.say(format!("try again from {at}"), format!("可于{at}后重试")));
                }
            }
        }
        reader.sentences(parts)
    }
}

/// What the figures of a denial count.
const fn noun(reason: &DenyReason) -> Counted {
    match reason {
        DenyReason::UsersFull => {
            Counted { english: ["registered user", "registered users"], chinese: ["注册用户", "名"] }
        }
        _ => ACTIVE_USERS,
    }
}

fn headline<T>(reader: &Reader<'_>, outcome: &LoginOutcome<T>) -> String {
    match outcome {
        LoginOutcome::Executed { .. } => reader.say("logged in", "登录成功"),
        LoginOutcome::Joined => {
            reader.say("logged in, by another login of this user", "登录成功，由该用户的另一次登录完成")
        }
        LoginOutcome::AlreadyLoggedIn => {
            reader.say("already logged in, nothing was done", "已处于登录状态，无需操作")
        }
        LoginOutcome::Deferred { .. } => reader.say("the login was put off", "登录已推迟"),
        LoginOutcome::Shed => reader.say(
            "the login was dropped: another user logged in on this device, or this user logged out",
            "登录已取消：此设备上有其他用户登录，或该用户已退出",
        ),
        LoginOutcome::Denied { .. } => reader.say("the login was refused", "登录被拒绝"),
    }
}

impl<T> fmt::Display for LoginOutcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", headline(&Reader::of(Locale::En), self))?;
        match self {
            Self::Executed { mau, .. } => write!(f, ": {mau}"),
            Self::Deferred { reason, .. } => write!(f, ": {reason}"),
            Self::Denied { reason, .. } => write!(f, ": {reason}"),
            Self::Joined | Self::AlreadyLoggedIn | Self::Shed => Ok(()),
        }
    }
}
