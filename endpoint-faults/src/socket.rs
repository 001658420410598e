//! A connection whose writing half can be taken from the HTTP server, for answers that no HTTP server writes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, ReadHalf, WriteHalf};

/// Plain TCP or TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The writing half.
pub(crate) type Out = WriteHalf<Box<dyn Stream>>;

/// What the calls of one connection share.
pub(crate) struct Connection {
    out: Mutex<Option<Out>>,
    calls: AtomicU64,
}

impl Connection {
    /// Counts a call; says whether the connection has carried another one before.
    pub(crate) fn carries(&self) -> bool {
        self.calls.fetch_add(1, Ordering::Relaxed) > 0
    }

    /// Takes the writing half: whatever the HTTP server writes from here on fails, which ends the connection.
    pub(crate) fn take(&self) -> Option<Out> {
        self.out.lock().take()
    }
}

/// The connection as the HTTP server sees it.
pub(crate) struct Socket {
    read: ReadHalf<Box<dyn Stream>>,
    connection: Arc<Connection>,
}

impl Socket {
    pub(crate) fn new(stream: impl Stream + 'static) -> (Self, Arc<Connection>) {
        let stream: Box<dyn Stream> = Box::new(stream);
        let (read, out) = tokio::io::split(stream);
        let connection = Arc::new(Connection { out: Mutex::new(Some(out)), calls: AtomicU64::new(0) });
        (Self { read, connection: Arc::clone(&connection) }, connection)
    }

    /// Polls the writing half; `gone` where it was taken.
    fn with_out<T>(
        &self,
        gone: io::Result<T>,
        poll: impl FnOnce(Pin<&mut Out>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut *self.connection.out.lock() {
            Some(out) => poll(Pin::new(out)),
            None => Poll::Ready(gone),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with_out(Err(io::ErrorKind::BrokenPipe.into()), |out| out.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with_out(Ok(()), |out| out.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with_out(Ok(()), |out| out.poll_shutdown(cx))
    }
}
