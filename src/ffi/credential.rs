//! A host's credential for the billing endpoint.

use std::sync::Arc;

use crate::net::{Credential, CredentialError as CoreError, CredentialProvider as CoreProvider};
use crate::port::{BoxFuture, MaybeSendSync};

/// Why there is no credential now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum CredentialError {
    /// It cannot be had now.
    #[error("the app's credential provider has none now")]
    Unavailable,
    /// The provider threw something that it does not declare. What it threw is dropped: it may hold a secret.
    #[error("the app's credential provider failed")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CredentialError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

/// Gives the credential for the billing endpoint, asked before every request.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait CredentialProvider: MaybeSendSync {
    /// The bearer token; none where the endpoint asks for none. A token that was refused is not sent again within an hour.
    async fn credential(&self) -> Result<Option<String>, CredentialError>;
}

/// A host's credential provider as the core's, which bounds and contains it.
pub(super) struct ForeignCredentials(pub(super) Arc<dyn CredentialProvider>);

impl CoreProvider for ForeignCredentials {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CoreError>> {
        Box::pin(async {
            let token = self.0.credential().await;
            let token = token.map_err(|error| CoreError::Unavailable(error.to_string()))?;
            Ok(token.map(Credential::new).transpose()?)
        })
    }
}
