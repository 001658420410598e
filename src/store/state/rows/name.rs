//! What names a row, and the text of it.

use crate::model::{BillingMonth, CatalogId, CounterKey, LoginId, Pseudonym};
use crate::store::text::{key_text, parse_hex, parse_key};
use crate::store::{PermitId, WarningKey};

/// Names one row. Its text begins with the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Name {
    /// What is small and changes seldom.
    Main,
    /// Numbers that rise.
    Numbers,
    Document,
    Catalog(CatalogId),
    Counter(CounterKey),
    Permit(PermitId),
    Terms(PermitId),
    Happening([u8; 16]),
    User(Pseudonym),
    Note(LoginId),
    Lease(Pseudonym),
    Spelling(Pseudonym),
    Warned(WarningKey),
    Active(BillingMonth, Pseudonym),
    Deferred(BillingMonth, Pseudonym),
    Identity(BillingMonth, Pseudonym),
    Totals(BillingMonth),
    Event(u64),
}

impl Name {
    pub(super) fn text(self) -> String {
        let of_month = |kind: char, month: BillingMonth, user: Pseudonym| {
            format!("{kind}/{}/{}", month.number(), user.to_hex())
        };
        match self {
            Self::Main => "main".to_owned(),
            Self::Numbers => "numbers".to_owned(),
            Self::Document => "document".to_owned(),
            Self::Catalog(id) => format!("k/{}", id.as_str()),
            Self::Counter(key) => format!("c/{}", key_text(&key)),
            Self::Permit(id) => format!("p/{}", id.0),
            Self::Terms(id) => format!("m/{}", id.0),
            Self::Happening(key) => format!("h/{}", Pseudonym(key).to_hex()),
            Self::User(user) => format!("u/{}", user.to_hex()),
            Self::Note(login) => format!("n/{}", login.0),
            Self::Lease(user) => format!("l/{}", user.to_hex()),
            Self::Spelling(normal) => format!("s/{}", normal.to_hex()),
            Self::Warned(key) => format!("w/{}/{}", key.threshold, key_text(&key.counter)),
            Self::Active(month, user) => of_month('a', month, user),
            Self::Deferred(month, user) => of_month('d', month, user),
            Self::Identity(month, user) => of_month('i', month, user),
            Self::Totals(month) => format!("t/{}", month.number()),
            Self::Event(seq) => format!("o/{seq}"),
        }
    }

    /// The name that a text is; `None` where this version of planguard knows no such row.
    pub(super) fn of(text: &str) -> Option<Self> {
        let Some((kind, rest)) = text.split_once('/') else {
            return match text {
                "main" => Some(Self::Main),
                "numbers" => Some(Self::Numbers),
                "document" => Some(Self::Document),
                _ => None,
            };
        };
        let month = |text: &str| text.parse().ok().map(BillingMonth::from_number);
        let in_month = || {
            let (number, user) = rest.split_once('/')?;
            Some((month(number)?, parse_hex(user)?))
        };
        Some(match kind {
            "k" => Self::Catalog(rest.parse().ok()?),
            "c" => Self::Counter(parse_key(rest)?),
            "p" => Self::Permit(PermitId(rest.parse().ok()?)),
            "m" => Self::Terms(PermitId(rest.parse().ok()?)),
            "h" => Self::Happening(parse_hex(rest)?.0),
            "u" => Self::User(parse_hex(rest)?),
            "n" => Self::Note(LoginId(rest.parse().ok()?)),
            "l" => Self::Lease(parse_hex(rest)?),
            "s" => Self::Spelling(parse_hex(rest)?),
            "w" => {
                let (threshold, counter) = rest.split_once('/')?;
                Self::Warned(WarningKey { counter: parse_key(counter)?, threshold: threshold.parse().ok()? })
            }
            "a" => in_month().map(|(month, user)| Self::Active(month, user))?,
            "d" => in_month().map(|(month, user)| Self::Deferred(month, user))?,
            "i" => in_month().map(|(month, user)| Self::Identity(month, user))?,
            "t" => Self::Totals(month(rest)?),
            "o" => Self::Event(rest.parse().ok()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LimitId, Subject};

    #[test]
    fn names_survive_the_way_through_text() {
        let (user, month) = (Pseudonym([0xa5; 16]), BillingMonth::from_number(-3));
        let counter = CounterKey { limit: LimitId::FreeMau, subject: Subject::User(user), bucket: -7 };
        let names = [
            Name::Main,
            Name::Numbers,
            Name::Document,
            Name::Catalog(CatalogId::INTL_2024),
            Name::Counter(counter),
            Name::Permit(PermitId(u128::MAX)),
            Name::Terms(PermitId(0)),
            Name::Happening([7; 16]),
            Name::User(user),
            Name::Note(LoginId(9)),
            Name::Lease(user),
            Name::Spelling(user),
            Name::Warned(WarningKey { counter, threshold: 80 }),
            Name::Active(month, user),
            Name::Deferred(month, user),
            Name::Identity(month, user),
            Name::Totals(month),
            Name::Event(u64::MAX),
        ];
        for name in names {
            assert_eq!(Name::of(&name.text()), Some(name));
        }
        for other in ["", "x", "x/1", "c/no_such_limit/app/0", "a/1", "w/80", "o/-1"] {
            assert_eq!(Name::of(other), None, "{other}");
        }
    }
}
