//! Checks that every part of the loader shares: ids, sources, numbers, dates.

use std::fmt::Display;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::model::catalog::Text;
use crate::model::catalog::error::CatalogError;
use crate::model::catalog::overage::{Rate, Rounding};
use crate::model::catalog::raw::{RawEdition, RawMax, RawRate, RawStated};
use crate::model::catalog::source::{Source, SourceId, Stated, Subject};
use crate::model::{EditionId, IdError, Max, UnknownId};

/// What a field is checked against.
pub(super) struct Context<'a> {
    pub(super) sources: &'a [Source],
    pub(super) editions: &'a [EditionId],
}

impl Context<'_> {
    pub(super) fn source(&self, field: &str, id: &str) -> Result<SourceId, CatalogError> {
        self.sources
            .iter()
            .position(|source| source.id == id)
            .and_then(|at| u16::try_from(at).ok())
            .map(SourceId)
            .ok_or_else(|| CatalogError::UnknownSource { field: field.to_owned(), value: id.to_owned() })
    }

    pub(super) fn edition(&self, field: &str, text: &str) -> Result<EditionId, CatalogError> {
        let edition = name(field, text)?;
        if self.editions.contains(&edition) {
            return Ok(edition);
        }
        Err(unknown_edition(field, edition, self.editions))
    }

    pub(super) fn editions(&self, field: &str, texts: &[String]) -> Result<Vec<EditionId>, CatalogError> {
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

    pub(super) fn stated<T>(&self, field: &str, raw: RawStated<T>) -> Result<Stated<T>, CatalogError> {
        let source = self.source(&format!("{field}.source"), &raw.source)?;
        Ok(Stated { value: raw.value, reading: raw.reading, note: raw.note.map(Text::Owned), source })
    }
}

/// The editions a file declares: one at least, and each once.
pub(super) fn edition_ids(raw: &[RawEdition]) -> Result<Vec<EditionId>, CatalogError> {
    let mut ids = Vec::with_capacity(raw.len());
    for edition in raw {
        let id: EditionId = name("editions.id", &edition.id)?;
        if ids.contains(&id) {
            return Err(duplicate("editions", id));
        }
        ids.push(id);
    }
    if ids.is_empty() { Err(missing("editions")) } else { Ok(ids) }
}

pub(super) fn unknown_edition(field: &str, edition: EditionId, known: &[EditionId]) -> CatalogError {
    CatalogError::UnknownEdition { field: field.to_owned(), edition, known: known.to_vec() }
}

/// A name that is open: well formed is enough.
pub(super) fn name<T: FromStr<Err = IdError>>(field: &str, text: &str) -> Result<T, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Name { field: field.to_owned(), cause })
}

pub(super) fn known<T: FromStr<Err = UnknownId>>(field: &str, text: &str) -> Result<T, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Unknown { field: field.to_owned(), cause })
}

pub(super) fn subject(field: &str, text: &str) -> Result<Subject, CatalogError> {
    text.parse().map_err(|cause| CatalogError::Subject { field: field.to_owned(), cause })
}

pub(super) fn duplicate(field: &str, value: impl Display) -> CatalogError {
    CatalogError::Duplicate { field: field.to_owned(), value: value.to_string() }
}

pub(super) fn missing(field: impl Into<String>) -> CatalogError {
    CatalogError::Missing { field: field.into() }
}

/// A text that says something.
pub(super) fn text(field: &str, text: String) -> Result<Text, CatalogError> {
    if text.trim().is_empty() { Err(missing(field)) } else { Ok(text.into()) }
}

pub(super) fn price(field: &str, text: &str) -> Result<Decimal, CatalogError> {
    let price = Decimal::from_str_exact(text)
        .map_err(|_| CatalogError::BadNumber { field: field.to_owned(), value: text.to_owned() })?;
    if price.is_sign_negative() {
        return Err(out_of_range(field, text, "0 or more"));
    }
    Ok(price)
}

pub(super) fn count(field: &str, number: i64) -> Result<u64, CatalogError> {
    u64::try_from(number).map_err(|_| out_of_range(field, number, "0 or more"))
}

pub(super) fn max(field: &str, raw: &RawMax) -> Result<Max, CatalogError> {
    match raw {
        RawMax::Number(number) => count(field, *number).map(Max::Of),
        RawMax::Word(word) if word == "unlimited" => Ok(Max::Unlimited),
        RawMax::Word(word) => Err(out_of_range(field, word, "a number or \"unlimited\"")),
    }
}

pub(super) fn rate(field: &str, raw: &RawRate) -> Result<Rate, CatalogError> {
    let per = count(&format!("{field}.per"), raw.per)?;
    if per == 0 {
        return Err(out_of_range(&format!("{field}.per"), per, "1 or more"));
    }
    Ok(Rate {
        price: price(&format!("{field}.price"), &raw.price)?,
        per,
        rounding: known::<Rounding>(&format!("{field}.rounding"), &raw.rounding)?,
        reading: raw.reading,
    })
}

pub(super) fn date(field: &str, text: &str) -> Result<jiff::civil::Date, CatalogError> {
    text.parse().map_err(|_| CatalogError::BadDate { field: field.to_owned(), value: text.to_owned() })
}

pub(super) fn time(field: &str, text: &str) -> Result<jiff::civil::Time, CatalogError> {
    text.parse().map_err(|_| CatalogError::BadTime { field: field.to_owned(), value: text.to_owned() })
}

pub(super) fn out_of_range(field: &str, value: impl Display, must_be: &'static str) -> CatalogError {
    CatalogError::OutOfRange { field: field.to_owned(), value: value.to_string(), must_be }
}
