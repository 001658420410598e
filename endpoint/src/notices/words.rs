//! What a notice says: a sentence for people, and the same as data.

use jiff::Timestamp;
use planguard::Locale;
use serde_json::{Value, json};

use super::rules::{Fact, Reading};

/// A whole number with separators.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The same of a number that may be below 0.
pub(crate) fn signed(figure: i64) -> String {
    format!("{}{}", if figure < 0 { "-" } else { "" }, number(figure.unsigned_abs()))
}

/// An instant in UTC, to the second.
fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn text(app: i64, fact: &Fact, locale: Locale) -> String {
    let say = |english: String, chinese: String| match locale {
        Locale::En => english,
        Locale::ZhHans => chinese,
    };
    let n = number;
    match fact {
        Fact::MauShare { percent, used, included } => say(
            format!(
                "App {app}: {} of {} included monthly active users are used, at least {percent} %.",
                n(*used),
                n(*included)
            ),
            format!("应用 {app}：本月活跃用户 {}，免费额度 {}，已达 {percent}%。", n(*used), n(*included)),
        ),
        Fact::BudgetShare { percent, used, budget } => say(
            format!(
                "App {app}: {} monthly active users, at least {percent} % of the budget of {}.",
                n(*used),
                n(*budget)
            ),
            format!("应用 {app}：本月活跃用户 {}，已达预算 {} 的 {percent}%。", n(*used), n(*budget)),
        ),
        Fact::GroupShare { percent, used, quota } => say(
            format!(
                "App {app}: {} new groups today, at least {percent} % of the {} that a day allows.",
                n(*used),
                n(*quota)
            ),
            format!("应用 {app}：今日净增群组 {}，已达每日上限 {} 的 {percent}%。", n(*used), n(*quota)),
        ),
        Fact::Forecast { forecast, included } => say(
            format!(
                "App {app}: at this pace the month ends with {} active users, and {} are included.",
                n(*forecast),
                n(*included)
            ),
            format!("应用 {app}：按当前速度本月活跃用户将达 {}，免费额度为 {}。", n(*forecast), n(*included)),
        ),
        Fact::Expires { at, days } => say(
            format!("App {app}: the plan ends on {} ({days} whole days left).", moment(*at)),
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
                "App {app}: devices and the provider disagree on {} of {} users of this month.",
                n(*differing),
                n(*mau)
            ),
            format!(
                "应用 {app}：本月 {} 名用户中，设备与服务商的统计有 {} 名不一致。",
                n(*mau),
                n(*differing)
            ),
        ),
        Fact::Silent { hours } => say(
            format!(
                "App {app}: the provider has sent no webhook for {hours} hours. Look at the webhook settings in its console."
            ),
            format!("应用 {app}：已有 {hours} 小时未收到服务商的回调，请检查控制台的回调设置。"),
        ),
    }
}

fn data(app: i64, reading: &Reading) -> Value {
    let mut data = match &reading.fact {
        Fact::MauShare { percent, used, included } => {
            json!({"percent": percent, "mau": used, "included": included})
        }
        Fact::BudgetShare { percent, used, budget } => {
            json!({"percent": percent, "mau": used, "budget": budget})
        }
        Fact::GroupShare { percent, used, quota } => {
            json!({"percent": percent, "groups": used, "quota": quota})
        }
        Fact::Forecast { forecast, included } => json!({"forecast": forecast, "included": included}),
        Fact::Expires { at, days } => json!({"expires_at": instant(*at), "days_left": days}),
        Fact::Expired { at } => json!({"expires_at": instant(*at)}),
        Fact::Arrears { since } => json!({"arrears_since": instant(*since)}),
        Fact::Drift { differing, mau } => json!({"differing": differing, "mau": mau}),
        Fact::Silent { hours } => json!({"hours": hours}),
    };
    data["sdk_app_id"] = app.into();
    if matches!(reading.kind, "mau_share" | "budget_share" | "group_share" | "forecast" | "drift") {
        data["period"] = reading.period.as_str().into();
    }
    data
}

/// An instant as RFC 3339.
fn instant(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}

/// The body, as it is sent each time. `text` is what a chat of people shows.
pub(super) fn body(app: i64, reading: &Reading, now: i64, locale: Locale) -> String {
    json!({
        "type": format!("planguard.notice.{}", reading.kind),
        "timestamp": instant(now),
        "text": text(app, &reading.fact, locale),
        "data": data(app, reading),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::rules::Level;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            (number(0), number(999), number(1_234_567)),
            ("0".into(), "999".into(), "1,234,567".into())
        );
    }

    #[test]
    fn a_body_has_its_sentence_and_its_data() {
        let fact = Fact::MauShare { percent: 80, used: 8_012, included: 10_000 };
        let (rule, period) = ("mau_share:80".into(), "2026-11".into());
        let reading = Reading { rule, period, level: Level::Crossed, kind: "mau_share", fact };
        let body: Value = serde_json::from_str(&body(1_400_000_001, &reading, 0, Locale::En)).unwrap();
        let said = "App 1400000001: 8,012 of 10,000 included monthly active users are used, at least 80 %.";
        assert_eq!(body["text"], said);
        assert_eq!(body["type"], "planguard.notice.mau_share");
        assert_eq!(body["timestamp"], "1970-01-01T00:00:00Z");
        let data = json!({"percent": 80, "mau": 8012, "included": 10000, "sdk_app_id": 1_400_000_001, "period": "2026-11"});
        assert_eq!(body["data"], data);
    }
}
