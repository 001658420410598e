//! Bills, forecasts, refunds and changes of the plan that cannot be made.

use super::words;
use crate::decide::bill::BillError;
use crate::decide::change::{ChangeRefusal, PreviewError};
use crate::decide::forecast::ForecastError;
use crate::decide::refund::RefundError;
use crate::model::Locale;
use crate::words::format::{Reader, number};

words! {
    ForecastError {
        PlanUnknown => "plan_unknown",
        Bill => "bill",
    }
    PreviewError {
        PlanUnknown => "plan_unknown",
    }
    BillError {
        Syntax => "syntax",
        Missing => "missing",
        UnknownField => "unknown_field",
        BadValue => "bad_value",
        UnknownId => "unknown_id",
        UnknownCatalog => "unknown_catalog",
        EditionNotInCatalog => "edition_not_in_catalog",
        CurrencyNotOffered => "currency_not_offered",
        ServiceNotInCatalog => "service_not_in_catalog",
        ServiceNotOnEdition => "service_not_on_edition",
        NoSuchTier => "no_such_tier",
        OncePerApp => "once_per_app",
        Duplicate => "duplicate",
        NeedsService => "needs_service",
        PurchaseLength => "purchase_length",
        NotInForce => "not_in_force",
        ChangeNotPriced => "change_not_priced",
        TooManyDays => "too_many_days",
        TooLarge => "too_large",
        PurchaseDayNotKnown => "purchase_day_not_known",
        Catalog => "catalog",
        BeforeMonth => "before_month",
    }
    RefundError {
        NotOffered => "not_offered",
        BadAmount => "bad_amount",
        OtherCurrency => "other_currency",
        PurchaseLength => "purchase_length",
        NoMonthlyPrice => "no_monthly_price",
        TooLarge => "too_large",
    }
    ChangeRefusal {
        SameEdition => "same_edition",
        OtherCatalog => "other_catalog",
        NeverBack => "never_back",
        OncePerMonth => "once_per_month",
        NotStated => "not_stated",
    }
}

impl ForecastError {
    /// Why there is no forecast and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        match self {
            Self::PlanUnknown => reader.sentences([
                reader.say("the plan is not known yet", "尚不清楚当前的套餐"),
                reader.say("sync, or configure a fallback edition", "请同步，或设置预设的版本"),
            ]),
            Self::Bill(error) => error.explain(locale),
        }
    }
}

/// A text with the field that it is about in front of it.
fn at(reader: &Reader<'_>, field: &str, english: &str, chinese: &str) -> String {
    reader.say(format!("the field {field}: {english}"), format!("字段 {field}：{chinese}"))
}

fn months(reader: &Reader<'_>, field: &str, months: u32, min: u32, max: u32) -> String {
    at(
        reader,
        field,
        &format!("{months} months are given, and from {min} to {max} can be bought at once"),
        &format!("给出了 {months} 个月，一次可购买 {min} 至 {max} 个月"),
    )
}

fn too_large(reader: &Reader<'_>, field: &str) -> String {
    at(
        reader,
        field,
        "the amount is too large to be computed exactly; check the quantity",
        "金额过大，无法精确计算，请检查数量",
    )
}

impl BillError {
    /// Why the bill cannot be made and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([bill(&reader, self)])
    }
}

#[allow(clippy::too_many_lines, reason = "one text for each variant")]
fn bill(reader: &Reader<'_>, error: &BillError) -> String {
    let locale = reader.locale;
    let at = |field: &str, english: String, chinese: String| at(reader, field, &english, &chinese);
    match error {
        BillError::Syntax { .. } => reader.say("the text is not JSON", "文本不是 JSON"),
        BillError::Missing { field, expected } => {
            at(field, format!("it is missing; give {expected}"), "缺少此项，请补充".to_owned())
        }
        BillError::UnknownField { field, known } => {
            let known = known.join(", ");
            at(
                field,
                format!("there is no such field; there are: {known}"),
                format!("没有此字段，可用的字段：{known}"),
            )
        }
        BillError::BadValue { field, value, expected } => {
            at(field, format!("{value} is not {expected}"), format!("{value} 不是此字段可用的值"))
        }
        BillError::UnknownCatalog { catalog, known } => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let known = known.join(", ");
            at(
                "catalog",
                format!("there is no price list “{catalog}”; there are: {known}"),
                format!("没有价目表“{catalog}”，可用的价目表：{known}"),
            )
        }
        BillError::UnknownId { field, cause } => {
            let (value, known) = (&cause.value, cause.known.join(", "));
            at(
                field,
                format!("“{value}” does not exist; there are: {known}"),
                format!("“{value}”不存在，可用的值：{known}"),
            )
        }
        BillError::EditionNotInCatalog { field, edition, catalog, allowed } => {
            let allowed: Vec<_> = allowed.iter().map(|edition| edition.name(locale)).collect();
            let (edition, catalog, allowed) =
                (edition.name(locale), catalog.name(locale), reader.list(&allowed));
            at(
                field,
                format!("the {catalog} has no edition {edition}; it has {allowed}"),
                format!("{catalog}中没有{edition}，可用的版本：{allowed}"),
            )
        }
        BillError::CurrencyNotOffered { currency, catalog, allowed } => {
            let catalog = catalog.name(locale);
            match allowed {
                Some(allowed) => reader.say(
                    format!("the {catalog} has no prices in {currency}; its prices are in {allowed}"),
                    format!("{catalog}没有以{currency}计的价格，其币种为{allowed}"),
                ),
                None => reader.say(
                    format!("the {catalog} has no prices, in {currency} or any other currency"),
                    format!("{catalog}没有价格，无论以{currency}还是其他币种"),
                ),
            }
        }
        BillError::ServiceNotInCatalog { field, service, catalog, allowed } => {
            let allowed: Vec<_> = allowed.iter().map(|service| service.name(locale)).collect();
            let (service, catalog, allowed) =
                (service.name(locale), catalog.name(locale), reader.list(&allowed));
            at(
                field,
                format!("the {catalog} has no service “{service}”; it has {allowed}"),
                format!("{catalog}中没有服务“{service}”，可用的服务：{allowed}"),
            )
        }
        BillError::ServiceNotOnEdition { field, service, edition, allowed } => {
            let allowed: Vec<_> = allowed.iter().map(|edition| edition.name(locale)).collect();
            let (service, edition, allowed) =
                (service.name(locale), edition.name(locale), reader.list(&allowed));
            at(
                field,
                format!("“{service}” cannot be bought on the edition {edition}; it can on {allowed}"),
                format!("{edition}不能购买“{service}”，可购买的版本：{allowed}"),
            )
        }
        BillError::NoSuchTier { field, service, edition, tier, allowed } => {
            let (service, edition) = (service.name(locale), edition.name(locale));
            let tiers = if allowed.is_empty() {
                reader.say("leave it out", "请去掉档位")
            } else {
                let allowed = reader.list(allowed);
                reader.say(format!("it has {allowed}"), format!("可用的档位：{allowed}"))
            };
            match tier {
                Some(tier) => at(
                    field,
                    format!("“{service}” has no tier “{tier}” on the edition {edition}; {tiers}"),
                    format!("{edition}的“{service}”没有档位“{tier}”，{tiers}"),
                ),
                None => at(
                    field,
                    format!("“{service}” on the edition {edition} needs a tier; {tiers}"),
                    format!("{edition}的“{service}”需要指定档位，{tiers}"),
                ),
            }
        }
        BillError::OncePerApp { field, service, quantity, units } => {
            let (service, quantity) = (service.name(locale), number(*quantity));
            let further = match units {
                Some(units) => {
                    let units = units.name(locale);
                    reader.say(
                        format!(" and add “{units}” for each further unit"),
                        format!("，更多数量请添加“{units}”"),
                    )
                }
                None => String::new(),
            };
            at(
                field,
                format!("“{service}” is bought once for the app, not {quantity} times; set 1{further}"),
                format!("“{service}”每个应用只购买一次，而不是 {quantity} 次，请设为 1{further}"),
            )
        }
        BillError::Duplicate { field, service } => {
            let service = service.name(locale);
            at(
                field,
                format!("“{service}” is given twice; keep one entry, with the number of units held"),
                format!("“{service}”出现了两次，请保留一项并写明数量"),
            )
        }
        BillError::NeedsService { field, service, needs } => {
            let (service, needs) = (service.name(locale), needs.name(locale));
            at(
                field,
                format!("“{service}” needs “{needs}”; add it"),
                format!("“{service}”需要先有“{needs}”，请添加"),
            )
        }
        BillError::PurchaseLength { field, months, min, max } => {
            self::months(reader, field, *months, *min, *max)
        }
        BillError::NotInForce { field, from, until, month } => match until {
            Some(until) => at(
                field,
                format!("it is in force from {from} until {until}, not in {month}"),
                format!("有效期自 {from} 至 {until}，不包括 {month}"),
            ),
            None => at(
                field,
                format!("it is in force from {from} on, not in {month}"),
                format!("自 {from} 起有效，不包括 {month}"),
            ),
        },
        BillError::ChangeNotPriced { catalog, from, to } => {
            let (catalog, from, to) = (catalog.name(locale), from.name(locale), to.name(locale));
            reader.say(
                format!(
                    "the {catalog} does not say how the month of a move from {from} to {to} is charged; leave the \
                     earlier edition out"
                ),
                format!("{catalog}没有说明从{from}变更为{to}的当月如何收费，请去掉先前的版本"),
            )
        }
        BillError::TooManyDays { field, days, month, allowed } => at(
            field,
            format!("{days} days are given, but {month} has {allowed}"),
            format!("给出了 {days} 天，但 {month} 只有 {allowed} 天"),
        ),
        BillError::TooLarge { field } => too_large(reader, field),
        BillError::PurchaseDayNotKnown { field, service } => {
            let service = service.name(locale);
            at(
                field,
                format!("“{service}” is charged once, in the month of its purchase, which is not known"),
                format!("“{service}”在购买当月一次性收费，但购买日期未知"),
            )
        }
        BillError::Catalog { .. } => reader.say("the price list is defective", "价目表有误"),
        BillError::BeforeMonth { as_of, month } => {
            reader.say(format!("{as_of} lies before {month} begins"), format!("{as_of} 早于 {month} 的开始"))
        }
    }
}

impl RefundError {
    /// Why the refund cannot be computed and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let at = |field: &str, english: String, chinese: String| at(&reader, field, &english, &chinese);
        reader.sentences([match self {
            Self::NotOffered { catalog } => {
                let catalog = catalog.name(locale);
                reader.say(format!("the {catalog} states no refund"), format!("{catalog}没有关于退款的说明"))
            }
            Self::BadAmount { field, value } => {
                let value = reader.money(*value);
                at(
                    field,
                    format!("{value} is not an amount paid: zero or more, in whole cents"),
                    format!("{value}不是已支付的金额，应不小于零且精确到分"),
                )
            }
            Self::OtherCurrency { field, value, currency } => {
                let value = reader.money(*value);
                at(
                    field,
                    format!("{value} is not in {currency}, the currency of the price list"),
                    format!("{value}的币种不是价目表的币种 {currency}"),
                )
            }
            Self::PurchaseLength { field, months, min, max } => {
                self::months(&reader, field, *months, *min, *max)
            }
            Self::NoMonthlyPrice { field, catalog } => {
                let catalog = catalog.name(locale);
                at(
                    field,
                    format!("the {catalog} has no prepaid monthly price for it; return only what was paid by the month"),
                    format!("{catalog}没有其预付费的月价，只能退还按月预付的部分"),
                )
            }
            Self::TooLarge { field } => too_large(&reader, field),
        }])
    }
}

impl ChangeRefusal {
    /// Why the plan cannot be changed so and what to do, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(match self {
            Self::SameEdition { edition } => {
                let edition = edition.name(locale);
                [
                    reader.say(
                        format!("the app is on the edition {edition} already"),
                        format!("应用已是{edition}"),
                    ),
                    reader.say("name another edition", "请选择其他版本"),
                ]
            }
            Self::OtherCatalog { edition, catalog } => {
                let (edition, catalog) = (edition.name(locale), catalog.name(locale));
                [
                    reader.say(
                        format!("the {catalog} has no edition {edition}"),
                        format!("{catalog}没有{edition}"),
                    ),
                    reader.say(
                        "editions can be changed only within one price list",
                        "只能在同一价目表内变更版本",
                    ),
                ]
            }
            Self::NeverBack { edition } => {
                let edition = edition.name(locale);
                [
                    reader.say(
                        format!("a paid app never returns to the edition {edition}"),
                        format!("付费应用不能退回{edition}"),
                    ),
                    reader.say("create a new app to use it", "如需使用请创建新的应用"),
                ]
            }
            Self::OncePerMonth { times, until } => {
                let until = reader.moment(*until);
                let often = reader.units(u64::from(*times), ["time", "times"], "次");
                [
                    reader.say(
                        format!("the plan and its services may be modified {often} in a calendar month"),
                        format!("套餐及其增值服务每个自然月可变更{often}"),
                    ),
                    reader.say(format!("wait until {until}"), format!("请等到{until}")),
                ]
            }
            Self::NotStated { catalog, from, to } => {
                let (catalog, from, to) = (catalog.name(locale), from.name(locale), to.name(locale));
                [
                    reader.say(
                        format!("the {catalog} names no move from {from} to {to}"),
                        format!("{catalog}没有说明从{from}到{to}的变更"),
                    ),
                    reader.say("ask the provider", "请咨询服务商"),
                ]
            }
        })
    }
}
