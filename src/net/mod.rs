//! The billing endpoint: the transport port, the default transport, the wire format and the redaction of secrets.

mod transport;

pub use transport::{Header, HttpRequest, HttpResponse, Method, Transport, TransportError};
