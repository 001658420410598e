//! Amounts of money: exact decimals with their currency, never floating point.

use std::fmt;

use rust_decimal::Decimal;

use super::named::named_enum;

named_enum! {
    /// A currency of the price lists, by its ISO 4217 code.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Currency as "currency" {
        /// United States dollar: every price of the international lists.
        Usd = "USD",
    }
}

/// An exact amount in one currency.
///
/// ```
/// use planguard::billing::Currency;
/// use planguard::Money;
/// let plan: Money = Money::new("449.99".parse()?, Currency::Usd);
/// assert_eq!(plan.to_string(), "449.99 USD");
/// # Ok::<(), rust_decimal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct Money {
    /// How much, in whole units of the currency (dollars, not cents).
    pub amount: Decimal,
    /// The currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// An amount in a currency.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The exact amount as text without its currency, as it crosses the FFI: no trailing zeros, no exponent.
    pub fn amount_text(&self) -> String {
        self.amount.normalize().to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount.normalize(), self.currency)
    }
}

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Money", 2)?;
        out.serialize_field("amount", &self.amount_text())?;
        out.serialize_field("currency", &self.currency)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_exact_and_plain() {
        let price: Decimal = "0.0150".parse().unwrap();
        let money = Money::new(price * Decimal::from(3), Currency::Usd);
        assert_eq!(money.amount_text(), "0.045");
        assert_eq!(Money::new("400.00".parse().unwrap(), Currency::Usd).to_string(), "400 USD");
        assert_eq!(Money::zero(Currency::Usd).to_string(), "0 USD");
        assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"amount":"0.045","currency":"USD"}"#);
    }
}
