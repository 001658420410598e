//! Encrypted connections, and what is asked of the server's certificate.

use planguard::store::{PostgresOptions, PostgresStore, StoreError};
use planguard_servers::Postgres;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

use crate::tools::{add, connect};

/// Who signs certificates of servers.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server with a certificate for that host name.
    fn server(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Postgres {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Postgres::encrypted(&certificate.pem(), &key.serialize_pem())
    }

    fn options(&self) -> PostgresOptions {
        PostgresOptions::new().trust(self.0.der().to_vec())
    }
}

fn url(server: &Postgres, sslmode: &str) -> String {
    format!("{}?sslmode={sslmode}", server.url())
}

/// Whether the connection of a store is encrypted, as the server sees it. The store works on it.
fn is_encrypted(server: &Postgres, store: &PostgresStore) -> bool {
    assert!(add(store).is_ok());
    let ssl = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
               WHERE application_name = 'planguard'";
    server.sql("postgres", ssl) == "t"
}

/// Why a store is not opened: in a sentence that holds neither the password nor the address.
fn refused(url: &str, options: PostgresOptions) -> String {
    let refused = connect(url, options).unwrap_err();
    assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
    let why = refused.to_string();
    let password = url.split(['@', ':']).nth(2).unwrap();
    assert!(!why.contains(password) && !why.contains("127.0.0.1"), "{why}");
    why
}

#[test]
fn a_server_without_encryption_is_refused_where_that_is_required() {
    let why = refused(&url(Postgres::shared(), "require"), PostgresOptions::new());
    assert!(why.contains("offers no encryption"), "{why}");
}

#[test]
fn a_certificate_of_an_authority_that_is_trusted_carries_the_store() {
    let authority = Authority::new();
    let server = authority.server("127.0.0.1", |_| {});
    let pem = PostgresOptions::new().trust(format!("# authorities\n{0}{0}", authority.0.pem()));
    let options = || authority.options();
    for (mode, options) in
        [("require", options()), ("verify-full", options()), ("prefer", options()), ("require", pem)]
    {
        let store = connect(&url(&server, mode), options).unwrap();
        assert!(is_encrypted(&server, &store), "{mode}");
    }
}

#[test]
fn encryption_can_be_done_without() {
    let server = Authority::new().server("127.0.0.1", |_| {});
    let store = connect(&url(&server, "disable"), PostgresOptions::new()).unwrap();
    assert!(!is_encrypted(&server, &store));
}

#[test]
fn a_certificate_of_an_authority_that_is_not_trusted_is_refused() {
    let server = Authority::new().server("127.0.0.1", |_| {});
    for (mode, options) in [("require", PostgresOptions::new()), ("prefer", Authority::new().options())] {
        let why = refused(&url(&server, mode), options);
        assert!(why.contains("no authority that is trusted; add that by PostgresOptions::trust"), "{why}");
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = authority.server("db.internal", |_| {});
    let why = refused(&url(&server, "require"), authority.options());
    assert!(why.contains("for another name than the URL's host") && !why.contains("db.internal"), "{why}");
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let server = authority.server("127.0.0.1", |params| {
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    });
    let why = refused(&url(&server, "require"), authority.options());
    assert!(why.contains("has expired"), "{why}");
}

#[test]
fn what_is_no_certificate_or_no_mode_is_refused_before_anybody_is_asked() {
    let nobody = "postgres://postgres:password@127.0.0.1:1/postgres";
    for (url, given, why) in [
        (nobody.to_owned(), "no certificate", "neither DER nor PEM"),
        (format!("{nobody}?sslmode=verify-ca"), "", "sslmode is disable, prefer, or require"),
    ] {
        let options = PostgresOptions::new();
        let options = if given.is_empty() { options } else { options.trust(given) };
        let refused = connect(&url, options).unwrap_err();
        assert!(matches!(&refused, StoreError::Refused { why: told } if told.contains(why)), "{refused}");
    }
}
