//! Usage against limits: checking, counting, warning, holding room.

pub(crate) mod check;
pub(crate) mod count;
pub(crate) mod permit;
pub(crate) mod recent;
pub(crate) mod warn;
