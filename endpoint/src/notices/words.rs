//! What a notice says to people: one sentence for each fact, in each language.

use jiff::Timestamp;
use planguard::Locale;

use super::fact::Fact;
use crate::numbers::{counted, number};

/// An instant in UTC, to the minute.
fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// The sentence about an app in one language.
pub(super) fn text(app: i64, fact: &Fact, locale: Locale) -> String {
    let say = |english: String, chinese: String| match locale {
        Locale::En => english,
        Locale::ZhHans => chinese,
    };
    let n = |figure: u64| number(figure);
    match fact {
        Fact::MauShare { percent, used, included } => say(
            format!(
                "App {app}: {} of {} {}, at least {percent} %.",
                n(*used),
                counted(*included, "included monthly active user", "included monthly active users"),
                if *used == 1 { "is used" } else { "are used" },
            ),
            format!("应用 {app}：本月活跃用户 {}，免费额度 {}，已达 {percent}%。", n(*used), n(*included)),
        ),
        Fact::BudgetShare { percent, used, budget } => say(
            format!(
                "App {app}: {}, at least {percent} % of the budget of {}.",
                counted(*used, "monthly active user", "monthly active users"),
                n(*budget)
            ),
            format!("应用 {app}：本月活跃用户 {}，已达预算 {} 的 {percent}%。", n(*used), n(*budget)),
        ),
        Fact::GroupShare { percent, used, quota } => say(
            format!(
                "App {app}: {} today, at least {percent} % of the {} that a day allows.",
                counted(*used, "new group", "new groups"),
                n(*quota)
            ),
            format!("应用 {app}：今日净增群组 {}，已达每日上限 {} 的 {percent}%。", n(*used), n(*quota)),
        ),
        Fact::Forecast { forecast, included } => say(
            format!(
                "App {app}: at this pace the month ends with {}, and {} included.",
                counted(*forecast, "active user", "active users"),
                counted(*included, "is", "are")
            ),
            format!("应用 {app}：按当前速度本月活跃用户将达 {}，免费额度为 {}。", n(*forecast), n(*included)),
        ),
        Fact::Expires { at, days } => say(
            format!(
                "App {app}: the plan ends on {} ({} left).",
                moment(*at),
                counted(*days, "whole day", "whole days")
            ),
            format!("应用 {app}：套餐将于 {} 到期（剩余 {days} 整天）。", moment(*at)),
        ),
        Fact::Expired { at } => say(
            format!(
                "App {app}: the plan ended on {}. Renew it before the service is suspended.",
                moment(*at)
            ),
            format!("应用 {app}：套餐已于 {} 到期，请在服务停用前续费。", moment(*at)),
        ),
        Fact::Arrears { since } => say(
            format!(
                "App {app}: a bill is unpaid since {}. Pay it before the service is suspended.",
                moment(*since)
            ),
            format!("应用 {app}：账单自 {} 起欠费，请在服务停用前缴清。", moment(*since)),
        ),
        Fact::Drift { differing, mau } => say(
            format!(
                "App {app}: devices and the provider disagree on {} of {} of this month.",
                n(*differing),
                counted(*mau, "user", "users")
            ),
            format!(
                "应用 {app}：本月 {} 名用户中，设备与服务商的统计有 {} 名不一致。",
                n(*mau),
                n(*differing)
            ),
        ),
        Fact::Silent { hours } => say(
            format!(
                "App {app}: the provider has sent no webhook for {}. Look at the webhook settings in its console.",
                counted(*hours, "hour", "hours")
            ),
            format!("应用 {app}：已有 {hours} 小时未收到服务商的回调，请检查控制台的回调设置。"),
        ),
        Fact::Test {} => say(
            format!("App {app}: this is a test. Notices of this app arrive here."),
            format!("应用 {app}：这是一条测试通知，此应用的通知会发送到这里。"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_thing_is_one() {
        let english = |fact: &Fact| text(7, fact, Locale::En);
        for (fact, said) in [
            (
                Fact::MauShare { percent: 80, used: 1, included: 1 },
                "App 7: 1 of 1 included monthly active user is used, at least 80 %.",
            ),
            (
                Fact::GroupShare { percent: 80, used: 1, quota: 1 },
                "App 7: 1 new group today, at least 80 % of the 1 that a day allows.",
            ),
            (
                Fact::BudgetShare { percent: 100, used: 1, budget: 1 },
                "App 7: 1 monthly active user, at least 100 % of the budget of 1.",
            ),
            (
                Fact::Forecast { forecast: 2, included: 1 },
                "App 7: at this pace the month ends with 2 active users, and 1 is included.",
            ),
            (
                Fact::Expires { at: 0, days: 1 },
                "App 7: the plan ends on 1970-01-01 00:00 UTC (1 whole day left).",
            ),
            (
                Fact::Drift { differing: 1, mau: 1 },
                "App 7: devices and the provider disagree on 1 of 1 user of this month.",
            ),
        ] {
            assert_eq!(english(&fact), said);
        }
        assert!(english(&Fact::Silent { hours: 1 }).contains("for 1 hour."));
    }
}
