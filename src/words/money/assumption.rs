//! Texts on what a bill or a forecast takes for granted.

use std::fmt;

use super::item::subject;
use super::texts;
use crate::decide::bill::{Assumption, AssumptionId};
use crate::model::Locale;
use crate::words::format::Reader;

texts! {
    /// What is taken for granted, in sentences for a screen.
    AssumptionId: |reader: &Reader<'_>, id: &AssumptionId| vec![clause(reader, *id)];
    /// What is taken for granted, and of what, in sentences for a screen.
    Assumption: |reader: &Reader<'_>, assumption: &Assumption| vec![of_subject(reader, assumption)];
}

fn of_subject(reader: &Reader<'_>, assumption: &Assumption) -> String {
    with_subjects(reader, assumption.id, &[assumption])
}

/// Each assumption once, with everything that it is about.
pub(super) fn each_once<'a>(
    reader: &Reader<'_>,
    assumptions: impl IntoIterator<Item = &'a Assumption>,
) -> Vec<String> {
    let mut grouped: Vec<(AssumptionId, Vec<&Assumption>)> = Vec::new();
    for assumption in assumptions {
        match grouped.iter_mut().find(|(id, _)| *id == assumption.id) {
            Some((_, same)) => same.push(assumption),
            None => grouped.push((assumption.id, vec![assumption])),
        }
    }
    grouped.into_iter().map(|(id, same)| with_subjects(reader, id, &same)).collect()
}

fn with_subjects(reader: &Reader<'_>, id: AssumptionId, assumptions: &[&Assumption]) -> String {
    let clause = clause(reader, id);
    let mut subjects: Vec<String> = Vec::new();
    for about in assumptions.iter().filter_map(|assumption| subject(reader, &assumption.about)) {
        if !subjects.contains(&about) {
            subjects.push(about);
        }
    }
    if subjects.is_empty() {
        return clause;
    }
    let about = reader.list(&subjects);
    reader.say(format!("{about}: {clause}"), format!("{about}：{clause}"))
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn clause(reader: &Reader<'_>, id: AssumptionId) -> String {
    let (english, chinese) = match id {
        AssumptionId::InForceAllMonth => (
            "no date of purchase was given: taken as in force all month; one prepaid month starts in it",
            "未提供购买日期，视为整月有效，其中开始一个预付月",
        ),
        AssumptionId::PrepaidFeeInMonthOfStart => (
            "each prepaid month is billed in the calendar month in which it starts, also where several were paid at once",
            "每个预付月计入其开始的自然月，一次预付多个月时也是如此",
        ),
        AssumptionId::PaidInEarlierMonth => (
            "the paid month that reaches into this calendar month started before it: no fee",
            "延续到本自然月的付费月在此前已开始，不再收费",
        ),
        AssumptionId::TwoPaidMonthsStart => (
            "two paid months start in this calendar month, and none in the one before, which lacks the day: charged twice",
            "本自然月有两个付费月开始，而上月没有对应的日期、无付费月开始，因此收费两次",
        ),
        AssumptionId::PlanEnded => (
            "what was paid for the plan ended before this month: no fee",
            "套餐的付费期在本月之前已结束，不收费",
        ),
        AssumptionId::NotRenewedSuspended => (
            "a suspended app renews nothing: no fee for a paid month that would start after the suspension",
            "停用的应用不会续费，停用后本应开始的付费月不收费",
        ),
        AssumptionId::BoughtInMonth => (
            "no day of purchase was given: taken as bought in this month, and charged only in it",
            "未提供购买日期，视为本月购买，仅在本月收费",
        ),
        AssumptionId::ChargedUntilEnd => (
            "charged by the days before the day on which it ended. Rounded half up to cents",
            "按结束日之前的天数收费，金额四舍五入到分",
        ),
        AssumptionId::EndedWithChange => (
            "the new edition cannot have this service: taken to have ended with the change, and charged by the days before",
            "新版本不支持该增值服务，视为在变更时结束，按之前的天数收费",
        ),
        AssumptionId::UsageNotKnown => (
            "this usage is charged beyond a quota, and it is not known how much there was: not charged",
            "超出免费额度的用量会收费，但用量未知，因此未计费",
        ),
        AssumptionId::MonthsNotUsed => (
            "the plan is billed afterwards by the calendar month: months paid ahead have no effect",
            "该套餐按自然月后付费，预付的月数不起作用",
        ),
        AssumptionId::DayOfChangeCounts => (
            "charged by day: the day of purchase or change counts whole, for the new plan. Rounded half up to cents",
            "按天收费，购买或变更当日整天计入新套餐，金额四舍五入到分",
        ),
        AssumptionId::SuspendedShare => (
            "usage and fees billed afterwards are charged by the days before the day of suspension. Rounded half up to cents",
            "后付费的用量和费用按停用日之前的天数收取，金额四舍五入到分",
        ),
        AssumptionId::SuspensionNotStated => (
            "the price list does not say that a month of suspension is charged in proportion: charged whole",
            "价目表未说明停用当月按比例收费，因此整月收费",
        ),
        AssumptionId::OfferStands => (
            "the limited offer stands on the day of purchase: the price is waived",
            "购买当日限时优惠仍有效，免收费用",
        ),
        AssumptionId::OfferEnded => (
            "the limited offer is taken to have ended on the day tentatively announced; the official day was left open",
            "视为限时优惠已在暂定日期结束，正式日期尚未公布",
        ),
        AssumptionId::NotMetered => {
            ("the price list does not meter this usage: not charged", "价目表不对该用量计费，因此未收费")
        }
        AssumptionId::QuotaNotStated => (
            "the price list does not state this quota or the rate beyond it, so the bill has no total; give the quota yourself",
            "价目表未说明该免费额度或超出后的单价，因此账单没有总额，请自行给出额度",
        ),
        AssumptionId::NotServed => (
            "this edition is not served beyond its quota: the usage beyond it is not charged",
            "该版本超出免费额度后不再提供服务，超出的用量不收费",
        ),
        AssumptionId::WithoutService => (
            "the service that meters this usage is not held: not charged",
            "未购买对该用量计费的增值服务，因此未收费",
        ),
        AssumptionId::NoPrice => (
            "the price list gives no price for this item, so the bill has no total",
            "价目表未给出该项的价格，因此账单没有总额",
        ),
        AssumptionId::NoMoreGrowth => (
            "if nothing is added, usage stays as it is until the month ends",
            "不再新增用量时，到月底为止用量不变",
        ),
        AssumptionId::LinearFlow => (
            "at this pace, what adds up day by day goes on at the average pace of the part of the month that has passed",
            "按当前速度，逐日累计的用量按本月已过部分的平均速度继续增加",
        ),
        AssumptionId::LinearMauOverstates => (
            "at this pace, the number of distinct users flattens towards the end of a month, so this is an upper estimate",
            "按当前速度，不重复用户数的增长在月末会放缓，因此这是偏高的估计",
        ),
        AssumptionId::DailyAverage => (
            "at this pace, each day that is left is taken to have the average of the days so far. Days above the daily allowance are charged by themselves, so where days differ this can be too low",
            "按当前速度，余下的每一天都按已过各天的平均值计算。超出每日免费额度的各天单独收费，各天差别较大时结果可能偏低",
        ),
        AssumptionId::PeakStays => (
            "a peak or a stored amount is taken to stay as it is until the month ends",
            "峰值和存储量视为到月底保持不变",
        ),
        AssumptionId::EndsInMonth => (
            "if nothing is added, what is paid for ends in this month and is not renewed",
            "不再新增用量时，付费期在本月结束，且不续费",
        ),
        AssumptionId::Renewed => (
            "at this pace, what is paid for ends in this month and is renewed",
            "按当前速度，付费期在本月结束，并会续费",
        ),
        AssumptionId::SuspendedStays => (
            "the app is suspended and stays so: nothing is used or renewed until the month ends",
            "应用已停用并保持停用，到月底不再产生用量，也不续费",
        ),
        AssumptionId::BeforeChangeNotKnown => (
            "plan or services were modified in this month, and what was in force before is not known: charged as it is now",
            "套餐或增值服务在本月有变更，变更前的情况未知，按现状收费",
        ),
        AssumptionId::NothingElapsed => (
            "no part of the month has passed yet: there is no pace to go on at",
            "本月尚未开始计时，无法推算速度",
        ),
    };
    reader.pick(english, chinese).to_owned()
}
