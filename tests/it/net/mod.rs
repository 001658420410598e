//! The wire: the document's form, and the transport that brings it.

mod keys;
mod signed;
mod transport;
mod wire;
