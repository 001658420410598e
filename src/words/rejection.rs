//! Texts on what the provider refused: the code's meaning, what to do, when to try again.

use std::fmt;

use crate::decide::rejection::CODES;
use crate::model::{Advice, Locale, Rejection, RejectionClass, Retry};
use crate::words::format::Reader;

impl RejectionClass {
    /// What kind of refusal it is, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let (english, chinese) = match self {
            Self::LimitReached => ("A limit is reached.", "已达到上限。"),
            Self::FeatureNotInPlan => ("The plan does not include this.", "当前套餐不包含此功能。"),
            Self::ConsoleSwitch => (
                "The feature is not switched on in the provider's console.",
                "该功能未在服务商控制台中开启。",
            ),
            Self::Suspended => ("The provider has suspended the app.", "服务商已停用该应用。"),
            Self::RateLimited => {
                ("Requests come too often, or the provider is overloaded.", "请求过于频繁，或服务商过载。")
            }
            Self::CredentialExpired => ("The UserSig or the session has expired.", "UserSig 或会话已过期。"),
            Self::CredentialInvalid => ("The UserSig is wrong.", "UserSig 无效。"),
            Self::Precondition => (
                "Something that the call needs, such as a login, is missing.",
                "缺少调用所需的前提，例如登录。",
            ),
            Self::Permanent => ("Repeating the call does not help.", "重复调用无济于事。"),
            Self::InFlight => ("The same call is running already.", "相同的调用正在执行。"),
            Self::KickedOff => ("Another device logged in as this user.", "该用户已在另一台设备上登录。"),
            Self::OutcomeUnknown => {
                ("No answer came. The call may have taken effect.", "没有收到应答，操作可能已经生效。")
            }
            Self::NeverSent => ("The request was never sent.", "请求没有发出。"),
            Self::NotAPlanProblem => (
                "The provider refused for a reason that no plan lifts, such as a permission.",
                "服务商因与套餐无关的原因拒绝，例如权限不足。",
            ),
            Self::Unknown => ("planguard does not know the reason.", "planguard 不了解拒绝的原因。"),
        };
        Reader::of(locale).pick(english, chinese).to_owned()
    }
}

impl Advice {
    /// What the app should do, in a sentence for whoever develops or runs it.
    pub fn explain(&self, locale: Locale) -> String {
        let (english, chinese) = advice(*self);
        Reader::of(locale).pick(english, chinese).to_owned()
    }
}

/// What the person who uses the app can do, where the app is given that advice, in a sentence.
pub(crate) fn for_person(reader: &Reader<'_>, advice: Advice) -> String {
    let (english, chinese) = person(advice);
    reader.pick(english, chinese).to_owned()
}

const fn person(advice: Advice) -> (&'static str, &'static str) {
    match advice {
        Advice::ShowLimit => (
            "Make room by removing what is no longer needed, or ask whoever runs the app to raise the limit.",
            "请清理不再需要的内容，或联系应用的运营方提高上限。",
        ),
        Advice::ShowPeerIsFull => ("The other side has to make room first.", "需要对方先腾出空间。"),
        Advice::RaiseGroupMaximum => {
            ("The owner of the group can raise its maximum.", "群主可以提高该群的人数上限。")
        }
        Advice::HideFeature => (
            "It cannot be used here; ask whoever runs the app if it is needed.",
            "此处无法使用，如有需要请联系应用的运营方。",
        ),
        Advice::SwitchOnInConsole => {
            ("Whoever runs the app can switch it on.", "应用的运营方可以开启此功能。")
        }
        Advice::ShowUnavailable => (
            "Chat is not available now; whoever runs the app can restore it.",
            "聊天暂不可用，应用的运营方可以恢复。",
        ),
        Advice::BackOff => ("Try again later.", "请稍后重试。"),
        Advice::RenewUserSig => ("Log in again.", "请重新登录。"),
        Advice::FixUserSig | Advice::ImportAccount | Advice::KeepAccountIds | Advice::LeaveToServer => (
            "It cannot be solved here; report the code to whoever runs the app.",
            "此处无法解决，请将错误码反馈给应用的运营方。",
        ),
        Advice::AskBeforeLogin => ("To go on here, log in again.", "如需在此处继续使用，请重新登录。"),
        Advice::LogInFirst => ("Log in, then try again.", "请登录后重试。"),
        Advice::AwaitRunningCall => ("Wait until it has finished.", "请等待其完成。"),
        Advice::AwaitReady => {
            ("Chat is still starting; try again in a moment.", "聊天正在启动，请稍候重试。")
        }
        Advice::AwaitNetwork => ("Try again once the network is back.", "请在网络恢复后重试。"),
        Advice::CheckOutcome => {
            ("Look whether it took effect before trying again.", "请先查看是否已经生效，再决定是否重试。")
        }
        Advice::SplitCall => ("Try again with fewer at once.", "请减少单次的数量后重试。"),
        Advice::UpdateSdk => ("Update the app.", "请更新应用。"),
        Advice::ShowRefusal => ("Trying again does not help.", "重试无济于事。"),
        Advice::Report => (
            "If it persists, report the code to whoever runs the app.",
            "若问题持续，请将错误码反馈给应用的运营方。",
        ),
    }
}

const fn advice(advice: Advice) -> (&'static str, &'static str) {
    match advice {
        Advice::ShowLimit => (
            "Show the user that the limit is reached, and offer the ways out to whoever manages the plan.",
            "请提示用户已达到上限，并向套餐管理者提供解决办法。",
        ),
        Advice::ShowPeerIsFull => {
            ("Show the user that the other side has reached its limit.", "请提示用户对方已达到上限。")
        }
        Advice::RaiseGroupMaximum => (
            "Raise the group's own maximum; the plan allows more.",
            "请提高该群自身的人数上限，套餐允许更多成员。",
        ),
        Advice::HideFeature => (
            "Hide the feature here, and offer the ways out to whoever manages the plan.",
            "请在此处隐藏该功能，并向套餐管理者提供解决办法。",
        ),
        Advice::SwitchOnInConsole => {
            ("Switch the feature on in the provider's console.", "请在服务商控制台中开启该功能。")
        }
        Advice::ShowUnavailable => (
            "Show that chat is not available, and let whoever manages the plan know.",
            "请提示聊天暂不可用，并告知套餐管理者。",
        ),
        Advice::BackOff => ("Show nothing, and try again later.", "无需提示用户，请稍后重试。"),
        Advice::RenewUserSig => ("Get a new UserSig and log in once.", "请获取新的 UserSig 并重新登录一次。"),
        Advice::FixUserSig => {
            ("Fix how the app's server makes the UserSig.", "请修正应用服务器生成 UserSig 的方式。")
        }
        Advice::AskBeforeLogin => {
            ("Ask the user whether to log in here again.", "请询问用户是否要在此处重新登录。")
        }
        Advice::LogInFirst => ("Initialise the chat SDK and log in first.", "请先初始化聊天 SDK 并登录。"),
        Advice::AwaitRunningCall => {
            ("Wait for the answer of the call that is running.", "请等待正在执行的调用返回结果。")
        }
        Advice::AwaitReady => {
            ("Wait until the chat SDK reports that it is ready.", "请等待聊天 SDK 通知已就绪。")
        }
        Advice::AwaitNetwork => ("Try again once the network is back.", "请在网络恢复后重试。"),
        Advice::CheckOutcome => (
            "Check in the chat SDK whether the call took effect before making it again.",
            "请先在聊天 SDK 中确认操作是否已经生效，再决定是否重试。",
        ),
        Advice::SplitCall => ("Ask for less in one call.", "请减少单次调用中的数量。"),
        Advice::ImportAccount => ("Have the app's server import the account.", "请由应用服务器导入该账号。"),
        Advice::UpdateSdk => ("Update the chat SDK in the app.", "请更新应用中的聊天 SDK。"),
        Advice::KeepAccountIds => (
            "Use one stable id for each person; do not delete accounts and create them again.",
            "请为每个用户使用固定的 ID，不要删除账号后重新创建。",
        ),
        Advice::ShowRefusal => (
            "Show the user that it was refused, and do not repeat the call.",
            "请提示用户操作被拒绝，不要重复调用。",
        ),
        Advice::LeaveToServer => {
            ("Leave it to the app's server; a client cannot fix it.", "请由应用服务器处理，客户端无法解决。")
        }
        Advice::Report => (
            "Report the code and the message to whoever maintains the app.",
            "请将错误码和错误信息反馈给应用的维护者。",
        ),
    }
}

impl Retry {
    /// A fixed word for it; the length of a wait is not part of it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::After(_) => "after",
            Self::RenewCredential => "renew_credential",
            Self::OnceThereIsRoom => "once_there_is_room",
            Self::OncePlanChanges => "once_plan_changes",
            Self::AfterRunningCall => "after_running_call",
            Self::OnceOutcomeIsKnown => "once_outcome_is_known",
            Self::OnceConnected => "once_connected",
        }
    }

    /// When the call is worth making again, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let (english, chinese) = match self {
            Self::Never => ("Do not make the same call again.", "请勿再次进行相同的调用。"),
            Self::After(wait) => {
                let secs = wait.as_secs();
                let wait = if secs > 0 && secs % 60 == 0 {
                    reader.length(*wait)
                } else {
                    reader.units(secs, ["second", "seconds"], "秒")
                };
                return reader.say(
                    format!("Wait at least {wait}, and longer after each further refusal."),
                    format!("请至少等待 {wait}，之后每次被拒绝都应等待更久。"),
                );
            }
            Self::RenewCredential => ("Try again once, with a new UserSig.", "请使用新的 UserSig 重试一次。"),
            Self::OnceThereIsRoom => (
                "Try again once something was removed, or the limit was raised.",
                "请在清理出空间或提高上限后重试。",
            ),
            Self::OncePlanChanges => ("Try again once the plan has changed.", "请在套餐变更后重试。"),
            Self::AfterRunningCall => {
                ("Try again after the running call has answered.", "请在正在执行的调用返回后重试。")
            }
            Self::OnceOutcomeIsKnown => (
                "Try again only once it is certain that the first call had no effect.",
                "请在确认前一次调用没有生效之后再重试。",
            ),
            Self::OnceConnected => ("Try again once the network is back.", "请在网络恢复后重试。"),
        };
        reader.pick(english, chinese).to_owned()
    }
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explain(Locale::En).trim_end_matches('.'))
    }
}

/// What a code of the provider means, where it is known to be of `class`; else what `class` means.
pub(crate) fn meaning(code: i32, class: RejectionClass, locale: Locale) -> String {
    let row = CODES.iter().find(|row| row.code == code && row.class == class);
    row.map_or_else(|| class.explain(locale), |row| row.meaning(locale).to_owned())
}

impl Rejection {
    /// What the provider refused and why, what the person who reads it can do, and what lifts it, in sentences for a
    /// screen.
    ///
    /// What the app should do is [`Advice::explain`](crate::model::Advice::explain) of [`advice`](Self::advice), for whoever
    /// develops or runs it. [`Rejection::meaning`] is what the code means alone. The provider's own message is not part of
    /// it: it may hold ids of people.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let code = self.code;
        let mut parts = vec![
            reader.say(
                format!("The provider refused the call (code {code})."),
                format!("服务商拒绝了此操作（错误码 {code}）。"),
            ),
            self.meaning(locale).to_owned(),
            for_person(&reader, self.advice),
        ];
        if self.outcome_unknown() {
            parts[0] = reader.say(
                format!("The provider gave no answer (code {code})."),
                format!("服务商没有应答（错误码 {code}）。"),
            );
        } else if self.class == RejectionClass::NeverSent {
            parts[0] = reader.say(
                format!("The call did not reach the provider (code {code})."),
                format!("调用没有到达服务商（错误码 {code}）。"),
            );
        }
        // The others are said by what the person can do.
        if let Retry::After(_) | Retry::OncePlanChanges = self.retry {
            parts.push(self.retry.explain(locale));
        }
        if !self.remedies.is_empty() {
            parts.push(reader.pick("Ways out:", "解决办法：").to_owned());
            parts.extend(self.remedies.iter().map(|remedy| remedy.explain(locale)));
        }
        parts.join(reader.pick(" ", ""))
    }
}

/// What the code means, in a line.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text.trim_end_matches('.'), self.code)
    }
}
