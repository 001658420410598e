//! What is asked of the server's certificate.

use planguard::store::{PostgresOptions, StoreError};
use planguard_servers::Postgres;

use crate::tools::connect;

#[test]
fn a_server_without_encryption_is_refused_where_that_is_required() {
    let url = format!("{}?sslmode=require", Postgres::shared().url());
    let refused = connect(&url, PostgresOptions::new()).unwrap_err();
    assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
}
