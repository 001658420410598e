//! Usage against limits: checking, counting, warning, holding room.

mod api;
pub(crate) mod check;
pub(crate) mod count;
pub(crate) mod finish;
pub(crate) mod perform;
pub(crate) mod permit;
pub(crate) mod recent;
pub(crate) mod reserve;
pub(crate) mod warn;
