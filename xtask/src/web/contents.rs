//! Whose the bytes of a module are, by the names of its functions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, ensure};

use crate::size::symbols::{module, owner};

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;
const FUNCTION: u8 = 0;
/// The part of the section of names that holds those of functions.
const OF_FUNCTIONS: u8 = 1;

/// How many parts and functions are listed.
const LISTED: usize = 24;

/// What a module consists of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Contents {
    code: usize,
    data: usize,
    /// The functions by their names, with their sizes.
    functions: Vec<(String, usize)>,
}

/// The parts of a module as it was linked, before it is made small: a table to read.
pub(super) fn told(name: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let contents = read(bytes).with_context(|| format!("reading {name}"))?;
    ensure!(!contents.functions.is_empty(), "{name} names no function");
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for (function, size) in &contents.functions {
        let shown = rustc_demangle::try_demangle(function).map(|name| format!("{name:#}"));
        let part = shown.map_or_else(
            |_| "(exports and the like)".to_owned(),
            |shown| match owner(&shown).as_str() {
                "planguard" => format!("planguard::{}", module(&shown)),
                other => other.to_owned(),
            },
        );
        *parts.entry(part).or_default() += size;
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by(|(_, one), (_, other)| other.cmp(one));
    let rest: usize = parts.iter().skip(LISTED).map(|(_, size)| size).sum();
    let (code, data) = (contents.code, contents.data);
    let mut out = format!("── {name}, as linked: {code} bytes of code, {data} of constants; code by part:\n");
    for (part, size) in parts.iter().take(LISTED) {
        let _ = writeln!(out, "{size:>9}  {part}");
    }
    let _ = write!(out, "{rest:>9}  (everything smaller)");
    Ok(out)
}

/// A place in the bytes.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> anyhow::Result<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the module ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> anyhow::Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// A number in the format's variable length.
    fn number(&mut self) -> anyhow::Result<usize> {
        let (mut number, mut shift) = (0_usize, 0);
        loop {
            let byte = self.byte()?;
            ensure!(shift < 35, "a number is too long");
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    fn text(&mut self) -> anyhow::Result<&'b str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)?)
    }

    fn part(&mut self) -> anyhow::Result<Self> {
        let length = self.number()?;
        Ok(Self(self.take(length)?))
    }
}

fn read(bytes: &[u8]) -> anyhow::Result<Contents> {
    let mut module = Reader(bytes);
    ensure!(module.take(8)?.starts_with(b"\0asm"), "this is no module");
    let (mut contents, mut sizes, mut names, mut imported) =
        (Contents::default(), Vec::new(), BTreeMap::new(), 0);
    while !module.0.is_empty() {
        let kind = module.byte()?;
        let mut section = module.part()?;
        match kind {
            IMPORTS => imported = imports(&mut section)?,
            CODE => {
                contents.code = section.0.len();
                for _ in 0..section.number()? {
                    sizes.push(section.part()?.0.len());
                }
            }
            DATA => contents.data = section.0.len(),
            CUSTOM if section.text()? == "name" => names = functions(&mut section)?,
            _ => {}
        }
    }
    for (index, size) in sizes.into_iter().enumerate() {
        let name = names.remove(&(imported + index)).unwrap_or_default();
        contents.functions.push((name, size));
    }
    Ok(contents)
}

/// How many functions are imported: they come before the module's own. Ours imports nothing else.
fn imports(section: &mut Reader<'_>) -> anyhow::Result<usize> {
    let count = section.number()?;
    for _ in 0..count {
        let (from, name) = (section.text()?, section.text()?);
        ensure!(section.byte()? == FUNCTION, "{from}.{name} is imported and no function");
        section.number()?;
    }
    Ok(count)
}

fn functions(section: &mut Reader<'_>) -> anyhow::Result<BTreeMap<usize, String>> {
    let mut names = BTreeMap::new();
    while !section.0.is_empty() {
        let kind = section.byte()?;
        let mut part = section.part()?;
        if kind == OF_FUNCTIONS {
            for _ in 0..part.number()? {
                names.insert(part.number()?, part.text()?.to_owned());
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One import, one function of three bytes called `f`, five bytes of constants.
    const MODULE: &[u8] = &[
        0, b'a', b's', b'm', 1, 0, 0, 0, //
        2, 7, 1, 1, b'm', 1, b'i', 0, 0, //
        10, 5, 1, 3, 0, 1, 11, //
        11, 5, 0, 0, 0, 0, 0, //
        0, 11, 4, b'n', b'a', b'm', b'e', 1, 4, 1, 1, 1, b'f',
    ];

    #[test]
    fn functions_are_named_and_sized() {
        let contents = read(MODULE).unwrap();
        assert_eq!(contents, Contents { code: 5, data: 5, functions: vec![("f".to_owned(), 3)] });
        assert!(told("m", MODULE).unwrap().contains("5 bytes of code, 5 of constants"));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(read(b"\0elf\0\0\0\0").is_err());
        assert!(read(&MODULE[..MODULE.len() - 1]).is_err());
        assert!(told("m", &MODULE[..8]).is_err());
    }
}
