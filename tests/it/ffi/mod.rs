//! The foreign face, driven through its traits as a host in another language does.

mod actions;
mod closed;
mod endpoint;
mod events;
mod hosts;
mod logins;
mod money;
mod opening;
mod plan;
mod source;
mod stores;
mod surface;
