//! The billing endpoint: when to ask it, and what its answers mean.
//!
//! | Module | Question |
//! | --- | --- |
//! | [`freshness`] | Is the held document fresh, and is a fetch due? |
//! | [`judge`] | Is this answer to be adopted, does it confirm, is it refused? |
//! | [`terms`] | Do two documents say the same? Does one lose something by a mistake? |
//! | [`delivery`] | Did a batch of usage events arrive? |
//! | [`active`] | Does the endpoint say that a user is counted? |
//! | [`backoff`] | How long to wait after a refusal? |

pub(crate) mod active;
pub(crate) mod backoff;
pub(crate) mod delivery;
pub(crate) mod freshness;
pub(crate) mod judge;
pub(crate) mod terms;
