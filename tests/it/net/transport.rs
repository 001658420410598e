//! The default transport: what it passes on, what it refuses, and how it fails.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use planguard::net::http::{HeaderValue, Method};
use planguard::net::{Request, ReqwestTransport, Response, Timeouts, Transport, TransportError};

const LIMIT: usize = 1000;

fn get(url: &str) -> Request {
    let mut request = Request::default();
    *request.uri_mut() = url.parse().unwrap();
    request
}

async fn send(request: Request) -> Result<Response, TransportError> {
    ReqwestTransport::new(Timeouts::default())?.send(request, LIMIT).await
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// Answers one connection with these bytes and closes it.
fn one_answer(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).unwrap();
        stream.write_all(answer).unwrap();
    });
    url
}

#[tokio::test]
async fn a_request_arrives_and_the_answer_comes_back_whatever_its_status() {
    let mut server = mockito::Server::new_async().await;
    let mock = server
        .mock("POST", "/x")
        .match_header("authorization", "Bearer t")
        .match_body("[]")
        .with_status(503)
        .with_header("Retry-After", "7")
        .with_body("busy")
        .create_async()
        .await;
    let mut request = get(&format!("{}/x", server.url()));
    *request.method_mut() = Method::POST;
    request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer t"));
    *request.body_mut() = b"[]".to_vec();
    let response = send(request).await.unwrap();
    mock.assert_async().await;
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (503, Some("7")));
    assert_eq!(response.body(), b"busy");
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let mut server = mockito::Server::new_async().await;
    server.mock("GET", "/a").with_status(307).with_header("location", "/b").create_async().await;
    let target = server.mock("GET", "/b").expect(0).create_async().await;
    let response = send(get(&format!("{}/a", server.url()))).await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "location")), (307, Some("/b")));
    target.assert_async().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_its_length_is_declared_or_not() {
    let mut server = mockito::Server::new_async().await;
    server.mock("GET", "/fits").with_body([b' '; LIMIT]).create_async().await;
    server.mock("GET", "/declared").with_body([b' '; LIMIT + 1]).create_async().await;
    server
        .mock("GET", "/chunked")
        .with_chunked_body(|body| (0..=LIMIT).try_for_each(|_| body.write_all(b" ")))
        .create_async()
        .await;
    assert_eq!(send(get(&format!("{}/fits", server.url()))).await.unwrap().body().len(), LIMIT);
    for path in ["declared", "chunked"] {
        let refused = send(get(&format!("{}/{path}", server.url()))).await;
        assert!(matches!(refused, Err(TransportError::TooLarge { limit: LIMIT })), "{path}");
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let cut = send(get(&one_answer(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"sch"))).await;
    assert!(matches!(cut, Err(TransportError::CutOff(_))), "{cut:?}");
    let mute = send(get(&one_answer(b""))).await;
    assert!(matches!(mute, Err(TransportError::Unreachable(_))), "{mute:?}");
    let plain = send(get(&one_answer(b"this is no TLS").replace("http:", "https:"))).await;
    assert!(matches!(plain, Err(TransportError::Tls(_))), "{plain:?}");
    // A port that is taken, so that no other test listens there, and on which nobody does.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = taken.local_addr().unwrap();
    let refused = send(get(&format!("http://{closed}"))).await;
    assert!(matches!(refused, Err(TransportError::Unreachable(_))), "{refused:?}");
    let (Err(plain), Err(refused)) = (plain, refused) else { panic!() };
    // One cause, not every place in the client that it passed.
    for (error, cause) in [(plain, "received corrupt message"), (refused, "refused")] {
        let text = error.to_string();
        assert!(text.contains(cause) && text.matches(": ").count() <= 2, "{text}");
        assert!(!text.contains("client error") && !text.contains("sending request"), "{text}");
    }
    let no_url = send(get("nowhere")).await;
    assert!(matches!(no_url, Err(TransportError::BadRequest(_))), "{no_url:?}");
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let hasty = Timeouts { total: Duration::from_millis(50), ..Timeouts::default() };
    let answer = ReqwestTransport::new(hasty).unwrap().send(get(&url), LIMIT).await;
    assert!(matches!(answer, Err(TransportError::TimedOut)), "{answer:?}");
}

#[test]
fn it_can_be_polled_without_a_runtime() {
    let url = one_answer(b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(futures::executor::block_on(send(get(&url))).unwrap().status(), 204);
}

#[tokio::test]
async fn dropping_the_future_ends_the_exchange() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let request = get(&format!("http://{}", listener.local_addr().unwrap()));
    let patient = Timeouts { connect: Duration::from_secs(3600), total: Duration::from_secs(3600) };
    let transport = ReqwestTransport::new(patient).unwrap();
    let exchange = tokio::spawn(async move { transport.send(request, LIMIT).await });
    let (stream, _) = listener.accept().await.unwrap();
    exchange.abort();
    // Ends only when the other side hangs up; the time-out is a watchdog and never runs out in a good build.
    let (mut stream, mut received) = (stream, Vec::new());
    let hung_up = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut received);
    assert!(tokio::time::timeout(Duration::from_secs(20), hung_up).await.is_ok());
    assert!(exchange.await.unwrap_err().is_cancelled());
}
