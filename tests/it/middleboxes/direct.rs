//! The default transport alone, with small time-outs of its own: what never ends is given up, and its connection closed.

use std::time::Duration;

use planguard::net::{Request, ReqwestTransport, Timeouts, Transport, TransportError};
use planguard_endpoint_faults::{Endless, Endpoint, FaultKind, Options};

use crate::sync::rig::APP;

fn request(endpoint: &Endpoint) -> Request {
    let mut request = Request::default();
    *request.uri_mut() = format!("{}/v1/apps/{APP}/entitlements", endpoint.url()).parse().unwrap();
    request
}

#[tokio::test]
async fn what_has_no_end_is_given_up_and_its_connection_closed() {
    let endpoint = Endpoint::start(Options::default()).await.unwrap();
    let hasty = Timeouts { total: Duration::from_millis(300), ..Timeouts::default() };
    let transport = ReqwestTransport::new(hasty).unwrap();
    let faults = [FaultKind::DripMs(20), FaultKind::Endless(Endless::Interim)];
    for (n, fault) in (1..).zip(faults) {
        endpoint.faults(fault.clone());
        let answer = transport.send(request(&endpoint), 1 << 20).await;
        assert!(matches!(answer, Err(TransportError::TimedOut)), "{fault:?}: {answer:?}");
        assert_eq!(endpoint.raw_answers_reached(|seen| seen.ended == n).await.begun, n);
    }
}

#[tokio::test]
async fn a_body_without_end_is_read_to_the_limit_and_no_further() {
    let endpoint = Endpoint::start(Options::default()).await.unwrap();
    let transport = ReqwestTransport::new(Timeouts::default()).unwrap();
    endpoint.faults(FaultKind::Endless(Endless::Body));
    let answer = transport.send(request(&endpoint), 1 << 20).await;
    assert!(matches!(answer, Err(TransportError::TooLarge { limit: 0x10_0000 })), "{answer:?}");
    endpoint.raw_answers_reached(|seen| seen.ended == 1).await;
}
