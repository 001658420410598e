//! TLS with certificates that are made when the endpoint starts: a good one, and ones that no client may take.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Whose certificate the endpoint shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Its own, of an authority that a client can be told of ([`crate::Endpoint::authority`]).
    Good,
    /// That authority's, for another host.
    OtherName,
    /// That authority's, which ended years ago.
    Expired,
    /// Its own, that it has signed itself.
    SelfSigned,
}

/// TLS as the endpoint speaks it.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The authority's certificate, as DER.
    pub(crate) authority: Vec<u8>,
}

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// By the generator.
    #[error("{0}")]
    Certificate(#[from] rcgen::Error),
    /// By the TLS library.
    #[error("{0}")]
    Setup(#[from] rustls::Error),
}

impl Tls {
    pub(crate) fn new(certificate: Certificate) -> Result<Self, TlsError> {
        let authority_key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "planguard test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = params.self_signed(&authority_key)?.der().to_vec();
        let issuer = Issuer::new(params, authority_key);

        let key = KeyPair::generate()?;
        let host = if certificate == Certificate::OtherName { "other.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        if certificate == Certificate::Expired {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let shown = match certificate {
            Certificate::SelfSigned => params.self_signed(&key)?,
            _ => params.signed_by(&key, &issuer)?,
        };
        let chain = vec![CertificateDer::from(shown.der().to_vec())];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), authority })
    }
}
