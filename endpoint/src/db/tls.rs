//! Encryption to Postgres, and what is asked of the server's certificate.

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::form_urlencoded;

use super::DbError;

/// What can be done about a certificate that is not trusted.
const REMEDY: &str = "`sslrootcert=FILE` in the URL names the authority that signs its certificate, for the \
                                 host that the URL names; `sslmode=disable` does without encryption";

/// How a server is spoken to.
pub(super) struct Encryption {
    /// The URL, without what the driver does not know.
    pub(super) url: String,
    pub(super) connector: MakeRustlsConnect,
}

impl Encryption {
    /// Reads a URL with the parameters that Postgres's own clients know: `sslmode` (`verify-full` is what `require` does
    /// here), and `sslrootcert`, a file of authorities besides those that browsers trust.
    pub(super) fn read(url: &str) -> Result<Self, DbError> {
        let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut known = Vec::new();
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", "verify-full")) => known.push("sslmode=require"),
                Some(("sslrootcert", file)) => trust(&mut roots, &decoded(file))?,
                _ => known.push(parameter),
            }
        }
        let url = if known.is_empty() { place.to_owned() } else { format!("{place}?{}", known.join("&")) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| DbError::failed(&error))?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { url, connector: MakeRustlsConnect::new(config) })
    }
}

/// A value of a URL. A plus sign stands for itself there.
fn decoded(value: &str) -> String {
    let pair = format!("={}", value.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

fn trust(roots: &mut RootCertStore, file: &str) -> Result<(), DbError> {
    let unusable = |why: &dyn std::fmt::Display| DbError::unreachable(&format!("sslrootcert: {why}"));
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(Path::new(file)).and_then(Iterator::collect);
    let found = found.map_err(|error| unusable(&error))?;
    if found.is_empty() {
        return Err(unusable(&"the file holds no certificate in PEM"));
    }
    found.into_iter().try_for_each(|certificate| roots.add(certificate)).map_err(|error| unusable(&error))
}

/// What an error says of the server's certificate; `None` where it is another one.
pub(super) fn not_trusted(error: &tokio_postgres::Error) -> Option<DbError> {
    // An I/O error gives the cause of its cause as its own.
    let cause = error.source()?.downcast_ref::<std::io::Error>()?.get_ref()?;
    match cause.downcast_ref::<rustls::Error>()? {
        bad @ rustls::Error::InvalidCertificate(_) => Some(DbError::unreachable(&format!("{bad}; {REMEDY}"))),
        _ => None,
    }
}
