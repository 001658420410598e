//! The rows of a store that a fleet shares: what each is named, and in which table it is.

use crate::model::{BillingMonth, CatalogId, CounterKey, Pseudonym};
use crate::store::text::{key_text, parse_hex, parse_key};
use crate::store::{PermitId, WarningKey};

/// A row, by what names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::store) enum RowId {
    Counter(CounterKey),
    User(Pseudonym),
    Lease(Pseudonym),
    Permit(PermitId),
    Terms(PermitId),
    Happening([u8; 16]),
    Active(BillingMonth, Pseudonym),
    Deferred(BillingMonth, Pseudonym),
    Identity(BillingMonth, Pseudonym),
    Totals(BillingMonth),
    Warned(WarningKey),
    Spelling(Pseudonym),
    Event(u64),
    Single(Single),
    Catalog(CatalogId),
}

/// Things of which a store has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::store) enum Single {
    App,
    Install,
    Device,
    Roles,
    Document,
    Suspension,
    Sync,
    Time,
    DeviceUser,
    Pruned,
}

impl Single {
    pub(in crate::store) const ALL: [Self; 10] = [
        Self::App,
        Self::Install,
        Self::Device,
        Self::Roles,
        Self::Document,
        Self::Suspension,
        Self::Sync,
        Self::Time,
        Self::DeviceUser,
        Self::Pruned,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Install => "install",
            Self::Device => "device",
            Self::Roles => "roles",
            Self::Document => "document",
            Self::Suspension => "suspension",
            Self::Sync => "sync",
            Self::Time => "time",
            Self::DeviceUser => "device_user",
            Self::Pruned => "pruned",
        }
    }
}

/// Where rows of a kind are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::store) enum Table {
    Counters,
    Users,
    Leases,
    Permits,
    Terms,
    Happenings,
    Active,
    Deferred,
    Identities,
    Totals,
    Warned,
    Spellings,
    Outbox,
    Singles,
    Catalogs,
}

impl Table {
    pub(in crate::store) const ALL: [Self; 15] = [
        Self::Counters,
        Self::Users,
        Self::Leases,
        Self::Permits,
        Self::Terms,
        Self::Happenings,
        Self::Active,
        Self::Deferred,
        Self::Identities,
        Self::Totals,
        Self::Warned,
        Self::Spellings,
        Self::Outbox,
        Self::Singles,
        Self::Catalogs,
    ];

    pub(in crate::store) const fn name(self) -> &'static str {
        match self {
            Self::Counters => "counters",
            Self::Users => "users",
            Self::Leases => "leases",
            Self::Permits => "permits",
            Self::Terms => "terms",
            Self::Happenings => "happenings",
            Self::Active => "active",
            Self::Deferred => "deferred",
            Self::Identities => "identities",
            Self::Totals => "totals",
            Self::Warned => "warned",
            Self::Spellings => "spellings",
            Self::Outbox => "outbox",
            Self::Singles => "singles",
            Self::Catalogs => "catalogs",
        }
    }

    /// The row of that name in this table; `None` for one that this build does not know.
    pub(in crate::store) fn row(self, key: &str) -> Option<RowId> {
        let of_month = |make: fn(BillingMonth, Pseudonym) -> RowId| {
            let (month, user) = key.split_once('/')?;
            Some(make(month_of(month)?, parse_hex(user)?))
        };
        Some(match self {
            Self::Counters => RowId::Counter(parse_key(key)?),
            Self::Users => RowId::User(parse_hex(key)?),
            Self::Leases => RowId::Lease(parse_hex(key)?),
            Self::Permits => RowId::Permit(key.parse().ok()?),
            Self::Terms => RowId::Terms(key.parse().ok()?),
            Self::Happenings => RowId::Happening(parse_hex(key)?.0),
            Self::Active => of_month(RowId::Active)?,
            Self::Deferred => of_month(RowId::Deferred)?,
            Self::Identities => of_month(RowId::Identity)?,
            Self::Totals => RowId::Totals(month_of(key)?),
            Self::Warned => {
                let (counter, threshold) = key.rsplit_once(' ')?;
                let (counter, threshold) = (parse_key(counter)?, threshold.parse().ok()?);
                RowId::Warned(WarningKey { counter, threshold })
            }
            Self::Spellings => RowId::Spelling(parse_hex(key)?),
            Self::Outbox => RowId::Event(key.parse().ok()?),
            Self::Singles => RowId::Single(Single::ALL.into_iter().find(|single| single.name() == key)?),
            Self::Catalogs => RowId::Catalog(key.parse().ok()?),
        })
    }
}

fn month_of(text: &str) -> Option<BillingMonth> {
    text.parse().ok().map(BillingMonth::from_number)
}

impl RowId {
    pub(in crate::store) const fn table(&self) -> Table {
        match self {
            Self::Counter(_) => Table::Counters,
            Self::User(_) => Table::Users,
            Self::Lease(_) => Table::Leases,
            Self::Permit(_) => Table::Permits,
            Self::Terms(_) => Table::Terms,
            Self::Happening(_) => Table::Happenings,
            Self::Active(..) => Table::Active,
            Self::Deferred(..) => Table::Deferred,
            Self::Identity(..) => Table::Identities,
            Self::Totals(_) => Table::Totals,
            Self::Warned(_) => Table::Warned,
            Self::Spelling(_) => Table::Spellings,
            Self::Event(_) => Table::Outbox,
            Self::Single(_) => Table::Singles,
            Self::Catalog(_) => Table::Catalogs,
        }
    }

    /// Its name in its table.
    pub(in crate::store) fn key(&self) -> String {
        match self {
            Self::Counter(key) => key_text(key),
            Self::User(user) | Self::Lease(user) | Self::Spelling(user) => user.to_hex(),
            Self::Permit(permit) | Self::Terms(permit) => permit.to_string(),
            Self::Happening(key) => Pseudonym(*key).to_hex(),
            Self::Active(month, user) | Self::Deferred(month, user) | Self::Identity(month, user) => {
                format!("{}/{}", month.number(), user.to_hex())
            }
            Self::Totals(month) => month.number().to_string(),
            Self::Warned(WarningKey { counter, threshold }) => format!("{} {threshold}", key_text(counter)),
            // In the order of the numbers.
            Self::Event(seq) => format!("{seq:020}"),
            Self::Single(single) => single.name().to_owned(),
            Self::Catalog(id) => id.as_str().to_owned(),
        }
    }

    /// The row with its table, as the journal names it.
    pub(in crate::store) fn name(&self) -> String {
        format!("{} {}", self.table().name(), self.key())
    }

    /// The row that [`Self::name`] named.
    pub(in crate::store) fn named(name: &str) -> Option<Self> {
        let (table, key) = name.split_once(' ')?;
        Table::ALL.into_iter().find(|known| known.name() == table)?.row(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LimitId, Subject};

    #[test]
    fn every_kind_of_row_is_found_by_its_name() {
        let (user, permit) = (Pseudonym([0xa5; 16]), PermitId(7));
        let month = BillingMonth::from_number(-3);
        let counter = CounterKey { limit: LimitId::FreeDau, subject: Subject::Group(user), bucket: -7 };
        let rows = [
            RowId::Counter(counter),
            RowId::User(user),
            RowId::Lease(user),
            RowId::Permit(permit),
            RowId::Terms(permit),
            RowId::Happening([9; 16]),
            RowId::Active(month, user),
            RowId::Deferred(month, user),
            RowId::Identity(month, user),
            RowId::Totals(month),
            RowId::Warned(WarningKey { counter, threshold: 80 }),
            RowId::Spelling(user),
            RowId::Event(u64::MAX),
            RowId::Single(Single::Pruned),
            RowId::Catalog(CatalogId::INTL_2024),
        ];
        let tables: std::collections::BTreeSet<_> = rows.iter().map(RowId::table).collect();
        assert_eq!(tables.into_iter().collect::<Vec<_>>(), Table::ALL);
        for row in rows.into_iter().chain(Single::ALL.map(RowId::Single)) {
            assert_eq!(RowId::named(&row.name()), Some(row));
        }
        assert_eq!(RowId::named("counters of_tomorrow/app/0"), None);
    }
}
