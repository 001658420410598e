//! The form of the plan: what most changes are about as fields, and the rest as JSON.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use planguard::CatalogId;
use planguard::catalog::Catalog;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

use super::shown::Shown;
use super::words::{In, field, from_field};

/// Members that the endpoint fills in, and that no owner writes.
const FILLED: [&str; 6] = ["schema", "sdk_app_id", "revision", "issued_at", "usage", "accounts"];

/// What the form says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Fields {
    /// The token of the session.
    pub(super) token: String,
    /// The revision that the form was made from; 0 where there was none.
    pub(super) revision: u64,
    /// `catalog/edition`.
    plan: String,
    starts_at: String,
    expires_at: String,
    arrears_since: String,
    rest: String,
}

/// A field that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) why: String,
}

impl Fields {
    /// The form of these terms.
    pub(super) fn of(terms: &Map<String, Value>, revision: u64, zone: &TimeZone) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let at = |value: Option<&Value>| millis(value).map_or_else(String::new, |at| field(zone, at));
        let subscription = terms.get("subscription");
        let member = |name: &str| subscription.and_then(|subscription| subscription.get(name));
        let mut rest = terms.clone();
        for name in ["catalog", "edition", "arrears_since"] {
            rest.remove(name);
        }
        if let Some(Value::Object(subscription)) = rest.get_mut("subscription") {
            subscription.remove("starts_at");
            subscription.remove("expires_at");
            if subscription.values().all(Value::is_null) {
                rest.remove("subscription");
            }
        }
        let pretty = serde_json::to_string_pretty(&rest).unwrap_or_default();
        Self {
            token: String::new(),
            revision,
            plan: format!("{}/{}", text(terms.get("catalog")), text(terms.get("edition"))),
            starts_at: at(member("starts_at")),
            expires_at: at(member("expires_at")),
            arrears_since: at(terms.get("arrears_since")),
            rest: if rest.is_empty() { String::new() } else { pretty },
        }
    }

    /// The terms that the form says. An instant that was not touched stays as `held` has it, to the millisecond.
    pub(super) fn terms(
        &self,
        held: &Map<String, Value>,
        zone: &TimeZone,
        language: In,
    ) -> Result<Map<String, Value>, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut terms =
            match serde_json::from_str(if self.rest.trim().is_empty() { "{}" } else { &self.rest }) {
                Ok(Value::Object(rest)) => rest,
                Ok(_) => {
                    let why = language.say("An object is needed: { … }.", "需要一个对象：{ … }。").to_owned();
                    wrong.push(Wrong { field: "rest", why });
                    Map::new()
                }
                Err(error) => {
                    wrong.push(Wrong { field: "rest", why: format!("JSON: {error}") });
                    Map::new()
                }
            };
        if let Some(filled) = FILLED.iter().find(|name| terms.contains_key(**name)) {
            let why = language.says(
                format!("`{filled}` is filled in by the endpoint; leave it out."),
                format!("{filled} 由服务填写，请删去。"),
            );
            wrong.push(Wrong { field: "rest", why });
        }
        match self.plan.split_once('/') {
            Some((catalog, edition)) if !catalog.is_empty() && !edition.is_empty() => {
                terms.insert("catalog".into(), catalog.into());
                terms.insert("edition".into(), edition.into());
            }
            _ => {
                let why = language.say("Choose an edition.", "请选择版本。").to_owned();
                wrong.push(Wrong { field: "plan", why });
            }
        }
        let before = held.get("subscription");
        let member = |name: &str| before.and_then(|before| before.get(name)).cloned();
        let mut instant = |name: &'static str, text: &str, held: Option<Value>| {
            if text.trim().is_empty() {
                return None;
            }
            if let Some(held) =
                held.filter(|held| millis(Some(held)).is_some_and(|at| field(zone, at) == text))
            {
                return Some(held);
            }
            let at = from_field(zone, text).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
            if at.is_none() {
                let why = language.say("A date and a time are needed.", "需要日期和时间。").to_owned();
                wrong.push(Wrong { field: name, why });
            }
            at.map(|at| at.to_string().into())
        };
        let starts = instant("starts_at", &self.starts_at, member("starts_at"));
        let expires = instant("expires_at", &self.expires_at, member("expires_at"));
        let arrears = instant("arrears_since", &self.arrears_since, held.get("arrears_since").cloned());
        if let Some(starts) = starts {
            let subscription = terms.entry("subscription").or_insert_with(|| Map::new().into());
            subscription["starts_at"] = starts;
            if let Some(expires) = expires {
                subscription["expires_at"] = expires;
            }
        } else if expires.is_some() {
            let why =
                language.say("A plan that ends has a beginning.", "有到期时间就要有开始时间。").to_owned();
            wrong.push(Wrong { field: "starts_at", why });
        }
        if let Some(arrears) = arrears {
            terms.insert("arrears_since".into(), arrears);
        }
        if wrong.is_empty() { Ok(terms) } else { Err(wrong) }
    }
}

fn millis(value: Option<&Value>) -> Option<i64> {
    value?.as_str()?.parse().ok().map(jiff::Timestamp::as_millisecond)
}

/// The price lists that are known here: the built-in ones, and those that the owner serves.
fn price_lists(own: &[Arc<Catalog>]) -> Vec<Arc<Catalog>> {
    let built_in = CatalogId::BUILT_IN.iter().filter_map(|id| planguard::catalog::built_in(*id)).cloned();
    built_in.chain(own.iter().cloned()).collect()
}

/// The section with the form, filled from what is held or from what was just sent.
pub(super) fn section(shown: &Shown<'_>, sent: Option<(&Fields, &[Wrong])>) -> Markup {
    let language = shown.language;
    let held =
        shown.overview.terms.as_ref().map(|terms| Fields::of(&terms.members, terms.revision, shown.zone));
    let (fields, wrong) = match sent {
        Some((fields, wrong)) => (fields.clone(), wrong),
        None => (held.unwrap_or_default(), &[][..]),
    };
    let own: Vec<Arc<Catalog>> = shown.overview.catalogs.clone();
    let zone = shown.overview.zone.to_string();
    html! {
        section.card #plan {
            h2 { (language.say("Change the plan", "更改套餐")) }
            p.quiet {
                (language.say(
                    "Write here what you bought in the provider's console. You see what a change does before it is made.",
                    "请填写您在服务商控制台购买的内容。更改生效前会先显示其影响。",
                ))
            }
            form.grid method="post" action={ "/admin/apps/" (shown.app.sdk_app_id) "/preview" } {
                input type="hidden" name="token" value=(shown.token);
                input type="hidden" name="revision" value=(fields.revision);
                (labelled("plan", language.say("Price list and edition", "价目表与版本"), wrong, &html! {
                    select #plan-field name="plan" aria-describedby=[described("plan", wrong)] {
                        @if !known(&own, &fields.plan) { option value=(fields.plan) selected { (fields.plan) } }
                        @for list in price_lists(&own) {
                            optgroup label=(list.id.name(language.0)) {
                                @for edition in list.editions.iter() {
                                    @let value = format!("{}/{}", list.id, edition.id);
                                    option value=(value) selected[value == fields.plan] { (edition.name_in(language.0)) }
                                }
                            }
                        }
                    }
                }))
                @for (name, label, value) in [
                    ("starts_at", language.say("Bought", "购买时间"), &fields.starts_at),
                    ("expires_at", language.say("Ends", "到期时间"), &fields.expires_at),
                    ("arrears_since", language.say("Bill unpaid since", "欠费起始"), &fields.arrears_since),
                ] {
                    (labelled(name, label, wrong, &html! {
                        input id={ (name) "-field" } type="datetime-local" name=(name) value=(value)
                            aria-describedby=[described(name, wrong)]
                            aria-invalid=[described(name, wrong).map(|_| "true")];
                    }))
                }
                p.quiet.wide {
                    (language.say(
                        "An empty end is a plan without end, and an empty debt is none. Times are in the billing zone",
                        "到期时间留空为无期限，欠费起始留空为无欠费。时间均按计费时区",
                    )) " " (zone) "."
                }
                details.wide open[wrong.iter().any(|one| one.field == "rest")] {
                    summary { (language.say("Services, limits and features (JSON)", "增值服务、上限与功能 (JSON)")) }
                    (labelled("rest", language.say("Members of the document besides the fields above", "文档中除上述字段以外的成员"), wrong, &html! {
                        textarea #rest-field name="rest" rows="10" spellcheck="false" autocapitalize="off"
                            aria-describedby=[described("rest", wrong)] { (fields.rest) }
                    }))
                }
                div.wide { button.primary type="submit" { (language.say("Preview the change", "预览更改")) } }
            }
        }
    }
}

fn known(own: &[Arc<Catalog>], plan: &str) -> bool {
    let editions = |list: Arc<Catalog>| {
        let id = list.id;
        list.editions.iter().map(|edition| format!("{id}/{}", edition.id)).collect::<Vec<_>>()
    };
    price_lists(own).into_iter().flat_map(editions).any(|value| value == plan)
}

fn described(name: &str, wrong: &[Wrong]) -> Option<String> {
    wrong.iter().any(|one| one.field == name).then(|| format!("{name}-wrong"))
}

fn labelled(name: &str, label: &str, wrong: &[Wrong], control: &Markup) -> Markup {
    html! {
        div.field {
            label for={ (name) "-field" } { (label) }
            (control)
            @for one in wrong.iter().filter(|one| one.field == name).take(1) {
                p.wrong id={ (name) "-wrong" } { (one.why) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use planguard::Locale;
    use serde_json::json;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(8))
    }

    fn held() -> Map<String, Value> {
        let terms = json!({
            "catalog": "intl-2024", "edition": "standard", "arrears_since": null,
            "subscription": {"starts_at": "2026-11-10T10:00:00.123Z", "expires_at": "2026-12-10T10:00:00Z"},
            "limits": {"groups_per_user": 1200}
        });
        terms.as_object().unwrap().clone()
    }

    #[test]
    fn a_form_that_is_not_touched_says_what_is_held_to_the_millisecond() {
        let fields = Fields::of(&held(), 3, &zone());
        assert_eq!(
            (fields.starts_at.as_str(), fields.plan.as_str()),
            ("2026-11-10T18:00", "intl-2024/standard")
        );
        let mut expected = held();
        expected.remove("arrears_since");
        assert_eq!(fields.terms(&held(), &zone(), In(Locale::En)).unwrap(), expected);
    }

    #[test]
    fn fields_are_read_in_the_billing_zone() {
        let fields = Fields { expires_at: "2027-01-10T18:00".into(), ..Fields::of(&held(), 3, &zone()) };
        let terms = fields.terms(&held(), &zone(), In(Locale::En)).unwrap();
        assert_eq!(terms["subscription"]["expires_at"], "2027-01-10T10:00:00Z");
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let fields = Fields {
            plan: "/".into(),
            starts_at: String::new(),
            arrears_since: "soon".into(),
            rest: r#"{"revision": 4}"#.into(),
            ..Fields::of(&held(), 3, &zone())
        };
        let wrong = fields.terms(&held(), &zone(), In(Locale::En)).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|one| one.field).collect();
        assert_eq!(fields, ["rest", "plan", "arrears_since", "starts_at"]);
    }
}
