//! What usage beyond the plan's allowance costs.

use rust_decimal::Decimal;

use crate::model::named::named_enum;

use super::source::SourceId;

named_enum! {
    /// How a quantity that is no whole number of units is charged.
    pub enum Rounding as "rounding" {
        /// Each unit is charged by itself.
        Exact = "exact",
        /// A block that has been started is charged whole.
        StartedBlock = "started_block",
    }
}

/// A price for each so many units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The price of one block, in the catalog's currency.
    pub price: Decimal,
    /// The units in one block; at least 1.
    pub per: u64,
    /// How a part of a block is charged.
    pub rounding: Rounding,
    /// True where the document leaves the rounding open and the started block is planguard's reading.
    pub reading: bool,
}

/// Whether an edition goes on beyond its quota of a [`Meter`](super::Meter), and at what rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overage {
    /// False: at the quota the service ends. True: usage goes on and is charged.
    pub supported: bool,
    /// The rate; `None` when not supported or when the document gives no price.
    pub rate: Option<Rate>,
    /// The document.
    pub source: SourceId,
}

impl Rate {
    /// The blocks charged for `over` units beyond the quota. With [`Rounding::Exact`] a block may be a
    /// fraction.
    pub fn blocks(&self, over: u64) -> Decimal {
        match self.rounding {
            Rounding::Exact => Decimal::from(over) / Decimal::from(self.per),
            Rounding::StartedBlock => Decimal::from(over.div_ceil(self.per)),
        }
    }

    /// The charge for `over` units beyond the quota; `None` when it exceeds what a decimal holds.
    pub fn charge(&self, over: u64) -> Option<Decimal> {
        self.blocks(over).checked_mul(self.price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn started_blocks_are_charged_whole() {
        let rate = Rate {
            price: "449.99".parse().unwrap(),
            per: 10_000,
            rounding: Rounding::StartedBlock,
            reading: false,
        };
        for (over, blocks) in [(0, 0), (1, 1), (9_999, 1), (10_000, 1), (10_001, 2)] {
            assert_eq!(rate.blocks(over), Decimal::from(blocks), "{over}");
        }
        // Two blocks: 2 x 449.99.
        assert_eq!(rate.charge(10_001), Some("899.98".parse().unwrap()));
        let each =
            Rate { price: "0.015".parse().unwrap(), per: 1, rounding: Rounding::Exact, reading: false };
        // 7 x 0.015.
        assert_eq!(each.charge(7), Some("0.105".parse().unwrap()));
    }
}
