//! The foreign traits over objects of JavaScript. Methods are numbered in the order of the package's table.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use planguard::ffi::{
    ActionHandler, Clock, CredentialError, CredentialProvider, Event, HostError, HostImage, HostStore,
    Listener, LoginHandler, ProviderError, Replaced, Request, Response, Transport, TransportError,
};
use planguard::time::Timestamp;
use planguard::{Done, UniFfiTag, UserId};
use uniffi::Lower;

use crate::call::{ask, tell};
use crate::imports::{host_drop, host_time};

/// An object of JavaScript, dropped there with the last that holds it here.
struct Object(u32);

impl Drop for Object {
    fn drop(&mut self) {
        host_drop(self.0);
    }
}

fn args<T: Lower<UniFfiTag>>(value: T) -> Vec<u8> {
    let mut bytes = Vec::new();
    T::write(value, &mut bytes);
    bytes
}

fn two<A: Lower<UniFfiTag>, B: Lower<UniFfiTag>>(first: A, second: B) -> Vec<u8> {
    let mut bytes = args(first);
    B::write(second, &mut bytes);
    bytes
}

#[async_trait(?Send)]
impl LoginHandler for Object {
    async fn login(&self, user: UserId) -> Result<(), ProviderError> {
        tell(self.0, 0, args(user)).await
    }
}

#[async_trait(?Send)]
impl ActionHandler for Object {
    async fn perform(&self) -> Result<Done, ProviderError> {
        ask(self.0, 1, Vec::new()).await
    }
}

#[async_trait(?Send)]
impl Transport for Object {
    async fn send(&self, request: Request, max_body_bytes: u64) -> Result<Response, TransportError> {
        ask(self.0, 2, two(request, max_body_bytes)).await
    }
}

#[async_trait(?Send)]
impl CredentialProvider for Object {
    async fn credential(&self) -> Result<Option<String>, CredentialError> {
        ask(self.0, 3, Vec::new()).await
    }
}

#[async_trait(?Send)]
impl HostStore for Object {
    async fn load(&self, known: u64) -> Result<Option<HostImage>, HostError> {
        ask(self.0, 4, args(known)).await
    }

    async fn replace(&self, expected: u64, content: Vec<u8>) -> Result<Replaced, HostError> {
        ask(self.0, 5, two(expected, content)).await
    }
}

#[async_trait(?Send)]
impl Listener for Object {
    async fn on_event(&self, event: Event) -> Result<(), HostError> {
        tell(self.0, 6, args(event)).await
    }

    async fn on_lagged(&self, lost: u64) -> Result<(), HostError> {
        tell(self.0, 7, args(lost)).await
    }
}

#[async_trait(?Send)]
impl Clock for Object {
    fn now(&self) -> Result<Timestamp, HostError> {
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds of a day that JavaScript knows")]
        finite(host_time(self.0, 0)).map(|millis| Timestamp::from_millis(millis as i64))
    }

    fn elapsed(&self) -> Result<Duration, HostError> {
        let millis = finite(host_time(self.0, 1))?;
        Duration::try_from_secs_f64(millis / 1000.0).map_err(|_| HostError::Unexpected)
    }

    async fn sleep(&self, length: Duration) -> Result<(), HostError> {
        tell(self.0, 8, args(length)).await
    }
}

fn finite(millis: f64) -> Result<f64, HostError> {
    if millis.is_finite() { Ok(millis) } else { Err(HostError::Unexpected) }
}

/// The handle by which a `UniFFI` function takes an object of JavaScript as the trait of that number.
pub(crate) fn handle(kind: u32, object: u32) -> u64 {
    fn of<T>(object: Arc<T>) -> u64
    where
        T: ?Sized,
        Arc<T>: Lower<UniFfiTag, FfiType = uniffi::Handle>,
    {
        <Arc<T> as Lower<UniFfiTag>>::lower(object).as_raw()
    }
    let object = Arc::new(Object(object));
    match kind {
        0 => of::<dyn LoginHandler>(object),
        1 => of::<dyn ActionHandler>(object),
        2 => of::<dyn Transport>(object),
        3 => of::<dyn CredentialProvider>(object),
        4 => of::<dyn HostStore>(object),
        5 => of::<dyn Listener>(object),
        _ => of::<dyn Clock>(object),
    }
}
