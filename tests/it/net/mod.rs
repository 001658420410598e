//! The wire: the document's form, and the transport that brings it.

mod transport;
mod wire;
