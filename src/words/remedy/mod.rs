//! Texts on what would lift a denial.

mod change;

use std::fmt;

use crate::model::{LimitId, Locale, Max, Money, Remedy, Timestamp};
use crate::words::format::{Reader, number};
use crate::words::names::{self, Noun};

/// A way out in words: what to do, and what else there is to know about it.
pub(crate) struct Way {
    /// What to do, and at what price.
    head: String,
    /// What follows from it.
    then: Vec<String>,
}

impl Way {
    const fn only(head: String) -> Self {
        Self { head, then: Vec::new() }
    }
}

/// How much a text says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// A line: what is lost is counted.
    Line,
    /// Sentences: what is lost is named.
    Full,
}

impl Remedy {
    /// What to do, what it costs and what it takes away, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        explain(&Reader::of(locale), self)
    }
}

pub(crate) fn explain(reader: &Reader<'_>, remedy: &Remedy) -> String {
    let Way { head, then } = way(reader, remedy, Detail::Full);
    reader.sentences([head].into_iter().chain(then))
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Way { head, then } = way(&Reader::of(Locale::En), self, Detail::Line);
        f.write_str(&head)?;
        then.iter().try_for_each(|clause| write!(f, "; {clause}"))
    }
}

fn way(reader: &Reader<'_>, remedy: &Remedy, detail: Detail) -> Way {
    match remedy {
        Remedy::ChangeEdition { .. } => change::way(reader, remedy, detail),
        Remedy::BuyService { service, tier, price_per_month, for_days, limit, raises_to, not_before } => {
            let name = named_with_tier(reader, service.as_str(), tier.as_deref());
            let price = match for_days {
                Some(days) => price_for(reader, *price_per_month, *days),
                None => monthly(reader, *price_per_month),
            };
            Way {
                head: reader
                    .say(format!("buy the service {name}, {price}"), format!("购买增值服务{name}，{price}")),
                then: [raised(reader, *limit, *raises_to), from(reader, *not_before)]
                    .into_iter()
                    .flatten()
                    .collect(),
            }
        }
        Remedy::PayOverage { limit, price, per } => Way::only(overage(reader, *limit, *price, *per)),
        Remedy::Renew { price_per_month } => {
            let price = monthly(reader, *price_per_month);
            Way::only(reader.say(format!("renew the plan, {price}"), format!("续费套餐，{price}")))
        }
        Remedy::PayArrears => Way::only(reader.say("pay the outstanding bill", "缴清欠费账单")),
        Remedy::Purchase { edition, price_per_month } => {
            let name = names::edition(reader, edition.as_str());
            let price = monthly(reader, *price_per_month);
            Way::only(reader.say(format!("buy the {name} plan, {price}"), format!("购买{name}套餐，{price}")))
        }
        Remedy::ExtendTrial => {
            Way::only(reader.say("apply to the provider to extend the trial", "向服务商申请延长试用期"))
        }
        Remedy::DissolveGroups { count } => {
            let groups = reader.units(*count, ["group", "groups"], "个群组");
            Way::only(reader.say(format!("dissolve {groups}"), format!("解散{groups}")))
        }
        Remedy::Remove { limit, count } => Way::only(remove(reader, *limit, *count)),
        Remedy::Reduce { limit, to } => {
            let count = Noun::of(*limit).count(reader, *to);
            let what = if *limit == LimitId::MembersPerGroup { "请求的成员数" } else { "请求数量" };
            Way::only(
                reader.say(format!("ask for no more than {count}"), format!("将{what}减少到{count}以内")),
            )
        }
        Remedy::WaitUntil(at) => {
            let at = reader.moment(*at);
            Way::only(reader.say(format!("wait until {at}"), format!("等到{at}")))
        }
        Remedy::Apply { feature, waiting_hours } => {
            let feature = feature.name(reader.locale);
            let head = reader
                .say(format!("apply to the provider for {feature}"), format!("向服务商申请开通{feature}"));
            let then = waiting_hours.map(|hours| {
                let hours = reader.hours(hours);
                reader.say(format!("it works {hours} after the approval"), format!("申请通过后{hours}生效"))
            });
            Way { head, then: then.into_iter().collect() }
        }
        Remedy::SwitchOn { feature } => {
            let feature = feature.name(reader.locale);
            Way::only(reader.say(
                format!("switch on in the provider's console: {feature}"),
                format!("在控制台开通{feature}"),
            ))
        }
        Remedy::RaiseGroupMaximum { up_to } => Way::only(match up_to {
            Max::Of(max) => {
                let count = Noun::of(LimitId::MembersPerGroup).count(reader, *max);
                reader.say(
                    format!("raise the group's own maximum; the plan allows up to {count}"),
                    format!("提高该群自身的成员数上限，当前套餐最多允许{count}"),
                )
            }
            Max::Unlimited => reader.say(
                "raise the group's own maximum; the plan sets no limit",
                "提高该群自身的成员数上限，当前套餐没有限制",
            ),
        }),
        Remedy::Sync => {
            Way::only(reader.say("refresh the plan from the billing endpoint", "从计费服务更新套餐信息"))
        }
        Remedy::CreateNewApp => Way::only(reader.say(
            "create a new app with the provider, as the data of this one was deleted",
            "在服务商处创建新应用，原应用的数据已被删除",
        )),
        Remedy::ContactProvider => Way::only(
            reader
                .say("ask the provider: no published offer lifts this", "联系服务商：已公布的方案均无法解决"),
        ),
    }
}

fn remove(reader: &Reader<'_>, limit: LimitId, count: u64) -> String {
    let noun = Noun::of(limit);
    let counted = noun.count(reader, count);
    match limit {
        LimitId::FriendsPerUser => reader.say(format!("remove {counted}"), format!("删除{counted}好友")),
        LimitId::GroupsPerUser => reader.say(format!("leave {counted}"), format!("退出{counted}群组")),
        LimitId::MembersPerGroup => {
            reader.say(format!("remove {counted} from the group"), format!("从群中移除{counted}成员"))
        }
        _ => reader.say(format!("remove {counted}"), format!("{}减少{counted}", noun.counted)),
    }
}

fn overage(reader: &Reader<'_>, limit: LimitId, price: Option<Money>, per: u64) -> String {
    let noun = Noun::of(limit);
    let name = noun.many;
    match price {
        Some(price) => {
            let (price, block) = (reader.money(price), noun.count(reader, per));
            let english = if per == 1 { noun.one.to_owned() } else { block.clone() };
            let chinese = if per == 1 { format!("每{}", noun.measure) } else { format!("每 {block}") };
            reader.say(
                format!("go beyond what is included and pay {price} for every {english}"),
                format!("{}超出免费额度后继续使用，按{chinese}{price}付费", noun.counted),
            )
        }
        None => reader.say(
            format!("go beyond the {name} included and pay for them, price not stated"),
            format!("{}超出免费额度后继续使用并付费，价格未标明", noun.counted),
        ),
    }
}

/// A service with its tier: `“Call” (Group Call)`.
fn named_with_tier(reader: &Reader<'_>, service: &str, tier: Option<&str>) -> String {
    let name = names::service(reader, service);
    match tier {
        Some(tier) => {
            let tier = names::tier(reader, tier);
            reader.say(format!("{name} ({tier})"), format!("{name}（{tier}）"))
        }
        None => name,
    }
}

/// `299 USD a month`.
fn monthly(reader: &Reader<'_>, price: Option<Money>) -> String {
    match price {
        None => no_price(reader),
        Some(price) if price.amount.is_zero() => free(reader),
        Some(price) => {
            let price = reader.money(price);
            reader.say(format!("{price} a month"), format!("每月 {price}"))
        }
    }
}

fn price_for(reader: &Reader<'_>, price: Option<Money>, days: u32) -> String {
    let days = reader.days(u64::from(days));
    let price = match price {
        None => no_price(reader),
        Some(price) if price.amount.is_zero() => free(reader),
        Some(price) => reader.money(price),
    };
    reader.say(format!("for {days}, {price}"), format!("{days}，{price}"))
}

fn free(reader: &Reader<'_>) -> String {
    reader.say("free of charge", "免费")
}

fn no_price(reader: &Reader<'_>) -> String {
    reader.say("price not stated", "价格未标明")
}

/// `then 2,000 members per group`.
fn raised(reader: &Reader<'_>, limit: Option<LimitId>, to: Option<Max>) -> Option<String> {
    let to = to?;
    let Some(limit) = limit else {
        let to = to.explain(reader.locale);
        return Some(reader.say(format!("the limit is then {to}"), format!("届时上限为{to}")));
    };
    let quota = names::quota(reader, limit, to);
    Some(reader.say(format!("then {quota}"), format!("届时{quota}")))
}

fn from(reader: &Reader<'_>, at: Option<Timestamp>) -> Option<String> {
    let at = reader.moment(at?);
    Some(reader.say(format!("possible from {at}"), format!("{at}起方可办理")))
}

/// `1 feature`, `3 features`.
fn several(count: usize, [one, many]: [&str; 2]) -> String {
    format!("{} {}", number(count as u64), if count == 1 { one } else { many })
}
