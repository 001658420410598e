//! Where the billing endpoint is: a checked base URL, the addresses under it, and where a redirect leads.
//!
//! URLs are taken apart by the `url` crate, not by hand: it is the parser of the default transport (reqwest brings it
//! along) and follows the same standard as a browser's `fetch`. Two parsers that disagree on where a host name ends
//! would send the credential to a host that was never checked. On wasm32 it adds its tables for international names,
//! which is the price.

use std::fmt;

use url::{Host, ParseError, Url};

use crate::model::echo::echo;
use crate::model::{AccountName, BillingMonth, CatalogId, SdkAppId};

/// The base URL of a billing endpoint, such as `https://billing.example.com` or
/// `https://example.com/planguard`.
///
/// `https` is required; `http` is accepted for a loopback host only (`localhost`, `127.0.0.0/8`, `[::1]`), since
/// anywhere else it would show the credential to the network.
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
        let malformed = |why: &str| BadEndpointUrl::Malformed { why: why.to_owned() };
        // The parser repairs these, as browsers do. In a configuration they are slips.
        if text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
            return Err(malformed("it holds white space or a backslash"));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| malformed("no scheme"))?;
        if rest.is_empty() || rest.starts_with('/') {
            return Err(malformed("no host"));
        }
        let url = Url::parse(text).map_err(|error: ParseError| malformed(&error.to_string()))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BadEndpointUrl::Query);
        }
        if has_user_info(&url) {
            return Err(BadEndpointUrl::UserInfo);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(BadEndpointUrl::Insecure { scheme: echo(scheme) }),
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            path: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The address of an app's entitlements.
    pub fn entitlements(&self, app: SdkAppId) -> String {
        format!("{}{}/v1/apps/{app}/entitlements", self.origin, self.path)
    }

    /// The address of a price list.
    pub fn catalog(&self, id: CatalogId) -> String {
        format!("{}{}/v1/catalogs/{id}", self.origin, self.path)
    }

    /// The address that tells whether a user is counted in a month; `account` and `month` are of letters that stand in
    /// a path as they are.
    pub(crate) fn active(&self, app: SdkAppId, account: AccountName, month: BillingMonth) -> String {
        format!("{}{}/v1/apps/{app}/users/{account}/active?month={month}", self.origin, self.path)
    }

    /// The address that takes an app's usage events.
    pub fn usage_events(&self, app: SdkAppId) -> String {
        format!("{}{}/v1/apps/{app}/usage-events", self.origin, self.path)
    }

    /// Where a `Location` in the answer of `from` leads; it may be relative to it (RFC 9110, 10.2.2).
    pub fn redirect(&self, from: &str, location: Option<&str>) -> Redirect {
        let target = location.filter(|location| !location.trim().is_empty());
        let target = target.and_then(|location| Url::parse(from).ok()?.join(location).ok());
        let Some(mut url) = target.filter(Url::has_host) else { return Redirect::Unusable };
        let origin = url.origin().ascii_serialization();
        if origin != self.origin || has_user_info(&url) {
            return Redirect::OtherOrigin(echo(origin));
        }
        // A fragment is not sent.
        url.set_fragment(None);
        Redirect::SameOrigin(url.into())
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the host is this machine whatever a name server says. `foo.localhost` is not: resolvers differ on it.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountKey, UserId};

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
            "https://a.example:65535",
            "https://ä.example",
        ] {
            assert!(EndpointUrl::parse(good).is_ok(), "{good}");
        }
        assert!(matches!(EndpointUrl::parse("http://a.example"), Err(Bad::Insecure { .. })));
        for elsewhere in
            ["http://localhost.example", "http://foo.localhost", "http://128.0.0.1", "http://[::2]"]
        {
            assert!(matches!(EndpointUrl::parse(elsewhere), Err(Bad::Insecure { .. })), "{elsewhere}");
        }
        assert!(matches!(EndpointUrl::parse("ftp://a.example"), Err(Bad::Insecure { .. })));
        assert_eq!(EndpointUrl::parse("https://u:p@a.example"), Err(Bad::UserInfo));
        assert_eq!(EndpointUrl::parse("https://a.example?x=1"), Err(Bad::Query));
        assert_eq!(EndpointUrl::parse("https://a.example/#x"), Err(Bad::Query));
        for bad in [
            "",
            "a.example",
            "/path",
            "https://",
            "https:///path",
            "https:a.example",
            "https:// a",
            "https://host:99999",
            "https://host:x",
            "https://host:-1",
            "https:\\\\a.example",
            "https://a.ex\tample",
            "https://a..b:443:443",
        ] {
            assert!(matches!(EndpointUrl::parse(bad), Err(Bad::Malformed { .. })), "{bad}");
        }
        for without_host in ["https://", "https:///path"] {
            assert_eq!(EndpointUrl::parse(without_host), Err(Bad::Malformed { why: "no host".to_owned() }));
        }
    }

    #[test]
    fn addresses_are_under_the_base_path() {
        let url = EndpointUrl::parse("https://A.example:443/plan/").unwrap();
        assert_eq!(url.entitlements(app()), "https://a.example/plan/v1/apps/14/entitlements");
        assert_eq!(url.usage_events(app()), "https://a.example/plan/v1/apps/14/usage-events");
        let account = AccountKey::new("k1", [7; 32]).unwrap().account(app(), &UserId::new("ada").unwrap());
        assert_eq!(
            url.active(app(), account, "2026-11".parse().unwrap()),
            format!("https://a.example/plan/v1/apps/14/users/{account}/active?month=2026-11")
        );
    }

    #[test]
    fn redirects_are_told_apart_by_origin() {
        let url = EndpointUrl::parse("https://a.example").unwrap();
        let to = |location| url.redirect("https://a.example/v1/apps/14/entitlements", location);
        let same = |to: &str| Redirect::SameOrigin(format!("https://a.example{to}"));
        for (location, path) in [
            ("/v2/x?y=1", "/v2/x?y=1"),
            ("https://A.EXAMPLE:443/x", "/x"),
            ("next", "/v1/apps/14/next"),
            ("../15/entitlements#top", "/v1/apps/15/entitlements"),
            ("?page=2", "/v1/apps/14/entitlements?page=2"),
            ("https:/x", "/x"),
        ] {
            assert_eq!(to(Some(location)), same(path), "{location}");
        }
        for other in [
            "http://a.example/x",
            "https://a.example:8443/",
            "//b.example/",
            "/\\b.example/",
            "\\\\b.example/",
            "https://a.example.b.example/",
            "https://a.example@b.example/",
            "https://u@a.example/",
        ] {
            assert!(matches!(to(Some(other)), Redirect::OtherOrigin(_)), "{other}");
        }
        for bad in [None, Some(""), Some("https://"), Some("https://a.example:99999/"), Some("mailto:x")] {
            assert_eq!(to(bad), Redirect::Unusable, "{bad:?}");
        }
    }
}
