//! A host's HTTP stack that takes what it gets: no limit, no look at lengths beyond the first, broken chunks passed on.

use std::fmt::Write as _;

use planguard::net::http::{HeaderName, HeaderValue};
use planguard::net::{Request, Response, Transport, TransportError};
use planguard::port::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads until the other side closes, and makes of it what it can.
pub(crate) struct Careless;

impl Transport for Careless {
    fn send(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let answer = exchange(&request).await;
            let answer = answer.map_err(|error| TransportError::Unreachable(error.to_string()))?;
            understood(&answer).ok_or_else(|| TransportError::CutOff("no head".to_owned()))
        })
    }
}

async fn exchange(request: &Request) -> std::io::Result<Vec<u8>> {
    let uri = request.uri();
    let mut stream = TcpStream::connect(uri.authority().unwrap().as_str()).await?;
    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", request.method(), uri.path());
    for (name, value) in request.headers() {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", request.body().len()).unwrap();
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The first answer that is no interim one.
fn understood(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 4..]);
    let mut lines = head.lines();
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    if status < 200 {
        return understood(body);
    }
    let mut response = Response::default();
    *response.status_mut() = status.try_into().ok()?;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().append(name, value);
        }
    }
    let said = |name: &str| response.headers().get(name)?.to_str().ok();
    let chunked = said("transfer-encoding").is_some_and(|coding| coding == "chunked");
    let length = said("content-length").and_then(|length| length.parse::<usize>().ok());
    let body =
        if chunked { unchunked(body) } else { body[..body.len().min(length.unwrap_or(usize::MAX))].to_vec() };
    *response.body_mut() = body;
    Some(response)
}

/// The chunks as far as they can be read.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let chunk = |rest: &[u8]| {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        (size > 0).then_some((end + 2, size))
    };
    while let Some((start, size)) = chunk(rest) {
        body.extend(rest.iter().skip(start).take(size));
        rest = rest.get(start + size + 2..).unwrap_or_default();
    }
    body
}
