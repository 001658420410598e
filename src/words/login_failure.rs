//! Texts on logins that failed: what the code means and what to do.

use std::fmt;

use crate::client::login::{LoginFailure, ProviderError};
use crate::decide::login::FailureClass;
use crate::decide::rejection::classify;
use crate::model::catalog::BillingModel;
use crate::model::{Advice, Locale, RejectionClass, RejectionContext, Timestamp};
use crate::words::format::Reader;
use crate::words::rejection;

impl FailureClass {
    /// A fixed word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::LockedOut => "locked_out",
            Self::CredentialExpired => "credential_expired",
            Self::Permanent => "permanent",
            Self::QuotaUsedUp(_) => "quota_used_up",
            Self::UsersFull => "users_full",
            Self::Suspended => "suspended",
            Self::KickedOff => "kicked_off",
            Self::NotReady => "not_ready",
            Self::InProgress => "in_progress",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::NeverSent => "never_sent",
            Self::AppFailed => "app_failed",
            Self::TimedOut => "timed_out",
            Self::Other => "other",
        }
    }

    /// What kind of failure it is and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([kind(&reader, *self), remedy(&reader, *self, advice_of(*self))])
    }
}

/// A line: `the UserSig has expired`.
impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&kind(&Reader::of(Locale::En), *self))
    }
}

/// The advice on a failure of which only the class is known.
const fn advice_of(class: FailureClass) -> Advice {
    match class {
        FailureClass::Permanent => Advice::ShowRefusal,
        _ => Advice::BackOff,
    }
}

fn kind(reader: &Reader<'_>, class: FailureClass) -> String {
    let (english, chinese) = match class {
        FailureClass::RateLimited => {
            ("logins come too often, or the provider is overloaded", "登录过于频繁，或服务商过载")
        }
        FailureClass::LockedOut => (
            "the UserSig was refused too often; the user is locked out for a minute",
            "UserSig 校验失败次数过多，该用户被锁定一分钟",
        ),
        FailureClass::CredentialExpired => ("the UserSig has expired", "UserSig 已过期"),
        FailureClass::Permanent => (
            "the provider refuses this login, however often it is repeated",
            "服务商拒绝此登录，重复登录无济于事",
        ),
        FailureClass::QuotaUsedUp(BillingModel::Mau) => {
            ("the plan's monthly active users are used up", "套餐的月活跃用户额度已用完")
        }
        FailureClass::QuotaUsedUp(BillingModel::DauPeakGroups) => {
            ("the plan's daily active users are used up", "套餐的日活跃用户额度已用完")
        }
        FailureClass::UsersFull => {
            ("the app has as many registered users as the plan allows", "应用的注册用户数已达到套餐上限")
        }
        FailureClass::Suspended => ("the provider has suspended the app", "服务商已停用该应用"),
        FailureClass::KickedOff => ("another device logged in as this user", "该用户已在另一台设备上登录"),
        FailureClass::NotReady => ("the chat SDK is not ready for a login", "聊天 SDK 尚未做好登录的准备"),
        FailureClass::InProgress => {
            ("the chat SDK is busy with another login or logout", "聊天 SDK 正在执行另一次登录或退出")
        }
        FailureClass::OutcomeUnknown => {
            ("no answer came, and the login may have succeeded", "没有收到应答，登录可能已经成功")
        }
        FailureClass::NeverSent => ("the request was never sent", "请求没有发出"),
        FailureClass::AppFailed => (
            "the app's own login call failed before the chat SDK answered, and the login may have succeeded",
            "聊天 SDK 应答之前，应用自己的登录调用已失败，登录可能已经成功",
        ),
        FailureClass::TimedOut => {
            ("no answer came in time, and the login may have succeeded", "未及时收到应答，登录可能已经成功")
        }
        FailureClass::Other => ("the provider refused the login", "服务商拒绝了登录"),
    };
    reader.pick(english, chinese).to_owned()
}

/// What to do about a failure.
fn remedy(reader: &Reader<'_>, class: FailureClass, advice: Advice) -> String {
    let (english, chinese) = match class {
        FailureClass::RateLimited => ("wait, then ask again", "请等待后重试"),
        FailureClass::LockedOut => (
            "get a new UserSig, call new_user_sig, log in after a minute",
            "请获取新的 UserSig，调用 new_user_sig，一分钟后再登录",
        ),
        FailureClass::CredentialExpired => (
            "get a new UserSig, call new_user_sig, log in again",
            "请获取新的 UserSig，调用 new_user_sig，然后重新登录",
        ),
        FailureClass::Permanent => match advice {
            Advice::FixUserSig => (
                "fix how the app's server makes the UserSig, call new_user_sig with a new one, log in again",
                "请修正应用服务器生成 UserSig 的方式，获取新的 UserSig 后调用 new_user_sig，然后重新登录",
            ),
            Advice::ImportAccount => (
                "have the app's server import the account, call forget_failures, log in again",
                "请由应用服务器导入该账号，调用 forget_failures，然后重新登录",
            ),
            Advice::KeepAccountIds => ("use one stable id for each person", "请为每个用户使用固定的 ID"),
            _ => (
                "ask the provider; call forget_failures once it is solved",
                "请联系服务商，问题解决后调用 forget_failures",
            ),
        },
        FailureClass::QuotaUsedUp(BillingModel::Mau) => {
            ("wait for the next month, or change the plan", "请等到下个月，或变更套餐")
        }
        FailureClass::QuotaUsedUp(BillingModel::DauPeakGroups) => {
            ("wait for the next day, or change the plan", "请等到第二天，或变更套餐")
        }
        FailureClass::UsersFull => {
            ("change the plan, or delete accounts that are not needed", "请变更套餐，或删除不再需要的账号")
        }
        FailureClass::Suspended => (
            "check the plan, the bills and the app's state in the provider's console",
            "请在服务商控制台检查套餐、账单和应用的状态",
        ),
        FailureClass::KickedOff => {
            ("ask the user before logging in here again", "在此处重新登录之前请先询问用户")
        }
        FailureClass::NotReady => ("initialise the chat SDK, then ask again", "请先初始化聊天 SDK，然后重试"),
        FailureClass::InProgress => ("wait for its answer, then ask again", "请等待其返回后重试"),
        FailureClass::OutcomeUnknown | FailureClass::TimedOut => ("ask again", "请重试"),
        FailureClass::NeverSent => ("ask again once the network is back", "请在网络恢复后重试"),
        FailureClass::AppFailed => (
            "ask again, and report it to whoever maintains the app if it persists",
            "请重试，若问题持续请反馈给应用的维护者",
        ),
        FailureClass::Other => match advice {
            Advice::UpdateSdk => ("update the chat SDK in the app", "请更新应用中的聊天 SDK"),
            _ => {
                ("ask again later, and report the code if it persists", "请稍后重试，若问题持续请反馈错误码")
            }
        },
    };
    reader.pick(english, chinese).to_owned()
}

/// Why a login failed and what to do, in clauses without a full stop: the code's own meaning where it has one.
fn clauses(reader: &Reader<'_>, class: FailureClass, code: i32) -> [String; 2] {
    let rejection = classify(code, "", &RejectionContext::default());
    let own =
        rejection.class != RejectionClass::Unknown && class != FailureClass::TimedOut && rejection.certain;
    let why = if own {
        rejection.meaning(reader.locale).trim_end_matches(['.', '。']).to_owned()
    } else {
        kind(reader, class)
    };
    [why, remedy(reader, class, rejection.advice)]
}

/// What a code means and what a person can do about it, without full stops; `None` for a code that is not in the table.
pub(crate) fn known(reader: &Reader<'_>, code: i32) -> Option<[String; 2]> {
    let rejection = classify(code, "", &RejectionContext::default());
    let clause = |text: &str| text.trim_end_matches(['.', '。']).to_owned();
    rejection.certain.then(|| {
        [clause(rejection.meaning(reader.locale)), clause(&rejection::for_person(reader, rejection.advice))]
    })
}

/// A failed login in a line: `the UserSig has expired (6206); get a new one, ...; not before 2024-08-01T00:00:00Z`.
pub(crate) fn line(class: FailureClass, code: i32, retry_at: Option<Timestamp>) -> String {
    let [why, remedy] = clauses(&Reader::of(Locale::En), class, code);
    let why = uncapital(&why);
    // 0 is no code: there was no answer.
    let code = if code == 0 { String::new() } else { format!(" ({code})") };
    let wait = retry_at.map(|at| format!("; not before {at}")).unwrap_or_default();
    format!("{why}{code}; {remedy}{wait}")
}

/// A failed login in sentences.
pub(crate) fn sentences(
    locale: Locale,
    class: FailureClass,
    code: i32,
    retry_at: Option<Timestamp>,
) -> String {
    let reader = Reader::of(locale);
    let failed = if code == 0 {
        reader.say("the login failed", "登录失败")
    } else {
        reader.say(format!("the login failed (code {code})"), format!("登录失败（错误码 {code}）"))
    };
    let [why, remedy] = clauses(&reader, class, code);
    let wait = retry_at.map(|at| {
        let at = reader.instant(at);
        reader.say(format!("the next login can be made from {at}"), format!("下一次登录不早于{at}"))
    });
    reader.sentences([failed, why, remedy, wait.unwrap_or_default()])
}

/// With a small first letter, unless the first word is a name.
pub(crate) fn uncapital(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let name = text.starts_with("UserSig") || chars.clone().next().is_some_and(char::is_uppercase);
    if name { text.to_owned() } else { first.to_lowercase().chain(chars).collect() }
}

impl<E> LoginFailure<E> {
    /// What the failure means and what to do, in sentences for a screen. Dates are in UTC. The upstream error's own
    /// text is not part of it: it may hold ids of people.
    pub fn explain(&self, locale: Locale) -> String {
        sentences(locale, self.class, self.code, self.retry_at)
    }
}

/// What the failure means and what to do, in a line.
impl<E> fmt::Display for LoginFailure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "login: {}", line(self.class, self.code, self.retry_at))
    }
}

impl ProviderError {
    /// What the code means for a login and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        sentences(locale, FailureClass::of(self.code), self.code, None)
    }
}
