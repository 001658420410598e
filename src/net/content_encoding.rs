//! The body of an answer as its sender meant it: what a server or proxy compressed is inflated, within bounds.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use http::header;

use super::transport::Response;
use crate::model::echo::echo;

/// Why a body cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodingError {
    /// The answer has a `Content-Encoding` that planguard does not read.
    #[error("content-encoding: `{found}` is not read here; have the endpoint send gzip or no encoding")]
    Unknown {
        /// What the answer said.
        found: String,
    },
    /// The body is not what its `Content-Encoding` says, or breaks off.
    #[error(
        "content-encoding: the body is not valid gzip ({why}); check the endpoint and any proxy before it"
    )]
    Broken {
        /// What the decoder objected to.
        why: String,
    },
    /// The body inflates to more than is accepted.
    #[error("content-encoding: the body inflates to more than {limit} bytes; check the endpoint URL")]
    TooLarge {
        /// The accepted size in bytes.
        limit: usize,
    },
}

/// The body of `response` without its `Content-Encoding`, at most `limit` bytes of it.
///
/// A body that is text was decoded already: the HTTP stacks of some hosts (`NSURLSession`, `fetch`) inflate a body and
/// leave the header as it came. A compressed body is never valid UTF-8: gzip by its second byte, the others in
/// practice.
pub fn decoded(response: &Response, limit: usize) -> Result<Cow<'_, [u8]>, EncodingError> {
    let body = response.body();
    let lines = response.headers().get_all(header::CONTENT_ENCODING);
    let named: Vec<String> = lines
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if named.is_empty() || std::str::from_utf8(body).is_ok() {
        return Ok(Cow::Borrowed(body));
    }
    match named.join(", ") {
        gzip if gzip == "gzip" || gzip == "x-gzip" => inflate(body, limit).map(Cow::Owned),
        found => Err(EncodingError::Unknown { found: echo(found) }),
    }
}

fn inflate(body: &[u8], limit: usize) -> Result<Vec<u8>, EncodingError> {
    let mut inflated = Vec::new();
    // One byte more than the limit tells a body that is too large from one that just fits.
    let bound = u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1));
    MultiGzDecoder::new(body)
        .take(bound)
        .read_to_end(&mut inflated)
        .map_err(|error| EncodingError::Broken { why: error.to_string() })?;
    if inflated.len() > limit {
        return Err(EncodingError::TooLarge { limit });
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn response(encodings: &[&str], body: &[u8]) -> Response {
        let mut response = Response::new(body.to_vec());
        for encoding in encodings {
            response.headers_mut().append(header::CONTENT_ENCODING, encoding.parse().unwrap());
        }
        response
    }

    fn read(encodings: &[&str], body: &[u8]) -> Result<Vec<u8>, EncodingError> {
        decoded(&response(encodings, body), 1000).map(Cow::into_owned)
    }

    #[test]
    fn gzip_is_inflated_in_every_spelling_and_with_several_members() {
        let body = gzip(b"{}");
        for spelling in [&["gzip"][..], &["GZip"], &["x-gzip"], &["identity, gzip"], &["", "gzip"]] {
            assert_eq!(read(spelling, &body), Ok(b"{}".to_vec()), "{spelling:?}");
        }
        assert_eq!(read(&["gzip"], &[gzip(b"{"), gzip(b"}")].concat()), Ok(b"{}".to_vec()));
    }

    #[test]
    fn a_body_that_the_hosts_stack_decoded_is_taken_as_it_is() {
        for encoding in ["gzip", "br", "zstd", "identity"] {
            assert_eq!(read(&[encoding], b"\xEF\xBB\xBF{}"), Ok(b"\xEF\xBB\xBF{}".to_vec()));
        }
        assert_eq!(read(&[], b"\x1f\x8b"), Ok(b"\x1f\x8b".to_vec()));
    }

    #[test]
    fn a_body_that_inflates_beyond_the_limit_is_refused_at_the_limit() {
        assert_eq!(read(&["gzip"], &gzip(&[b' '; 1000])).unwrap().len(), 1000);
        assert_eq!(read(&["gzip"], &gzip(&[b' '; 1001])), Err(EncodingError::TooLarge { limit: 1000 }));
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 60_000);
        assert_eq!(read(&["gzip"], &bomb), Err(EncodingError::TooLarge { limit: 1000 }));
    }

    #[test]
    fn other_encodings_are_named_and_broken_ones_said_to_be() {
        for named in ["br", "zstd", "deflate", "gzip, gzip"] {
            let found = EncodingError::Unknown { found: named.to_owned() };
            assert_eq!(read(&[named], b"\x8b\xff"), Err(found));
        }
        let body = gzip(b"{\"schema\":1}");
        for broken in [&body[..body.len() - 9], b"\xff\xfe", &[&body[..], b"\xff\xff"].concat()] {
            assert!(matches!(read(&["gzip"], broken), Err(EncodingError::Broken { .. })), "{broken:?}");
        }
    }
}
