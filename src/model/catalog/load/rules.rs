//! Rules, notes and differences.

use crate::model::catalog::error::CatalogError;
use crate::model::catalog::policy::{DayWindow, Move, Policies, PurchaseLength};
use crate::model::catalog::raw::{RawDifference, RawMove, RawNote, RawPolicies, RawStated};
use crate::model::catalog::source::{Difference, Note, Stated, Statement};

use super::context::{Context, duplicate, out_of_range, subject, text};

pub(super) fn policies(context: &Context<'_>, raw: RawPolicies) -> Result<Policies, CatalogError> {
    fn optional<T>(
        context: &Context<'_>,
        field: &str,
        raw: Option<RawStated<T>>,
    ) -> Result<Option<Stated<T>>, CatalogError> {
        raw.map(|raw| context.stated(&format!("policies.{field}"), raw)).transpose()
    }
    let DayWindow { first_day, last_day } = raw.deduction.value;
    if first_day == 0 || first_day > last_day || last_day > 31 {
        let given = format_args!("{first_day} to {last_day}").to_string();
        return Err(out_of_range(
            "policies.deduction",
            given,
            "days 1 to 31, the first no later than the last",
        ));
    }
    if let Some(RawStated { value: PurchaseLength { min_months, max_months }, .. }) = &raw.purchase_length
        && (*min_months == 0 || min_months > max_months)
    {
        let given = format_args!("{min_months} to {max_months}").to_string();
        return Err(out_of_range("policies.purchase_length", given, "1 month or more, the least first"));
    }
    Ok(Policies {
        plan_payment: context.stated("policies.plan_payment", raw.plan_payment)?,
        overage_payment: context.stated("policies.overage_payment", raw.overage_payment)?,
        plan_period: context.stated("policies.plan_period", raw.plan_period)?,
        plugin_period: optional(context, "plugin_period", raw.plugin_period)?,
        deduction: context.stated("policies.deduction", raw.deduction)?,
        overage_from_activation_month: optional(
            context,
            "overage_from_activation_month",
            raw.overage_from_activation_month,
        )?,
        purchase_length: optional(context, "purchase_length", raw.purchase_length)?,
        change_frequency: optional(context, "change_frequency", raw.change_frequency)?,
        free_trial: optional(context, "free_trial", raw.free_trial)?,
        reminders: optional(context, "reminders", raw.reminders)?,
        grace_hours: optional(context, "grace_hours", raw.grace_hours)?,
        arrears_hours: optional(context, "arrears_hours", raw.arrears_hours)?,
        retention: optional(context, "retention", raw.retention)?,
        disabled_app_days: optional(context, "disabled_app_days", raw.disabled_app_days)?,
        suspended_month_in_proportion: optional(
            context,
            "suspended_month_in_proportion",
            raw.suspended_month_in_proportion,
        )?,
        max_apps_per_account: optional(context, "max_apps_per_account", raw.max_apps_per_account)?,
        refund: optional(context, "refund", raw.refund)?,
        services_on_paid_editions_only: optional(
            context,
            "services_on_paid_editions_only",
            raw.services_on_paid_editions_only,
        )?,
        moves: moves(context, raw.moves, raw.moves_not_stated)?.into(),
    })
}

/// One rule for each ordered pair of editions, so that no move is left open unless the catalog says so.
fn moves(context: &Context<'_>, raw: Vec<RawMove>, not_stated: bool) -> Result<Vec<Move>, CatalogError> {
    let mut moves: Vec<Move> = Vec::with_capacity(raw.len());
    for raw in raw {
        let from = context.edition("policies.moves.from", &raw.from)?;
        let to = context.edition("policies.moves.to", &raw.to)?;
        if from == to {
            return Err(out_of_range("policies.moves.to", to, "another edition than `from`"));
        }
        if moves.iter().any(|m| m.from == from && m.to == to) {
            return Err(duplicate("policies.moves", format_args!("{from} to {to}")));
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
            source: context.source("policies.moves.source", &raw.source)?,
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
                about: subject("notes.about", &raw.about)?,
                text: text("notes.text", raw.text)?,
                source: context.source("notes.source", &raw.source)?,
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
                    let source = context.source("differences.statements.source", &raw.source)?;
                    Ok(Statement { text: raw.text.into(), source })
                })
                .collect::<Result<Vec<_>, CatalogError>>()?;
            if statements.len() < 2 {
                return Err(CatalogError::Missing {
                    field: "differences.statements (two or more)".to_owned(),
                });
            }
            Ok(Difference {
                about: subject("differences.about", &raw.about)?,
                statements: statements.into(),
                used: raw.used.into(),
            })
        })
        .collect()
}
