//! The plan: what the app is entitled to now, adopting documents, and what the provider's refusals show.

pub(crate) mod adopt;
pub(crate) mod current;
mod preview;
pub(crate) mod rejections;
