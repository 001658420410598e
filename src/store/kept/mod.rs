//! What a host keeps as text: JSON, written and read by one function for all rows and a list of fields for each.
//!
//! `serde_json` takes the text apart. What a row consists of is not derived, because the code that serde derives for these
//! rows was a tenth of a phone's library, and no `serde_json::Value` is made, because numbers have up to 128 bits here. What
//! does not fit is named by its fields and never by the text, which is private.

mod many;
mod named;
mod read;
mod rows;
mod standing;
mod values;
mod write;

pub(super) use many::{Names, Pairs, lists, read_list};
use named::Named;
pub(super) use read::{Misfit, Read, Reader};
pub(super) use standing::Mark;
pub(super) use write::{Write, Writer};

use serde_json::value::RawValue;

use super::StoreError;

/// The value as JSON.
pub(super) fn to_json(value: &dyn Write) -> String {
    let mut to = Writer::default();
    value.write(&mut to);
    to.text
}

/// The value that `text` is, whole.
pub(super) fn from_json<T: Read>(text: &str) -> Result<T, StoreError> {
    let mut value = T::blank();
    read_whole(&mut value, text)?;
    Ok(value)
}

fn read_whole(value: &mut dyn Read, text: &str) -> Result<(), StoreError> {
    // Whether the text as a whole is JSON shows before a value of it is believed.
    let read = match serde_json::from_str::<&RawValue>(text) {
        Ok(whole) => value.read(Reader::new(whole.get())),
        Err(_) => Reader::misfit(),
    };
    read.map_err(|misfit| StoreError::Backend { why: format!("not the content of a store: {misfit}") })
}

/// How a field is marked in the lists of [`rows`]: `!` always, `+` later, `?` at times.
macro_rules! mark {
    (!) => {
        $crate::store::kept::Mark::Always
    };
    (+) => {
        $crate::store::kept::Mark::Later
    };
    (?) => {
        $crate::store::kept::Mark::AtTimes
    };
}

/// Rows that are read: every field with its mark.
macro_rules! read_row {
    ($type:ty: $($field:ident $mark:tt),+) => {
        impl $crate::store::kept::Read for $type {
            fn blank() -> Self {
                Self { $($field: $crate::store::kept::Read::blank()),+ }
            }

            fn read(
                &mut self,
                from: $crate::store::kept::Reader<'_>,
            ) -> Result<(), $crate::store::kept::Misfit> {
                from.row(&mut [$((stringify!($field), $crate::store::kept::mark!($mark), &mut self.$field)),+])
            }
        }
    };
}

/// Rows that are written and read.
macro_rules! row {
    ($type:ty: $($field:ident $mark:tt),+) => {
        $crate::store::kept::read_row!($type: $($field $mark),+);

        impl $crate::store::kept::Write for $type {
            fn write(&self, to: &mut $crate::store::kept::Writer) {
                to.row(&[$((stringify!($field), $crate::store::kept::mark!($mark), &self.$field)),+]);
            }
        }
    };
}

pub(in crate::store) use {mark, read_row, row};

#[cfg(test)]
mod tests;
