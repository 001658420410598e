//! Running it: TLS, an orderly end, health.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use crate::common::{APP, BATCH, World, event, on_each_database};
use jiff::SignedDuration;
use planguard_endpoint::config::Tls;
use planguard_endpoint::server::{self, Certificates};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Another listener of the world's endpoint, that can be stopped.
async fn listen(
    world: &World,
    certificates: Option<Certificates>,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    (addr, stop, tokio::spawn(server::run(Arc::clone(&world.service), listener, certificates, stopped)))
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_runs_is_finished_before_the_end() {
    let world = World::on_sqlite("").await;
    let (addr, stop, server) = listen(&world, None).await;
    let body = json!([event("a")]).to_string();
    let mut call = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /v1/apps/{APP}/usage-events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
         content-type: {BATCH}\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        world.device,
        body.len()
    );
    call.write_all(head.as_bytes()).await.unwrap();
    // The endpoint waits for the body from here on.
    let mut asked = [0; 25];
    call.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked[..], b"HTTP/1.1 100 Continue\r\n\r\n");
    drop(stop);
    refuses(addr).await;
    assert!(!server.is_finished());
    call.write_all(body.as_bytes()).await.unwrap();
    let said = answer(call).await;
    assert!(
        said.starts_with("HTTP/1.1 202") && said.ends_with("{\"accepted\":1,\"duplicates\":0}"),
        "{said}"
    );
    server.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_does_not_end_is_cut_off_at_the_end() {
    let world = World::on_sqlite("[limits]\nshutdown_secs = 1\n").await;
    let (addr, stop, server) = listen(&world, None).await;
    let mut call = TcpStream::connect(addr).await.unwrap();
    call.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    drop(stop);
    server.await.unwrap();
}

/// Until nobody listens any more.
async fn refuses(addr: SocketAddr) {
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_headers_and_slow_bodies_are_cut_off() {
    let world = World::on_sqlite("[limits]\nread_secs = 1\ncall_secs = 1\n").await;
    let (addr, _stop, _server) = listen(&world, None).await;
    let mut slow = TcpStream::connect(addr).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost").await.unwrap();
    assert!(!answer(slow).await.contains("200"));
    let mut slow = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /v1/apps/{APP}/usage-events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
         content-type: {BATCH}\r\ncontent-length: 100\r\n\r\n[",
        world.device
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    assert!(answer(slow).await.starts_with("HTTP/1.1 408"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_endpoint_takes_long_over_is_to_be_sent_again() {
    on_each_database("[limits]\ncall_secs = 1\n", async |world: World| {
        let (held, holds) = oneshot::channel();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let (db, mut held) = (world.service.db.clone(), Some(held));
        let other = tokio::spawn(async move {
            let postgres = db.is_postgres();
            db.write(move |queries| {
                if postgres {
                    queries.execute("LOCK TABLE events_taken", &[])?;
                }
                held.take().unwrap().send(()).unwrap();
                wait.recv().unwrap();
                Ok(())
            })
            .await
        });
        holds.await.unwrap();
        let late = world.send(&json!([event("a")])).send().await.unwrap();
        assert_eq!(late.status(), 503);
        assert_eq!(late.headers()["retry-after"], "5");
        done.send(()).unwrap();
        other.await.unwrap().unwrap();
        assert_eq!(world.send(&json!([event("a")])).send().await.unwrap().status(), 202);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_its_share_of_the_connections() {
    let world = World::on_sqlite("[limits]\nconnections_per_address = 2\n").await;
    let (addr, _stop, _server) = listen(&world, None).await;
    // A connection that stays open after an answer; `None` where there is no answer.
    let open = async || {
        let mut stream = TcpStream::connect(addr).await.ok()?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.ok()?;
        let mut line = [0; 8];
        stream.read_exact(&mut line).await.ok()?;
        Some(stream)
    };
    let (first, _second) = (open().await.unwrap(), open().await.unwrap());
    assert!(open().await.is_none());
    drop(first);
    // Once the endpoint has seen that it is closed.
    while open().await.is_none() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_beyond_the_bound_waits_and_is_not_refused() {
    let world = World::on_sqlite("[limits]\nconnections = 1\n").await;
    let (addr, _stop, _server) = listen(&world, None).await;
    let asked = async || {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        stream
    };
    let answered = async |stream: &mut TcpStream| {
        let mut line = [0; 15];
        stream.read_exact(&mut line).await.unwrap();
        assert_eq!(&line, b"HTTP/1.1 200 OK");
    };
    let mut first = asked().await;
    answered(&mut first).await;
    let mut second = asked().await;
    // Time enough for the second: the first is answered again and again in it.
    for _ in 0..100 {
        first.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut some = [0; 4096];
        assert!(first.read(&mut some).await.unwrap() > 0);
    }
    let nothing = second.try_read(&mut [0; 1]).unwrap_err();
    assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    answered(&mut second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_of_a_clock_that_differs() {
    on_each_database("", async |world: World| {
        let health = async || {
            let answer = world.http.get(format!("{}/healthz", world.url)).send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        };
        let (status, said) = health().await;
        if world.service.db.is_postgres() {
            // The world's time is its own.
            assert_eq!((status, &said["status"]), (503, &json!("the clock differs from the database's")));
            let ahead = said["clock_ahead_ms"].as_i64().unwrap();
            world.time.advance(SignedDuration::from_millis(-ahead));
        }
        let (status, said) = health().await;
        assert_eq!((status, &said["status"]), (200, &json!("ok")), "{said}");
        assert!(said["clock_ahead_ms"].as_i64().unwrap().abs() < 60_000);
    })
    .await;
}

/// A certificate for `localhost` by itself, in files; as DER.
fn certificate(folder: &Path) -> (Tls, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls { certificate: folder.join("chain.pem"), key: folder.join("key.pem") };
    std::fs::write(&tls.certificate, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    (tls, made.cert.der().clone())
}

/// What is answered over TLS to a client that trusts one certificate.
fn over_tls(
    addr: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> impl Future<Output = std::io::Result<String>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    async move {
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = TcpStream::connect(addr).await?;
        let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_its_own_is_shown_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_sqlite("").await;
    let (files, first) = certificate(folder.path());
    let certificates = Certificates::load(files.clone()).unwrap();
    let (addr, _stop, _server) = listen(&world, Some(certificates.clone())).await;
    assert!(over_tls(addr, &first).await.unwrap().starts_with("HTTP/1.1 200"));

    let (_, second) = certificate(folder.path());
    assert!(over_tls(addr, &second).await.is_err(), "not read yet");
    certificates.reload().unwrap();
    assert!(over_tls(addr, &second).await.unwrap().starts_with("HTTP/1.1 200"));
    assert!(over_tls(addr, &first).await.is_err());

    std::fs::write(&files.certificate, "no certificate").unwrap();
    let why = certificates.reload().unwrap_err().to_string();
    assert!(why.contains("chain.pem"), "{why}");
    assert!(over_tls(addr, &second).await.is_ok(), "the one from before");
    assert!(Certificates::load(files).is_err());
}
