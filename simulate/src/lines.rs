//! Lines of a plain or gzip-compressed stream, each with its number and none longer than a bound.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use crate::members::Members;

/// No row of a log is this long; a longer line is damage, and is not held in memory.
pub(crate) const MAX_LINE_BYTES: usize = 16 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What stands on a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Its text, without the line end.
    Text(&'a str),
    /// It is longer than [`MAX_LINE_BYTES`]; its content was skipped.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
}

/// Reads line by line, so that damage to one (a stray quote, say) stays on that line.
pub(crate) struct Lines {
    reader: Box<dyn BufRead>,
    buffer: Vec<u8>,
    number: u64,
    padding: Rc<Cell<u64>>,
}

impl Lines {
    /// Tells gzip from plain text by the first bytes, whatever the file is called.
    pub(crate) fn new(mut source: impl Read + 'static) -> io::Result<Self> {
        let mut head = Vec::with_capacity(GZIP_MAGIC.len());
        source.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut head)?;
        let compressed = head == GZIP_MAGIC;
        let whole = BufReader::with_capacity(64 * 1024, Cursor::new(head).chain(source));
        let padding = Rc::new(Cell::new(0));
        let reader: Box<dyn BufRead> = if compressed {
            Box::new(BufReader::new(Members::new(whole, Rc::clone(&padding))))
        } else {
            Box::new(whole)
        };
        Ok(Self { reader, buffer: Vec::new(), number: 0, padding })
    }

    /// The number of the line read last, from 1; 0 before the first.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// The bytes of the line read last, as many as are held, without its line end.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// How many zeroes followed the compressed data; known at the end.
    pub(crate) fn padding(&self) -> u64 {
        self.padding.get()
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let bound = MAX_LINE_BYTES as u64 + 1;
        if self.reader.by_ref().take(bound).read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        } else if self.buffer.len() > MAX_LINE_BYTES {
            self.reader.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong));
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        let mut bytes = &self.buffer[..];
        if self.number == 1 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        Ok(Some(std::str::from_utf8(bytes).map_or(Line::NotUtf8, Line::Text)))
    }
}
