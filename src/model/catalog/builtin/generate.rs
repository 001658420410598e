//! Writes the price lists of `src/model/catalogs` as Rust constants, and holds the constants that are compiled in
//! against those tables.
#![cfg(feature = "toml")]

mod expression;

use std::fmt::{Display, Write};
use std::path::Path;

use crate::model::catalog::{Catalog, Edition, Policies, Service};
use crate::model::{Feature, LimitId};

use expression::{
    change, condition, constant, date, effect, feature, id, list, max, option, overage, price, source,
    stated, subject, text, variant,
};

/// What `cargo xtask catalogs` sets, so that the constants are written instead of compared.
const WRITE: &str = "PLANGUARD_WRITE_CATALOGS";

#[test]
fn the_constants_are_the_tables() {
    for built_in in super::all() {
        let name = built_in.id.as_str();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model");
        let table = std::fs::read_to_string(folder.join(format!("catalogs/{name}.toml"))).unwrap();
        let table = Catalog::from_toml(&table).unwrap();
        let code = code(&table);
        let file = folder.join(format!("catalog/builtin/{}.rs", name.replace('-', "_")));
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(file, code).unwrap();
            continue;
        }
        assert_same(built_in, &table);
        // Scales too: equal decimals may differ in their trailing zeros.
        assert!(
            code == std::fs::read_to_string(file).unwrap(),
            "{name}: the constants were not written by this generator; run `cargo xtask catalogs`"
        );
    }
}

/// Field by field, so that a difference names its place.
fn assert_same(constant: &Catalog, table: &Catalog) {
    let Catalog { id, title, currency, billing_model, sources, editions, services, .. } = table;
    let name = format!("{id} differs from its table; run `cargo xtask catalogs`");
    assert_eq!(constant.id, *id, "{name}");
    assert_eq!(constant.title, *title, "{name}");
    assert_eq!(constant.currency, *currency, "{name}");
    assert_eq!(constant.billing_model, *billing_model, "{name}");
    assert_eq!(constant.sources, *sources, "{name}");
    for (constant, edition) in constant.editions.iter().zip(editions.iter()) {
        for (&limit, figure) in LimitId::ALL.iter().zip(&edition.limits) {
            assert_eq!(constant.limits[limit.index()], *figure, "{name}: {limit} of {}", edition.id);
        }
        for (feature, figure) in edition.features() {
            assert_eq!(constant.feature(feature), figure, "{name}: {feature} of {}", edition.id);
        }
        assert_eq!(constant, edition, "{name}");
    }
    for (constant, service) in constant.services.iter().zip(services.iter()) {
        assert_eq!(constant, service, "{name}");
    }
    assert_eq!(constant.policies, table.policies, "{name}");
    assert_eq!(constant.notes, table.notes, "{name}");
    assert_eq!(constant.differences, table.differences, "{name}");
    // Every field once more, rows without a partner included.
    assert!(constant == table, "{name}");
}

/// The code of a price list, a row of its table to a line.
fn code(catalog: &Catalog) -> String {
    let mut out = Out::default();
    let name = catalog.id.as_str();
    out.line(format_args!(
        "//! Generated from `src/model/catalogs/{name}.toml`: change that, then run `cargo xtask catalogs`."
    ));
    out.line(
        "#![allow(clippy::wildcard_imports, reason = \"the names that the constants use are in one place\")]",
    );
    out.line("");
    out.line("use super::parts::*;");
    out.line("");
    out.open("pub(super) const CATALOG: Catalog = Catalog {");
    out.line(format_args!("id: {},", constant("CatalogId", catalog.id)));
    out.line(format_args!("title: {},", text(&catalog.title)));
    out.line(format_args!(
        "currency: {},",
        option(catalog.currency, |currency| variant("Currency", currency))
    ));
    out.line(format_args!("billing_model: {},", variant("BillingModel", catalog.billing_model)));
    out.rows("sources", &catalog.sources, |out, source| out.line(format_args!("{},", self::source(source))));
    out.rows("editions", &catalog.editions, edition);
    out.rows("services", &catalog.services, service);
    out.line(format_args!("services_stated: {},", catalog.services_stated));
    policies(&mut out, &catalog.policies);
    out.rows("notes", &catalog.notes, |out, note| {
        let (about, text, source) = (subject(note.about), text(&note.text), id(note.source));
        out.line(format_args!("Note {{ about: {about}, text: {text}, source: {source} }},"));
    });
    out.rows("differences", &catalog.differences, |out, difference| {
        let statements = list(&difference.statements, |said| {
            format!("Statement {{ text: {}, source: {} }}", text(&said.text), id(said.source))
        });
        let (about, used) = (subject(difference.about), text(&difference.used));
        out.line(format_args!("Difference {{ about: {about}, statements: {statements}, used: {used} }},"));
    });
    out.close("};");
    out.code
}

/// Lines, indented by what they stand in.
#[derive(Default)]
struct Out {
    code: String,
    depth: usize,
}

impl Out {
    fn line(&mut self, line: impl Display) {
        let line = line.to_string();
        let indent = if line.is_empty() { 0 } else { self.depth * 4 };
        writeln!(self.code, "{:indent$}{line}", "").unwrap();
    }

    fn open(&mut self, line: impl Display) {
        self.line(line);
        self.depth += 1;
    }

    fn close(&mut self, line: impl Display) {
        self.depth -= 1;
        self.line(line);
    }

    fn rows<T>(&mut self, field: &str, rows: &[T], mut row: impl FnMut(&mut Self, &T)) {
        if rows.is_empty() {
            return self.line(format_args!("{field}: rows(&[]),"));
        }
        self.open(format_args!("{field}: rows(const {{ &["));
        for one in rows {
            row(self, one);
        }
        self.close("] }),");
    }
}

fn edition(out: &mut Out, edition: &Edition) {
    out.open("Edition {");
    out.line(format_args!("id: {},", constant("EditionId", edition.id)));
    out.line(format_args!("name: {},", text(&edition.name)));
    out.line(format_args!("local_name: {},", option(edition.local_name.as_ref(), text)));
    out.line(format_args!("price_per_month: {},", option(edition.price_per_month, price)));
    out.line(format_args!("price_source: {},", id(edition.price_source)));
    out.line(format_args!("paid: {},", edition.paid));
    out.line(format_args!(
        "validity: {},",
        option(edition.validity, |validity| variant("Validity", validity))
    ));
    let limits = edition.limits.map(|figure| {
        figure.map_or("None".to_owned(), |figure| {
            format!("Some(limit({}, {}))", max(figure.max), figure.source.0)
        })
    });
    out.line(format_args!("limits: [{}],", limits.join(", ")));
    out.open("features: [");
    for (&feature, figure) in Feature::ALL.iter().zip(&edition.features) {
        out.line(format_args!("{}, // {feature}", self::feature(figure)));
    }
    out.close("],");
    let overages = edition.overage.each_ref().map(|overage| option(overage.as_ref(), self::overage));
    out.line(format_args!("overage: [{}],", overages.join(", ")));
    out.close("},");
}

fn service(out: &mut Out, service: &Service) {
    out.open("Service {");
    out.line(format_args!("id: {},", constant("ServiceId", service.id)));
    out.line(format_args!("name: {},", text(&service.name)));
    out.line(format_args!("local_name: {},", option(service.local_name.as_ref(), text)));
    out.line(format_args!("category: {},", variant("ServiceCategory", service.category)));
    out.line(format_args!("tiers: {},", list(&service.tiers, text)));
    out.line(format_args!("conditions: {},", list(&service.conditions, condition)));
    out.rows("prices", &service.prices, |out, row| {
        out.line(format_args!(
            "ServicePrice {{ edition: {}, tier: {}, price: {}, cycle: {}, days: {:?}, per_unit: {}, reading: {}, source: {} }},",
            constant("EditionId", row.edition),
            option(row.tier.as_ref(), text),
            option(row.price, price),
            variant("BillingCycle", row.cycle),
            row.days,
            row.per_unit,
            row.reading,
            id(row.source),
        ));
    });
    let activation = option(service.activation_month.as_ref(), |charge| {
        stated(charge, |value| variant("ActivationCharge", value))
    });
    out.line(format_args!("activation_month: {activation},"));
    out.rows("effects", &service.effects, |out, effect| out.line(format_args!("{},", self::effect(effect))));
    out.rows("notes", &service.notes, |out, note| {
        out.line(format_args!(
            "ServiceNote {{ text: {}, until: {}, waives_price: {}, source: {} }},",
            text(&note.text),
            option(note.until, date),
            note.waives_price,
            id(note.source),
        ));
    });
    out.line(format_args!("source: {},", id(service.source)));
    out.close("},");
}

fn policies(out: &mut Out, rules: &Policies) {
    /// The fields whose value prints as it is written, by name.
    macro_rules! plain {
        ($($field:ident),+) => { $(
            let value = option(rules.$field.as_ref(), |rule| stated(rule, |value| format!("{value:?}")));
            out.line(format_args!("{}: {value},", stringify!($field)));
        )+ };
    }
    let payment = |value| variant("Payment", value);
    let period = |value| variant("PeriodRule", value);
    out.open("policies: Policies {");
    out.line(format_args!("plan_payment: {},", stated(&rules.plan_payment, payment)));
    out.line(format_args!("overage_payment: {},", stated(&rules.overage_payment, payment)));
    out.line(format_args!("plan_period: {},", stated(&rules.plan_period, period)));
    let plugin = option(rules.plugin_period.as_ref(), |rule| stated(rule, period));
    out.line(format_args!("plugin_period: {plugin},"));
    out.line(format_args!("deduction: {},", stated(&rules.deduction, |window| format!("{window:?}"))));
    plain!(overage_from_activation_month, purchase_length, change_frequency, free_trial, reminders);
    plain!(grace_hours, arrears_hours, retention, disabled_app_days);
    plain!(suspended_month_in_proportion, max_apps_per_account);
    let refund = option(rules.refund.as_ref(), |rule| {
        stated(rule, |value| format!("{value:?}").replace("used_basis: ", "used_basis: UsedBasis::"))
    });
    out.line(format_args!("refund: {refund},"));
    plain!(services_on_paid_editions_only);
    out.rows("moves", &rules.moves, |out, change| out.line(format_args!("{},", self::change(change))));
    out.close("},");
}
