//! Why a bill cannot be made. Every variant names the field and what it may hold.

use crate::model::{BillingMonth, CatalogId, EditionId, ServiceId, UnknownId};

/// Why a bill cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BillError {
    /// The text is no JSON.
    #[error("not a JSON document: {reason}")]
    Syntax {
        /// Where and what, by the parser.
        reason: String,
    },
    /// A field that must be there is not.
    #[error("{field}: missing; give {expected}")]
    Missing {
        /// The path of the field.
        field: String,
        /// What it holds.
        expected: &'static str,
    },
    /// A field that does not exist: most likely a misspelt one, whose value would be lost.
    #[error("{field}: no such field; known here: {}", .known.join(", "))]
    UnknownField {
        /// The path of the field.
        field: String,
        /// The fields that exist there.
        known: &'static [&'static str],
    },
    /// A value that the field cannot hold: a negative number, a fraction, a text that is no date.
    #[error("{field}: {value} is not {expected}")]
    BadValue {
        /// The path of the field.
        field: String,
        /// The value given.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// An id that does not exist.
    #[error("{field}: there is no {} `{}`; known: {}", cause.noun(), cause.value, cause.known.join(", "))]
    UnknownId {
        /// The path of the field.
        field: String,
        /// The id and those that exist.
        cause: UnknownId,
    },
    /// A price list that is not known.
    #[error("catalog: there is no catalog `{catalog}`; known: {}", Ids(.known))]
    UnknownCatalog {
        /// The price list named.
        catalog: CatalogId,
        /// Those that are known.
        known: Vec<CatalogId>,
    },
    /// The price list has no such edition.
    #[error("{field}: `{catalog}` has no edition `{edition}`; it has: {}", Ids(.allowed))]
    EditionNotInCatalog {
        /// The path of the field.
        field: &'static str,
        /// The edition.
        edition: EditionId,
        /// The price list.
        catalog: CatalogId,
        /// Its editions.
        allowed: Vec<EditionId>,
    },
    /// The price list is in another currency, or has no prices.
    #[error("currency: `{catalog}` has no prices in {currency}; it has: {}", allowed.as_deref().unwrap_or("none"))]
    CurrencyNotOffered {
        /// The currency asked for.
        currency: String,
        /// The price list.
        catalog: CatalogId,
        /// Its currency.
        allowed: Option<String>,
    },
    /// The price list has no such service.
    #[error("{field}: `{catalog}` has no service `{service}`; it has: {}", Ids(.allowed))]
    ServiceNotInCatalog {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
        /// The price list.
        catalog: CatalogId,
        /// Its services.
        allowed: Vec<ServiceId>,
    },
    /// The edition cannot have the service.
    #[error("{field}: `{service}` cannot be bought on `{edition}`; only on: {}", Ids(.allowed))]
    ServiceNotOnEdition {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
        /// The edition.
        edition: EditionId,
        /// The editions that can have it.
        allowed: Vec<EditionId>,
    },
    /// The service has no such tier on this edition, or needs one and none is named.
    #[error("{field}: `{service}` on `{edition}` has no tier {}; {}", tier.as_deref().unwrap_or("(none given)"), Tiers(.allowed))]
    NoSuchTier {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
        /// The edition.
        edition: EditionId,
        /// The tier named.
        tier: Option<Box<str>>,
        /// The tiers it has there; empty when it has none.
        allowed: Vec<String>,
    },
    /// More than one of a service that counts once for the app.
    #[error("{field}: `{service}` is bought once for the app, not {quantity} times; set 1{}", Units(.units))]
    OncePerApp {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
        /// How many were named.
        quantity: u64,
        /// The service that its further units are, where there is one (Desk agents).
        units: Option<ServiceId>,
    },
    /// The same service twice, in the same tier.
    #[error("{field}: `{service}` is given twice; keep one entry, with the number of units held")]
    Duplicate {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
    },
    /// A service that exists only on top of another.
    #[error("{field}: `{service}` needs `{needs}`; add it")]
    NeedsService {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
        /// The one it needs.
        needs: ServiceId,
    },
    /// Months outside what can be bought at once.
    #[error("{field}: {months} months; from {min} to {max} can be bought at once")]
    PurchaseLength {
        /// The path of the field.
        field: String,
        /// The months named.
        months: u32,
        /// The fewest.
        min: u32,
        /// The most.
        max: u32,
    },
    /// The plan or service is not in force in the month.
    #[error("{field}: in force from {from} until {}, not in {month}", until.as_deref().unwrap_or("further notice"))]
    NotInForce {
        /// The path of the field.
        field: String,
        /// The first day.
        from: String,
        /// The instant it ends; `None` when it does not end by itself.
        until: Option<String>,
        /// The month asked for.
        month: BillingMonth,
    },
    /// The price list does not say how the month of this move is charged.
    #[error(
        "plan.from: `{catalog}` does not say how the month of a move from `{from}` to `{to}` is charged; leave it out"
    )]
    ChangeNotPriced {
        /// The price list.
        catalog: CatalogId,
        /// The edition left.
        from: EditionId,
        /// The edition entered.
        to: EditionId,
    },
    /// More days than the month has.
    #[error("{field}: {days} days, but {month} has {allowed}")]
    TooManyDays {
        /// The path of the field.
        field: &'static str,
        /// The days given.
        days: usize,
        /// The month.
        month: BillingMonth,
        /// Its days.
        allowed: u32,
    },
    /// An amount beyond what an exact decimal holds.
    #[error("{field}: the amount exceeds what an exact decimal holds; check the quantity")]
    TooLarge {
        /// The item.
        field: String,
    },
    /// A one-off purchase of which the day is not known: it is charged in its month only.
    #[error(
        "{field}: missing; `{service}` is charged once, in the month of its purchase, which is not known"
    )]
    PurchaseDayNotKnown {
        /// The path of the field.
        field: String,
        /// The service.
        service: ServiceId,
    },
    /// The price list given is defective; those that ship with planguard are checked whole.
    #[error("catalog: {reason}")]
    Catalog {
        /// What is wrong with it.
        reason: String,
    },
    /// The instant lies outside the month that is forecast.
    #[error("as_of: {as_of} lies before {month} begins")]
    BeforeMonth {
        /// The instant given.
        as_of: String,
        /// The month.
        month: BillingMonth,
    },
}

struct Ids<'a, T>(&'a [T]);

impl<T: std::fmt::Display> std::fmt::Display for Ids<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, id) in self.0.iter().enumerate() {
            write!(f, "{}{id}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

struct Tiers<'a>(&'a [String]);

impl std::fmt::Display for Tiers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { f.write_str("leave it out") } else { write!(f, "it has: {}", Ids(self.0)) }
    }
}

struct Units<'a>(&'a Option<ServiceId>);

impl std::fmt::Display for Units<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |units| write!(f, " and add `{units}` for each further unit"))
    }
}
