//! Reading JSON from its beginning to its end, each value by whoever knows its type.

use std::borrow::Cow;

use super::{Into, Mark};

/// How deep what is skipped may lie.
const DEEPEST: u32 = 100;

/// What does not fit: at this byte.
#[derive(Debug)]
pub(in crate::store) struct Misfit(usize);

impl Misfit {
    /// Line and column, both from 1.
    pub(super) fn place(&self, text: &str) -> (usize, usize) {
        let before = &text.as_bytes()[..self.0.min(text.len())];
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        (line, column)
    }
}

/// A text, and up to where it has been read.
pub(in crate::store) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    #[inline(never)]
    pub(super) fn misfit<T>(&self) -> Result<T, Misfit> {
        Err(Misfit(self.at))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Whether `byte` is next; it is passed then.
    fn is(&mut self, byte: u8) -> bool {
        let is = self.next() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn must(&mut self, byte: u8) -> Result<(), Misfit> {
        if self.is(byte) { Ok(()) } else { self.misfit() }
    }

    /// Nothing but space is left.
    pub(super) fn end(&mut self) -> Result<(), Misfit> {
        if self.next().is_none() { Ok(()) } else { self.misfit() }
    }

    /// Whether `word` is next; it is passed then.
    #[inline(never)]
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.next();
        let is = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if is {
            self.at += word.len();
        }
        is
    }

    /// Whether a text is next.
    pub(super) fn is_text(&mut self) -> bool {
        self.next() == Some(b'"')
    }

    /// A text.
    #[inline(never)]
    pub(in crate::store) fn text(&mut self) -> Result<Cow<'t, str>, Misfit> {
        self.must(b'"')?;
        let (begin, mut plain) = (self.at, true);
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    self.at += 2;
                }
                Some(0..=0x1f) | None => return self.misfit(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let (inner, whole) = (self.text.get(begin..self.at - 1), self.text.get(begin - 1..self.at));
        if plain {
            return inner.map_or_else(|| self.misfit(), |text| Ok(Cow::Borrowed(text)));
        }
        match whole.map(serde_json::from_str::<String>) {
            Some(Ok(text)) => Ok(Cow::Owned(text)),
            _ => self.misfit(),
        }
    }

    /// A whole number: whether it is below zero, and how far from it.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Result<(bool, u128), Misfit> {
        let below = self.is(b'-');
        let begin = self.at;
        let mut number: u128 = 0;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            let next = number.checked_mul(10).and_then(|tens| tens.checked_add(u128::from(digit - b'0')));
            let Some(next) = next else { return self.misfit() };
            number = next;
            self.at += 1;
        }
        let digits = self.at - begin;
        let padded = digits > 1 && self.text.as_bytes().get(begin) == Some(&b'0');
        if digits == 0 || padded { self.misfit() } else { Ok((below, number)) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Misfit>) -> Result<T, Misfit> {
        if self.depth == DEEPEST {
            return self.misfit();
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// A list, item by item.
    #[inline(never)]
    pub(super) fn list(
        &mut self,
        each: &mut dyn FnMut(&mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.deeper(|from| {
            from.must(b'[')?;
            if from.is(b']') {
                return Ok(());
            }
            loop {
                each(from)?;
                if !from.is(b',') {
                    return from.must(b']');
                }
            }
        })
    }

    /// A map, entry by entry.
    #[inline(never)]
    pub(super) fn map(
        &mut self,
        each: &mut dyn FnMut(&str, &mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.deeper(|from| {
            from.must(b'{')?;
            if from.is(b'}') {
                return Ok(());
            }
            loop {
                from.next();
                let name = from.text()?;
                from.must(b':')?;
                each(&name, from)?;
                if !from.is(b',') {
                    return from.must(b'}');
                }
            }
        })
    }

    /// A map of one entry, whose name says what its value is.
    pub(super) fn tagged(
        &mut self,
        each: &mut dyn FnMut(&str, &mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        let mut entries = 0_u32;
        self.map(&mut |name, from| {
            entries += 1;
            each(name, from)
        })?;
        if entries == 1 { Ok(()) } else { self.misfit() }
    }

    /// The fields of a row, in any order. Those of other names are skipped.
    #[inline(never)]
    pub(in crate::store) fn row(&mut self, fields: &mut [Into<'_>]) -> Result<(), Misfit> {
        let mut seen: u64 = 0;
        self.map(&mut |name, from| {
            let Some(place) = fields.iter().position(|(known, ..)| *known == name) else {
                return from.skip();
            };
            if seen & (1 << place) != 0 {
                return from.misfit();
            }
            seen |= 1 << place;
            fields[place].2.read(from)
        })?;
        let lacks = |(place, (_, mark, into)): (usize, &Into<'_>)| {
            seen & (1 << place) == 0 && *mark == Mark::Always && !into.may_lack()
        };
        if fields.iter().enumerate().any(lacks) { self.misfit() } else { Ok(()) }
    }

    /// A list of so many values, each of its type.
    #[inline(never)]
    pub(super) fn tuple(&mut self, values: &mut [&mut dyn super::Read]) -> Result<(), Misfit> {
        let mut place = 0;
        self.list(&mut |from| {
            let Some(value) = values.get_mut(place) else { return from.misfit() };
            place += 1;
            value.read(from)
        })?;
        if place == values.len() { Ok(()) } else { self.misfit() }
    }

    /// Passes a value of any type.
    fn skip(&mut self) -> Result<(), Misfit> {
        match self.next() {
            Some(b'{') => self.map(&mut |_, from| from.skip()),
            Some(b'[') => self.list(&mut Self::skip),
            Some(b'"') => self.text().map(drop),
            Some(b'-' | b'0'..=b'9') => {
                while matches!(self.byte(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                    self.at += 1;
                }
                Ok(())
            }
            _ if self.word("null") || self.word("true") || self.word("false") => Ok(()),
            _ => self.misfit(),
        }
    }
}
