//! A gzip stream of one or more members, and the zeroes that may follow it.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;

/// Unpacks member after member. Block devices and tapes fill up with zeroes behind the last one: those are passed over
/// and counted, as gzip(1) does; anything else there is an error.
pub(crate) struct Members<R> {
    current: Option<GzDecoder<R>>,
    padding: Rc<Cell<u64>>,
}

impl<R: BufRead> Members<R> {
    /// Unpacks `source`; the zeroes behind it are added to `padding`.
    pub(crate) fn new(source: R, padding: Rc<Cell<u64>>) -> Self {
        Self { current: Some(GzDecoder::new(source)), padding }
    }

    /// Reads zeroes until the end of `source`.
    fn pad(&self, source: &mut R) -> io::Result<()> {
        loop {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                return Ok(());
            }
            if bytes.iter().any(|byte| *byte != 0) {
                let why = "bytes that are neither zero nor gzip follow the compressed data";
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            let zeroes = bytes.len();
            self.padding.set(self.padding.get() + zeroes as u64);
            source.consume(zeroes);
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.current {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(mut source) = self.current.take().map(GzDecoder::into_inner) else { break };
            match source.fill_buf()?.first() {
                None => {}
                Some(0) => self.pad(&mut source)?,
                Some(_) => self.current = Some(GzDecoder::new(source)),
            }
        }
        Ok(0)
    }
}
