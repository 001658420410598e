//! The credential shows nowhere: not in logs, errors, `Debug` or the store.

use planguard::client::UsageEvent;
use planguard::model::Pseudonym;
use planguard_endpoint::{Endpoint, FaultKind, Options, StatusCode};
use support::logged;

use super::rig::{Build, SECRET};

#[tokio::test]
async fn the_credential_is_in_no_log_error_debug_text_or_store() {
    // One thread, so that whatever the test causes is logged here.
    let logging = logged();
    let user = Pseudonym([0xa5; 16]);
    let mut seen = Vec::new();
    let endpoint = Endpoint::start(Options::default()).await.unwrap();
    let build = Build::new(&endpoint.url());
    for fault in [
        FaultKind::LatencyMs(0),
        FaultKind::CutOff,
        FaultKind::Garbage,
        FaultKind::Redirect("https://elsewhere.example".to_owned()),
        FaultKind::status(StatusCode::BAD_GATEWAY),
        FaultKind::status(StatusCode::UNAUTHORIZED),
    ] {
        endpoint.faults(fault);
        let rig = Build { store: planguard::store::MemoryStore::new(), ..build.clone() }.open();
        rig.outbox.record(&[UsageEvent::LoginDeferred { user, intent: "prefetch", reason: "x" }]).unwrap();
        let fetched = rig.fetch().await;
        let flushed = rig.outbox.flush().await;
        seen.push(format!("{fetched:?} {flushed:?} {:?} {:?} {:?}", rig.link, rig.syncer, rig.outbox));
        seen.extend(fetched.err().map(|error| error.to_string()));
        seen.push(rig.store.to_json().unwrap());
    }
    endpoint.go_offline().await;
    seen.push(format!("{:?}", build.open().fetch().await));
    let log = logging.text();
    assert!(log.contains("planguard") && log.contains("502"), "the log was captured: {log}");
    for text in seen.iter().chain([&log]) {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert!(!log.contains(&"a5".repeat(16)), "{log}");
}
