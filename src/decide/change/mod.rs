//! Moves between editions: which a price list allows, and what one would bring and take.

mod allowed;
mod compare;
mod held;
mod preview;

#[cfg(feature = "testing")]
pub use allowed::allowed;
pub use allowed::{ChangeRefusal, services_allowed};
pub use compare::{Comparison, LimitChange, compare};
pub use held::{PreviewError, from_held};
pub use preview::{ChangePreview, ChangeRequest, NeedlessService, OverUse, preview};
