//! A host's HTTP stack that keeps connections and trusts an authority of its own: connections closed under it, answers
//! that belong to no request, and certificates of others.

use std::sync::Arc;

use planguard::Lifecycle;
use planguard::client::SyncError;
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use planguard_endpoint_faults::{Certificate, Fault, FaultKind, Faults, On, Options, Smuggling};
use support::MINUTE;

use super::world::{both, named, rejections};
use crate::sync::rig::{APP, Build};

/// reqwest as an app has it: with its pool, and without planguard's settings.
struct Pooled(reqwest::Client);

impl Pooled {
    fn new(authority: Option<&[u8]>) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        if let Some(der) = authority {
            roots.add(der.to_vec().into()).unwrap();
        }
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Self(client.build().unwrap())
    }
}

impl Transport for Pooled {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let request = reqwest::Request::try_from(request).unwrap();
        Box::pin(async move {
            let failed = |error: reqwest::Error| {
                let text = format!("{error:?}");
                if text.contains("InvalidCertificate") {
                    TransportError::Tls(text)
                } else {
                    TransportError::Unreachable(text)
                }
            };
            let mut response = self.0.execute(request).await.map_err(failed)?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            let mut answer = Response::new(response.bytes().await.map_err(failed)?.to_vec());
            (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
            Ok(answer)
        })
    }
}

#[tokio::test]
async fn a_connection_closed_when_it_is_reused_costs_one_call_and_nothing_else() {
    let (endpoint, build) = both(Options::default()).await;
    let rig = Build { transport: Some(Arc::new(Pooled::new(None))), ..build }.open().await;
    rig.fetch().await.unwrap();
    endpoint.faults(Fault::from(FaultKind::CloseReused).times(3));
    let mut closed = 0;
    for n in 0..100 {
        rig.reject(n..n + 1).await;
        match rig.fetch().await {
            Ok(_) => {}
            Err(SyncError::Unreachable { .. }) => closed += 1,
            Err(error) => panic!("{error:?}"),
        }
        let flushed = rig.guard.flush().await;
        closed += u32::from(flushed.stopped.is_some());
        assert_eq!((flushed.refused, flushed.dropped), (0, 0));
        assert_eq!((rig.revision(), rig.guard.lifecycle()), (Some(42), Lifecycle::Active));
        rig.clock.advance(MINUTE);
    }
    assert_eq!(closed, 3, "as often as the switch says");
    rig.clock.advance(15 * MINUTE);
    assert_eq!(rig.guard.flush().await.waiting, 0);
    assert_eq!(rejections(&endpoint), 100);
    assert_eq!(endpoint.events().duplicates, 0, "it strikes before any effect");
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_answers_no_later_request() {
    let (endpoint, build) = both(Options::default()).await;
    let rig = Build { transport: Some(Arc::new(Pooled::new(None))), ..build }.open().await;
    endpoint.faults(FaultKind::Smuggling(Smuggling::SecondAnswer));
    for n in 0..20 {
        // Whatever a pool makes of the rest, it is no document and no receipt here.
        let _ = rig.fetch().await;
        assert!(rig.revision().is_none_or(|revision| revision == 42), "{n}");
        rig.reject(n..n + 1).await;
        let _ = rig.guard.flush().await;
        rig.clock.advance(15 * MINUTE);
    }
    endpoint.faults(Faults::none());
    rig.fetch().await.unwrap();
    assert_eq!((rig.revision(), rig.guard.flush().await.waiting), (Some(42), 0));
    assert_eq!(rejections(&endpoint), 20);
}

/// How a fetch and a flush end where the endpoint shows that certificate, to who holds a document already.
async fn shown(certificate: Certificate, by_default: bool) -> [Option<String>; 2] {
    let (plain, build) = both(Options::default()).await;
    let rig = build.open().await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.guard.flush().await.waiting, 0);
    plain.shutdown().await;
    let (endpoint, fresh) = both(Options { tls: Some(certificate), ..Options::default() }).await;
    assert!(fresh.url.starts_with("https://127.0.0.1:"));
    let transport: Option<Arc<dyn Transport>> =
        if by_default { None } else { Some(Arc::new(Pooled::new(endpoint.authority()))) };
    let rig = Build { url: fresh.url, transport, ..build }.open().await;
    rig.reject(1..2).await;
    endpoint.faults(Fault::from(FaultKind::LatencyMs(0)).on(On::Both));
    let fetched = rig.fetch().await.err();
    let flushed = rig.guard.flush().await;
    assert_eq!((rig.revision(), rig.guard.lifecycle()), (Some(42), Lifecycle::Active));
    assert_eq!((flushed.waiting, flushed.dropped), (u64::from(flushed.stopped.is_some()), 0));
    if fetched.is_some() {
        assert_eq!(endpoint.requests().total, 0, "nothing was said, the credential least of all");
    }
    assert_eq!(endpoint.document(APP).unwrap()["revision"], 42);
    [fetched, flushed.stopped].map(|error| error.as_ref().map(named))
}

#[tokio::test]
async fn a_certificate_of_another_name_or_nobodys_ends_the_call_before_a_word_is_said() {
    let untrusted = Some("`Untrusted`".to_owned());
    for certificate in [Certificate::OtherName, Certificate::Expired, Certificate::SelfSigned] {
        for by_default in [true, false] {
            let ends = shown(certificate, by_default).await;
            assert_eq!(ends, [untrusted.clone(), untrusted.clone()], "{certificate:?}, {by_default}");
        }
    }
    assert_eq!(shown(Certificate::Good, false).await, [None, None]);
    // The default transport trusts public authorities only.
    assert_eq!(shown(Certificate::Good, true).await[0], untrusted);
}
