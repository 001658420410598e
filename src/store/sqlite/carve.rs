//! Finding the row that says whose a store was among the bytes of a file that no longer opens as a database.
//!
//! A row of SQLite's begins with a header: its own length, then the type of each value, and the values follow. The row
//! of `install` has a salt of 32 bytes between two texts and a number, which no other row of ours looks like.

use super::identity::Identity;

/// The type of a value of 32 bytes.
const SALT: u8 = 12 + 2 * 32;

/// The last such row in `bytes`, which is the newest where several are left.
pub(super) fn identity(bytes: &[u8]) -> Option<Identity> {
    let mut from = bytes.len();
    while let Some(at) = bytes[..from].iter().rposition(|byte| *byte == SALT) {
        if let Some(found) = row(bytes, at) {
            return Some(found);
        }
        from = at;
    }
    None
}

/// The row whose header has the type of the salt at `at`.
fn row(bytes: &[u8], at: usize) -> Option<Identity> {
    let [guest, install] = [*bytes.get(at + 1)?, *bytes.get(at + 2)?];
    // In front of it: the length, the key (kept elsewhere), the app, and the device in one byte or two.
    [1, 2].into_iter().find_map(|width| {
        let start = at.checked_sub(3 + width)?;
        let &[length, key, app, ..] = bytes.get(start..at)? else { return None };
        if usize::from(length) != 6 + width || key != 0 {
            return None;
        }
        let device = match *bytes.get(at - width..at)? {
            [one] => usize::from(one),
            [high, low] if high >= 0x80 && low < 0x80 => usize::from(high & 0x7f) << 7 | usize::from(low),
            _ => return None,
        };
        let mut values = Values(bytes.get(at + 3..)?);
        let app = values.number(app)?;
        let device = if device == 0 { None } else { Some(values.text(device)?) };
        let salt = values.take(32)?.try_into().ok()?;
        let guest_id = values.text(guest.into())?;
        let install_id = if install == 0 { None } else { Some(values.text(install.into())?) };
        Some(Identity { app, device, salt, guest_id, install_id })
    })
}

/// The values of a row, one after another.
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(length)?;
        self.0 = left;
        Some(taken)
    }

    /// A number of that type, or none; the outer `None` where the type is of no number.
    #[expect(clippy::option_option, reason = "no number, and no value")]
    fn number(&mut self, of: u8) -> Option<Option<u64>> {
        let length = match of {
            0 => return Some(None),
            8 => return Some(Some(0)),
            9 => return Some(Some(1)),
            1..=4 => usize::from(of),
            5 => 6,
            6 => 8,
            _ => return None,
        };
        Some(Some(self.take(length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))))
    }

    /// A text of that type, as ids are: a word of printable letters.
    fn text(&mut self, of: usize) -> Option<String> {
        let length = of.checked_sub(13).filter(|twice| twice % 2 == 0)? / 2;
        let word = self.take(length)?;
        let printable = !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
        printable.then(|| word.iter().map(|byte| char::from(*byte)).collect())
    }
}
