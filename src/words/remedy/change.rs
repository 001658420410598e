//! A change of edition in words: how, at what price, and what it brings and takes away.

use super::{Detail, Way, from, raised, several};
use crate::model::{ChangePath, Feature, LimitId, Locale, Max, Money, Remedy, ServiceId};
use crate::words::format::Reader;
use crate::words::names;

pub(super) fn way(reader: &Reader<'_>, remedy: &Remedy, detail: Detail) -> Way {
    let Remedy::ChangeEdition {
        catalog: _,
        to,
        path,
        extra_per_month,
        limit,
        raises_to,
        loses_features,
        lowers_limits,
        needs_application,
        needs_service,
        service_per_month,
        drops_services,
        saves_per_month,
        not_before,
    } = remedy
    else {
        return Way::only(String::new());
    };
    let mut then: Vec<String> = raised(reader, *limit, *raises_to).into_iter().collect();
    if let Some(service) = needs_service {
        then.push(needed(reader, service.as_str(), *service_per_month));
    }
    if *needs_application {
        then.push(reader.say("apply for the feature afterwards", "变更后还需申请开通该功能"));
    }
    then.extend(losses(reader, loses_features, lowers_limits, detail));
    if !drops_services.is_empty() {
        then.push(dropped(reader, drops_services, *saves_per_month, detail));
    }
    if detail == Detail::Full {
        then.push(how(reader, *path));
    }
    then.extend(from(reader, *not_before));
    Way { head: head(reader, &names::edition(reader, to.as_str()), *path, *extra_per_month), then }
}

fn head(reader: &Reader<'_>, edition: &str, path: ChangePath, extra: Option<Money>) -> String {
    let price = difference(reader, extra);
    match path {
        ChangePath::Upgrade | ChangePath::Modify => {
            reader.say(format!("change to {edition}, {price}"), format!("变更为{edition}，{price}"))
        }
        ChangePath::RefundAndRepurchase => reader.say(
            format!("refund the plan and buy {edition} instead, {price}"),
            format!("退费后重新购买{edition}，{price}"),
        ),
        ChangePath::Downgrade => {
            reader.say(format!("downgrade to {edition}, {price}"), format!("降级为{edition}，{price}"))
        }
    }
}

/// How the change is made.
fn how(reader: &Reader<'_>, path: ChangePath) -> String {
    match path {
        ChangePath::Upgrade | ChangePath::Modify => reader.say(
            "the change is made in the provider's console and applies at once",
            "在控制台办理，立即生效",
        ),
        ChangePath::RefundAndRepurchase => {
            reader.say("the service is suspended in between", "退费到重新购买期间服务停用")
        }
        ChangePath::Downgrade => reader.say(
            "how is not stated in the price list; ask the provider",
            "价目表未说明办理方式，请联系服务商",
        ),
    }
}

/// `300 USD a month more`.
fn difference(reader: &Reader<'_>, extra: Option<Money>) -> String {
    let Some(extra) = extra else { return super::no_price(reader) };
    if extra.amount.is_zero() {
        return reader.say("at the same plan fee", "套餐费用不变");
    }
    let price = reader.money(Money { amount: extra.amount.abs(), ..extra });
    if extra.amount.is_sign_negative() {
        reader.say(format!("{price} a month less"), format!("每月减少 {price}"))
    } else {
        reader.say(format!("{price} a month more"), format!("每月增加 {price}"))
    }
}

fn needed(reader: &Reader<'_>, service: &str, price: Option<Money>) -> String {
    let service = names::service(reader, service);
    let price = super::monthly(reader, price);
    reader.say(
        format!("it also needs the service {service}, {price}"),
        format!("还需购买增值服务{service}，{price}"),
    )
}

fn losses(
    reader: &Reader<'_>,
    features: &[Feature],
    limits: &[(LimitId, Max)],
    detail: Detail,
) -> Vec<String> {
    let mut parts = Vec::new();
    if detail == Detail::Line {
        // A line is in English.
        if !features.is_empty() {
            parts.push(format!("takes away {}", several(features.len(), ["feature", "features"])));
        }
        if !limits.is_empty() {
            parts.push(format!("lowers {}", several(limits.len(), ["limit", "limits"])));
        }
        return parts;
    }
    if !features.is_empty() {
        let names: Vec<String> = features.iter().map(|one| one.name(reader.locale).to_owned()).collect();
        let names = reader.list(&names);
        parts.push(reader.say(format!("it takes away {names}"), format!("将失去以下功能：{names}")));
    }
    if !limits.is_empty() {
        let quotas: Vec<String> =
            limits.iter().map(|(limit, max)| names::quota(reader, *limit, *max)).collect();
        let quotas = match reader.locale {
            Locale::En => reader.list(&quotas),
            // Each is a clause of its own.
            Locale::ZhHans => quotas.join("；"),
        };
        parts.push(reader.say(format!("it lowers limits to {quotas}"), format!("以下上限将降低：{quotas}")));
    }
    parts
}

fn dropped(reader: &Reader<'_>, services: &[ServiceId], price: Option<Money>, detail: Detail) -> String {
    let names: Vec<String> = services.iter().map(|one| names::service(reader, one.as_str())).collect();
    let list = reader.list(&names);
    let english = match (services.len(), detail) {
        (1, _) => format!("the service {list}"),
        (_, Detail::Full) => format!("the services {list}"),
        (count, Detail::Line) => several(count, ["service", "services"]),
    };
    let less = match price {
        Some(price) if !price.amount.is_zero() => {
            let price = reader.money(price);
            reader.say(format!(", which saves {price} a month"), format!("，每月节省 {price}"))
        }
        _ => String::new(),
    };
    reader.say(format!("it ends {english}{less}"), format!("不再需要增值服务{list}{less}"))
}
