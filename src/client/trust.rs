//! Whose signatures a guard believes.

use std::time::Duration;

use super::builder::Builder;

impl Builder {
    /// A public key of the billing endpoint, by the name that the endpoint gives it in `kid`. With one or more of them only
    /// documents and price lists that one of them signed are accepted, the seed and cached ones included. Several at a
    /// time let the endpoint change its key: first the app learns the new one, then the endpoint signs with it.
    ///
    /// The key is Ed25519, as its 32 bytes, as base64url, as a JWK, or as a `PUBLIC KEY` file. Checked by [`Self::open`].
    ///
    /// ```
    /// # use planguard::{Planguard, SdkAppId};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .trusted_key("2026-11", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    ///     .open()
    ///     .await?;
    /// # let _ = guard;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "signature")]
    #[doc(alias = "public_key")]
    #[doc(alias = "jws")]
    pub fn trusted_key(mut self, kid: impl Into<String>, key: impl AsRef<[u8]>) -> Self {
        self.0.trusted_keys.push((kid.into(), key.as_ref().to_vec()));
        self
    }

    /// For whom signed documents must be: the `aud` of their header. It tells apart what one key signs for several, such
    /// as a test environment. Without it only documents that name nobody are accepted.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.0.audience = Some(audience.into());
        self
    }

    /// How old a signed document may be that is taken over while none is held, so that an old one which somebody kept is
    /// not the first of an install. Default 31 days. A seed may be older: it comes with the app.
    pub const fn max_document_age(mut self, age: Duration) -> Self {
        self.0.max_document_age = age;
        self
    }
}
