//! Lines of a plain or gzip-compressed stream, each with its number and none longer than a bound.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::encoding::Encoding;
use crate::members::Members;

/// No row of a log is this long; a longer line is damage, and is not held in memory.
pub(crate) const MAX_LINE_BYTES: usize = 16 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// As many bytes as UTF-16 without a mark is known by.
const HEAD: u64 = 4;
const BUFFER: usize = 64 * 1024;

/// What stands on a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Its text, without the line end.
    Text(&'a str),
    /// It is longer than [`MAX_LINE_BYTES`]; its content was skipped.
    TooLong,
    /// It is no text in the encoding of the log.
    NotText(Encoding),
}

/// Reads line by line, so that damage to one (a stray quote, say) stays on that line.
pub(crate) struct Lines {
    reader: Box<dyn BufRead>,
    buffer: Vec<u8>,
    /// The line in UTF-8, where it was not that on disk.
    text: String,
    number: u64,
    compressed: bool,
    /// `None` until a line shows it.
    encoding: Option<Encoding>,
    padding: Rc<Cell<u64>>,
}

impl Lines {
    /// Tells gzip from plain text, and UTF-16 from other text, by the first bytes, whatever the file is called.
    pub(crate) fn new(source: impl Read + 'static) -> io::Result<Self> {
        let (head, whole) = peek(source, GZIP_MAGIC.len() as u64)?;
        let compressed = head == GZIP_MAGIC;
        let padding = Rc::new(Cell::new(0));
        let buffered = BufReader::with_capacity(BUFFER, whole);
        let unpacked: Box<dyn Read> = if compressed {
            Box::new(Members::new(buffered, Rc::clone(&padding)))
        } else {
            Box::new(buffered)
        };
        let (head, unpacked) = peek(unpacked, HEAD)?;
        let encoding = Encoding::by_mark(&head);
        let reader: Box<dyn BufRead> = match encoding.and_then(Encoding::of_stream) {
            Some(from) => Box::new(BufReader::new(
                DecodeReaderBytesBuilder::new().encoding(Some(from)).strip_bom(true).build(unpacked),
            )),
            None => Box::new(BufReader::new(unpacked)),
        };
        Ok(Self { reader, buffer: Vec::new(), text: String::new(), number: 0, compressed, encoding, padding })
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

    /// Whether the source is packed with gzip.
    pub(crate) const fn compressed(&self) -> bool {
        self.compressed
    }

    /// The encoding, as far as the lines read so far show it.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
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
        if self.encoding.is_none() && !bytes.is_ascii() {
            self.encoding = Some(Encoding::by_text(bytes, self.reader.fill_buf()?));
        }
        let encoding = self.encoding.unwrap_or_default();
        Ok(Some(match encoding.decode(bytes) {
            None => Line::NotText(encoding),
            Some(text) => {
                self.text.clear();
                self.text.push_str(&text);
                Line::Text(&self.text)
            }
        }))
    }
}

/// The first bytes, and a reader that gives them once more.
fn peek(mut source: impl Read + 'static, bytes: u64) -> io::Result<(Vec<u8>, impl Read + 'static)> {
    let mut head = Vec::new();
    source.by_ref().take(bytes).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(source)))
}
