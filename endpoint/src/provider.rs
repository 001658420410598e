//! The provider's webhooks: `POST /tencent/callback`.
//!
//! A webhook is signed by a token and the time of the request; neither covers the content. So each one is taken in such
//! a way that a repetition counts once, and what it says of time is believed within bounds.

mod answer;
mod apply;
mod callback;
mod delivery;
mod routes;
mod settings;
mod signature;

pub use apply::{Taken, apply};
pub use callback::{BadCallback, Callback, Happening, UserName, read};
pub use delivery::{BadDelivery, Delivery};
pub use routes::{BODY_BYTES, is_signed, routes};
pub use settings::{GroupsBefore, Settings, Token};
pub use signature::{Refused, check, sign};
