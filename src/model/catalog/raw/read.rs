//! How the rows are read: which fields each has, and which of them may be left out.

use serde_json::Value;

use crate::model::catalog::policy::{
    ChangeCharge, ChangeFrequency, DayWindow, FreeTrial, MoveKind, Payment, PeriodRule, PurchaseLength,
    RefundRule, Reminders, Retention, UsedBasis,
};
use crate::model::catalog::rows::{At, Blank, Read, Wrong, fill_row, kind, row, texts, unknown_kind};
use crate::model::catalog::service::ActivationCharge;
use crate::model::feature::{GroupType, Platform};
use crate::model::id_set::SmallId;
use crate::model::{Condition, IdSet, SdkVariant, SdkVersion};

use super::{
    RawCatalog, RawDifference, RawEdition, RawEffect, RawFeature, RawLimit, RawMax, RawMove, RawNote,
    RawOverage, RawPolicies, RawPrice, RawRate, RawService, RawServiceNote, RawSource, RawStated,
    RawStatement,
};

row!(RawCatalog {
    id,
    title,
    currency,
    billing_model,
    limits_not_stated: default,
    features_not_stated: default,
    services_not_stated: default,
    sources,
    editions,
    limits: default,
    features: default,
    overage: default,
    services: default,
    policies,
    notes: default,
    differences: default
});
row!(RawSource { id, document, language, url, date, time });
row!(RawEdition { id, name, local_name, price_per_month, paid, validity, source });
row!(RawLimit { source, max, not_stated: default });
row!(RawFeature { source, support, waiting_time_hours, conditions: default, cap });
row!(RawOverage { meter, editions, supported, not_stated: default, rate, source });
row!(RawRate { price, per, rounding, reading: default });
row!(RawService {
    id,
    name,
    local_name,
    category,
    tiers: default,
    conditions: default,
    prices,
    activation_month,
    effects: default,
    notes: default,
    source
});
row!(RawPrice { editions, tier, price, cycle, days, per_unit: default, reading: default, source });
row!(RawServiceNote { text, until, waives_price: default, source });
row!(RawStated<T> { value, reading: default, note, source });
row!(RawPolicies {
    plan_payment,
    overage_payment,
    plan_period,
    plugin_period,
    deduction,
    overage_from_activation_month,
    purchase_length,
    change_frequency,
    free_trial,
    reminders,
    grace_hours,
    arrears_hours,
    retention,
    disabled_app_days,
    suspended_month_in_proportion,
    max_apps_per_account,
    refund,
    services_on_paid_editions_only,
    moves_not_stated: default,
    moves: default
});
row!(RawMove {
    from,
    to,
    kind,
    immediate: default,
    charge,
    refunds_needless_services: default,
    reading: default,
    note,
    source
});
row!(RawNote { about, text, source });
row!(RawDifference { about, statements, used });
row!(RawStatement { text, source });

row!(ChangeFrequency { per_calendar_month, includes_services });
row!(DayWindow { first_day, last_day });
row!(FreeTrial { months, extendable });
row!(PurchaseLength { min_months, max_months });
row!(RefundRule { used_basis, returns_vouchers, splits_cash_and_credit, suspends, still_charges_overage });
row!(Reminders { days_before, includes_expiry_day, days_after });
row!(Retention { days, counts_suspension_day });

texts! {
    ActivationCharge = Self::ByDay,
    ChangeCharge = Self::Unstated,
    GroupType = Self::Work,
    MoveKind = Self::Forbidden,
    Payment = Self::Prepaid,
    PeriodRule = Self::ToSameDay,
    Platform = Self::Android,
    SdkVariant = Self::ENHANCED,
    SdkVersion = Self { major: 0, minor: 0, patch: 0 },
    UsedBasis = Self::Days,
}

impl Read for RawMax {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        match (value.as_i64(), value) {
            (Some(number), _) => *self = Self::Number(number),
            (None, Value::String(word)) => *self = Self::Word(word),
            (None, other) => wrong.value(at, &other, "a limit, which is a whole number or \"unlimited\""),
        }
    }
}

impl Blank for RawMax {
    fn blank() -> Self {
        Self::Number(0)
    }
}

impl<T: SmallId + Blank> Read for IdSet<T> {
    fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
        let mut members = Vec::<T>::new();
        members.fill(value, at, wrong);
        let mut seen = Self::EMPTY;
        for member in members {
            if seen.contains(member) {
                wrong.say(at, &|| format!("`{member}` is given twice; keep one"));
            }
            seen = seen.iter().chain([member]).collect();
        }
        *self = seen;
    }
}

impl<T: SmallId + Blank> Blank for IdSet<T> {
    fn blank() -> Self {
        Self::EMPTY
    }
}

/// Reads an enum by its field `kind`; each variant has its own further fields. `blank` is what is read into.
macro_rules! by_kind {
    (
        $name:ident, blank $blank:ident { $($in_blank:ident),* };
        $($kind:literal => $variant:ident { $($field:ident $(: $default:ident)?),* },)+
    ) => {
        impl Read for $name {
            fn fill(&mut self, value: Value, at: Option<&At<'_>>, wrong: &mut Wrong) {
                let Some(mut kind) = kind(&value, at, wrong) else { return };
                match kind.as_str() {
                    $($kind => {
                        *self = Self::$variant { $($field: Blank::blank()),* };
                        if let Self::$variant { $($field),* } = self {
                            fill_row(value, at, wrong, &mut [
                                ("kind", false, &mut kind),
                                $((stringify!($field), row!(@has $($default)?), $field),)*
                            ]);
                        }
                    })+
                    _ => unknown_kind(&kind, &[$($kind),+], at, wrong),
                }
            }
        }

        impl Blank for $name {
            fn blank() -> Self {
                Self::$blank { $($in_blank: Blank::blank()),* }
            }
        }
    };
}

by_kind! {
    RawEffect, blank Pack { unit, count, source };
    "raises_limit" => RaisesLimit { editions, tier, limit, to, reading: default, source },
    "metered_allowance" => MeteredAllowance { limit, included, overage, cycle, source },
    "includes_units" => IncludesUnits { service, count, source },
    "pack" => Pack { unit, count, source },
    "adds_feature" => AddsFeature { feature, reading: default, source },
    "adds_capability" => AddsCapability { tier, text, source },
}

by_kind! {
    Condition, blank ConsoleSwitch {};
    "platforms" => Platforms { platforms },
    "min_sdk" => MinSdk { platforms, version, variant },
    "group_types" => GroupTypes { group_types },
    "max_group_size" => MaxGroupSize { members },
    "console_switch" => ConsoleSwitch {},
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::rows::read;

    fn condition(text: &str) -> Result<Condition, String> {
        read::<Condition>(serde_json::from_str(text).unwrap()).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn a_condition_is_read_as_serde_writes_it() {
        let platforms = IdSet::<Platform>::of(&[Platform::Android, Platform::Web]);
        let version = SdkVersion { major: 6, minor: 1, patch: 2155 };
        for written in [
            Condition::Platforms { platforms },
            Condition::MinSdk { platforms, version, variant: Some(SdkVariant::ENHANCED) },
            Condition::MinSdk { platforms, version, variant: None },
            Condition::GroupTypes { group_types: IdSet::<GroupType>::of(&[GroupType::Work]) },
            Condition::MaxGroupSize { members: 100 },
            Condition::ConsoleSwitch {},
        ] {
            assert_eq!(condition(&serde_json::to_string(&written).unwrap()), Ok(written));
        }
    }

    #[test]
    fn what_is_wrong_with_a_condition_is_said() {
        for (text, error) in [
            ("{}", "the field `kind` is missing"),
            (
                r#"{"kind":"moon"}"#,
                "kind: `moon` is not known; there are platforms, min_sdk, group_types, max_group_size, console_switch",
            ),
            (r#"{"kind":"console_switch","members":1}"#, "members: no such field; there are kind"),
            (
                r#"{"kind":"platforms","platforms":["web","web"]}"#,
                "platforms: `web` is given twice; keep one",
            ),
            (
                r#"{"kind":"max_group_size","members":-1}"#,
                "members: `-1` is not a whole number that fits u64",
            ),
        ] {
            assert_eq!(condition(text), Err(error.to_owned()), "{text}");
        }
        let fridge = condition(r#"{"kind":"platforms","platforms":["web","fridge"]}"#).unwrap_err();
        assert!(fridge.starts_with("platforms[1]: platform: `fridge` is not known"), "{fridge}");
        let version = r#"{"kind":"min_sdk","platforms":["web"],"version":"6"}"#;
        assert!(condition(version).unwrap_err().starts_with("version: sdk_version: `6` is not of the form"));
    }
}
