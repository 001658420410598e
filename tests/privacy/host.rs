//! The app's own code around the guard, which fails in every way and says secrets when it does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use planguard::login::UpstreamError;
use planguard::net::{Credential, CredentialError, CredentialProvider};
use planguard::port::BoxFuture;

use crate::capture::HOST_BUG;

/// What the provider of credentials does next.
#[derive(Clone, Debug)]
pub(crate) enum Provide {
    /// Gives this one, which may be none that can be sent.
    This(String),
    /// Gives none: nobody is signed in.
    Nobody,
    /// Panics with this text.
    Panic(String),
}

/// A provider of credentials that does what it is told.
#[derive(Clone)]
pub(crate) struct Credentials(Arc<Mutex<Provide>>);

impl Credentials {
    pub(crate) fn new(provide: Provide) -> Self {
        Self(Arc::new(Mutex::new(provide)))
    }

    pub(crate) fn now(&self, provide: Provide) {
        *self.0.lock().unwrap() = provide;
    }
}

impl CredentialProvider for Credentials {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        let provide = self.0.lock().unwrap().clone();
        Box::pin(async move {
            match provide {
                Provide::This(text) => Ok(Some(Credential::new(text)?)),
                Provide::Nobody => Err(CredentialError::Unavailable("nobody is signed in".to_owned())),
                Provide::Panic(text) => panic!("{HOST_BUG}{text}"),
            }
        })
    }
}

/// An error of the app's own code around a call, not of the chat SDK.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Own(pub(crate) String);

impl UpstreamError for Own {
    fn code(&self) -> i32 {
        0
    }

    fn message(&self) -> &str {
        &self.0
    }

    fn is_answer(&self) -> bool {
        false
    }
}

/// A listener's body that panics with `text` the first time.
pub(crate) fn panic_once(text: String) -> impl Fn() + Send + Sync {
    let calls = AtomicUsize::new(0);
    move || {
        assert!(calls.fetch_add(1, Ordering::SeqCst) > 0, "{HOST_BUG}{text}");
    }
}
