//! Where a figure comes from: documents, notes, and statements in which documents differ.

use std::fmt;
use std::str::FromStr;

use crate::model::echo::echo;
use crate::model::{EditionId, Feature, LimitId, ServiceId};

use super::meter::Meter;
use super::{List, Text};

/// A document that a catalog's figures were taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The short id that the catalog's figures refer to, such as `pricing`.
    pub id: Text,
    /// The seed document and its section, such as `seeds/001 Pricing`.
    pub document: Text,
    /// The document's language, as a BCP 47 tag.
    pub language: Text,
    /// The document's address, where it names one.
    pub url: Option<Text>,
    /// The day the document says it was last updated; `None` where it says none.
    pub date: Option<jiff::civil::Date>,
    /// The time of that day, in the document's own unnamed zone; `None` where it says none.
    pub time: Option<jiff::civil::Time>,
}

impl Source {
    /// The document's own name: without the path under which planguard's documents were kept, which says nothing to
    /// a reader.
    pub fn name(&self) -> &str {
        match self.document.split_once(' ') {
            Some((path, name)) if path.starts_with("seeds/") => name,
            _ => &self.document,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date {
            Some(date) => write!(f, "{} ({date})", self.name()),
            None => write!(f, "{} (undated)", self.name()),
        }
    }
}

/// Which of its catalog's documents a figure comes from; resolved by [`Catalog::source`](super::Catalog::source).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub(super) u16);

impl SourceId {
    /// The position in the catalog's list of sources.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A rule or figure with the document that states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// What is stated.
    pub value: T,
    /// True where the document leaves it open and this is planguard's reading, not a quotation.
    pub reading: bool,
    /// The document's own words, or why the reading was chosen.
    pub note: Option<Text>,
    /// The document.
    pub source: SourceId,
}

/// A remark of the source documents in prose, about one thing of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What the remark is about.
    pub about: Subject,
    /// The remark, in English.
    pub text: Text,
    /// The document.
    pub source: SourceId,
}

/// Something on which two documents (or two places of one) do not say the same. Both are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What they differ on.
    pub about: Subject,
    /// What each of them says.
    pub statements: List<Statement>,
    /// Which statement the catalog's typed figures follow, and why.
    pub used: Text,
}

/// What one document says on a matter where documents differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The words, in English or the document's language.
    pub text: Text,
    /// The document.
    pub source: SourceId,
}

/// What a note or a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The price list as a whole.
    Catalog,
    /// How and when fees are charged.
    Billing,
    /// Moves between editions, renewal, suspension, refunds.
    Lifecycle,
    /// One edition.
    Edition(EditionId),
    /// One limit.
    Limit(LimitId),
    /// One feature.
    Feature(Feature),
    /// One value-added service.
    Service(ServiceId),
    /// What is metered beyond the plan.
    Meter(Meter),
}

/// A text that names no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no subject; write catalog, billing, lifecycle, or edition:, limit:, feature:, service:, meter: and an id"
)]
pub struct SubjectError(pub String);

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let subject = match text.split_once(':') {
            None => match text {
                "catalog" => Some(Self::Catalog),
                "billing" => Some(Self::Billing),
                "lifecycle" => Some(Self::Lifecycle),
                _ => None,
            },
            Some(("edition", id)) => id.parse().ok().map(Self::Edition),
            Some(("limit", id)) => id.parse().ok().map(Self::Limit),
            Some(("feature", id)) => id.parse().ok().map(Self::Feature),
            Some(("service", id)) => id.parse().ok().map(Self::Service),
            Some(("meter", id)) => id.parse().ok().map(Self::Meter),
            Some(_) => None,
        };
        subject.ok_or_else(|| SubjectError(echo(text)))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog => f.write_str("catalog"),
            Self::Billing => f.write_str("billing"),
            Self::Lifecycle => f.write_str("lifecycle"),
            Self::Edition(id) => write!(f, "edition:{id}"),
            Self::Limit(id) => write!(f, "limit:{id}"),
            Self::Feature(id) => write!(f, "feature:{id}"),
            Self::Service(id) => write!(f, "service:{id}"),
            Self::Meter(id) => write!(f, "meter:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_cited_by_name_and_date() {
        let mut source = Source {
            id: "pricing".into(),
            document: "seeds/001 Chat Purchase Guide: Pricing".into(),
            language: "en".into(),
            url: None,
            date: "2024-07-22".parse().ok(),
            time: None,
        };
        assert_eq!(source.to_string(), "Chat Purchase Guide: Pricing (2024-07-22)");
        source.date = None;
        assert_eq!(source.to_string(), "Chat Purchase Guide: Pricing (undated)");
        source.document = "Our contract".into();
        assert_eq!(source.to_string(), "Our contract (undated)");
    }
}
