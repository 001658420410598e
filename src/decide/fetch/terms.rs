//! Two documents side by side: do they say the same, and does the newer one lose something by a mistake?

use std::fmt;

use crate::decide::entitle::{UnknownName, unknown_catalog, unknown_edition, unknown_name};
use crate::model::{Catalogs, EntitlementsDocument, Finding, ServiceGrant};

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

    /// Whether `document` gives the section so that it can be used: names are known ones.
    fn is_in(self, document: &EntitlementsDocument, catalogs: &Catalogs) -> bool {
        match self {
            Self::Catalog => document.catalog.is_some_and(|id| catalogs.get(id).is_some()),
            Self::Edition => document.edition.is_some() && unknown_name(document, catalogs).is_none(),
            Self::Subscription => document.subscription.is_some(),
            Self::ValueAdded => {
                document.value_added.iter().any(|grant| knows_service(document, grant, catalogs))
            }
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
/// is a name that is not known here, or stands under a mistyped key (`Limits`, `valueAdded`). A section that is simply
/// not there any more is no mistake.
pub(crate) fn lost(
    found: &EntitlementsDocument,
    held: &EntitlementsDocument,
    catalogs: &Catalogs,
) -> Option<Section> {
    Section::ALL.into_iter().find(|&section| {
        section.is_in(held, catalogs)
            && !section.is_in(found, catalogs)
            && problem(found, section, catalogs).is_some()
    })
}

/// What is wrong with a section of `document`: its first finding, or the name that is not known.
pub(crate) fn problem(
    document: &EntitlementsDocument,
    section: Section,
    catalogs: &Catalogs,
) -> Option<String> {
    if let Some(finding) = finding(document, section) {
        return Some(finding.problem.clone());
    }
    if section == Section::ValueAdded {
        let unknown = |grant: &&ServiceGrant| !knows_service(document, grant, catalogs);
        let (grant, catalog) = (document.value_added.iter().find(unknown)?, document.catalog?);
        return Some(format!("{catalog} has no service `{}`", grant.id));
    }
    match (section, unknown_name(document, catalogs)?) {
        (Section::Catalog, UnknownName::Catalog(id)) => Some(unknown_catalog(id, catalogs)),
        (Section::Edition, UnknownName::Edition(id)) => {
            let catalog = catalogs.get(document.catalog?)?;
            Some(unknown_edition(id, catalog))
        }
        _ => None,
    }
}

/// Whether the document's price list has the service, as far as that list is known.
fn knows_service(document: &EntitlementsDocument, grant: &ServiceGrant, catalogs: &Catalogs) -> bool {
    let catalog = document.catalog.and_then(|id| catalogs.get(id));
    catalog.is_none_or(|catalog| !catalog.services_stated || catalog.service(grant.id).is_some())
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
