//! Where the billing endpoint is: a checked base URL and the two addresses under it.

use std::fmt;

use http::Uri;

use crate::model::SdkAppId;

/// The base URL of a billing endpoint, such as `https://billing.example.com` or
/// `https://example.com/planguard`.
///
/// `https` is required; `http` is accepted for a loopback host only (`localhost`, `127.0.0.0/8`, `[::1]`), since
/// anywhere else it would show the credential to the network. A host name with other than ASCII letters is
/// written in its `xn--` form.
///
/// ```
/// use planguard::net::EndpointUrl;
/// assert!(EndpointUrl::parse("https://billing.example.com/planguard/").is_ok());
/// assert!(EndpointUrl::parse("http://127.0.0.1:8080").is_ok());
/// assert!(EndpointUrl::parse("http://billing.example.com").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl {
    /// Scheme, host and port; the port only where it is not the scheme's own.
    origin: String,
    /// The path without a slash at its end.
    path: String,
}

/// Why a text is not the URL of a billing endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadEndpointUrl {
    /// It is no absolute URL.
    #[error("endpoint: not an absolute URL ({why}); pass one such as https://billing.example.com")]
    Malformed {
        /// What the parser objected to.
        why: String,
    },
    /// It is neither https nor http on loopback.
    #[error("endpoint: `{scheme}` is not accepted here; use https (http only on a loopback host)")]
    Insecure {
        /// The scheme.
        scheme: String,
    },
    /// It holds a user name or password.
    #[error("endpoint: a URL must not hold a user name or password; pass the credential separately")]
    UserInfo,
    /// It has a query or fragment.
    #[error("endpoint: a query or fragment has no meaning here; pass the base URL only")]
    Query,
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    /// The same origin: this absolute URL.
    SameOrigin(String),
    /// Another origin (shown without path, which may hold anything).
    OtherOrigin(String),
    /// Nowhere: the `Location` is missing or cannot be understood.
    Unusable,
}

impl EndpointUrl {
    /// Checks `text`.
    pub fn parse(text: &str) -> Result<Self, BadEndpointUrl> {
        let text = text.trim();
        // The parser drops a fragment silently.
        if text.contains(['#', '?']) {
            return Err(BadEndpointUrl::Query);
        }
        let uri: Uri = text
            .parse()
            .map_err(|error: http::uri::InvalidUri| BadEndpointUrl::Malformed { why: error.to_string() })?;
        let malformed = |why: &str| BadEndpointUrl::Malformed { why: why.to_owned() };
        let authority = uri.authority().ok_or_else(|| malformed("no host"))?;
        if authority.as_str().contains('@') {
            return Err(BadEndpointUrl::UserInfo);
        }
        let scheme = uri.scheme_str().ok_or_else(|| malformed("no scheme"))?;
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            other => return Err(BadEndpointUrl::Insecure { scheme: other.to_owned() }),
        }
        let origin = origin(&uri).ok_or_else(|| malformed("no host"))?;
        Ok(Self { origin, path: uri.path().trim_end_matches('/').to_owned() })
    }

    /// The address of an app's entitlements.
    pub fn entitlements(&self, app: SdkAppId) -> String {
        format!("{}{}/v1/apps/{app}/entitlements", self.origin, self.path)
    }

    /// The address that takes an app's usage events.
    pub fn usage_events(&self, app: SdkAppId) -> String {
        format!("{}{}/v1/apps/{app}/usage-events", self.origin, self.path)
    }

    /// Where a `Location` of an answer from this endpoint leads. Accepted forms are an absolute URL and a path
    /// from the root, which is what servers send.
    pub fn redirect(&self, location: Option<&str>) -> Redirect {
        let Some(location) = location.map(str::trim) else { return Redirect::Unusable };
        if location.starts_with('/') && !location.starts_with("//") {
            return Redirect::SameOrigin(format!("{}{location}", self.origin));
        }
        let absolute = if location.starts_with("//") {
            let scheme = self.origin.split(':').next().unwrap_or_default();
            format!("{scheme}:{location}")
        } else {
            location.to_owned()
        };
        match absolute.parse::<Uri>().ok().as_ref().and_then(origin) {
            Some(origin) if origin == self.origin && !absolute.contains('@') => {
                Redirect::SameOrigin(absolute)
            }
            Some(origin) => Redirect::OtherOrigin(origin),
            None => Redirect::Unusable,
        }
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

/// Scheme, host and port in one spelling, so that equal origins are equal texts.
fn origin(uri: &Uri) -> Option<String> {
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let authority = uri.authority()?;
    let host = authority.host().to_ascii_lowercase();
    if host.is_empty() {
        return None;
    }
    let default = if scheme == "https" { 443 } else { 80 };
    Some(match authority.port_u16() {
        Some(port) if port != default => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> SdkAppId {
        SdkAppId::new(14).unwrap()
    }

    #[test]
    fn only_a_clean_and_safe_base_url_is_accepted() {
        use BadEndpointUrl as Bad;
        for good in [
            "https://a.example",
            "http://localhost:1",
            "http://[::1]:80/x",
            "HTTPS://A.example/",
            "http://127.8.0.1",
        ] {
            assert!(EndpointUrl::parse(good).is_ok(), "{good}");
        }
        assert!(matches!(EndpointUrl::parse("http://a.example"), Err(Bad::Insecure { .. })));
        assert!(matches!(EndpointUrl::parse("http://localhost.example"), Err(Bad::Insecure { .. })));
        assert!(matches!(EndpointUrl::parse("ftp://a.example"), Err(Bad::Insecure { .. })));
        assert_eq!(EndpointUrl::parse("https://u:p@a.example"), Err(Bad::UserInfo));
        assert_eq!(EndpointUrl::parse("https://a.example?x=1"), Err(Bad::Query));
        assert_eq!(EndpointUrl::parse("https://a.example/#x"), Err(Bad::Query));
        for bad in ["", "a.example", "/path", "https://", "https://ä.example", "https:// a"] {
            assert!(matches!(EndpointUrl::parse(bad), Err(Bad::Malformed { .. })), "{bad}");
        }
    }

    #[test]
    fn addresses_are_under_the_base_path() {
        let url = EndpointUrl::parse("https://A.example:443/plan/").unwrap();
        assert_eq!(url.entitlements(app()), "https://a.example/plan/v1/apps/14/entitlements");
        assert_eq!(url.usage_events(app()), "https://a.example/plan/v1/apps/14/usage-events");
    }

    #[test]
    fn redirects_are_told_apart_by_origin() {
        let url = EndpointUrl::parse("https://a.example").unwrap();
        let same = |to: &str| Redirect::SameOrigin(format!("https://a.example{to}"));
        assert_eq!(url.redirect(Some("/v2/x?y=1")), same("/v2/x?y=1"));
        assert_eq!(
            url.redirect(Some("https://A.EXAMPLE:443/x")),
            Redirect::SameOrigin("https://A.EXAMPLE:443/x".to_owned())
        );
        for other in
            ["http://a.example/x", "https://a.example:8443/", "//b.example/", "https://a.example.b.example/"]
        {
            assert!(matches!(url.redirect(Some(other)), Redirect::OtherOrigin(_)), "{other}");
        }
        assert!(matches!(url.redirect(Some("https://u@a.example/")), Redirect::OtherOrigin(_)));
        for bad in [None, Some(""), Some("next"), Some("https://")] {
            assert_eq!(url.redirect(bad), Redirect::Unusable);
        }
    }
}
