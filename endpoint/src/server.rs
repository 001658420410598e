//! The listener and its connections.
//!
//! Not `axum::serve`: its shutdown waits for open calls, and an endpoint that goes offline must cut them.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock;

pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn run(listener: TcpListener, router: Router) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(accept(listener, router, stopped)) }
    }

    /// Returns once the port is free and every connection is closed.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // A panicked listener is a stopped one.
        let _ = self.task.await;
    }
}

/// Serves until `stopped` resolves, which it also does when the handle is dropped.
async fn accept(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>) {
    let service = TowerToHyperService::new(router);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                    connections.spawn(async move {
                        // A client that went away, or a cut-off body: nothing to do about either.
                        let _ = serving.await;
                    });
                }
                // Out of file descriptors, mostly: give the open connections time to end.
                Err(_) => clock::pause(Duration::from_millis(10)).await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}
