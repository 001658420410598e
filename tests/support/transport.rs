//! An endpoint without a network.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use planguard::net::{Request, Response, Transport, TransportError, http};
use planguard::port::BoxFuture;

/// What the endpoint answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status; 0 when no answer arrives at all.
    pub status: u16,
    /// The body, as JSON.
    pub body: String,
    /// A header besides the content type.
    pub header: (String, String),
}

/// A transport that answers what it is told and keeps what it was sent. Clones share both.
#[derive(Clone, Default)]
pub struct Scripted(Arc<Mutex<(Option<Reply>, String)>>);

impl Scripted {
    /// Answers so from here on.
    pub fn answers(&self, reply: Reply) {
        self.0.lock().unwrap().0 = Some(reply);
    }

    /// Everything that was sent.
    pub fn sent(&self) -> String {
        self.0.lock().unwrap().1.clone()
    }
}

impl Transport for Scripted {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut script = self.0.lock().unwrap();
        let sent = String::from_utf8_lossy(request.body()).into_owned();
        writeln!(script.1, "{} {sent} {request:?}", request.uri()).unwrap();
        let reply = script.0.clone();
        Box::pin(std::future::ready(match reply {
            None | Some(Reply { status: 0, .. }) => Err(TransportError::Unreachable("cable cut".to_owned())),
            Some(Reply { status, body, header: (name, value) }) => {
                let mut response = Response::new(body.into_bytes());
                *response.status_mut() = status.try_into().unwrap();
                let headers = response.headers_mut();
                headers.insert("content-type", "application/json".parse().unwrap());
                let name: http::HeaderName = name.parse().unwrap();
                headers.extend(value.parse().ok().map(|value| (name, value)));
                Ok(response)
            }
        }))
    }
}
