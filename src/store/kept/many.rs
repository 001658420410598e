//! What is made of several values, or of none.

use std::sync::Arc;

use super::{Misfit, Named, Read, Reader, Write, Writer};
use crate::model::{CounterKey, Elapsed, Pseudonym, Timestamp};
use crate::store::{LoginTotals, WarningKey};

impl<T: Read> Read for Option<T> {
    fn blank() -> Self {
        None
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        if !from.is("null") {
            self.insert(T::blank()).read(from)?;
        }
        Ok(())
    }

    fn may_lack(&self) -> bool {
        true
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => to.shown(&"null"),
        }
    }

    fn is_nothing(&self) -> bool {
        self.is_none()
    }
}

impl<T: Read> Read for Arc<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        let mut value = T::blank();
        value.read(from)?;
        *self = Self::new(value);
        Ok(())
    }
}

impl<T: Write> Write for Arc<T> {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn blank() -> Self {
        (A::blank(), B::blank())
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        from.tuple(&mut [&mut self.0, &mut self.1])
    }
}

impl<A: Write, B: Write> Write for (A, B) {
    fn write(&self, to: &mut Writer) {
        let values: [&dyn Write; 2] = [&self.0, &self.1];
        to.list(&mut values.into_iter());
    }
}

/// Adds the items of a list to `values`.
pub(in crate::store) fn read_list<T: Read>(values: &mut Vec<T>, from: Reader<'_>) -> Result<(), Misfit> {
    from.list(&mut |from| {
        let mut value = T::blank();
        value.read(from)?;
        values.push(value);
        Ok(())
    })
}

/// Lists of these. `Vec<u8>` is no list, but a body.
macro_rules! lists {
    ($($type:ty),+ $(,)?) => { $(
        impl $crate::store::kept::Read for Vec<$type> {
            fn blank() -> Self {
                Self::new()
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                $crate::store::kept::read_list(self, from)
            }
        }

        impl $crate::store::kept::Write for Vec<$type> {
            fn write(&self, to: &mut Writer) {
                to.list(&mut self.iter().map(|value| value as &dyn Write));
            }

            fn is_nothing(&self) -> bool {
                self.is_empty()
            }
        }
    )+ };
}

pub(in crate::store) use lists;

lists!(Elapsed, (CounterKey, i64), (Timestamp, i64));

/// A map, in the order in which it was read. It is written in the order of its names.
#[derive(Debug, Default)]
pub(in crate::store) struct Pairs<K, V>(pub(in crate::store) Vec<(K, V)>);

impl<K: Named, V: Read> Read for Pairs<K, V> {
    fn blank() -> Self {
        Self(Vec::new())
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        from.map(&mut |name, from| {
            let Some(name) = K::named(name) else { return Reader::misfit() };
            let mut value = V::blank();
            value.read(from)?;
            self.0.push((name, value));
            Ok(())
        })
    }
}

impl<K: Named, V: Write> Write for Pairs<K, V> {
    fn write(&self, to: &mut Writer) {
        to.map(self.0.iter().map(|(name, value)| (name.name(), value as &dyn Write)).collect());
    }
}

impl<K, V> FromIterator<(K, V)> for Pairs<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Users, as a list in the order of their names.
#[derive(Debug, Default)]
pub(in crate::store) struct Names(pub(in crate::store) Vec<Pseudonym>);

impl Read for Names {
    fn blank() -> Self {
        Self::default()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        read_list(&mut self.0, from)
    }
}

impl Write for Names {
    fn write(&self, to: &mut Writer) {
        to.set(self.0.iter().map(|user| (user.name(), user as &dyn Write)).collect());
    }
}

impl Read for LoginTotals {
    fn blank() -> Self {
        Self::new()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        from.map(&mut |name, from| self.entry(name.to_owned()).or_default().read(from))
    }
}

impl Write for LoginTotals {
    fn write(&self, to: &mut Writer) {
        to.map(self.iter().map(|(name, n)| (name.clone(), n as &dyn Write)).collect());
    }
}

// Warnings that were given.
impl Read for Vec<WarningKey> {
    fn blank() -> Self {
        Self::new()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        read_list(self, from)
    }
}

impl Write for Vec<WarningKey> {
    fn write(&self, to: &mut Writer) {
        let name = |warning: &WarningKey| format!("{} {:03}", warning.counter.name(), warning.threshold);
        to.set(self.iter().map(|warning| (name(warning), warning as &dyn Write)).collect());
    }
}

/// The body of a document: text where it is text, else bytes.
impl Read for Vec<u8> {
    fn blank() -> Self {
        Self::new()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        if from.is_text() {
            *self = from.text()?.into_bytes();
            return Ok(());
        }
        read_list(self, from)
    }
}

impl Write for Vec<u8> {
    fn write(&self, to: &mut Writer) {
        match std::str::from_utf8(self) {
            Ok(text) => to.text(text),
            Err(_) => to.list(&mut self.iter().map(|byte| byte as &dyn Write)),
        }
    }
}

impl Read for [u8; 32] {
    fn blank() -> Self {
        [0; 32]
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        let mut bytes = Vec::new();
        read_list(&mut bytes, from)?;
        match bytes.try_into() {
            Ok(bytes) => *self = bytes,
            Err(_) => return Reader::misfit(),
        }
        Ok(())
    }
}

impl Write for [u8; 32] {
    fn write(&self, to: &mut Writer) {
        to.list(&mut self.iter().map(|byte| byte as &dyn Write));
    }
}
