//! Two documents side by side: do they say the same, and does the newer one lose something by a mistake?

use std::fmt;

use crate::model::{EntitlementsDocument, Finding};

/// A part of the entitlements document that decides what the app may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// The price list.
    Catalog,
    /// The edition.
    Edition,
    /// The prepaid period.
    Subscription,
    /// Services bought.
    ValueAdded,
    /// Approved applications.
    Applications,
    /// Limits that override the catalog's.
    Limits,
    /// Features that override the catalog's.
    Features,
}

impl Section {
    const ALL: [Self; 7] = [
        Self::Catalog,
        Self::Edition,
        Self::Subscription,
        Self::ValueAdded,
        Self::Applications,
        Self::Limits,
        Self::Features,
    ];

    /// The member of the document.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Edition => "edition",
            Self::Subscription => "subscription",
            Self::ValueAdded => "value_added",
            Self::Applications => "applications",
            Self::Limits => "limits",
            Self::Features => "features",
        }
    }

    fn is_in(self, document: &EntitlementsDocument) -> bool {
        match self {
            Self::Catalog => document.catalog.is_some(),
            Self::Edition => document.edition.is_some(),
            Self::Subscription => document.subscription.is_some(),
            Self::ValueAdded => !document.value_added.is_empty(),
            Self::Applications => !document.applications.is_empty(),
            Self::Limits => !document.limits.is_empty(),
            Self::Features => !document.features.is_empty(),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())
    }
}

/// The first section that `held` has and `found` lacks although it tries to give it: what it says there cannot be read,
/// or stands under a mistyped key (`Limits`, `valueAdded`). A section that is simply not there any more is no mistake.
pub(crate) fn lost(found: &EntitlementsDocument, held: &EntitlementsDocument) -> Option<Section> {
    Section::ALL
        .into_iter()
        .find(|&section| section.is_in(held) && !section.is_in(found) && finding(found, section).is_some())
}

/// What is wrong with a section of `document`, as its first finding says.
pub(crate) fn problem(document: &EntitlementsDocument, section: Section) -> &str {
    finding(document, section).map_or("", |finding| &finding.problem)
}

fn finding(document: &EntitlementsDocument, section: Section) -> Option<&Finding> {
    document.findings.iter().find(|finding| {
        let first = finding.field.trim_start_matches('/').split('/').next().unwrap_or_default();
        plain(first).eq(plain(section.field()))
    })
}

/// A key without what people mistype in it: case and separators.
fn plain(key: &str) -> impl Iterator<Item = char> {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether both say the same of the plan. Usage and freshness do not count: usage is measured at its own time, and an
/// endpoint may bring both up to date without a new revision.
pub(crate) fn same(a: &EntitlementsDocument, b: &EntitlementsDocument) -> bool {
    let terms =
        |d: &EntitlementsDocument| (d.sdk_app_id, d.catalog, d.edition, d.subscription, d.arrears_since);
    terms(a) == terms(b)
        && a.value_added == b.value_added
        && a.applications == b.applications
        && a.limits == b.limits
        && a.features == b.features
}
