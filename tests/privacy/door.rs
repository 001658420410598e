//! Stands between the guard and the billing endpoint, bare or with TLS, and keeps what the guard sends.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

/// A listener on loopback in front of the endpoint.
pub(crate) struct Door {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
    /// The certificate that the guard has to trust, as DER.
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Door {
    /// Opens one to the endpoint at `to`, an `http` address.
    pub(crate) async fn open(to: &str, with_tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let (certificate, tls) = if with_tls { Some(identity()) } else { None }.unzip();
        let (kept, to) = (Arc::clone(&sent), to.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, to, kept) = (tls.clone(), to.clone(), Arc::clone(&kept));
                tokio::spawn(async move {
                    match tls {
                        None => pass(stream, &to, &kept).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => pass(stream, &to, &kept).await,
                            // The guard did not trust it.
                            Err(_) => kept.lock().unwrap().extend_from_slice(b"\nhandshake refused\n"),
                        },
                    }
                });
            }
        });
        Self { address, sent, certificate }
    }

    /// Where the guard finds it.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Everything the guard sent, as it arrived.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.sent.lock().unwrap().clone()
    }

    /// Everything the guard sent but its credential, which has its place in one header.
    pub(crate) fn sent_besides_the_credential(&self) -> Vec<u8> {
        let sent = self.sent();
        let is_credential = |line: &[u8]| line.to_ascii_lowercase().starts_with(b"authorization: bearer ");
        sent.split(|&byte| byte == b'\n')
            .filter(|line| !is_credential(line))
            .flat_map(|line| [line, b"\n"].concat())
            .collect()
    }
}

/// A certificate for loopback, made now, and who shows it.
fn identity() -> (Vec<u8>, TlsAcceptor) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = signing_key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (cert.der().to_vec(), TlsAcceptor::from(Arc::new(config)))
}

/// Carries one exchange. Whoever ends it first ends it for both.
async fn pass(guard: impl AsyncRead + AsyncWrite, to: &str, kept: &Mutex<Vec<u8>>) {
    // An endpoint that is offline refuses; the guard sees a connection that closes.
    let Ok(mut endpoint) = TcpStream::connect(to).await else { return };
    let (mut reads, mut writes) = endpoint.split();
    let (mut guard_reads, mut guard_writes) = tokio::io::split(guard);
    let there = async {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = guard_reads.read(&mut buffer).await {
            kept.lock().unwrap().extend_from_slice(&buffer[..count]);
            if writes.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        // A broken exchange is one of those that are tried.
        let _ = tokio::io::copy(&mut reads, &mut guard_writes).await;
        let _ = guard_writes.shutdown().await;
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}
