//! What a bill names by id: its positions, the figures of the request and the quotas.

use crate::model::LimitId;
use crate::model::catalog::Meter;
use crate::words::format::Reader;
use crate::words::names::{self, Noun};

/// What a line charges: `Standard plan` for `plan:standard`.
pub(super) fn item(reader: &Reader<'_>, item: &str) -> String {
    let (kind, id) = item.split_once(':').unwrap_or((item, ""));
    match kind {
        "plan" => {
            let edition = names::edition(reader, id);
            reader.say(format!("{edition} plan"), format!("{edition}套餐"))
        }
        "service" => {
            let (id, tier) = id.split_once(':').map_or((id, None), |(id, tier)| (id, Some(tier)));
            service(reader, id, tier)
        }
        "overage" => quota_of(id).map_or_else(
            || id.to_owned(),
            |limit| {
                reader.say(
                    format!("{} beyond those included", Noun::of(limit).many),
                    format!("超出免费额度的{}", counted(limit)),
                )
            },
        ),
        _ => item.to_owned(),
    }
}

/// A service by its name; behind it the tier, where it has tiers.
pub(super) fn service(reader: &Reader<'_>, id: &str, tier: Option<&str>) -> String {
    let name = names::service(reader, id);
    match tier.map(|tier| names::tier(reader, tier)) {
        Some(tier) => reader.say(format!("the service {name} ({tier})"), format!("增值服务{name}（{tier}）")),
        None => reader.say(format!("the service {name}"), format!("增值服务{name}")),
    }
}

/// The quota that a meter, or a limit by its own id, is about.
fn quota_of(id: &str) -> Option<LimitId> {
    let meter = Meter::ALL.iter().find(|meter| meter.as_str() == id).map(|meter| meter.quota());
    meter.or_else(|| LimitId::ALL.iter().copied().find(|limit| limit.as_str() == id))
}

/// What a note is about; `None` where the note says so itself.
pub(super) fn subject(reader: &Reader<'_>, about: &str) -> Option<String> {
    if let Some(rest) = about.strip_prefix("value_added[") {
        let number = rest.split(']').next()?.parse::<u64>().ok()?.saturating_add(1);
        return Some(
            reader.say(format!("service number {number} of the list"), format!("列出的第{number}项增值服务")),
        );
    }
    let limit = match about {
        "usage.mau" => LimitId::FreeMau,
        "usage.peak_dau" => LimitId::FreeDau,
        "usage.peak_groups" => LimitId::FreePeakGroups,
        "usage.push_calls_by_day" => LimitId::PushCallsPerDay,
        "usage.push_messages" => LimitId::PushMessagesPerMonth,
        "usage.search_stored" => LimitId::SearchMessagesStored,
        "usage.search_requests" => LimitId::SearchRequestsPerMonth,
        "suspended_at" => return Some(reader.say("suspension", "停用")),
        "low" | "linear" | "as_of" => return None,
        other if other.contains(':') => return Some(item(reader, other)),
        other if other.starts_with("plan") => return Some(reader.say("plan", "套餐")),
        other => quota_of(other)?,
    };
    Some(reader.say(Noun::of(limit).many, counted(limit)))
}

/// The Chinese noun for what a bill counts, where usage is that of the month and not of today.
pub(super) const fn counted(limit: LimitId) -> &'static str {
    match limit {
        LimitId::FreeMau => "月活跃用户（MAU）",
        LimitId::FreeDau => "日活跃用户（DAU）峰值",
        LimitId::FreePeakGroups => "峰值群组",
        LimitId::PushCallsPerDay => "全员/标签推送接口调用",
        LimitId::PushMessagesPerMonth => "全员/标签推送消息",
        LimitId::SearchMessagesStored => "可搜索消息",
        LimitId::SearchRequestsPerMonth => "搜索请求",
        other => Noun::of(other).counted,
    }
}
