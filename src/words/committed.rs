//! Texts on a permit that was committed.

use std::fmt;

use crate::client::Committed;
use crate::model::Locale;
use crate::words::format::Reader;

impl Committed {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::AfterExpiry => "after_expiry",
        }
    }

    /// Whether the room was still held, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(committed(&reader, *self))
    }
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        f.write_str(&reader.line(committed(&reader, *self)))
    }
}

fn committed(reader: &Reader<'_>, committed: Committed) -> Vec<String> {
    match committed {
        Committed::InTime => vec![reader.say("counted in the room that was held", "已计入预留的额度")],
        Committed::AfterExpiry => vec![
            reader.say("counted after the hold had expired", "已计入，但预留已过期"),
            reader.say("usage may now be above the limit", "用量可能已超出上限"),
        ],
    }
}
