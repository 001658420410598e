//! An endpoint made of single answers.

use std::time::Duration;

use mockito::{Mock, Server, ServerGuard};

use super::rig::{Rig, document, stored};

pub(crate) const PATH: &str = "/v1/apps/1400000001/entitlements";

/// An answer dated like the rig's clock.
pub(crate) fn answer(server: &mut ServerGuard, rig: &Rig, status: usize) -> Mock {
    server.mock("GET", PATH).with_status(status).with_header("date", &rig.date())
}

pub(crate) fn good(server: &mut ServerGuard, rig: &Rig, revision: u64) -> Mock {
    cached(server, rig, revision, "private, max-age=600")
}

pub(crate) fn cached(server: &mut ServerGuard, rig: &Rig, revision: u64, cache_control: &str) -> Mock {
    dated(server, revision, &rig.date()).with_header("cache-control", cache_control)
}

pub(crate) fn dated(server: &mut ServerGuard, revision: u64, date: &str) -> Mock {
    server
        .mock("GET", PATH)
        .with_header("date", date)
        .with_header("content-type", "application/json")
        .with_header("etag", &format!("\"{revision}\""))
        .with_body(document(revision).to_string())
}

/// A rig that holds revision 5, five minutes old and past its freshness of a minute, and an endpoint without mocks.
pub(crate) async fn holding() -> (ServerGuard, Rig) {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    cached(&mut server, &rig, 5, "max-age=60").create_async().await;
    rig.fetch().await.unwrap();
    server.reset();
    rig.clock.advance(Duration::from_secs(300));
    (server, rig)
}

/// What must hold after any failure: the last good copy, in memory and in the store.
pub(crate) fn keeps_revision_5(rig: &Rig) {
    assert_eq!(rig.revision(), Some(5));
    assert_eq!(stored(&rig.store).revision, 5);
    assert_eq!(rig.fresh(), Some(false));
}
