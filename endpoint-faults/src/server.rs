//! The listener and its connections.
//!
//! Not `axum::serve`: its shutdown waits for open calls, and an endpoint that goes offline must cut them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock;
use crate::socket::{Socket, Stream};

/// What is spoken before HTTP.
#[derive(Clone, Default)]
pub(crate) enum Security {
    #[default]
    None,
    #[cfg(feature = "tls")]
    Tls(Arc<crate::tls::Tls>),
}

pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn run(listener: TcpListener, security: Security, router: Router) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(accept(listener, security, router, stopped)) }
    }

    /// Returns once the port is free and every connection is closed.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // A panicked listener is a stopped one.
        let _ = self.task.await;
    }
}

/// Serves until `stopped` resolves, which it also does when the handle is dropped.
async fn accept(
    listener: TcpListener,
    security: Security,
    router: Router,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(secure(stream, security.clone(), router.clone()))),
                // Out of file descriptors, mostly: give the open connections time to end.
                Err(_) => clock::pause(Duration::from_millis(10)).await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn secure(stream: TcpStream, security: Security, router: Router) {
    match security {
        Security::None => serve(stream, router).await,
        #[cfg(feature = "tls")]
        Security::Tls(tls) => {
            // A client that does not trust the certificate goes away.
            if let Ok(stream) = tls.acceptor.accept(stream).await {
                serve(stream, router).await;
            }
        }
    }
}

async fn serve(stream: impl Stream + 'static, router: Router) {
    let (socket, connection) = Socket::new(stream);
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&connection));
        service.call(request)
    });
    // A client that went away, or a cut-off body: nothing to do about either.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
}
