//! What a change of plan would do: limits and features, usage that would be over, costs and refunds.

use maud::{Markup, html};
use planguard::billing::ChangePreview;
use planguard::plan::ChangePath;
use planguard::{EditionId, LimitId};

use super::cards::{facts, sentences};
use super::layout;
use super::shown::Shown;
use super::words::In;
use crate::plan_view::PlanView;

/// The sections about a change to the plan `next`.
pub(super) fn sections(shown: &Shown<'_>, next: &PlanView) -> Markup {
    let now = shown.overview.view();
    let edition = |view: &PlanView| {
        let held = view.entitlements();
        held.catalog.zip(held.edition)
    };
    let both = now.and_then(edition).zip(edition(next));
    let moved = both.filter(|(from, to)| from.0 == to.0 && from.1 != to.1).map(|(_, to)| to.1);
    html! {
        @if let Some((now, to)) = now.zip(moved) {
            @if let Some(preview) = now.preview(to) { (of_edition(shown, now, &preview, to)) }
        }
        (of_cost(shown, now, next))
    }
}

fn of_edition(shown: &Shown<'_>, now: &PlanView, preview: &ChangePreview, to: EditionId) -> Markup {
    let language = shown.language;
    let locale = language.0;
    let compared = &preview.comparison;
    // Only a plan that is returned brings something back.
    let returned = preview.allowed == Ok(ChangePath::RefundAndRepurchase);
    let refund = now.refund_at_list_price().filter(|_| returned);
    let extra = compared.extra_per_month.map_or_else(
        || language.say("not stated", "未说明").to_owned(),
        |extra| format!("{}{extra}", if extra.amount.is_sign_negative() { "" } else { "+" }),
    );
    html! {
        section.card {
            h2 {
                (language.say("From", "从")) " " (preview.from.name(locale)) " " (language.say("to", "到")) " " (to.name(locale))
            }
            @match &preview.allowed {
                Ok(path) => {
                    (facts(&[
                        (language.say("By", "方式"), html! { (way(language, *path)) }),
                        (language.say("Plan fee a month", "每月套餐费"), html! { (extra) }),
                        (language.say("Takes effect", "生效"), html! { (effect(language, preview)) }),
                    ]))
                }
                Err(why) => (layout::message("bad", language.say("The provider does not allow this now", "服务商目前不允许"), &why.explain(locale)))
            }
            div.columns {
                div {
                    h3 { (language.say("Gained", "增加")) }
                    (changes(
                        language,
                        compared.features_gained.iter().map(|feature| feature.name(locale).to_owned()),
                        compared.limits_gained.iter().map(|limit| phrase(&limit.explain(locale))),
                    ))
                }
                div {
                    h3 { (language.say("Lost", "失去")) }
                    (changes(
                        language,
                        compared.features_lost.iter().map(|feature| feature.name(locale).to_owned()),
                        compared.limits_lost.iter().map(|limit| phrase(&limit.explain(locale))),
                    ))
                }
            }
            @for over in &preview.over { p.warning { (over.explain(locale)) } }
            @for needless in &preview.needless_services { p { (needless.explain(locale)) } }
            @if let Some(refund) = refund {
                h3 { (language.say("Refund of the plan that is left", "原套餐的退费")) }
                p { (refund.explain(locale)) }
                p.quiet {
                    (language.say(
                        "An estimate: as if the plan had been paid in cash at the list's price for the months up to its end.",
                        "此为估算：假定套餐按价目表价格以现金支付至到期日。",
                    ))
                }
            }
            details {
                summary { (language.say("The same in words", "文字说明")) }
                p { (preview.explain(locale)) }
            }
        }
    }
}

/// A sentence as an entry of a list.
fn phrase(sentence: &str) -> String {
    sentence.trim_end_matches(['.', '。']).to_owned()
}

fn way(language: In, path: ChangePath) -> &'static str {
    match path {
        ChangePath::Upgrade => language.say("an upgrade", "升级"),
        ChangePath::Modify => language.say("a modification of the plan", "变更套餐"),
        ChangePath::RefundAndRepurchase => language.say("a refund and a new purchase", "退费后重新购买"),
        ChangePath::Downgrade => language.say("a downgrade", "降级"),
    }
}

fn effect(language: In, preview: &ChangePreview) -> &'static str {
    if preview.suspends {
        language.say("the app is suspended in between", "期间应用停用")
    } else if preview.immediate {
        language.say("at once", "立即")
    } else {
        language.say("not stated", "未说明")
    }
}

fn changes(
    language: In,
    features: impl Iterator<Item = String>,
    limits: impl Iterator<Item = String>,
) -> Markup {
    let all: Vec<String> = features.chain(limits).collect();
    html! {
        @if all.is_empty() {
            p.quiet { (language.say("Nothing.", "无。")) }
        } @else {
            ul.plain { @for one in &all { li { (one) } } }
        }
    }
}

fn of_cost(shown: &Shown<'_>, now: Option<&PlanView>, next: &PlanView) -> Markup {
    let language = shown.language;
    let forecast = |view: &PlanView| match view.forecast() {
        Ok(forecast) => forecast.explain(language.0),
        Err(error) => error.explain(language.0),
    };
    let included = |view: Option<&PlanView>| {
        view.and_then(|view| view.allowed(LimitId::FreeMau)).map(crate::numbers::number)
    };
    let (before, after) = (included(now), included(Some(next)));
    html! {
        section.card {
            h2 { (language.say("This month with the change", "更改后的本月")) }
            div.columns {
                @if let Some(now) = now {
                    div { h3 { (language.say("Now", "当前")) } (sentences([forecast(now).as_str()])) }
                }
                div { h3 { (language.say("After", "更改后")) } (sentences([forecast(next).as_str()])) }
            }
            @if before != after {
                @let none = || language.say("not known", "未知").to_owned();
                p {
                    (language.say("Active users included", "包含的活跃用户")) ": "
                    (before.unwrap_or_else(none)) " → " (after.unwrap_or_else(none))
                }
            }
            p { (next.lifecycle().explain(language.0)) }
        }
    }
}
