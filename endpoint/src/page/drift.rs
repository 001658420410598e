//! Devices' counts beside the provider's, and what explains the difference.

use maud::{Markup, html};

use super::shown::Shown;
use crate::numbers::number;

pub(super) fn card(shown: &Shown<'_>) -> Markup {
    let (language, report) = (shown.language, &shown.overview.drift);
    let users = report.users;
    html! {
        section.card {
            h2 { (language.say("Devices beside the provider", "设备与服务商的对比")) }
            dl.amounts {
                div {
                    dt { (language.say("Provider, by webhooks", "服务商（回调）")) }
                    dd { (users.provider.map_or_else(|| language.say("not known", "未知").to_owned(), number)) }
                }
                div { dt { (language.say("Devices", "设备")) } dd { (number(users.devices)) } }
            }
            @if report.differences.is_empty() && !users.devices_report {
                p { (language.say("No device has ever reported anything.", "从未有设备上报。")) }
            } @else if report.differences.is_empty() {
                p { (language.say("Both sides agree on every user of this month.", "本月双方统计的用户完全一致。")) }
            }
            @for one in &report.differences { p { (one.text_in(language.0)) } }
        }
    }
}
