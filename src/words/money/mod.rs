//! Texts on money: bills, forecasts, refunds, and moves between editions.

mod assumption;
mod bill;
mod change;
mod forecast;
mod included;
mod item;
mod refund;

use crate::model::Money;
use crate::words::format::Reader;

/// Declares `explain` and `Display` from a function that gives the sentences, the most important one first.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ty: $sentences:expr;)+) => {
        $(
            impl $name {
                $(#[$meta])*
                pub fn explain(&self, locale: Locale) -> String {
                    let reader = Reader::of(locale);
                    reader.sentences($sentences(&reader, self))
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let reader = Reader::of(Locale::En);
                    f.write_str(&reader.line($sentences(&reader, self)))
                }
            }
        )+
    };
}

use texts;

/// An amount; `free` where it is known to be zero, and that it is not stated where nothing is known.
fn amount(reader: &Reader<'_>, amount: Option<Money>, free: bool) -> String {
    match amount {
        _ if free => reader.say("free of charge", "免费"),
        Some(amount) => reader.money(amount),
        None => reader.say("an amount that the price list does not state", "价目表未说明的金额"),
    }
}

/// `300 USD a month more`, between two plan fees.
fn difference(reader: &Reader<'_>, extra: Option<Money>) -> String {
    let Some(extra) = extra else {
        return reader.say("the price list does not state the difference in price", "价目表未说明差价");
    };
    if extra.amount.is_zero() {
        return reader.say("the plan fee stays the same", "套餐费用不变");
    }
    let price = reader.money(Money { amount: extra.amount.abs(), ..extra });
    if extra.amount.is_sign_negative() {
        reader.say(format!("{price} a month less"), format!("每月减少 {price}"))
    } else {
        reader.say(format!("{price} a month more"), format!("每月增加 {price}"))
    }
}
