//! A store that the host keeps: one document, replaced as a whole where nobody replaced it meanwhile.

use std::sync::Arc;
use std::time::Duration;

use super::clock::ForeignClock;
use super::error::PlanguardError;
use super::host::{HostError, Silence, bounded};
use crate::port::{BoxFuture, MaybeSendSync};
use crate::store::{Blob, BlobImage, StoreError};
use crate::time::Clock;

/// How long one call of the host's store is waited for.
const WAIT: Duration = Duration::from_secs(5);

/// What a host's store holds.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostImage {
    /// Its version: 1 for the first one.
    pub version: u64,
    /// What planguard gave. User and group ids in it are hashed.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for HostImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostImage").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Whether a host's store took a new content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Replaced {
    /// It is kept, and will be there after a restart.
    Replaced,
    /// Another one was there: nothing was changed.
    Conflict,
}

/// Keeps planguard's state for the host: one content with a version.
///
/// Several processes or tabs may share it as long as `replace` compares and stores in one step.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait HostStore: MaybeSendSync {
    /// What is held, unless its version is `known`; none also where nothing is held and `known` is 0. Where nothing is
    /// held and `known` is not 0, an image of version 0.
    async fn load(&self, known: u64) -> Result<Option<HostImage>, HostError>;

    /// Where the version held is `expected` (0: nothing is held), keeps `content` with the version `expected + 1`, and
    /// answers once that is durable. Else changes nothing.
    async fn replace(&self, expected: u64, content: Vec<u8>) -> Result<Replaced, HostError>;
}

/// A host's store as the blob that the core keeps its state in.
pub(super) struct ForeignStore {
    store: Arc<dyn HostStore>,
    clock: Arc<dyn Clock>,
}

impl ForeignStore {
    /// Bounded by the host's clock, where it gives one, else by the machine's.
    pub(super) fn new(
        store: Arc<dyn HostStore>,
        clock: Option<ForeignClock>,
    ) -> Result<Self, PlanguardError> {
        let clock: Arc<dyn Clock> = match clock {
            Some(clock) => Arc::new(clock),
            None => machine()?,
        };
        Ok(Self { store, clock })
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::unnecessary_wraps, reason = "the Web has none")]
fn machine() -> Result<Arc<dyn Clock>, PlanguardError> {
    Ok(Arc::new(crate::time::SystemClock))
}

#[cfg(target_arch = "wasm32")]
fn machine() -> Result<Arc<dyn Clock>, PlanguardError> {
    Err(PlanguardError::input("clock", "clock: there is none on the Web; open the guard with the host's"))
}

fn failed(silence: Silence) -> StoreError {
    match silence {
        Silence::TimeUp => StoreError::Busy,
        Silence::Failed => StoreError::Backend { why: "the host's store failed".to_owned() },
    }
}

impl Blob for ForeignStore {
    fn load(&self, known: u64) -> BoxFuture<'_, Result<Option<BlobImage>, StoreError>> {
        Box::pin(async move {
            let loaded = bounded(&*self.clock, WAIT, || self.store.load(known)).await.map_err(failed)?;
            Ok(loaded.map(|image| BlobImage { version: image.version, content: image.content }))
        })
    }

    fn replace(&self, expected: u64, content: Vec<u8>) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let replaced = bounded(&*self.clock, WAIT, || self.store.replace(expected, content)).await;
            Ok(replaced.map_err(failed)? == Replaced::Replaced)
        })
    }
}
