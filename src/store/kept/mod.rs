//! What a host keeps as text: JSON, written and read by one function for all rows and a list of fields for each.
//!
//! `serde_json` takes the text apart. What a row consists of is not derived, because the code that serde derives for these
//! rows was a tenth of a phone's library, and no `serde_json::Value` is made, because numbers have up to 128 bits here. What
//! does not fit is named by its fields and never by the text, which is private.

mod many;
mod read;
mod rows;
mod values;
mod write;

pub(super) use many::{Names, Pairs, lists, read_list};
pub(super) use read::{Misfit, Reader};
pub(super) use write::Writer;

use serde_json::value::RawValue;

use super::StoreError;

/// A value that is read in place.
pub(super) trait Read {
    /// What a reading starts from.
    fn blank() -> Self
    where
        Self: Sized;

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit>;

    /// Whether a field that is missing says something too: that there is none.
    fn may_lack(&self) -> bool {
        false
    }
}

/// A value that is written.
pub(super) trait Write {
    fn write(&self, to: &mut Writer);

    /// Whether a field that may be left out is.
    fn is_nothing(&self) -> bool {
        false
    }
}

/// How a field stands in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Always.
    Always,
    /// Always now; earlier versions had none.
    Later,
    /// Where it says something.
    AtTimes,
}

/// A value of a row that is read: its name, how it stands there, and where it goes.
pub(super) type Into<'a> = (&'static str, Mark, &'a mut dyn Read);

/// A value of a row that is written.
pub(super) type From<'a> = (&'static str, Mark, &'a dyn Write);

/// A text that stands for a value, in the names of a map too.
pub(super) trait Named: Sized {
    fn named(text: &str) -> Option<Self>;

    fn name(&self) -> String;
}

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
        Err(_) => Reader::new(text).misfit(),
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
