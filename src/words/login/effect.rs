//! What a login does to the count of active users.

use std::fmt;

use crate::client::login::ActiveUserEffect;
use crate::decide::login::LoginWarning;
use crate::model::{Locale, Money};
use crate::words::check::{Counted, compared};
use crate::words::format::{Reader, percent};

impl ActiveUserEffect {
    /// Whether the login made an active user, what that costs and what to know, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(effect(&reader, self))
    }
}

impl fmt::Display for ActiveUserEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        f.write_str(&counted(&reader, self))?;
        if let Some(price) = cost(&reader, self) {
            write!(f, ", {price}")?;
        }
        Ok(())
    }
}

pub(super) const ACTIVE_USERS: Counted =
    Counted { english: ["active user", "active users"], chinese: ["活跃用户", "名"] };

pub(super) fn effect(reader: &Reader<'_>, effect: &ActiveUserEffect) -> Vec<String> {
    let counted = counted(reader, effect);
    let first = match cost(reader, effect) {
        Some(price) => reader.say(format!("{counted}, {price}"), format!("{counted}，{price}")),
        None => counted,
    };
    let mut parts = vec![first];
    if let Some(evidence) = &effect.evidence {
        let compared = compared(reader, evidence, Some(ACTIVE_USERS));
        parts.push(reader.say(format!("before this login: {compared}"), format!("登录前{compared}")));
    }
    parts.extend(effect.warning.map(|known| warning(reader, known)));
    parts
}

fn counted(reader: &Reader<'_>, effect: &ActiveUserEffect) -> String {
    match (effect.new_in_month, effect.new_on_day) {
        (true, _) => reader.say("a new active user of this month", "本月新增一名活跃用户"),
        (false, true) => reader.say(
            "counted this month already, active for the first time today",
            "本月已计入活跃用户，今日首次登录",
        ),
        (false, false) => reader.say("counted already, no new active user", "已计入活跃用户，未新增"),
    }
}

/// What it costs; nothing is said of a user who was counted already and costs nothing.
fn cost(reader: &Reader<'_>, effect: &ActiveUserEffect) -> Option<String> {
    let new = effect.new_in_month || effect.new_on_day;
    match effect.price {
        Some(Money { amount, .. }) if amount.is_zero() => {
            new.then(|| reader.say("included in the plan", "包含在套餐额度内"))
        }
        Some(price) => {
            let price = reader.money(price);
            Some(reader.say(format!("which costs {price}"), format!("费用 {price}")))
        }
        None => new.then(|| reader.say("at a price that is not known", "费用未知")),
    }
}

impl LoginWarning {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NearQuota(_) => "near_quota",
            Self::Charged => "charged",
            Self::QuotaUsedUp => "quota_used_up",
            Self::BudgetUsedUp => "budget_used_up",
            Self::UsersFull => "users_full",
        }
    }

    /// What the app's owner should know, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([warning(&reader, *self)])
    }
}

impl fmt::Display for LoginWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&warning(&Reader::of(Locale::En), *self))
    }
}

fn warning(reader: &Reader<'_>, warning: LoginWarning) -> String {
    match warning {
        LoginWarning::NearQuota(share) => {
            let share = percent(share);
            reader.say(
                format!("{share} of the active users that the plan includes are used"),
                format!("套餐的活跃用户额度已使用{share}"),
            )
        }
        LoginWarning::Charged => reader.say(
            "the active users that the plan includes are used up, so this one is charged on top",
            "套餐的活跃用户额度已用完，此名用户将额外计费",
        ),
        LoginWarning::QuotaUsedUp => reader.say(
            "the plan's quota of active users seems used up, so the provider may refuse the login",
            "套餐的活跃用户额度可能已用完，服务商可能会拒绝登录",
        ),
        LoginWarning::BudgetUsedUp => {
            reader.say("the app's own budget of active users is used up", "应用自设的活跃用户预算已用完")
        }
        LoginWarning::UsersFull => reader.say(
            "the plan's registered users seem used up, so the provider may refuse the login",
            "套餐的用户数可能已达上限，服务商可能会拒绝登录",
        ),
    }
}
