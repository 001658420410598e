//! Encryption to Postgres, and what is asked of its certificate.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::path::Path;
use std::sync::Arc;

use planguard_endpoint::db::{Db, DbError, Place, Queries};
use planguard_servers::Postgres;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// An authority, as the text of a PEM file, and a server with a certificate of it for that host name.
async fn server(name: &str) -> (String, Arc<Postgres>) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let (certificate, key) = (certificate.pem(), key.serialize_pem());
    let started = tokio::task::spawn_blocking(move || Postgres::encrypted(&certificate, &key)).await.unwrap();
    (authority.pem(), Arc::new(started))
}

async fn open(url: &str) -> Result<Db, DbError> {
    Db::open(&Place::parse(url)?).await
}

/// Whether the connection is encrypted, as the server sees it.
async fn is_encrypted(db: &Db) -> bool {
    let sql = "SELECT CAST(ssl AS TEXT) FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = db.read(move |queries: &mut dyn Queries| queries.first(sql, &[])).await.unwrap();
    row.unwrap().get::<String>(0).unwrap() == "true"
}

fn file(folder: &Path, text: &str) -> String {
    // What a URL does not hold as it is.
    let path = folder.join("root + 1.pem");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().replace(' ', "%20")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_authority_that_is_named_carries_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, postgres) = server("127.0.0.1").await;
    let (url, file) = (postgres.url(), file(folder.path(), &authority));
    for parameters in [
        format!("sslmode=require&sslrootcert={file}"),
        format!("sslrootcert={file}&application_name=a&sslmode=verify-full"),
        format!("sslrootcert={file}"),
    ] {
        assert!(is_encrypted(&open(&format!("{url}?{parameters}")).await.unwrap()).await, "{parameters}");
    }
    assert!(!is_encrypted(&open(&format!("{url}?sslmode=disable")).await.unwrap()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_trusted_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let (_, postgres) = server("127.0.0.1").await;
    let (other, elsewhere) = server("db.internal").await;
    let file = file(folder.path(), &other);
    for (url, why) in [
        (postgres.url(), "UnknownIssuer"),
        (format!("{}?sslmode=require", postgres.url()), "UnknownIssuer"),
        // An authority of the same name.
        (format!("{}?sslmode=require&sslrootcert={file}", postgres.url()), "BadSignature"),
        (format!("{}?sslmode=require&sslrootcert={file}", elsewhere.url()), "not valid for name"),
    ] {
        let refused = open(&url).await.unwrap_err();
        assert!(matches!(refused, DbError::Unreachable { .. }), "{refused}");
        let (told, password) = (refused.to_string(), url.split(['@', ':']).nth(2).unwrap());
        assert!(told.contains(why) && told.contains("`sslrootcert=FILE`"), "{told}");
        assert!(!told.contains(password), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_encryption_is_refused_where_that_is_required() {
    let url = tokio::task::spawn_blocking(|| Postgres::shared().database("plain")).await.unwrap();
    let refused = open(&format!("{url}?sslmode=require")).await.unwrap_err().to_string();
    assert!(refused.contains("server does not support TLS"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_names_no_authority_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = "postgres://postgres:password@127.0.0.1:1/postgres?sslrootcert=";
    let empty = file(folder.path(), "no certificate");
    for (file, why) in
        [(empty.as_str(), "holds no certificate in PEM"), ("/nowhere/root.pem", "sslrootcert: ")]
    {
        let refused = open(&format!("{nobody}{file}")).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
