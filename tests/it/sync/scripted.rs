//! A transport that answers by a script, on the rig's own clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::time::{Clock, ManualClock};
use serde_json::Value;

use super::rig::Build;

type Answer = Box<dyn Fn(usize) -> Response + Send + Sync>;

pub(crate) struct Scripted {
    clock: ManualClock,
    takes: Duration,
    answer: Answer,
    asked: AtomicUsize,
}

impl Scripted {
    /// How many requests were made.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Transport for Scripted {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            self.clock.sleep(self.takes).await;
            Ok((self.answer)(n))
        })
    }
}

/// The `n`-th request is answered with `answer(n)`, after the time it takes.
pub(crate) fn scripted(
    answer: impl Fn(usize) -> Response + Send + Sync + 'static,
    takes: Duration,
) -> (Arc<Scripted>, Build) {
    let build = Build::new("https://billing.example");
    let (clock, answer) = (build.clock.clone(), Box::new(answer));
    let transport = Arc::new(Scripted { clock, takes, answer, asked: AtomicUsize::new(0) });
    (Arc::clone(&transport), Build { transport: Some(transport), ..build })
}

pub(crate) fn status(code: u16) -> Response {
    let mut response = Response::default();
    *response.status_mut() = code.try_into().unwrap();
    response
}

pub(crate) fn json(document: &Value) -> Response {
    with(Response::new(document.to_string().into_bytes()), "content-type", "application/json")
}

/// `response` with one more header.
pub(crate) fn with(response: Response, name: &'static str, value: &str) -> Response {
    let mut response = response;
    response.headers_mut().insert(name, value.parse().unwrap());
    response
}
