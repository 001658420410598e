//! From the file as written to a checked catalog.

mod agreement;
mod context;
mod figures;
mod rules;
mod services;
#[cfg(feature = "toml")]
mod toml_place;

use std::collections::BTreeSet;

use crate::model::echo::echo;
use crate::model::{Currency, json};

use super::error::CatalogError;
use super::raw::{RawCatalog, RawSource};
use super::rows;
use super::source::Source;
use super::{BillingModel, Catalog, Text};
use context::{Context, date, known, text, time};

#[cfg(feature = "toml")]
pub(super) fn load(text: &str) -> Result<Catalog, CatalogError> {
    let raw = rows::read::<RawCatalog>(toml_rows(text)?);
    check(raw.map_err(|misfit| syntax(toml_place::with_line(text, &misfit)))?)
}

/// The rows as written, still unchecked.
#[cfg(feature = "toml")]
pub(super) fn toml_rows(text: &str) -> Result<serde_json::Value, CatalogError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| format!(" (line {})", 1 + before.matches('\n').count()));
        syntax(format!("{}{}", echo(error.message()), line.unwrap_or_default()))
    })
}

pub(super) fn load_json(text: &[u8]) -> Result<Catalog, CatalogError> {
    let value = json::parse(text).map_err(|error| syntax(error.to_string()))?;
    if !value.is_object() {
        return Err(syntax("not a JSON object; send the rows of one price list".to_owned()));
    }
    check(rows::read::<RawCatalog>(value).map_err(|misfit| syntax(misfit.to_string()))?)
}

fn syntax(reason: String) -> CatalogError {
    CatalogError::Syntax { reason }
}

fn check(raw: RawCatalog) -> Result<Catalog, CatalogError> {
    let id = context::name(format_args!("id"), &raw.id)?;
    let currency =
        raw.currency.as_deref().map(|code| known::<Currency>(format_args!("currency"), code)).transpose()?;
    let billing_model = known::<BillingModel>(format_args!("billing_model"), &raw.billing_model)?;
    let sources = sources(raw.sources)?;
    let names = context::edition_ids(&raw.editions)?;
    let context = Context { sources: &sources, editions: &names };

    let services = services::services(&context, raw.services)?;
    let editions = figures::editions(
        &context,
        figures::Tables {
            editions: raw.editions,
            limits: raw.limits,
            limits_not_stated: &raw.limits_not_stated,
            features: raw.features,
            features_not_stated: &raw.features_not_stated,
            overage: raw.overage,
            meters: billing_model.meters(),
        },
        &services,
    )?;
    let policies = rules::policies(&context, raw.policies)?;
    let notes = rules::notes(&context, raw.notes)?;
    let differences = rules::differences(&context, raw.differences)?;
    let catalog = Catalog {
        id,
        title: text(format_args!("title"), raw.title)?,
        currency,
        billing_model,
        sources: sources.into(),
        editions: editions.into(),
        services: services.into(),
        services_stated: !raw.services_not_stated,
        policies,
        notes: notes.into(),
        differences: differences.into(),
    };
    agreement::check(&catalog)?;
    Ok(catalog)
}

fn sources(raw: Vec<RawSource>) -> Result<Vec<Source>, CatalogError> {
    let mut seen = BTreeSet::new();
    raw.into_iter()
        .map(|source| {
            if !seen.insert(source.id.clone()) {
                return Err(CatalogError::Duplicate { field: "sources".to_owned(), value: echo(&source.id) });
            }
            let field = format!("sources.{}", echo(&source.id));
            Ok(Source {
                date: source.date.map(|day| date(format_args!("{field}.date"), &day)).transpose()?,
                time: source.time.map(|at| time(format_args!("{field}.time"), &at)).transpose()?,
                document: text(format_args!("{field}.document"), source.document)?,
                id: source.id.into(),
                language: source.language.into(),
                url: source.url.map(Text::Owned),
            })
        })
        .collect()
}
