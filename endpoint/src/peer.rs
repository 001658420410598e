//! Who is at the other end of a connection, or beyond the proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::service::Service;

/// The address that a connection came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The address of a caller, as the proxy saw it where there is one; `None` without a connection.
pub(crate) fn caller(service: &Service, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let Peer(peer) = extensions.get()?;
    let forwarded = if service.config.behind_proxy { forwarded(headers) } else { None };
    Some(forwarded.unwrap_or_else(|| peer.ip()))
}

/// The address that the proxy saw: the last one, since callers write the others.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?;
    address(line.to_str().ok()?.rsplit(',').next()?.trim())
}

/// An address as proxies write it: plain, or as RFC 7239 has it, in quotes, an IPv6 one in brackets, and with a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some((inside, after)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return inside.parse().ok().map(IpAddr::V6).filter(|_| after.is_empty() || is_port(after));
    }
    let (before, _) = text.split_once(':').filter(|(before, _)| is_port(&text[before.len()..]))?;
    before.parse().ok().map(IpAddr::V4)
}

/// A colon with a number, or with a word that hides it.
fn is_port(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.strip_prefix(':').is_some_and(|port| !port.is_empty() && port.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{address, forwarded};

    #[test]
    fn the_last_address_is_the_one_that_the_proxy_saw() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "192.0.2.9, 192.0.2.1".parse().unwrap());
        assert_eq!(forwarded(&headers), Some("192.0.2.1".parse().unwrap()));
        headers.append("x-forwarded-for", "198.51.100.7".parse().unwrap());
        assert_eq!(forwarded(&headers), Some("198.51.100.7".parse().unwrap()));
        headers.append("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "192.0.2.9, \"[2001:db8::7]:4711\"".parse().unwrap());
        assert_eq!(forwarded(&headers), Some("2001:db8::7".parse().unwrap()));
    }

    #[test]
    fn an_address_is_read_however_a_proxy_writes_it() {
        let v4 = ["192.0.2.1", "192.0.2.1:4711", "\"192.0.2.1\"", "\"192.0.2.1:4711\"", "192.0.2.1:_hidden"];
        let v6 = ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711", "\"[2001:db8::1]:4711\""];
        for text in v4 {
            assert_eq!(address(text), Some("192.0.2.1".parse().unwrap()), "{text}");
        }
        for text in v6 {
            assert_eq!(address(text), Some("2001:db8::1".parse().unwrap()), "{text}");
        }
        for text in
            ["", "\"", "unknown", "_hidden", "192.0.2.1:", "192.0.2", "[192.0.2.1]", "[2001:db8::1", "[::1]x"]
        {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
