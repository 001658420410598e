//! Texts on a move between two editions before it is made.

use std::fmt;

use super::item::service;
use super::{difference, texts};
use crate::decide::change::{ChangePreview, Comparison, LimitChange, NeedlessService, OverUse, PreviewError};
use crate::model::catalog::ChangeCharge;
use crate::model::{Authority, ChangePath, Feature, Lifecycle, Locale, Max, Subject};
use crate::words::format::{Reader, number};
use crate::words::login_failure::uncapital;
use crate::words::plan::lifecycle;

texts! {
    /// How a limit changes, in a sentence for a screen.
    LimitChange: |reader: &Reader<'_>, change: &LimitChange| vec![limit(reader, change)];
    /// What would be over a new limit, in sentences for a screen. It names no user and no group.
    OverUse: over;
    /// Which service would be needless and what it costs, in sentences for a screen.
    NeedlessService: needless;
}

impl PreviewError {
    /// Why there is no preview and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        match self {
            Self::PlanUnknown => reader.sentences([
                reader.say("the plan is not known yet", "尚不清楚当前的套餐"),
                reader.say("sync, or configure a fallback edition", "请同步，或设置预设的版本"),
            ]),
        }
    }
}

impl ChangePreview {
    /// Whether the move is allowed and how, what it costs, brings and takes, and what would be over the new limits, in
    /// sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut parts = allowed(&reader, self);
        if stands_in_the_way(self.lifecycle) {
            parts.extend(lifecycle(&reader, &self.lifecycle));
        }
        if self.allowed.is_ok() {
            parts.push(difference(&reader, self.comparison.extra_per_month));
            parts.extend(terms(&reader, self));
        }
        parts.extend(gains_and_losses(&reader, &self.comparison));
        parts.extend(self.over.iter().flat_map(|one| over(&reader, one)));
        if !self.over.is_empty() {
            parts.push(reader.say(
                "what exists already stays, and nothing can be added to it",
                "已有的内容会保留，但不能再新增",
            ));
        }
        parts.extend(self.needless_services.iter().flat_map(|one| needless(&reader, one)));
        reader.sentences(parts)
    }
}

/// Whether the move is allowed, the difference in price, and how many limits and features it concerns.
impl fmt::Display for ChangePreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        let mut parts = allowed(&reader, self);
        if self.allowed.is_ok() {
            parts.push(self.comparison.to_string());
            if !self.over.is_empty() {
                parts.push(format!("usage would be over {}", several(self.over.len(), ["limit", "limits"])));
            }
        }
        // Of a refusal the reason, without what to do.
        parts.truncate(if self.allowed.is_ok() { 3 } else { 2 });
        let why = parts.last_mut().filter(|_| self.allowed.is_err());
        if let Some(why) = why {
            let first = why.split_once(". ").map_or(why.as_str(), |(first, _)| first);
            *why = uncapital(first);
        }
        f.write_str(&parts.join("; "))
    }
}

impl Comparison {
    /// What one edition has and the other lacks, and the difference in price, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let price = difference(&reader, self.extra_per_month);
        reader.sentences(std::iter::once(price).chain(gains_and_losses(&reader, self)))
    }
}

/// The difference in price, and how many limits and features differ.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&difference(&Reader::of(Locale::En), self.extra_per_month))?;
        let (limit, feature) = (["limit", "limits"], ["feature", "features"]);
        for (verb, count, nouns) in [
            ("adds", self.features_gained.len(), feature),
            ("takes away", self.features_lost.len(), feature),
            ("raises", self.limits_gained.len(), limit),
            ("lowers", self.limits_lost.len(), limit),
        ] {
            if count > 0 {
                write!(f, "; {verb} {}", several(count, nouns))?;
            }
        }
        Ok(())
    }
}

/// `1 limit`, `3 limits`.
fn several(count: usize, [one, many]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Whether a person has to know where the plan stands before it is changed.
const fn stands_in_the_way(lifecycle: Lifecycle) -> bool {
    matches!(lifecycle, Lifecycle::Grace { .. } | Lifecycle::Suspended { .. } | Lifecycle::Reclaimed { .. })
}

/// The way, or that there is none and why.
fn allowed(reader: &Reader<'_>, preview: &ChangePreview) -> Vec<String> {
    let (from, to) = (preview.from.name(reader.locale), preview.to.name(reader.locale));
    match &preview.allowed {
        Ok(path) => {
            let path = way(reader, *path);
            vec![reader.say(format!("from {from} to {to}: {path}"), format!("从{from}到{to}：{path}"))]
        }
        Err(why) => {
            let why = why.explain(reader.locale);
            vec![
                reader.say(
                    format!("the plan cannot be changed from {from} to {to} now"),
                    format!("目前无法从{from}变更为{to}"),
                ),
                why.trim_end_matches(['.', '。']).to_owned(),
            ]
        }
    }
}

/// How the move is made.
fn way(reader: &Reader<'_>, path: ChangePath) -> String {
    match path {
        ChangePath::Upgrade => reader.say("an upgrade", "升级"),
        ChangePath::Modify => reader.say("a modification of the plan", "变更套餐"),
        ChangePath::RefundAndRepurchase => {
            reader.say("a refund of the plan and a new purchase", "退费后重新购买")
        }
        ChangePath::Downgrade => reader.say("a downgrade", "降级"),
    }
}

/// When it takes effect and how the month is charged.
fn terms(reader: &Reader<'_>, preview: &ChangePreview) -> Vec<String> {
    let mut parts = vec![if preview.suspends {
        reader.say("the app is suspended in between", "期间应用停用")
    } else if preview.immediate {
        reader.say("it takes effect at once", "立即生效")
    } else {
        reader.say("the price list does not say when it takes effect", "价目表未说明何时生效")
    }];
    parts.extend(preview.charge.map(|charge| match charge {
        ChangeCharge::ByDay => reader.say("the month of the change is charged by day", "变更当月按天收费"),
        ChangeCharge::Unstated => reader.say(
            "the price list does not say how the month of the change is charged",
            "价目表未说明变更当月如何收费",
        ),
    }));
    parts
}

fn gains_and_losses(reader: &Reader<'_>, comparison: &Comparison) -> Vec<String> {
    let Comparison { limits_gained, limits_lost, features_gained, features_lost, .. } = comparison;
    let limits = |changes: &[LimitChange]| {
        let changes: Vec<String> = changes.iter().map(|change| limit(reader, change)).collect();
        changes.join(reader.pick("; ", "；"))
    };
    let features = |features: &[Feature]| {
        let names: Vec<String> = features.iter().map(|one| one.name(reader.locale).to_owned()).collect();
        reader.list(&names)
    };
    let mut parts = Vec::new();
    if !features_gained.is_empty() {
        let names = features(features_gained);
        parts.push(reader.say(format!("adds {names}"), format!("新增功能：{names}")));
    }
    if !features_lost.is_empty() {
        let names = features(features_lost);
        parts.push(reader.say(format!("takes away {names}"), format!("失去功能：{names}")));
    }
    if !limits_gained.is_empty() {
        let limits = limits(limits_gained);
        parts.push(reader.say(format!("raises {limits}"), format!("提高上限：{limits}")));
    }
    if !limits_lost.is_empty() {
        let limits = limits(limits_lost);
        parts.push(reader.say(format!("lowers {limits}"), format!("降低上限：{limits}")));
    }
    if limits_gained.iter().chain(limits_lost).any(|change| change.before_by == Authority::Endpoint) {
        parts.push(reader.say(
            "the billing endpoint has set limits of its own, and only it knows whether they outlast the change",
            "计费服务另行设定了部分上限，变更后是否保留以其为准",
        ));
    }
    parts
}

/// `groups per user from 500 to 1,000`.
fn limit(reader: &Reader<'_>, change: &LimitChange) -> String {
    let name = change.limit.name(reader.locale);
    let figure = |max: Option<Max>| {
        max.map_or_else(|| reader.pick("none", "无").to_owned(), |max| max.explain(reader.locale))
    };
    let (before, after) = (figure(change.before), figure(change.after));
    reader.say(format!("{name} from {before} to {after}"), format!("{name}由{before}变为{after}"))
}

fn over(reader: &Reader<'_>, over: &OverUse) -> Vec<String> {
    let name = over.limit.name(reader.locale);
    let (used, max) = (number(over.used), number(over.max));
    let mut parts = vec![reader.say(
        format!("over the new limit would be {name}: {used} used, {max} allowed"),
        format!("将超出新上限：{name}，已用{used}，上限{max}"),
    )];
    let whose = |nouns, measure: &str| reader.units(over.subjects, nouns, measure);
    match over.subject {
        Subject::App => {}
        Subject::User(_) => {
            let users = whose(["user", "users"], "名用户");
            parts.push(reader.say(
                format!("that is the furthest over of {users}"),
                format!("共{users}超出，以上为超出最多的一名"),
            ));
        }
        Subject::Group(_) => {
            let groups = whose(["group", "groups"], "个群");
            parts.push(reader.say(
                format!("that is the furthest over of {groups}"),
                format!("共{groups}超出，以上为超出最多的一个"),
            ));
        }
    }
    parts
}

fn needless(reader: &Reader<'_>, service_held: &NeedlessService) -> Vec<String> {
    let name = service(reader, service_held.service.as_str(), service_held.tier.as_deref());
    let mut parts = vec![if service_held.unavailable {
        reader.say(format!("the new edition cannot have {name}"), format!("新版本不支持{name}"))
    } else {
        reader.say(
            format!("the new edition has by itself what {name} was bought for"),
            format!("新版本已包含{name}的内容"),
        )
    }];
    parts.push(match service_held.price {
        Some(price) if price.amount.is_zero() => {
            reader.say("it costs nothing more per month", "该服务每月不再收费")
        }
        Some(price) => {
            let price = reader.money(price);
            reader.say(format!("it costs {price} a month now"), format!("目前每月费用为{price}"))
        }
        None => reader.say("the price list does not state its price", "价目表未说明其价格"),
    });
    parts.push(if service_held.refunded {
        reader.say("what was paid ahead for it is refunded", "预付的费用将退还")
    } else {
        reader.say("the price list states no refund for it", "价目表未说明可退费")
    });
    parts
}
