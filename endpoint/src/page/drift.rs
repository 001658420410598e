//! Devices' counts beside the provider's, and what explains the difference.

use maud::{Markup, html};
use planguard::Locale;

use super::shown::Shown;
use super::words::In;
use crate::drift::{Difference, Kind};
use crate::notices::signed;

pub(super) fn card(shown: &Shown<'_>) -> Markup {
    let (language, report) = (shown.language, &shown.overview.drift);
    let users = report.users;
    html! {
        section.card {
            h2 { (language.say("Devices beside the provider", "设备与服务商的对比")) }
            dl.amounts {
                div {
                    dt { (language.say("Provider, by webhooks", "服务商（回调）")) }
                    dd { (users.provider.map_or_else(|| language.say("not known", "未知").to_owned(), signed)) }
                }
                div { dt { (language.say("Devices", "设备")) } dd { (signed(users.devices)) } }
            }
            @if report.differences.is_empty() {
                p { (language.say("Both sides agree on every user of this month.", "本月双方统计的用户完全一致。")) }
            }
            @for one in &report.differences { p { (sentence(language, one)) } }
        }
    }
}

/// The report's own sentence, or its short form in Chinese.
fn sentence(language: In, one: &Difference) -> String {
    if language.0 == Locale::En {
        return one.text.clone();
    }
    let count = signed(one.count);
    match one.kind {
        Kind::OnlyDevices => format!(
            "设备上报了 {count} 名用户的登录，但未收到服务商的回调：回调可能丢失，或当时无法访问本服务。"
        ),
        Kind::OnlyProvider => format!(
            "服务商回调了 {count} 名用户的登录，但没有设备上报：可能绕过 planguard 登录，或设备尚未上报。"
        ),
        Kind::NotComparable => format!("{count} 名用户的登录上报时没有本月的密钥，无法与服务商的统计对照。"),
        Kind::Incomplete => "回调尚未覆盖整个月，因此无法对比双方的用户。".to_owned(),
        Kind::Unreadable => format!("{count} 个已签名的回调无法读取，未计入。请检查本服务是否有新版本。"),
        Kind::TooOld => format!("{count} 个回调或事件的时间过早，未计入。"),
        Kind::Groups => format!("服务商统计的当日净增群组与回调相差 {count}。"),
    }
}
