//! What things are called: the provider's own product terms, in both languages.

mod features;
mod limits;
mod offers;

pub(crate) use limits::{Noun, quota};
pub(crate) use offers::{edition, service, tier};
