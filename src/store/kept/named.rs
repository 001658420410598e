//! What names an entry of a map.

/// A text that stands for a value, in the names of a map too.
pub(in crate::store) trait Named: Sized {
    fn named(text: &str) -> Option<Self>;

    fn name(&self) -> String;
}
