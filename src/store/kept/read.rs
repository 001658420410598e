//! Reading JSON value by value, each by whoever knows its type. `serde_json` takes the text apart.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::standing::Mark;

/// A value that is read in place.
pub(in crate::store) trait Read {
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

/// A value of a row that is read: its name, how it stands there, and where it goes.
pub(super) type Into<'a> = (&'static str, Mark, &'a mut dyn Read);

/// What does not fit, by the fields that lead to it, innermost first. Their names alone: the text is private.
#[derive(Debug, Default)]
pub(in crate::store) struct Misfit(Vec<&'static str>);

impl Misfit {
    #[inline(never)]
    fn within(mut self, field: &'static str) -> Self {
        self.0.push(field);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("it is not JSON, or not an object of the fields of a store");
        }
        f.write_str("in ")?;
        for (place, field) in self.0.iter().rev().enumerate() {
            f.write_str(if place == 0 { "" } else { "." })?;
            f.write_str(field)?;
        }
        Ok(())
    }
}

/// The text of one value.
#[derive(Clone, Copy)]
pub(in crate::store) struct Reader<'t>(&'t str);

/// The entries of a map in their order. A name may come twice here.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Entries<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Collect).map(Self)
    }
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self(text)
    }

    #[inline(never)]
    pub(super) fn misfit<T>() -> Result<T, Misfit> {
        Err(Misfit::default())
    }

    fn parsed<T: Deserialize<'t>>(self) -> Result<T, Misfit> {
        serde_json::from_str(self.0).map_err(|_| Misfit::default())
    }

    /// Whether the value is written so.
    pub(super) fn is(self, text: &str) -> bool {
        self.0 == text
    }

    /// Whether it is a text.
    pub(super) fn is_text(self) -> bool {
        self.0.starts_with('"')
    }

    /// A text.
    #[inline(never)]
    pub(in crate::store) fn text(self) -> Result<String, Misfit> {
        self.parsed()
    }

    /// A whole number of a type that has no more than 64 bits.
    pub(super) fn short<T: TryFrom<i128>>(self) -> Result<T, Misfit> {
        T::try_from(self.signed()?).map_or_else(|_| Self::misfit(), Ok)
    }

    #[inline(never)]
    fn signed(self) -> Result<i128, Misfit> {
        self.parsed()
    }

    /// A whole number that is not below zero.
    #[inline(never)]
    pub(super) fn long(self) -> Result<u128, Misfit> {
        self.parsed()
    }

    /// A list, item by item.
    #[inline(never)]
    pub(super) fn list(self, each: &mut dyn FnMut(Self) -> Result<(), Misfit>) -> Result<(), Misfit> {
        let items: Vec<&RawValue> = self.parsed()?;
        items.into_iter().try_for_each(|item| each(Self(item.get())))
    }

    /// A map, entry by entry.
    #[inline(never)]
    pub(super) fn map(self, each: &mut dyn FnMut(&str, Self) -> Result<(), Misfit>) -> Result<(), Misfit> {
        let Entries(entries) = self.parsed()?;
        entries.into_iter().try_for_each(|(name, value)| each(&name, Self(value.get())))
    }

    /// A map of one entry, whose name says what its value is.
    pub(super) fn tagged(self, each: &mut dyn FnMut(&str, Self) -> Result<(), Misfit>) -> Result<(), Misfit> {
        let mut entries = 0_u32;
        self.map(&mut |name, from| {
            entries += 1;
            each(name, from)
        })?;
        if entries == 1 { Ok(()) } else { Self::misfit() }
    }

    /// The fields of a row, in any order. Those of other names are skipped.
    #[inline(never)]
    pub(in crate::store) fn row(self, fields: &mut [Into<'_>]) -> Result<(), Misfit> {
        let mut seen: u64 = 0;
        self.map(&mut |name, from| {
            let Some(place) = fields.iter().position(|(known, ..)| *known == name) else { return Ok(()) };
            let (known, _, into) = &mut fields[place];
            if seen & (1 << place) != 0 {
                return Err(Misfit::default().within(known));
            }
            seen |= 1 << place;
            into.read(from).map_err(|misfit| misfit.within(known))
        })?;
        let lacks = |(place, (_, mark, into)): &(usize, &Into<'_>)| {
            seen & (1 << place) == 0 && *mark == Mark::Always && !into.may_lack()
        };
        match fields.iter().enumerate().find(lacks) {
            Some((_, (known, ..))) => Err(Misfit::default().within(known)),
            None => Ok(()),
        }
    }

    /// A list of so many values, each of its type.
    #[inline(never)]
    pub(super) fn tuple(self, values: &mut [&mut dyn Read]) -> Result<(), Misfit> {
        let mut place = 0;
        self.list(&mut |from| {
            let Some(value) = values.get_mut(place) else { return Reader::misfit() };
            place += 1;
            value.read(from)
        })?;
        if place == values.len() { Ok(()) } else { Self::misfit() }
    }
}
