//! Numbers and texts.

use super::{Misfit, Named, Read, Reader, Write, Writer};
use crate::model::{
    BillingDay, BillingMonth, CounterKey, Elapsed, LimitId, LoginId, Owner, Pseudonym, Subject, Timestamp,
};
use crate::store::PermitId;
use crate::store::text::{key_text, parse_hex, parse_key};

const NO_KEY: CounterKey = CounterKey { limit: LimitId::FreeMau, subject: Subject::App, bucket: 0 };

macro_rules! numbers {
    ($($type:ty),+) => { $(
        impl Read for $type {
            fn blank() -> Self {
                0
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                *self = from.short()?;
                Ok(())
            }
        }

        impl Write for $type {
            fn write(&self, to: &mut Writer) {
                to.shown(self);
            }

            fn is_nothing(&self) -> bool {
                *self == 0
            }
        }
    )+ };
}

numbers!(u8, u32, u64, usize, i32, i64);

impl Read for u128 {
    fn blank() -> Self {
        0
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        *self = from.long()?;
        Ok(())
    }
}

impl Write for u128 {
    fn write(&self, to: &mut Writer) {
        to.shown(self);
    }
}

/// What is a number with a name of its own.
macro_rules! is_number {
    ($($type:ident($number:ty): $of:expr, $into:expr);+) => { $(
        impl Read for $type {
            fn blank() -> Self {
                $of(0)
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                let mut number: $number = 0;
                number.read(from)?;
                *self = $of(number);
                Ok(())
            }
        }

        impl Write for $type {
            fn write(&self, to: &mut Writer) {
                $into(*self).write(to);
            }
        }
    )+ };
}

is_number! {
    Elapsed(u64): Elapsed, |elapsed: Elapsed| elapsed.0;
    Owner(u128): Owner, |owner: Owner| owner.0;
    BillingMonth(i32): BillingMonth::from_number, BillingMonth::number;
    BillingDay(i32): BillingDay::from_number, BillingDay::number
}

/// Numbers that name an entry of a map.
macro_rules! names_by_number {
    ($($type:ident: $of:expr, $into:expr);+) => { $(
        impl Named for $type {
            fn named(text: &str) -> Option<Self> {
                text.parse().ok().map($of)
            }

            fn name(&self) -> String {
                $into(*self).to_string()
            }
        }
    )+ };
}

names_by_number! {
    PermitId: PermitId, |id: PermitId| id.0;
    LoginId: LoginId, |id: LoginId| id.0;
    BillingMonth: BillingMonth::from_number, BillingMonth::number
}

impl Named for Pseudonym {
    fn named(text: &str) -> Option<Self> {
        parse_hex(text)
    }

    fn name(&self) -> String {
        self.to_hex()
    }
}

impl Named for CounterKey {
    fn named(text: &str) -> Option<Self> {
        parse_key(text)
    }

    fn name(&self) -> String {
        key_text(self)
    }
}

impl Named for Timestamp {
    fn named(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn name(&self) -> String {
        self.to_string()
    }
}

/// What is a text.
macro_rules! is_text {
    ($($type:ty: $blank:expr, |$text:ident| $read:expr, |$value:ident| $write:expr);+ $(;)?) => { $(
        impl Read for $type {
            fn blank() -> Self {
                $blank
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                let $text = from.text()?;
                match $read {
                    Some(value) => *self = value,
                    None => return Reader::misfit(),
                }
                Ok(())
            }
        }

        impl Write for $type {
            fn write(&self, to: &mut Writer) {
                let $value = self;
                to.text(&$write);
            }
        }
    )+ };
}

pub(super) use is_text;

is_text! {
    String: String::new(), |text| Some(text), |text| text;
    Pseudonym: Pseudonym([0; 16]), |text| parse_hex(&text), |user| user.to_hex();
    CounterKey: NO_KEY, |text| parse_key(&text), |key| key_text(key);
    Timestamp: Timestamp::default(), |text| text.parse().ok(), |at| at.to_string();
}

impl Read for bool {
    fn blank() -> Self {
        false
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        *self = from.is("true");
        if *self || from.is("false") { Ok(()) } else { Reader::misfit() }
    }
}

impl Write for bool {
    fn write(&self, to: &mut Writer) {
        to.shown(self);
    }

    fn is_nothing(&self) -> bool {
        !self
    }
}
