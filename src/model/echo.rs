//! What others wrote, as errors repeat it.

use std::fmt::{self, Display, Write as _};

/// How many characters of a text that others wrote an error repeats.
pub(crate) const SHOWN: usize = 80;

/// `text` as an error repeats it: where it is longer than [`SHOWN`] characters its start, with an ellipsis.
pub(crate) fn echo(text: impl Display) -> String {
    let mut out = Start { text: String::new(), left: SHOWN };
    // It stops what is written once there is enough.
    if write!(out, "{text}").is_err() {
        out.text.push('…');
    }
    out.text
}

/// Takes the start of what is written to it, and fails where there is more.
struct Start {
    text: String,
    left: usize,
}

impl fmt::Write for Start {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        match part.char_indices().nth(self.left) {
            None => {
                self.left -= part.chars().count();
                self.text.push_str(part);
                Ok(())
            }
            Some((end, _)) => {
                self.text.push_str(&part[..end]);
                self.left = 0;
                Err(fmt::Error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_repeated_whole() {
        for text in ["", "x", "群".repeat(SHOWN).as_str()] {
            assert_eq!(echo(text), text);
        }
    }

    #[test]
    fn what_is_long_is_cut_between_two_characters() {
        for whole in ["x", "é", "群", "🙂"] {
            for more in [1, 2, 100_000] {
                assert_eq!(echo(whole.repeat(SHOWN + more)), format!("{}…", whole.repeat(SHOWN)));
            }
        }
    }

    #[test]
    fn what_is_written_in_parts_is_cut_where_they_are_too_many() {
        let parts = |parts: usize| format_args!("{}-{}", "a".repeat(parts), "b".repeat(parts)).to_string();
        assert_eq!(echo(format_args!("{}-{}", "a".repeat(40), "b".repeat(39))), parts(40)[..80]);
        assert_eq!(echo(format_args!("{}-{}", "a".repeat(80), "b")), format!("{}…", "a".repeat(80)));
    }
}
