//! The port: kept while the endpoint is offline, so that nobody else gets it meanwhile.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// How many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// A port that is bound and on which nobody listens: connections to it are refused.
pub(crate) struct Port(TcpSocket);

impl Port {
    /// Takes a port that nobody has.
    pub(crate) fn take(addr: SocketAddr) -> io::Result<Self> {
        let socket = socket(addr)?;
        // Connections that were closed lately do not keep the port. Elsewhere the option means something else.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(addr)?;
        // From here on `beside` may share it.
        shareable(&socket)?;
        Ok(Self(socket))
    }

    /// Takes the port of a listener that is about to close. Nobody but that one shares it.
    pub(crate) fn beside(addr: SocketAddr) -> io::Result<Self> {
        let socket = socket(addr)?;
        shareable(&socket)?;
        socket.bind(addr)?;
        Ok(Self(socket))
    }

    pub(crate) fn addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    pub(crate) fn listen(self) -> io::Result<TcpListener> {
        self.0.listen(BACKLOG)
    }
}

fn socket(addr: SocketAddr) -> io::Result<TcpSocket> {
    if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }
}

#[cfg(unix)]
fn shareable(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseport(true)
}

/// Elsewhere the option is what allows it.
#[cfg(not(unix))]
fn shareable(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseaddr(true)
}
