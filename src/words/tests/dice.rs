//! Random values from a seed, so that a failure can be repeated.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::model::{Currency, Money, Pseudonym, Timestamp};

pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.0.bool()
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.0.usize(..of.len())].clone()
    }

    /// Some of the items, in their order.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.0.u8(..4) == 0).cloned().collect()
    }

    pub(crate) fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.flip().then_some(value)
    }

    /// Of any size, small ones often.
    pub(crate) fn number(&mut self) -> u64 {
        match self.0.u8(..8) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => self.0.u64(..),
            4 | 5 => self.0.u64(..10),
            _ => self.0.u64(..2_000_000),
        }
    }

    pub(crate) fn small(&mut self) -> u32 {
        self.0.u32(..200)
    }

    pub(crate) fn percent(&mut self) -> u8 {
        self.0.u8(1..=100)
    }

    pub(crate) fn code(&mut self) -> i32 {
        self.pick(&[6206, 6208, -10001, 70013, 72002, 0, 3122])
    }

    pub(crate) fn signed(&mut self) -> i64 {
        self.pick(&[0, 1, -1, 60, -60, 12_345, i64::MIN, i64::MAX])
    }

    pub(crate) fn at(&mut self) -> Timestamp {
        Timestamp::from_millis(self.0.i64(0..Timestamp::MAX.as_millis()))
    }

    pub(crate) fn length(&mut self) -> Duration {
        Duration::from_secs(self.pick(&[0, 59, 60, 3599, 3600, 86_399, 86_400, 400 * 86_400]))
    }

    pub(crate) fn price(&mut self) -> Money {
        let amount = match self.0.u8(..5) {
            0 => Decimal::ZERO,
            1 => Decimal::new(15, 3),
            2 => Decimal::from(self.0.u32(..5000)),
            _ => Decimal::new(self.0.i64(0..10_000_000), 2),
        };
        Money::new(amount, Currency::Usd)
    }

    /// A price difference: also a saving.
    pub(crate) fn difference(&mut self) -> Money {
        let price = self.price();
        if self.flip() { price } else { Money { amount: -price.amount, ..price } }
    }

    /// A pseudonym that a text would show as `abababab` or as `171`.
    pub(crate) const fn pseudonym() -> Pseudonym {
        Pseudonym([0xAB; 16])
    }
}
