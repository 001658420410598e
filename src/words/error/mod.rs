//! Texts on errors: what went wrong and what to do. `Display`, which names the field, is beside each error.
//!
//! What a parser, a disk or a network says in English is left out of these texts: it is in `Display`, for logs.

mod catalog;
mod document;
mod endpoint;
mod input;
mod money;
mod open;
mod signature;
mod sync;
#[cfg(test)]
mod tests;

/// Declares `as_str`: a fixed word for each variant of an error.
macro_rules! words {
    ($($name:ty { $($variant:ident => $word:literal,)+ })+) => {
        $(impl $name {
            /// A fixed word for the variant, the same in every language.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $word,)+ }
            }
        })+
    };
}

use words;

/// What an error found, in Chinese, where `(none)` stands for nothing.
fn or_none(found: &str) -> &str {
    if found == "(none)" { "（无）" } else { found }
}
