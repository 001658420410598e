//! Small structured values as bytes in one column: numbers of variable length, one after the other.

use integer_encoding::VarInt;

use super::fail::Fail;

/// Bytes being written.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn number(&mut self, n: impl VarInt) {
        let mut bytes = [0; 10];
        let length = n.encode_var(&mut bytes);
        self.0.extend_from_slice(&bytes[..length]);
    }

    pub(super) fn name(&mut self, name: &[u8; 16]) {
        self.0.extend_from_slice(name);
    }

    pub(super) fn rest(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Bytes being read. What ends too early, or holds a number that is none, was not written by us.
pub(super) struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn number<N: VarInt>(&mut self) -> Result<N, Fail> {
        let (number, length) = N::decode_var(self.0).ok_or_else(malformed)?;
        self.0 = self.0.get(length..).ok_or_else(malformed)?;
        Ok(number)
    }

    pub(super) fn name(&mut self) -> Result<[u8; 16], Fail> {
        let (name, rest) = self.0.split_first_chunk().ok_or_else(malformed)?;
        self.0 = rest;
        Ok(*name)
    }

    pub(super) const fn rest(&self) -> &'b [u8] {
        self.0
    }
}

/// A value that no build of planguard writes.
pub(super) fn malformed() -> Fail {
    Fail::damaged("a value is malformed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_come_back_and_their_beginnings_are_malformed() {
        let mut writer = Writer::default();
        writer.number(u64::MAX);
        writer.number(i64::MIN);
        writer.name(&[7; 16]);
        writer.number(-3_i32);
        let bytes = writer.into_bytes();
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            Ok::<_, Fail>((reader.number::<u64>()?, reader.number::<i64>()?, reader.name()?, {
                let last = reader.number::<i32>()?;
                assert!(reader.is_empty());
                last
            }))
        };
        assert_eq!(read(&bytes).unwrap(), (u64::MAX, i64::MIN, [7; 16], -3));
        for end in 0..bytes.len() {
            assert!(matches!(read(&bytes[..end]), Err(Fail::Damaged(_))), "{end}");
        }
    }
}
