//! The credential shows nowhere: not in logs, errors, `Debug` or the store.
//!
//! A program of its own: whether a log statement is enabled is decided once for all threads.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sync/rig.rs"]
#[allow(dead_code, reason = "the other sync tests use the rest")]
mod rig;

use std::io::Write;
use std::sync::{Arc, Mutex};

use planguard::client::UsageEvent;
use planguard::model::Pseudonym;
use planguard_endpoint::{Endpoint, FaultKind, Options, StatusCode};
use tracing_subscriber::fmt::MakeWriter;

use rig::{Build, SECRET};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_credential_is_in_no_log_error_debug_text_or_store() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .finish();
    // One thread, so that whatever the test causes is logged here.
    let _logging = tracing::subscriber::set_default(subscriber);
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
    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("planguard") && log.contains("502"), "the log was captured: {log}");
    for text in seen.iter().chain([&log]) {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert!(!log.contains(&"a5".repeat(16)), "{log}");
}
