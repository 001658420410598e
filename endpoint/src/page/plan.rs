//! The plan, what the month costs, and what was saved.

use maud::{Markup, html};
use planguard::Locale;
use planguard::plan::Lifecycle;

use super::cards::{facts, sentences};
use super::layout;
use super::shown::Shown;
use super::words::local;
use crate::numbers::{counted, number};
use crate::overview::Devices;
use crate::plan_view::PlanView;

/// Which edition, until when, and where it stands.
pub(super) fn card(shown: &Shown<'_>) -> Markup {
    let (language, overview) = (shown.language, shown.overview);
    let locale = language.0;
    let Some(terms) = &overview.terms else {
        let title = language.say("This app has no document yet", "该应用尚无权益文档");
        let text = language.say(
            "Devices are answered with 404 until one is there. Write the plan below.",
            "在此之前设备会收到 404。请在下方填写套餐。",
        );
        return layout::message("warn", title, text);
    };
    let view = match &overview.plan {
        Some(Ok(view)) => view,
        Some(Err(error)) => {
            let title = language.say("The document cannot be used by devices", "设备无法使用该文档");
            return layout::message("bad", title, &error.explain(locale));
        }
        None => return html! {},
    };
    let held = view.entitlements();
    let subscription = held.document.as_ref().and_then(|document| document.subscription);
    let at = |at: planguard::time::Timestamp| html! { time { (local(shown.zone, at.as_millis())) } };
    let mut rows = Vec::new();
    if let Some(catalog) = held.catalog {
        rows.push((language.say("Price list", "价目表"), html! { (catalog.name(locale)) }));
    }
    if let Some(subscription) = subscription {
        rows.push((language.say("Bought", "购买"), at(subscription.starts_at)));
        let end = subscription.expires_at.map_or_else(|| html! { (language.say("no end", "无期限")) }, at);
        rows.push((language.say("Ends", "到期"), end));
    }
    rows.push((language.say("Revision", "修订"), html! { (number(terms.revision)) }));
    let changed = terms.changed_at.as_millisecond();
    rows.push((language.say("Changed", "更改"), html! { time { (local(shown.zone, changed)) } }));
    let lifecycle = view.lifecycle();
    html! {
        section.card.plan data-tone=(tone(&lifecycle)) {
            div {
                h2 { (language.say("Plan", "套餐")) }
                p.edition { (overview.edition(locale).unwrap_or_else(|| language.say("not known", "未知").to_owned())) }
                p.lifecycle { span.badge { (state(locale, &lifecycle)) } " " (lifecycle.explain(locale)) }
            }
            (facts(&rows))
        }
    }
}

fn tone(lifecycle: &Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Active => "good",
        Lifecycle::ExpiringSoon { .. } | Lifecycle::Grace { .. } | Lifecycle::Unknown => "warn",
        Lifecycle::Suspended { .. } | Lifecycle::Reclaimed { .. } => "bad",
    }
}

fn state(locale: Locale, lifecycle: &Lifecycle) -> &'static str {
    let (english, chinese) = match lifecycle {
        Lifecycle::Active => ("Active", "生效中"),
        Lifecycle::ExpiringSoon { .. } => ("Ends soon", "即将到期"),
        Lifecycle::Grace { .. } => ("Grace period", "宽限期"),
        Lifecycle::Suspended { .. } => ("Suspended", "已停用"),
        Lifecycle::Reclaimed { .. } => ("Deleted", "已回收"),
        Lifecycle::Unknown => ("Not known", "未知"),
    };
    if locale == Locale::En { english } else { chinese }
}

/// What the month costs so far and will cost, in planguard's own words.
pub(super) fn cost(shown: &Shown<'_>) -> Markup {
    let language = shown.language;
    let Some(view) = shown.overview.view() else { return html! {} };
    html! {
        section.card {
            h2 { (language.say("Cost of this month", "本月费用")) }
            @match view.forecast() {
                Ok(forecast) => {
                    @let total = |bill: &planguard::billing::Bill| bill.total().map_or_else(
                        || language.say("not stated", "未说明").to_owned(),
                        |total| total.to_string(),
                    );
                    dl.amounts {
                        div { dt { (language.say("If nothing is added", "不再新增用量")) } dd { (total(&forecast.low)) } }
                        div { dt { (language.say("At this pace", "按当前速度")) } dd { (total(&forecast.linear)) } }
                    }
                    p { (forecast.explain(language.0)) }
                }
                Err(error) => { p { (error.explain(language.0)) } }
            }
        }
    }
}

/// What planguard kept from the provider, and what that may have saved. Deferred is not avoided, and a login of somebody who
/// is counted already costs nothing: neither is claimed.
pub(super) fn savings(shown: &Shown<'_>) -> Markup {
    let (language, devices) = (shown.language, shown.overview.devices);
    let price =
        shown.overview.view().and_then(|view: &PlanView| view.forecast().ok()).map(|ahead| ahead.marginal);
    let users = u64::try_from(devices.not_active_so_far).unwrap_or(0);
    let money = price.and_then(planguard::billing::Marginal::price);
    let worth = match (users, price, money) {
        (0, _, _) => language.say("So no active user is known to have been saved.", "因此没有可以确认节省的活跃用户。").to_owned(),
        (_, Some(planguard::billing::Marginal::Free { .. }), _) => language
            .say(
                "The next active user costs nothing now, so no money was saved so far.",
                "目前再增加一名活跃用户不收费，因此尚未节省费用。",
            )
            .to_owned(),
        (_, _, Some(price)) => language.says(
            format!("The next active user costs {price}. What the others would have cost is not claimed: some will still open chat."),
            format!("目前再增加一名活跃用户收费 {price}。其余用户的费用不作推算：其中一些仍会打开聊天。"),
        ),
        _ => language
            .say("What they would have cost is not known.", "其费用未知。")
            .to_owned(),
    };
    let put_off = language.says(put_off_in_english(devices), put_off_in_chinese(devices));
    let repeated = language.say(
        "Logins of users who are active already never raise the bill. Answering them without a login saves connections and rate limits, and is not counted here.",
        "本月已活跃用户的重复登录不会增加费用。免去这些登录可节省连接与频率配额，不计入此处。",
    );
    html! {
        section.card {
            h2 { (language.say("What was put off", "推迟的登录")) }
            @if devices.deferred == 0 {
                p { (language.say("No device has reported a login that was put off this month.", "本月没有设备上报推迟的登录。")) }
            } @else {
                (sentences([put_off.as_str(), worth.as_str()]))
            }
            p.quiet { (repeated) }
        }
    }
}

/// How many logins were put off, and what became of their users so far. Of installs without the month's key nobody knows
/// how many users they are.
fn put_off_in_english(devices: Devices) -> String {
    let logins = counted(devices.deferred, "background login was", "background logins were");
    let later = "this month so far, and may still become active";
    match (devices.deferred_users, devices.not_active_so_far) {
        (0, _) => format!(
            "{logins} put off. Of how many users is not known, since the installs did not have the month's key; they may \
             still become active."
        ),
        (1, 0) => format!("{logins} put off, of 1 user, who has been active this month."),
        (1, _) => format!("{logins} put off, of 1 user, who has not been active {later}."),
        (users, 0) => {
            format!("{logins} put off, of {} users, all of whom have been active this month.", number(users))
        }
        (users, active) => format!(
            "{logins} put off, of {} users. {} been active {later}.",
            number(users),
            counted(active, "of these users has not", "of these users have not"),
        ),
    }
}

fn put_off_in_chinese(devices: Devices) -> String {
    let (logins, users) = (number(devices.deferred), number(devices.deferred_users));
    match (devices.deferred_users, devices.not_active_so_far) {
        (0, _) => format!(
            "推迟了 {logins} 次后台登录。相关安装没有本月的密钥，无法得知涉及多少用户；这些用户之后仍可能活跃。"
        ),
        (_, 0) => format!("推迟了 {logins} 次后台登录，涉及 {users} 名用户，均已在本月活跃。"),
        (_, active) => format!(
            "推迟了 {logins} 次后台登录，涉及 {users} 名用户。其中 {} 名本月至今未活跃，之后仍可能活跃。",
            number(active)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_login_of_one_user_is_one_and_no_user_is_none_that_is_known() {
        let say = |deferred, deferred_users, not_active_so_far| {
            let devices = Devices { deferred, deferred_users, not_active_so_far, ..Devices::default() };
            (put_off_in_english(devices), put_off_in_chinese(devices))
        };
        let (english, chinese) = say(1, 0, 0);
        assert!(
            english.starts_with("1 background login was put off. Of how many users is not known"),
            "{english}"
        );
        assert!(chinese.contains("无法得知") && !chinese.contains("0 名"), "{chinese}");
        for (figures, said) in [
            ((1, 1, 1), "1 background login was put off, of 1 user, who has not been active"),
            ((2, 1, 0), "2 background logins were put off, of 1 user, who has been active"),
            ((1_000, 20, 1), "of 20 users. 1 of these users has not been active"),
            ((1_000, 20, 3), "of 20 users. 3 of these users have not been active"),
            ((30, 20, 0), "of 20 users, all of whom have been active"),
        ] {
            let (english, chinese) = say(figures.0, figures.1, figures.2);
            assert!(english.contains(said), "{english}");
            assert!(!chinese.contains("0 名本月"), "{chinese}");
        }
    }
}
