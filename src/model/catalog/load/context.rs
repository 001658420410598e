//! Checks that every part of the loader shares: ids, sources, numbers, dates.

use std::fmt::{Arguments, Display};
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::model::catalog::Text;
use crate::model::catalog::error::CatalogError;
use crate::model::catalog::overage::{Rate, Rounding};
use crate::model::catalog::raw::{RawEdition, RawMax, RawRate, RawStated};
use crate::model::catalog::source::{Source, SourceId, Stated, Subject};
use crate::model::echo::echo;
use crate::model::{EditionId, IdError, Max, UnknownId};

/// The path of a field: written out for an error only.
pub(super) type Field<'a> = Arguments<'a>;

/// What a field is checked against.
pub(super) struct Context<'a> {
    pub(super) sources: &'a [Source],
    pub(super) editions: &'a [EditionId],
}

impl Context<'_> {
    pub(super) fn source(&self, field: Field<'_>, id: &str) -> Result<SourceId, CatalogError> {
        self.sources
            .iter()
            .position(|source| source.id == id)
            .and_then(|at| u16::try_from(at).ok())
            .map(SourceId)
            .ok_or_else(|| CatalogError::UnknownSource { field: field.to_string(), value: echo(id) })
    }

    pub(super) fn edition(&self, field: Field<'_>, text: &str) -> Result<EditionId, CatalogError> {
        let edition = name(field, text)?;
        if self.editions.contains(&edition) {
            return Ok(edition);
        }
        Err(unknown_edition(field, edition, self.editions))
    }

    pub(super) fn editions(
        &self,
        field: Field<'_>,
        texts: &[String],
    ) -> Result<Vec<EditionId>, CatalogError> {
        if texts.is_empty() {
            return Err(missing(field));
        }
        let mut out = Vec::with_capacity(texts.len());
        for text in texts {
            let edition = self.edition(field, text)?;
            if out.contains(&edition) {
                return Err(duplicate(field, edition));
            }
            out.push(edition);
        }
        Ok(out)
    }

    pub(super) fn stated<T>(&self, field: Field<'_>, raw: RawStated<T>) -> Result<Stated<T>, CatalogError> {
        let source = self.source(format_args!("{field}.source"), &raw.source)?;
        Ok(Stated { value: raw.value, reading: raw.reading, note: raw.note.map(Text::Owned), source })
    }
}

/// The editions a file declares: one at least, and each once.
pub(super) fn edition_ids(raw: &[RawEdition]) -> Result<Vec<EditionId>, CatalogError> {
    let mut ids = Vec::with_capacity(raw.len());
    for edition in raw {
        let id: EditionId = name(format_args!("editions.id"), &edition.id)?;
        if ids.contains(&id) {
            return Err(duplicate(format_args!("editions"), id));
        }
        ids.push(id);
    }
    if ids.is_empty() { Err(missing(format_args!("editions"))) } else { Ok(ids) }
}

pub(super) fn unknown_edition(field: Field<'_>, edition: EditionId, known: &[EditionId]) -> CatalogError {
    CatalogError::UnknownEdition { field: field.to_string(), edition, known: known.to_vec() }
}

/// A name that is open: well formed is enough.
pub(super) fn name<T: FromStr<Err = IdError>>(field: Field<'_>, text: &str) -> Result<T, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Name { field: field.to_string(), cause })
}

pub(super) fn known<T: FromStr<Err = UnknownId>>(field: Field<'_>, text: &str) -> Result<T, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Unknown { field: field.to_string(), cause })
}

pub(super) fn subject(field: Field<'_>, text: &str) -> Result<Subject, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Subject { field: field.to_string(), cause })
}

pub(super) fn duplicate(field: Field<'_>, value: impl Display) -> CatalogError {
    CatalogError::Duplicate { field: field.to_string(), value: echo(value) }
}

pub(super) fn missing(field: Field<'_>) -> CatalogError {
    CatalogError::Missing { field: field.to_string() }
}

/// A text that says something.
pub(super) fn text(field: Field<'_>, text: String) -> Result<Text, CatalogError> {
    if text.trim().is_empty() { Err(missing(field)) } else { Ok(text.into()) }
}

pub(super) fn price(field: Field<'_>, text: &str) -> Result<Decimal, CatalogError> {
    let price = Decimal::from_str_exact(text)
        .map_err(|_| CatalogError::BadNumber { field: field.to_string(), value: echo(text) })?;
    if price.is_sign_negative() {
        return Err(out_of_range(field, text, "0 or more"));
    }
    Ok(price)
}

pub(super) fn count(field: Field<'_>, number: i64) -> Result<u64, CatalogError> {
    u64::try_from(number).map_err(|_| out_of_range(field, number, "0 or more"))
}

pub(super) fn max(field: Field<'_>, raw: &RawMax) -> Result<Max, CatalogError> {
    match raw {
        RawMax::Number(number) => count(field, *number).map(Max::Of),
        RawMax::Word(word) if word == "unlimited" => Ok(Max::Unlimited),
        RawMax::Word(word) => Err(out_of_range(field, word, "a number or \"unlimited\"")),
    }
}

pub(super) fn rate(field: Field<'_>, raw: &RawRate) -> Result<Rate, CatalogError> {
    let per = count(format_args!("{field}.per"), raw.per)?;
    if per == 0 {
        return Err(out_of_range(format_args!("{field}.per"), per, "1 or more"));
    }
    Ok(Rate {
        price: price(format_args!("{field}.price"), &raw.price)?,
        per,
        rounding: known::<Rounding>(format_args!("{field}.rounding"), &raw.rounding)?,
        reading: raw.reading,
    })
}

pub(super) fn date(field: Field<'_>, text: &str) -> Result<jiff::civil::Date, CatalogError> {
    text.parse().map_err(|_| CatalogError::BadDate { field: field.to_string(), value: echo(text) })
}

pub(super) fn time(field: Field<'_>, text: &str) -> Result<jiff::civil::Time, CatalogError> {
    text.parse().map_err(|_| CatalogError::BadTime { field: field.to_string(), value: echo(text) })
}

pub(super) fn out_of_range(field: Field<'_>, value: impl Display, must_be: &'static str) -> CatalogError {
    CatalogError::OutOfRange { field: field.to_string(), value: echo(value), must_be }
}
