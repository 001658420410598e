//! The cheapest way first: by price, then by what it takes away.

use rust_decimal::Decimal;

use crate::model::{Money, Remedy};

/// Sorts remedies; those that rank the same stay in the order they were found.
pub(super) fn sort(ways: &mut Vec<Remedy>) {
    ways.sort_by_key(rank);
    ways.dedup();
}

/// What it costs and takes: the class, the price within it, and how much is lost.
fn rank(way: &Remedy) -> (u8, Decimal, usize) {
    let priced = |price: Option<Money>, lost| match price {
        Some(price) => (PRICED, price.amount, lost),
        None => (UNPRICED, Decimal::ZERO, lost),
    };
    match way {
        Remedy::Sync => (FREE, Decimal::ZERO, 0),
        Remedy::RaiseGroupMaximum { .. }
        | Remedy::SwitchOn { .. }
        | Remedy::Apply { .. }
        | Remedy::ExtendTrial
        | Remedy::WaitUntil(_) => (FREE, Decimal::ZERO, 1),
        Remedy::Reduce { .. } => (GIVING_UP, Decimal::ZERO, 0),
        Remedy::DissolveGroups { .. } | Remedy::Remove { .. } => (GIVING_UP, Decimal::ZERO, 1),
        Remedy::PayArrears => (PRICED, Decimal::ZERO, 0),
        Remedy::ChangeEdition {
            extra_per_month,
            service_per_month,
            saves_per_month,
            loses_features,
            lowers_limits,
            ..
        } => {
            let of = |money: &Option<Money>| money.map_or(Decimal::ZERO, |price| price.amount);
            let besides = of(service_per_month) - of(saves_per_month);
            let all = extra_per_month.map(|price| Money { amount: price.amount + besides, ..price });
            priced(all, loses_features.len() + lowers_limits.len())
        }
        Remedy::BuyService { price_per_month, .. } | Remedy::Renew { price_per_month } => {
            priced(*price_per_month, 0)
        }
        Remedy::PayOverage { price, .. } => priced(*price, 0),
        Remedy::Purchase { price_per_month, .. } => priced(*price_per_month, 1),
        Remedy::CreateNewApp | Remedy::ContactProvider => (LAST, Decimal::ZERO, 0),
    }
}

/// Costs nothing and takes nothing away.
const FREE: u8 = 0;
/// Costs nothing, and something is given up.
const GIVING_UP: u8 = 1;
/// Costs what the price list says.
const PRICED: u8 = 2;
/// Costs what the price list does not say.
const UNPRICED: u8 = 3;
/// When nothing else helps.
const LAST: u8 = 4;
