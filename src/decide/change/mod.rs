//! Moves between editions: which a price list allows, and what one would bring and take.

mod allowed;
mod compare;
mod held;
mod preview;

pub use allowed::{ChangeRefusal, allowed, services_allowed};
pub use compare::{Comparison, LimitChange, compare};
pub use held::{PreviewError, from_held};
pub use preview::{ChangePreview, ChangeRequest, NeedlessService, OverUse, preview};
