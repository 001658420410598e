//! The libraries beside which planguard is measured, one in each file: set up as their documents say, asked the
//! nearest question they answer.

pub(crate) mod arc_swap;
pub(crate) mod bare_rows;
pub(crate) mod governor_direct;
pub(crate) mod governor_keyed;
pub(crate) mod moka_future;
pub(crate) mod moka_sync;
pub(crate) mod mutex_map;
pub(crate) mod open_feature;
pub(crate) mod sqlite_query;
pub(crate) mod yggdrasil;
