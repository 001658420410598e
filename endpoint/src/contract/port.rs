//! What the routes of the contract ask of whoever serves them.

use std::future::Future;
use std::sync::Arc;

use axum::http::Extensions;
use serde::Serialize;

use super::content::Prepared;
use super::event::UsageEvent;
use super::signing::Signing;
use crate::problem::Problem;

/// What became of a batch of usage events. The two add up to its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Events taken by this call.
    pub accepted: u64,
    /// Events that were taken before, in this batch or an earlier one.
    pub duplicates: u64,
}

/// What the routes of the contract stand on. An error is answered as it is.
pub trait Port: Send + Sync + 'static {
    /// The longest body of usage events, in bytes.
    fn max_body_bytes(&self) -> usize;

    /// Whether a caller with this bearer token may speak for the app; for any, where none is named.
    fn admit(
        &self,
        token: Option<&str>,
        app: Option<u64>,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// The document of an app. `call` holds what layers around the routes have put on the call.
    fn document(
        &self,
        app: u64,
        call: &Extensions,
    ) -> impl Future<Output = Result<Option<Arc<Prepared>>, Problem>> + Send;

    /// The same for a caller with this bearer token, who is admitted first.
    fn document_for(
        &self,
        token: Option<&str>,
        app: u64,
        call: &Extensions,
    ) -> impl Future<Output = Result<Option<Arc<Prepared>>, Problem>> + Send {
        async move {
            self.admit(token, Some(app)).await?;
            self.document(app, call).await
        }
    }

    /// A price list.
    fn catalog(&self, id: &str) -> impl Future<Output = Result<Option<Arc<Prepared>>, Problem>> + Send;

    /// The keys that are published, with what signs.
    fn signing(&self) -> impl Future<Output = Result<Signing, Problem>> + Send;

    /// Takes a batch in, each event once by its source and id: all of it is kept when this returns, or nothing.
    fn take(&self, app: u64, batch: Vec<UsageEvent>)
    -> impl Future<Output = Result<Receipt, Problem>> + Send;
}
