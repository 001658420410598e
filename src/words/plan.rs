//! Texts on the plan itself: where it stands, who set its terms, and what they apply to.

use std::fmt;

use crate::model::{Authority, Lifecycle, Locale, Max, Scope, SuspensionCause, Timestamp, UsageOrigin};
use crate::words::format::{Reader, number};

impl Lifecycle {
    /// Where the plan stands, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(lifecycle(&reader, self))
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        f.write_str(&reader.line(lifecycle(&reader, self)))
    }
}

/// The sentences, the most important one first.
pub(crate) fn lifecycle(reader: &Reader<'_>, lifecycle: &Lifecycle) -> Vec<String> {
    match lifecycle {
        Lifecycle::Unknown => {
            vec![reader.say("it is not known when the plan ends", "尚不清楚套餐何时到期")]
        }
        Lifecycle::Active => vec![reader.say("the plan is in force", "套餐生效中")],
        Lifecycle::ExpiringSoon { days_left, expires_at } => {
            let (left, on) = (reader.days(u64::from(*days_left)), reader.moment(*expires_at));
            vec![match days_left {
                0 => reader.say(format!("the plan expires today: {on}"), format!("套餐今天到期：{on}")),
                _ => reader
                    .say(format!("the plan expires in {left}: {on}"), format!("套餐将在{left}后到期：{on}")),
            }]
        }
        Lifecycle::Grace { cause, until } => {
            let mut parts = vec![cause_of(reader, *cause)];
            if *until != Timestamp::MAX {
                let until = reader.moment(*until);
                parts.push(reader.say(
                    format!("unless this is settled, the service stops on {until}"),
                    format!("如未处理，服务将于{until}停止"),
                ));
            }
            parts
        }
        Lifecycle::Suspended { cause, since, reclaim_at } => {
            let (why, since) = (cause_of(reader, *cause), reader.moment(*since));
            let mut parts = vec![reader.say(
                format!("the service has been suspended since {since}: {why}"),
                format!("服务自{since}起已停用：{why}"),
            )];
            if *reclaim_at != Timestamp::MAX {
                let reclaim = reader.moment(*reclaim_at);
                parts.push(reader.say(
                    format!("on {reclaim} the provider deletes the app's data for good"),
                    format!("服务商将于{reclaim}永久删除应用数据"),
                ));
            }
            parts
        }
        Lifecycle::Reclaimed { since } => {
            let since = reader.moment(*since);
            vec![reader.say(
                format!("the provider deleted the app's data on {since}, and it cannot be recovered"),
                format!("服务商已于{since}删除应用数据，无法恢复"),
            )]
        }
    }
}

fn cause_of(reader: &Reader<'_>, cause: SuspensionCause) -> String {
    match cause {
        SuspensionCause::Expired => reader.say("the plan has expired", "套餐已到期"),
        SuspensionCause::TrialEnded => reader.say("the trial has ended", "试用期已结束"),
        SuspensionCause::Arrears => reader.say("a bill is unpaid", "账单欠费未缴"),
        SuspensionCause::Reported => {
            reader.say("the provider answers that the service is stopped", "服务商返回服务已停用")
        }
    }
}

impl Authority {
    /// Who set the limit or feature: `the price list`.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::Endpoint => ("the billing endpoint", "计费服务"),
            Self::ValueAdded => ("a value-added service", "增值服务"),
            Self::Catalog => ("the price list", "价目表"),
            Self::GroupType => ("the rules of the group type", "群类型规则"),
            Self::GroupOwn => ("the group's own maximum", "群自身的成员数上限"),
            Self::Fallback => ("the app's fallback plan", "应用设置的默认套餐"),
            Self::Rejection => ("a refusal by the provider", "服务商的拒绝响应"),
            Self::App => ("the app's own settings", "应用自身的设置"),
            Self::Unknown => ("an unknown source", "未知来源"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}

impl UsageOrigin {
    /// Where the usage comes from: `counted locally`.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::Counted => ("counted locally", "由本地统计"),
            Self::Observed => ("read from the chat SDK", "读取自聊天 SDK"),
            Self::Endpoint => ("reported by the billing endpoint", "由计费服务上报"),
            Self::Inferred => ("shown by a refusal of the provider", "由服务商的拒绝响应得知"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}

impl Scope {
    /// What each counter belongs to: `per user`.
    pub const fn name(self, locale: Locale) -> &'static str {
        let (english, chinese) = match self {
            Self::App => ("for the whole app", "整个应用"),
            Self::User => ("per user", "单个用户"),
            Self::Group => ("per group", "单个群"),
        };
        Reader::of(locale).pick(english, chinese)
    }
}

impl Max {
    /// How much is allowed: `10,000`, `unlimited`.
    pub fn explain(self, locale: Locale) -> String {
        match self {
            Self::Of(max) => number(max),
            Self::Unlimited => Reader::of(locale).pick("unlimited", "无限制").to_owned(),
        }
    }
}
