//! Connecting: TLS, the session's time-outs, and listening for what others write.

use std::future::poll_fn;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::mpsc::UnboundedSender;
use tokio_postgres::{AsyncMessage, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::errors::{fail, not_connected};
use super::options::PostgresOptions;
use super::waits::{ANSWER, LONG};
use crate::store::StoreError;
use crate::store::fleet::backing::Fail;

/// How long a process that holds the row may be silent before the server ends its transaction: one that is stopped, or
/// cut off, holds up nobody for longer.
const IDLE: Duration = Duration::from_secs(10);

/// What is said of a URL that cannot be read.
const NO_URL: &str = "the URL is not one of a Postgres database: postgres://user:password@host:port/database, special \
    characters percent-encoded; its sslmode is disable, prefer, or require, which verifies the certificate as verify-full does";

/// The encodings that hold every text: of the other one the server knows nothing and keeps what it is given.
const ENCODINGS: [&str; 2] = ["UTF8", "SQL_ASCII"];

/// Where the server is and how it is spoken to.
pub(super) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Address {
    pub(super) fn new(url: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        // What is wrong with it is not repeated: it holds a password.
        let unusable = |why: &str| StoreError::Refused { why: why.to_owned() };
        let mut config = Config::from_str(&as_known(url)).map_err(|_| unusable(NO_URL))?;
        if config.get_hosts().is_empty() {
            return Err(unusable("the URL names no host"));
        }
        config.connect_timeout(options.deadline).application_name("planguard");
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(options.deadline.saturating_mul(5));
        Ok(Self { config, tls: MakeRustlsConnect::new(tls(&options.certificates)?) })
    }

    /// A connection that tells by `news` when a process other than `name` wrote.
    pub(super) async fn connect(
        &self,
        options: &PostgresOptions,
        name: &str,
        news: UnboundedSender<()>,
    ) -> Result<Client, Fail> {
        let connected = self.config.connect(self.tls.clone()).await;
        let (client, mut connection) = connected.map_err(|error| not_connected(&error))?;
        let encoding = connection.parameter("server_encoding").unwrap_or_default();
        if !ENCODINGS.contains(&encoding) {
            let why = format!(
                "the database's encoding {encoding} does not hold every text; make one with ENCODING 'UTF8'"
            );
            return Err(StoreError::Refused { why }.into());
        }
        let name = name.to_owned();
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notification(note) = message
                    && note.payload() != name
                {
                    // Nobody listens any more where the store is closed.
                    let _ = news.send(());
                }
            }
            // From here on nothing is told any more: whoever waits for it is to connect again.
            drop(connection);
            let _ = news.send(());
        });
        let (wait, idle) = (options.deadline.as_millis(), IDLE.as_millis());
        let most = (LONG.max(options.deadline) + ANSWER).as_millis();
        // Whatever the role or the database has set for its sessions.
        let session = format!(
            "SET lock_timeout = {wait}; SET idle_in_transaction_session_timeout = {idle}; \
             SET statement_timeout = {most}; SET default_transaction_isolation = 'read committed'; \
             SET default_transaction_read_only = off; SET default_transaction_deferrable = off; \
             SET search_path = pg_catalog; SET standard_conforming_strings = on; SET synchronous_commit = on; \
             LISTEN {}",
            channel(&options.schema)
        );
        client.batch_execute(&session).await.map_err(|error| fail(&error))?;
        Ok(client)
    }
}

/// The URL as the client knows it: what Postgres's own clients call `verify-full` is what `require` does here.
fn as_known(url: &str) -> String {
    let parameters = |text: &str| text.replace("sslmode=verify-full", "sslmode=require");
    url.split_once('?')
        .map_or_else(|| url.to_owned(), |(place, rest)| format!("{place}?{}", parameters(rest)))
}

/// The channel that commits are told on.
pub(super) fn channel(schema: &str) -> String {
    format!("planguard_{schema}")
}

fn tls(certificates: &[Vec<u8>]) -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let unusable = |why: String| StoreError::Refused { why: format!("a certificate to trust: {why}") };
    for given in certificates {
        for certificate in read(given).map_err(unusable)? {
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Backend { why: format!("TLS: {error}") })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The certificates in what was given: one in DER, or a text in PEM.
fn read(given: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    // A certificate in DER is a sequence whose length takes more than one byte; no text begins so.
    if matches!(given, [0x30, 0x80..=0xff, ..]) {
        return Ok(vec![CertificateDer::from(given.to_vec())]);
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(given).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err("it is neither DER nor PEM".to_owned()),
    }
}
