//! Reference billing endpoint with fault switches.
//!
//! The routes of `planguard-endpoint`, the endpoint that owners run, over a state in memory and with faults around them:
//! planguard's examples and the tests of every language run against it. It serves loopback only. The routes share no code
//! with planguard, so that each is checked against the other.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use planguard_endpoint_faults::{Endpoint, Fault, FaultKind, On, Options};
//!
//! let endpoint = Endpoint::start(Options::default()).await?;
//! endpoint.faults(Fault::from(FaultKind::CutOff).on(On::Get).times(1));
//! endpoint.edit(1_400_000_001, |document| document["edition"] = "premium".into())?;
//! assert!(endpoint.url().starts_with("http://127.0.0.1:"));
//! endpoint.shutdown().await;
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod active;
mod clock;
mod control;
mod damage;
mod document;
mod events;
mod faults;
mod inject;
mod known_users;
mod options;
mod port;
mod raw;
mod requests;
mod routes;
mod server;
mod socket;
mod state;
#[cfg(feature = "tls")]
mod tls;
mod written;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

pub use axum::http::StatusCode;
pub use document::{DEFAULT_APP, DocumentError, default_document};
pub use events::{ReceivedEvent, ReceivedEvents};
pub use faults::{Endless, Fault, FaultKind, Faults, Length, On, RetryAfter, Smuggling};
pub use options::{Options, StartError};
pub use planguard_endpoint::clock::Clock;
pub use planguard_endpoint::contract::{KeyError, Signing, SigningKey};
pub use requests::{Request, Requests};
#[cfg(feature = "tls")]
pub use tls::{Certificate, TlsError};
pub use written::RawAnswers;

use port::Port;
use server::{Security, Server};
use state::State;

/// A running billing endpoint. It stops when dropped, or orderly with [`Endpoint::shutdown`].
pub struct Endpoint {
    addr: SocketAddr,
    security: Security,
    state: Arc<State>,
    presence: Mutex<Presence>,
}

/// Whether it listens. The port is its own either way.
enum Presence {
    Online(Server),
    Offline(Port),
    /// On its way from one to the other, or stopped for good.
    Neither,
}

impl Endpoint {
    /// Binds a loopback port and serves on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] when the address is not loopback or cannot be bound.
    #[allow(clippy::unused_async, reason = "it needs the runtime that awaits it")]
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.addr.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.addr));
        }
        let bind = |source| StartError::Bind { addr: options.addr, source };
        let port = Port::take(options.addr).map_err(bind)?;
        let addr = port.addr().map_err(bind)?;
        let state = Arc::new(State::new(&options)?);
        let security = security(&options)?;
        let listener = port.listen().map_err(bind)?;
        let server = Server::run(listener, security.clone(), routes::router(Arc::clone(&state)));
        Ok(Self { addr, security, state, presence: Mutex::new(Presence::Online(server)) })
    }

    /// The base URL, without a trailing slash: `http://127.0.0.1:PORT`, or `https` where it speaks TLS.
    pub fn url(&self) -> String {
        let scheme = match self.security {
            Security::None => "http",
            #[cfg(feature = "tls")]
            Security::Tls(_) => "https",
        };
        format!("{scheme}://{}", self.addr)
    }

    /// The certificate, as DER, of the authority that its certificates are of; `None` without TLS.
    #[cfg(feature = "tls")]
    pub fn authority(&self) -> Option<&[u8]> {
        match &self.security {
            Security::None => None,
            Security::Tls(tls) => Some(&tls.authority),
        }
    }

    /// Replaces (or creates) an app's document. Its revision rises above the one held, `issued_at` becomes
    /// now, and the `ETag` changes with them. Returns the new revision.
    ///
    /// # Errors
    /// [`DocumentError`] when it is no JSON object or names another app.
    pub fn set_document(&self, app_id: u64, document: Value) -> Result<u64, DocumentError> {
        self.state.set_document(app_id, document)
    }

    /// Changes an app's document in place, with the same effects as [`Endpoint::set_document`].
    ///
    /// # Errors
    /// [`DocumentError`] when the app is unknown, or the closure leaves no object or another app's.
    pub fn edit(&self, app_id: u64, change: impl FnOnce(&mut Value)) -> Result<u64, DocumentError> {
        self.state.edit(app_id, change)
    }

    /// Serves exactly these bytes as the app's document, well-formed or not. Nothing is bumped but the `ETag`. To callers
    /// that take signed documents they go out as `application/jose` where the endpoint has a key.
    pub fn set_body(&self, app_id: u64, body: impl Into<Vec<u8>>) {
        self.state.set_body(app_id, body.into());
    }

    /// The document held for an app; `None` for an unknown app or after [`Endpoint::set_body`].
    pub fn document(&self, app_id: u64) -> Option<Value> {
        self.state.document(app_id)
    }

    /// Serves a price list, as JSON rows, under `/v1/catalogs/{id}`; `None` withdraws it. Nothing checks it here.
    pub fn set_catalog(&self, id: &str, catalog: Option<&Value>) {
        self.state.set_catalog(id, catalog);
    }

    /// Offers `GET …/users/{account}/active` from now on, and answers so for this account (as the document's section
    /// `accounts` has it named) in this month; `null` for any other.
    pub fn set_active(&self, account: &str, month: &str, active: Option<bool>) {
        self.state.known_users.set(account, month, active);
    }

    /// Answers 404 to it again, as at the start.
    pub fn withdraw_active(&self) {
        self.state.known_users.withdraw();
    }

    /// Signs with other keys from now on. All of them are published under `/.well-known/jwks.json`.
    pub fn set_signing(&self, signing: Signing) {
        self.state.set_signing(signing);
    }

    /// Demands `Authorization: Bearer …` with this credential; `None` admits every caller.
    pub fn set_credential(&self, credential: Option<String>) {
        self.state.set_credential(credential);
    }

    /// Answers 403 for this app, whatever the credential, until set back to `false`.
    pub fn set_forbidden(&self, app_id: u64, forbidden: bool) {
        self.state.set_forbidden(app_id, forbidden);
    }

    /// Replaces all fault switches. [`Faults::none`] ends them.
    pub fn faults(&self, faults: impl Into<Faults>) {
        self.state.set_faults(faults.into());
    }

    /// The calls of the contract received so far. Control routes are not counted.
    pub fn requests(&self) -> Requests {
        self.state.requests()
    }

    /// Waits until `count` calls have arrived since the start, answered or not.
    pub async fn requests_reached(&self, count: u64) {
        self.state.requests_reached(count).await;
    }

    /// What was written of answers past HTTP: those of wrong lengths, smuggling, interim answers, endless parts and drips.
    pub fn raw_answers(&self) -> RawAnswers {
        self.state.written.seen()
    }

    /// Waits until so much of them was written, begun or ended.
    pub async fn raw_answers_reached(&self, enough: impl FnMut(&RawAnswers) -> bool) -> RawAnswers {
        self.state.written.reached(enough).await
    }

    /// The usage events accepted so far, each `id` of an app once.
    pub fn events(&self) -> ReceivedEvents {
        self.state.events()
    }

    /// Stops listening and drops every open connection, as an unplugged server would. All state is kept, and the port:
    /// connections to it are refused, and nobody else gets it.
    ///
    /// # Errors
    /// [`StartError::Bind`] when the port cannot be kept; it is offline all the same.
    pub async fn go_offline(&self) -> Result<(), StartError> {
        let Some(server) = self.take_server() else { return Ok(()) };
        // Before the listener closes.
        let port = Port::beside(self.addr);
        server.stop().await;
        *self.presence.lock() = Presence::Offline(port.map_err(|source| self.cannot_bind(source))?);
        Ok(())
    }

    /// Listens again on the same port. Does nothing when already online.
    ///
    /// # Errors
    /// [`StartError::Bind`] when the port could not be kept and another process has taken it.
    #[allow(clippy::unused_async, reason = "it needs the runtime that awaits it")]
    pub async fn go_online(&self) -> Result<(), StartError> {
        let mut presence = self.presence.lock();
        let port = match std::mem::replace(&mut *presence, Presence::Neither) {
            Presence::Online(server) => {
                *presence = Presence::Online(server);
                return Ok(());
            }
            Presence::Offline(port) => Ok(port),
            Presence::Neither => Port::take(self.addr),
        };
        let listener = port.and_then(Port::listen).map_err(|source| self.cannot_bind(source))?;
        let router = routes::router(Arc::clone(&self.state));
        *presence = Presence::Online(Server::run(listener, self.security.clone(), router));
        Ok(())
    }

    /// Stops for good: hanging calls are cut, the port is free when this returns.
    pub async fn shutdown(self) {
        if let Some(server) = self.take_server() {
            server.stop().await;
        }
    }

    /// The server, where it is online. It is neither online nor offline then.
    fn take_server(&self) -> Option<Server> {
        let mut presence = self.presence.lock();
        match std::mem::replace(&mut *presence, Presence::Neither) {
            Presence::Online(server) => Some(server),
            other => {
                *presence = other;
                None
            }
        }
    }

    fn cannot_bind(&self, source: std::io::Error) -> StartError {
        StartError::Bind { addr: self.addr, source }
    }
}

#[cfg(feature = "tls")]
fn security(options: &Options) -> Result<Security, StartError> {
    let Some(certificate) = options.tls else { return Ok(Security::None) };
    Ok(Security::Tls(Arc::new(tls::Tls::new(certificate)?)))
}

#[cfg(not(feature = "tls"))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
fn security(_: &Options) -> Result<Security, StartError> {
    Ok(Security::None)
}
