//! What lies between endpoint and device: caches, compressing proxies, byte order marks, captive portals.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use mockito::Server;
use planguard::client::{FetchPolicy, SyncError, SyncOutcome};
use planguard::net::{DocumentError, EncodingError};

use super::mocked::{PATH, answer, dated, good, holding, keeps_revision_5};
use super::rig::{Build, Rig, document, http_date, image, start, stored};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn the_time_in_a_cache_counts_against_freshness() {
    let mut server = Server::new_async().await;
    let rig = Rig::at(&server.url()).await;
    let an_hour_ago = http_date(start().minus(Duration::from_secs(3_600)));
    let mock = dated(&mut server, 1, &an_hour_ago);
    mock.with_header("age", "3600").with_header("cache-control", "max-age=3660").create_async().await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.wall(), start(), "the clock was right");
    assert_eq!(rig.fresh(), Some(true));
    rig.clock.advance(Duration::from_secs(60));
    let outcome = rig.sync(FetchPolicy::CacheOnly).await.unwrap();
    let SyncOutcome::FromCache { staleness, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((staleness.fresh, staleness.age.as_secs()), (false, 3_660));
}

#[tokio::test]
async fn a_304_out_of_a_cache_is_as_old_as_the_cache_says() {
    let (mut server, rig) = holding().await;
    let mock = answer(&mut server, &rig, 304).with_header("age", "50");
    mock.with_header("cache-control", "max-age=60").create_async().await;
    rig.fetch().await.unwrap();
    rig.clock.advance(Duration::from_secs(9));
    // The `Date` is that of the cached answer, so the time is 50 s later than it.
    assert_eq!(rig.fresh(), Some(true));
    rig.clock.advance(Duration::from_secs(1));
    assert_eq!(rig.fresh(), Some(false));
}

#[tokio::test]
async fn an_age_beyond_a_day_teaches_no_time_and_leaves_nothing_fresh() {
    for age in ["86401", "40000000", "4294967295", "99999999999999999999"] {
        let mut server = Server::new_async().await;
        let rig = Rig::at(&server.url()).await;
        good(&mut server, &rig, 1).with_header("age", age).create_async().await;
        rig.fetch().await.unwrap();
        assert_eq!(rig.guard.now(), start(), "{age}");
        assert_eq!(rig.fresh(), Some(false), "{age}");
    }
}

#[tokio::test]
async fn only_an_accepted_answer_teaches_the_time() {
    let ahead = http_date(start().plus(Duration::from_secs(3_650 * 86_400)));
    for status in [200, 204, 400, 401, 404, 500, 503] {
        let (mut server, rig) = holding().await;
        let mock = server.mock("GET", PATH).with_status(status).with_header("date", &ahead);
        mock.with_header("content-type", "text/html").with_body("<html>").create_async().await;
        rig.fetch().await.unwrap_err();
        assert_eq!(rig.guard.now(), rig.wall(), "{status}");
        assert!(image(&rig.store).time.confirmed_at() <= Some(rig.wall()), "{status}");
        assert_eq!(image(&rig.store).time.claim, None, "{status}");
        keeps_revision_5(&rig);
    }
}

#[tokio::test]
async fn a_gzipped_document_is_read_and_kept_inflated() {
    let mut server = Server::new_async().await;
    let build = Build::new(&server.url());
    let rig = build.open().await;
    let body = document(1).to_string();
    good(&mut server, &rig, 1)
        .match_header("accept-encoding", "gzip")
        .with_header("content-encoding", "gzip")
        .with_body(gzip(body.as_bytes()))
        .create_async()
        .await;
    rig.fetch().await.unwrap();
    assert_eq!(stored(&rig.store).body, body.as_bytes());
    assert_eq!(build.open().await.revision(), Some(1));
}

#[tokio::test]
async fn a_gzip_bomb_is_refused_as_too_large() {
    let (mut server, rig) = holding().await;
    let mut body = document(6).to_string().into_bytes();
    body.resize(200_000_000, b' ');
    let mock = good(&mut server, &rig, 6).with_header("content-encoding", "gzip");
    mock.with_body(gzip(&body)).create_async().await;
    let error = rig.fetch().await.unwrap_err();
    assert!(matches!(error, SyncError::TooLarge { limit: 1_048_576, .. }), "{error}");
    keeps_revision_5(&rig);
}

#[tokio::test]
async fn an_encoding_that_is_not_read_is_named() {
    for (encoding, body) in
        [("br", &b"\x8b\x02\x80\xff"[..]), ("zstd", b"\x28\xb5\x2f\xfd"), ("gzip", b"\xff")]
    {
        let (mut server, rig) = holding().await;
        let mock = good(&mut server, &rig, 6).with_header("content-encoding", encoding);
        mock.with_body(body).create_async().await;
        let error = rig.fetch().await.unwrap_err();
        assert!(error.to_string().contains(encoding), "{error}");
        let SyncError::BadDocument { why: DocumentError::Encoding(why), .. } = error else {
            panic!("{encoding}: {error:?}")
        };
        assert_eq!(matches!(why, EncodingError::Broken { .. }), encoding == "gzip");
        keeps_revision_5(&rig);
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_the_document_is_passed_over() {
    let mut server = Server::new_async().await;
    let build = Build::new(&server.url());
    let rig = build.open().await;
    let body = format!("\u{feff}{}", document(1));
    good(&mut server, &rig, 1).with_body(body).create_async().await;
    rig.fetch().await.unwrap();
    assert_eq!(build.open().await.revision(), Some(1));
}

#[tokio::test]
async fn a_401_or_403_of_a_proxy_does_not_end_the_credential() {
    for status in [401, 403] {
        let (mut server, rig) = holding().await;
        let mock = answer(&mut server, &rig, status).with_header("content-type", "text/html");
        mock.with_body("<html>Blocked</html>").create_async().await;
        let error = rig.fetch().await.unwrap_err();
        assert!(matches!(error, SyncError::Denied { .. }), "{error}");
        keeps_revision_5(&rig);

        server.reset();
        rig.advance_to(error.retry_at().unwrap());
        good(&mut server, &rig, 6).create_async().await;
        rig.fetch().await.unwrap();
        assert_eq!(rig.revision(), Some(6));
    }
}
