//! The listener and its connections: plain or TLS, bounded in number, ended in an orderly way.

mod access;
mod addresses;
mod health;
mod tls;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::peer::Peer;
use crate::routes;
use crate::service::Service;
use addresses::Addresses;
pub use health::Health;
pub use tls::{Certificates, TlsError};

/// Pauses after the system refused a connection: it is out of file descriptors, mostly.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// All routes, with what is done around each call: its date, its log line, its limits.
pub fn app(service: &Arc<Service>) -> Router {
    let router = routes::router(Arc::clone(service)).merge(health::router(service));
    access::around(router, service)
}

/// Serves until `stop` resolves; then takes no connection and ends when the calls that run have ended, at the latest after
/// `limits.shutdown_secs`.
pub async fn run(
    service: Arc<Service>,
    listener: TcpListener,
    certificates: Option<Certificates>,
    stop: impl Future<Output = ()>,
) {
    let limits = &service.config.limits;
    let patience = Patience {
        read: Duration::from_secs(limits.read_secs),
        write: Duration::from_secs(limits.write_secs),
    };
    let addresses = (!service.config.behind_proxy).then(|| Addresses::new(limits.connections_per_address));
    let room = Arc::new(Semaphore::new(limits.connections));
    let router = app(&service);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    let mut refused = false;
    loop {
        // Before the next connection is accepted: those that are too many wait in the system's queue.
        let accepted = async {
            let room = Arc::clone(&room).acquire_owned().await;
            (room, listener.accept().await)
        };
        let (room, accepted) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                refused = false;
                let held = addresses.as_ref().map(|addresses| addresses.hold(peer.ip()));
                if held.as_ref().is_some_and(Option::is_none) {
                    // Closed: the others of this address are open.
                    continue;
                }
                let (router, certificates) = (router.clone(), certificates.clone());
                let watcher = graceful.watcher();
                tokio::spawn(async move {
                    let _room = (room, held);
                    secure(stream, peer, certificates, router, patience, watcher).await;
                });
            }
            Err(error) => {
                // Once for all of a row: it may be tried for hours.
                if !std::mem::replace(&mut refused, true) {
                    tracing::warn!(why = %error, "connections are not accepted");
                }
                // The timeout is what is waited for.
                let _ = tokio::time::timeout(AFTER_REFUSAL, std::future::pending::<()>()).await;
            }
        }
    }
    drop(listener);
    let patience = Duration::from_secs(limits.shutdown_secs);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("calls cut off that had not ended in time");
    }
}

/// How long a caller may take.
#[derive(Clone, Copy)]
struct Patience {
    /// Over the TLS handshake, and over the headers of a call.
    read: Duration,
    /// To read more of what is written.
    write: Duration,
}

impl Patience {
    /// A stream whose writes fail when nobody reads them.
    fn of_writes<S: AsyncRead + AsyncWrite>(self, stream: S) -> Pin<Box<TimeoutStream<S>>> {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.write));
        Box::pin(stream)
    }
}

async fn secure(
    stream: TcpStream,
    peer: SocketAddr,
    certificates: Option<Certificates>,
    router: Router,
    patience: Patience,
    watcher: Watcher,
) {
    let stream = patience.of_writes(stream);
    let Some(certificates) = certificates else {
        return serve(stream, peer, router, patience, watcher).await;
    };
    // A client that does not trust the certificate goes away, and one that says nothing is sent away.
    if let Ok(Ok(stream)) = tokio::time::timeout(patience.read, certificates.acceptor().accept(stream)).await
    {
        serve(stream, peer, router, patience, watcher).await;
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
    watcher: Watcher,
) {
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.read)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    // A client that went away, or was too slow: nothing to do about either.
    let _ = watcher.watch(connection).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::routing::get;
    use hyper_util::server::graceful::GracefulShutdown;
    use tokio::io::AsyncWriteExt as _;

    use super::{Patience, serve};

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_sent_away() {
        let (mut caller, stream) = tokio::io::duplex(64);
        caller.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let patience = Patience { read: Duration::from_secs(10), write: Duration::from_secs(30) };
        let router = Router::new().route("/", get(async || "a long answer ".repeat(100)));
        let peer = "192.0.2.1:9".parse().unwrap();
        let (began, graceful) = (tokio::time::Instant::now(), GracefulShutdown::new());
        let served = serve(patience.of_writes(stream), peer, router, patience, graceful.watcher());
        tokio::time::timeout(Duration::from_secs(3600), served).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 30);
    }
}
