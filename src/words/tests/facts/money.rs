//! What a text on a bill, a forecast, a refund or a move must say.

use rust_decimal::Decimal;

use super::super::told::Told;
use super::{Facts, Voice, count, edition, feature, max, moment, num, price, service};
use crate::decide::bill::{Assumption, AssumptionId, Bill, BillLine, IncludedUsage};
use crate::decide::change::{
    ChangePreview, ChangeRefusal, Comparison, LimitChange, NeedlessService, OverUse,
};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::decide::refund::Refund;
use crate::model::*;

/// An amount, also where it is zero.
fn paid(money: Money, voice: Voice<'_>) -> Facts {
    let unit = if voice.locale == Locale::En { "USD" } else { "美元" };
    if money.amount.is_zero() { Facts::must(format!("0 {unit}")) } else { price(Some(money), voice) }
}

/// An amount, or that there is none.
fn free_or(money: Option<Money>, voice: Voice<'_>) -> Facts {
    let words = match (money, voice.locale) {
        (Some(money), _) if !money.amount.is_zero() => return paid(money, voice),
        (Some(_), Locale::En) => "free of charge",
        (Some(_), Locale::ZhHans) => "免费",
        (None, Locale::En) => "the price list does not state",
        (None, Locale::ZhHans) => "价目表未说明",
    };
    Facts::must(words)
}

impl Told for AssumptionId {
    fn facts(&self, _: Voice<'_>) -> Facts {
        Facts::none()
    }
}

/// What a note is about, by the word that a reader knows it by.
fn about(about: &str, voice: Voice<'_>) -> Facts {
    let (english, chinese) = match about {
        "low" | "linear" | "as_of" => return Facts::none(),
        "plan" | "plan.from" | "plan.months" => ("lan", "套餐"),
        "value_added[2]" => return count(3_u8),
        "plan:free_trial" => ("Free Trial plan", "体验版套餐"),
        "suspended_at" => ("uspension", "停用"),
        "usage.mau" => ("onthly active users", "月活跃用户（MAU）"),
        "usage.peak_dau" => ("aily active users", "日活跃用户（DAU）峰值"),
        "usage.peak_groups" => ("eak groups", "峰值群组"),
        "usage.push_calls_by_day" | "push_calls_per_day" => ("push calls", "推送接口调用"),
        "usage.push_messages" => ("push messages", "推送消息"),
        "usage.search_stored" | "search_messages_stored" => ("earchable messages", "可搜索消息"),
        "usage.search_requests" => ("earch requests", "搜索请求"),
        "overage:dau" => ("aily active users beyond those included", "超出免费额度的日活跃用户（DAU）峰值"),
        other => unreachable!("{other}"),
    };
    Facts::must(if voice.locale == Locale::En { english } else { chinese })
}

impl Told for Assumption {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        about(&self.about, voice)
    }
}

impl Told for IncludedUsage {
    fn facts(&self, _: Voice<'_>) -> Facts {
        self.used.map_or(Facts::none(), count).and(max(self.included))
    }
}

/// What a line charges.
fn item(line: &BillLine, voice: Voice<'_>) -> Facts {
    match line.item.split_once(':').unwrap() {
        ("plan", id) => edition(EditionId::new(id).unwrap(), voice),
        ("service", id) => match id.split_once(':') {
            Some((id, "30")) => service(ServiceId::new(id).unwrap(), voice).and(count(30_u8)),
            Some((id, _)) => {
                let tier = if voice.locale == Locale::En { "Group Call" } else { "群组通话版" };
                service(ServiceId::new(id).unwrap(), voice).and(Facts::must(tier))
            }
            None => service(ServiceId::new(id).unwrap(), voice),
        },
        _ => Facts::must(if voice.locale == Locale::En {
            "beyond those included"
        } else {
            "超出免费额度的"
        }),
    }
}

fn exact(value: Decimal) -> String {
    match value.normalize().to_string().split_once('.') {
        Some((whole, parts)) => format!("{}.{parts}", num(whole.parse::<u64>().unwrap())),
        None => num(u64::try_from(value).unwrap()),
    }
}

impl Told for BillLine {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let single = self.quantity == Decimal::ONE && self.per == 1;
        let quantity = if single { Facts::none() } else { Facts::must(exact(self.quantity)) };
        let per = if self.per == 1 { Facts::none() } else { count(self.per) };
        let each = match self.unit_price() {
            Some(price) if !self.is_free() && (!single || self.share.is_some()) => paid(price, voice),
            _ => Facts::none(),
        };
        let share = self.share.map_or(Facts::none(), |share| count(share.days).and(count(share.of)));
        item(self, voice).and(free_or(self.amount(), voice)).and(quantity).and(per).and(each).and(share)
    }
}

fn total(bill: &Bill, voice: Voice<'_>) -> Facts {
    free_or(bill.total(), voice)
}

impl Told for Bill {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let month = if voice.locale == Locale::En { "August 2024" } else { "2024年8月" };
        let days = match (self.deduction.amount(), voice.locale) {
            (Some(amount), _) if amount.amount.is_zero() => Facts::none(),
            (_, Locale::En) => Facts::must("1 September 2024").and(Facts::must("3 September 2024")),
            (_, Locale::ZhHans) => Facts::must("2024年9月1日").and(Facts::must("2024年9月3日")),
        };
        let deducted = match self.deduction.amount() {
            Some(amount) if amount.amount.is_zero() => Facts::none(),
            amount => free_or(amount, voice),
        };
        edition(self.edition, voice)
            .and(Facts::must(month))
            .and(total(self, voice))
            .and(days)
            .and(deducted)
            .and(Facts::all(self.included.iter().map(|usage| usage.facts(voice))))
            .and(Facts::all(self.lines.iter().map(|line| line.facts(voice))))
            .and(Facts::all(self.assumptions.iter().map(|assumption| assumption.facts(voice))))
    }
}

impl Told for Marginal {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        match self {
            Self::Free { next_at } => next_at.map_or(Facts::none(), count),
            Self::Price(price) => paid(*price, voice),
            Self::Block { price, next_at } => paid(*price, voice).and(count(*next_at)),
            Self::NotPossible | Self::NotStated | Self::NotKnown => Facts::none(),
        }
    }
}

impl Told for LeftOut {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        service(self.service.id, voice)
    }
}

impl Told for Forecast {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let said = [AssumptionId::NoMoreGrowth, AssumptionId::LinearFlow];
        let assumed = self.assumptions.iter().filter(|assumption| !said.contains(&assumption.id));
        Facts::all(self.low.included.iter().map(|usage| usage.facts(voice)))
            .and(total(&self.low, voice))
            .and(total(&self.linear, voice))
            .and(self.marginal.facts(voice))
            .and(Facts::all(self.left_out.iter().map(|left| left.facts(voice))))
            .and(Facts::all(assumed.map(|assumption| assumption.facts(voice))))
    }
}

impl Told for Refund {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let all = [self.effective, self.not_yet_effective, self.used, self.refund, self.cash, self.credit];
        Facts::all(all.map(|money| paid(money, voice))).and(price(Some(self.vouchers_lost), voice))
    }
}

impl Told for LimitChange {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let name = self.limit.name(voice.locale);
        let name = if voice.locale == Locale::En { name[1..].to_owned() } else { name };
        Facts::must(name).and(max(self.before)).and(max(self.after))
    }
}

/// A line counts limits and features.
fn counts(comparison: &Comparison) -> Facts {
    let Comparison { limits_gained, limits_lost, features_gained, features_lost, .. } = comparison;
    let counts = [limits_gained.len(), limits_lost.len(), features_gained.len(), features_lost.len()];
    Facts::all(counts.map(|many| count(many as u64)))
}

impl Told for Comparison {
    fn in_line(&self) -> Facts {
        counts(self)
    }

    fn facts(&self, voice: Voice<'_>) -> Facts {
        let limits = self.limits_gained.iter().chain(&self.limits_lost);
        let features = self.features_gained.iter().chain(&self.features_lost);
        price(self.extra_per_month, voice)
            .and(Facts::all(limits.map(|change| change.facts(voice))))
            .and(Facts::all(features.map(|name| feature(*name, voice))))
    }
}

impl Told for OverUse {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let many = if self.subject == Subject::App { Facts::none() } else { count(self.subjects) };
        Facts::must(self.limit.name(voice.locale)).and(count(self.used)).and(count(self.max)).and(many)
    }
}

impl Told for NeedlessService {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        service(self.service, voice).and(price(self.price, voice))
    }
}

impl Told for ChangePreview {
    fn in_line(&self) -> Facts {
        counts(&self.comparison).and(count(self.over.len() as u64))
    }

    fn facts(&self, voice: Voice<'_>) -> Facts {
        let way = match &self.allowed {
            Ok(_) => price(self.comparison.extra_per_month, voice),
            Err(ChangeRefusal::OncePerMonth { times, until }) => count(*times).and(moment(*until, voice)),
            Err(ChangeRefusal::NotStated { catalog, .. } | ChangeRefusal::OtherCatalog { catalog, .. }) => {
                Facts::must(catalog.name(voice.locale))
            }
            Err(ChangeRefusal::SameEdition { .. } | ChangeRefusal::NeverBack { .. }) => Facts::none(),
        };
        let stands = match self.lifecycle {
            Lifecycle::Grace { .. } | Lifecycle::Suspended { .. } | Lifecycle::Reclaimed { .. } => {
                self.lifecycle.facts(voice)
            }
            Lifecycle::Unknown | Lifecycle::Active | Lifecycle::ExpiringSoon { .. } => Facts::none(),
        };
        let moved = Comparison { extra_per_month: None, ..self.comparison.clone() };
        edition(self.from, voice)
            .and(edition(self.to, voice))
            .and(way)
            .and(stands)
            .and(moved.facts(voice))
            .and(Facts::all(self.over.iter().map(|over| over.facts(voice))))
            .and(Facts::all(self.needless_services.iter().map(|one| one.facts(voice))))
    }
}
