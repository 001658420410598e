//! Rules, notes and differences.

use crate::model::catalog::error::CatalogError;
use crate::model::catalog::policy::{DayWindow, Move, Policies, PurchaseLength};
use crate::model::catalog::raw::{RawDifference, RawMove, RawNote, RawPolicies, RawStated};
use crate::model::catalog::source::{Difference, Note, SourceId, Stated, Statement};
use crate::model::catalog::{List, Text};

use super::context::{Context, duplicate, out_of_range, subject, text};

pub(super) fn policies(context: &Context<'_>, raw: RawPolicies) -> Result<Policies, CatalogError> {
    let DayWindow { first_day, last_day } = raw.deduction.value;
    if first_day == 0 || first_day > last_day || last_day > 31 {
        let given = format_args!("{first_day} to {last_day}").to_string();
        return Err(out_of_range(
            format_args!("policies.deduction"),
            given,
            "days 1 to 31, the first no later than the last",
        ));
    }
    if let Some(RawStated { value: PurchaseLength { min_months, max_months }, .. }) = &raw.purchase_length
        && (*min_months == 0 || min_months > max_months)
    {
        let given = format_args!("{min_months} to {max_months}").to_string();
        return Err(out_of_range(
            format_args!("policies.purchase_length"),
            given,
            "1 month or more, the least first",
        ));
    }
    let mut rules = Rules { context, wrong: None };
    let policies = Policies {
        plan_payment: rules.rule("plan_payment", raw.plan_payment),
        overage_payment: rules.rule("overage_payment", raw.overage_payment),
        plan_period: rules.rule("plan_period", raw.plan_period),
        plugin_period: rules.optional("plugin_period", raw.plugin_period),
        deduction: rules.rule("deduction", raw.deduction),
        overage_from_activation_month: rules
            .optional("overage_from_activation_month", raw.overage_from_activation_month),
        purchase_length: rules.optional("purchase_length", raw.purchase_length),
        change_frequency: rules.optional("change_frequency", raw.change_frequency),
        free_trial: rules.optional("free_trial", raw.free_trial),
        reminders: rules.optional("reminders", raw.reminders),
        grace_hours: rules.optional("grace_hours", raw.grace_hours),
        arrears_hours: rules.optional("arrears_hours", raw.arrears_hours),
        retention: rules.optional("retention", raw.retention),
        disabled_app_days: rules.optional("disabled_app_days", raw.disabled_app_days),
        suspended_month_in_proportion: rules
            .optional("suspended_month_in_proportion", raw.suspended_month_in_proportion),
        max_apps_per_account: rules.optional("max_apps_per_account", raw.max_apps_per_account),
        refund: rules.optional("refund", raw.refund),
        services_on_paid_editions_only: rules
            .optional("services_on_paid_editions_only", raw.services_on_paid_editions_only),
        moves: List::Borrowed(&[]),
    };
    match rules.wrong {
        Some(wrong) => Err(wrong),
        None => Ok(Policies { moves: moves(context, raw.moves, raw.moves_not_stated)?.into(), ..policies }),
    }
}

/// The documents of rules; the first that is not declared is kept, so that no policy is left half built on the way.
struct Rules<'a> {
    context: &'a Context<'a>,
    wrong: Option<CatalogError>,
}

impl Rules<'_> {
    fn rule<T>(&mut self, name: &str, raw: RawStated<T>) -> Stated<T> {
        let source = self.source(name, &raw.source);
        Stated { value: raw.value, reading: raw.reading, note: raw.note.map(Text::Owned), source }
    }

    fn optional<T>(&mut self, name: &str, raw: Option<RawStated<T>>) -> Option<Stated<T>> {
        raw.map(|raw| self.rule(name, raw))
    }

    fn source(&mut self, name: &str, id: &str) -> SourceId {
        self.context.source(format_args!("policies.{name}.source"), id).unwrap_or_else(|error| {
            self.wrong.get_or_insert(error);
            SourceId(0)
        })
    }
}

/// One rule for each ordered pair of editions, so that no move is left open unless the catalog says so.
fn moves(context: &Context<'_>, raw: Vec<RawMove>, not_stated: bool) -> Result<Vec<Move>, CatalogError> {
    let mut moves: Vec<Move> = Vec::with_capacity(raw.len());
    for raw in raw {
        let from = context.edition(format_args!("policies.moves.from"), &raw.from)?;
        let to = context.edition(format_args!("policies.moves.to"), &raw.to)?;
        if from == to {
            return Err(out_of_range(format_args!("policies.moves.to"), to, "another edition than `from`"));
        }
        if moves.iter().any(|m| m.from == from && m.to == to) {
            return Err(duplicate(format_args!("policies.moves"), format_args!("{from} to {to}")));
        }
        moves.push(Move {
            from,
            to,
            kind: raw.kind,
            immediate: raw.immediate,
            charge: raw.charge,
            refunds_needless_services: raw.refunds_needless_services,
            reading: raw.reading,
            note: raw.note.into(),
            source: context.source(format_args!("policies.moves.source"), &raw.source)?,
        });
    }
    for &from in context.editions {
        for &to in context.editions {
            if from != to && !not_stated && !moves.iter().any(|m| m.from == from && m.to == to) {
                return Err(CatalogError::Missing { field: format!("policies.moves: {from} to {to}") });
            }
        }
    }
    Ok(moves)
}

pub(super) fn notes(context: &Context<'_>, raw: Vec<RawNote>) -> Result<Vec<Note>, CatalogError> {
    raw.into_iter()
        .map(|raw| {
            Ok(Note {
                about: subject(format_args!("notes.about"), &raw.about)?,
                text: text(format_args!("notes.text"), raw.text)?,
                source: context.source(format_args!("notes.source"), &raw.source)?,
            })
        })
        .collect()
}

pub(super) fn differences(
    context: &Context<'_>,
    raw: Vec<RawDifference>,
) -> Result<Vec<Difference>, CatalogError> {
    raw.into_iter()
        .map(|raw| {
            let statements = raw
                .statements
                .into_iter()
                .map(|raw| {
                    let source =
                        context.source(format_args!("differences.statements.source"), &raw.source)?;
                    Ok(Statement { text: raw.text.into(), source })
                })
                .collect::<Result<Vec<_>, CatalogError>>()?;
            if statements.len() < 2 {
                return Err(CatalogError::Missing {
                    field: "differences.statements (two or more)".to_owned(),
                });
            }
            Ok(Difference {
                about: subject(format_args!("differences.about"), &raw.about)?,
                statements: statements.into(),
                used: raw.used.into(),
            })
        })
        .collect()
}
