//! TLS, and who ends it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use planguard::store::StoreError;
use planguard_servers::Redis;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{add, options, told, try_open, used};

/// A certificate for loopback, as PEM, and who shows it.
fn identity() -> (String, TlsAcceptor) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = signing_key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(cert.der());
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    (pem, TlsAcceptor::from(Arc::new(config)))
}

/// The URL of somebody who ends TLS in front of the server at `url`.
fn before(url: &str, acceptor: TlsAcceptor) -> String {
    let (user, place) = url.split_once('@').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let through = format!("{user}@{}/{database}", listener.local_addr().unwrap());
    let address = address.to_owned();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (acceptor, address) = (acceptor.clone(), address.clone());
                tokio::spawn(async move {
                    // Who does not trust the certificate hangs up.
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let mut server = TcpStream::connect(address).await.unwrap();
                    // Ended by either side.
                    drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
                });
            }
        });
    });
    through.replacen("redis://", "rediss://", 1)
}

#[test]
fn a_certificate_that_is_trusted_carries_the_store() {
    let url = Redis::shared().database();
    let (pem, acceptor) = identity();
    let through = before(&url, acceptor);
    let store = try_open(options(&through).root_certificate(pem).deadline(Duration::from_secs(20))).unwrap();
    add(&store, 3);
    assert_eq!((used(&store), told(&store)), (3, None));
}

#[test]
fn a_certificate_that_is_not_trusted_is_refused() {
    let url = Redis::shared().database();
    let (_, acceptor) = identity();
    let through = before(&url, acceptor);
    let deadline = Duration::from_millis(500);
    for options in [options(&through), options(&through).root_certificate(identity().0)] {
        let error = try_open(options.deadline(deadline)).unwrap_err();
        assert!(matches!(error, StoreError::Unreachable { .. } | StoreError::Backend { .. }), "{error}");
    }
    // What is no certificate, and a server that does not speak TLS.
    assert!(try_open(options(&through).root_certificate("no certificate").deadline(deadline)).is_err());
    let plain = url.replacen("redis://", "rediss://", 1);
    assert!(try_open(options(&plain).deadline(deadline)).is_err());
}
