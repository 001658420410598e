//! What of `src/client/` is modelled.

#[allow(dead_code, reason = "a model uses a part of it")]
#[path = "../../../src/client/line.rs"]
pub(crate) mod line;
pub(crate) mod table;
