//! The guard's surroundings, and everything they are told.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use planguard::login::LoginPolicy;
use planguard::net::{Credential, Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard::store::{FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Planguard, SdkAppId, SessionMode};
use tracing_subscriber::fmt::MakeWriter;

use crate::steps::{MARK, Reply};

/// An endpoint that answers what it is told and keeps what it was sent.
#[derive(Clone, Default)]
pub(crate) struct Wire(pub(crate) Arc<Mutex<(Option<Reply>, String)>>);

impl Transport for Wire {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let mut wire = self.0.lock().unwrap();
        let sent = String::from_utf8_lossy(request.body()).into_owned();
        writeln!(wire.1, "{} {sent} {request:?}", request.uri()).unwrap();
        let reply = wire.0.clone();
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

#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) memory: MemoryStore,
    pub(crate) store: FaultyStore<MemoryStore>,
    pub(crate) wire: Wire,
    pub(crate) mode: SessionMode,
    /// Everything that was told, in words.
    pub(crate) told: Arc<Mutex<String>>,
}

impl World {
    pub(crate) fn tell(&self, what: &impl std::fmt::Debug) {
        writeln!(self.told.lock().unwrap(), "{what:?}").unwrap();
    }

    pub(crate) fn open(&self) -> Planguard {
        let guard = Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
            .fallback(CatalogId::Intl2024, EditionId::FreeTrial)
            .session_mode(self.mode)
            .logins(LoginPolicy { mau_budget: Some(2), ..LoginPolicy::default() })
            .endpoint("https://billing.example.com")
            .credential(Credential::new(format!("{MARK}-secret")).unwrap())
            .transport(self.wire.clone())
            .clock(self.clock.clone())
            .store(self.store.clone())
            .open()
            .unwrap();
        let told = Arc::clone(&self.told);
        guard.on_event(move |event| writeln!(told.lock().unwrap(), "{event:?}").unwrap());
        guard
    }

    pub(crate) fn answers(&self, reply: Reply) {
        self.wire.0.lock().unwrap().0 = Some(reply);
    }
}
