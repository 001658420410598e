//! Texts on where the running month is going, and on what one more active user costs.

use std::fmt;

use super::assumption::each_once;
use super::bill::total;
use super::item::service;
use super::{included, texts};
use crate::decide::bill::{AssumptionId, IncludedUsage};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::model::Locale;
use crate::words::format::{Reader, number};
use crate::words::login_failure::uncapital;

texts! {
    /// What the next active user costs, in sentences for a screen.
    Marginal: |reader: &Reader<'_>, marginal: &Marginal| next_user(reader, *marginal);
    /// Which service is left out of a forecast and why, in sentences for a screen.
    LeftOut: left_out;
}

impl Forecast {
    /// Where the month is going, how much of what is included was used so far, what the next active user costs, and
    /// what the forecast takes for granted, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut parts = Vec::new();
        parts.extend(so_far(&reader, &self.low.included));
        parts.push(both_ends(&reader, self));
        parts.extend(next_user(&reader, self.marginal));
        if !self.left_out.is_empty() {
            let names: Vec<String> = self.left_out.iter().map(|left| name(&reader, left)).collect();
            let names = reader.list(&names);
            parts.push(reader.say(
                format!(
                    "not in these amounts, because the price list cannot bill it as it is listed: {names}"
                ),
                format!("以下项目无法按列出的方式计费，未计入上述金额：{names}"),
            ));
        }
        // The amounts say themselves which of the two they are.
        let said = [AssumptionId::NoMoreGrowth, AssumptionId::LinearFlow];
        parts.extend(each_once(&reader, self.assumptions.iter().filter(|one| !said.contains(&one.id))));
        reader.sentences(parts)
    }
}

/// Of what is included the first quota alone, both totals, and the next active user.
impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        let first = self.low.included.get(..1).unwrap_or_default();
        let next = next_user(&reader, self.marginal).into_iter().next();
        let parts = so_far(&reader, first).into_iter().chain([both_ends(&reader, self)]).chain(next);
        f.write_str(&parts.collect::<Vec<_>>().join("; "))
    }
}

/// How much of what is included was used; `None` where nothing is metered.
fn so_far(reader: &Reader<'_>, included: &[IncludedUsage]) -> Option<String> {
    let included: Vec<String> = included.iter().map(|usage| included::clause(reader, usage)).collect();
    let included = included.join(reader.pick("; ", "；"));
    (!included.is_empty()).then(|| reader.say(format!("so far: {included}"), format!("截至目前：{included}")))
}

/// The month's total if nothing is added, and at the pace so far.
fn both_ends(reader: &Reader<'_>, ahead: &Forecast) -> String {
    let (low, linear) = (&ahead.low, &ahead.linear);
    let same = low.total() == linear.total() && low.is_free() == linear.is_free();
    let amounts = [low, linear].iter().all(|bill| bill.total().is_some() && !bill.is_free());
    let (low, linear) = (total(reader, low), total(reader, linear));
    match (same, amounts) {
        (true, true) => reader.say(
            format!("the month comes to {low}, also at this pace"),
            format!("本月合计{low}，按当前速度也是如此"),
        ),
        (true, false) => reader.say(
            format!("the month, also at this pace: {low}"),
            format!("本月合计（按当前速度也是如此）：{low}"),
        ),
        (false, true) => reader.say(
            format!("the month comes to {low} if nothing is added and to {linear} at this pace"),
            format!("不再新增用量时本月合计{low}，按当前速度合计{linear}"),
        ),
        (false, false) => reader.say(
            format!("the month if nothing is added: {low}; at this pace: {linear}"),
            format!("不再新增用量时本月合计：{low}；按当前速度：{linear}"),
        ),
    }
}

fn next_user(reader: &Reader<'_>, marginal: Marginal) -> Vec<String> {
    match marginal {
        Marginal::Free { next_at } => {
            let mut parts =
                vec![reader.say("the next active user costs nothing", "再增加一名活跃用户不收费")];
            parts.extend(next_at.map(|user| {
                let user = number(user);
                reader.say(
                    format!("active user number {user} is the first that costs more"),
                    format!("从第{user}名活跃用户起加收费用"),
                )
            }));
            parts
        }
        Marginal::Price(price) => {
            let price = reader.money(price);
            vec![
                reader.say(
                    format!("the next active user costs {price}"),
                    format!("再增加一名活跃用户收费{price}"),
                ),
            ]
        }
        Marginal::Block { price, next_at } => {
            let (price, user) = (reader.money(price), number(next_at));
            vec![
                reader.say(
                    format!("the next active user starts a block that costs {price}"),
                    format!("再增加一名活跃用户将开始一个新的计费单位，收费{price}"),
                ),
                reader.say(
                    format!("the block after it starts with active user number {user}"),
                    format!("再下一个计费单位从第{user}名活跃用户开始"),
                ),
            ]
        }
        Marginal::NotPossible => vec![reader.say(
            "no further user can become active: the plan ends at its quota, or the app is suspended",
            "无法再增加活跃用户：套餐以免费额度为限，或应用已停用",
        )],
        Marginal::NotStated => vec![reader.say(
            "the price list does not state what the next active user costs",
            "价目表未说明再增加一名活跃用户的费用",
        )],
        Marginal::NotKnown => vec![reader.say(
            "it is not known how many users are active so far, and so what the next one costs",
            "目前的活跃用户数未知，因此无法得知再增加一名的费用",
        )],
    }
}

fn name(reader: &Reader<'_>, left: &LeftOut) -> String {
    service(reader, left.service.id.as_str(), left.service.tier.as_deref())
}

fn left_out(reader: &Reader<'_>, left: &LeftOut) -> Vec<String> {
    let (name, why) = (name(reader, left), left.error.explain(reader.locale));
    let why = uncapital(why.trim_end_matches(['.', '。']));
    vec![reader.say(format!("{name} is not in the totals"), format!("{name}未计入总额")), why]
}
