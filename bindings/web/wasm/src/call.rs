//! Asynchronous calls of JavaScript: numbered, answered once, aborted when nobody waits for them any more.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use planguard::UniFfiTag;
use planguard::ffi::take_lift_error;
use uniffi::{Lift, UnexpectedUniFFICallbackError};

use crate::imports::{host_abort, host_call};

/// How a call ended.
pub(crate) enum Answer {
    /// With a value.
    Value(Vec<u8>),
    /// With an error that the method declares.
    Declared(Vec<u8>),
    /// With anything else.
    Unexpected(Vec<u8>),
}

enum Slot {
    Waits(Option<Waker>),
    Answered(Answer),
}

#[derive(Default)]
struct Calls {
    last: u32,
    open: HashMap<u32, Slot>,
}

thread_local! {
    static CALLS: RefCell<Calls> = RefCell::default();
}

/// Takes the answer of a call; one that nobody waits for is dropped.
pub(crate) fn answer(call: u32, answer: Answer) {
    let waker = CALLS.with_borrow_mut(|calls| {
        let slot = calls.open.get_mut(&call)?;
        match std::mem::replace(slot, Slot::Answered(answer)) {
            Slot::Waits(waker) => waker,
            Slot::Answered(_) => None,
        }
    });
    // Not while the calls are borrowed: it may run anything.
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// A call that runs.
struct Running(u32);

impl Drop for Running {
    fn drop(&mut self) {
        let slot = CALLS.with_borrow_mut(|calls| calls.open.remove(&self.0));
        if matches!(slot, Some(Slot::Waits(_))) {
            host_abort(self.0);
        }
    }
}

impl Future for Running {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        CALLS.with_borrow_mut(|calls| {
            if let Some(Slot::Answered(answer)) = calls.open.remove(&self.0) {
                return Poll::Ready(answer);
            }
            calls.open.insert(self.0, Slot::Waits(Some(context.waker().clone())));
            Poll::Pending
        })
    }
}

async fn call(object: u32, method: u32, args: Vec<u8>) -> Answer {
    let number = CALLS.with_borrow_mut(|calls| {
        calls.last = calls.last.wrapping_add(1);
        calls.open.insert(calls.last, Slot::Waits(None));
        calls.last
    });
    let running = Running(number);
    // JavaScript reads the arguments at once.
    host_call(object, method, number, args.as_ptr(), args.len());
    drop(args);
    running.await
}

/// Calls a method that answers with a value.
pub(crate) async fn ask<T, E>(object: u32, method: u32, args: Vec<u8>) -> Result<T, E>
where
    T: Lift<UniFfiTag>,
    E: Lift<UniFfiTag> + From<UnexpectedUniFFICallbackError>,
{
    read(&bytes::<E>(object, method, args).await?)
}

/// Calls a method that answers with nothing.
pub(crate) async fn tell<E>(object: u32, method: u32, args: Vec<u8>) -> Result<(), E>
where
    E: Lift<UniFfiTag> + From<UnexpectedUniFFICallbackError>,
{
    bytes::<E>(object, method, args).await.map(drop)
}

async fn bytes<E>(object: u32, method: u32, args: Vec<u8>) -> Result<Vec<u8>, E>
where
    E: Lift<UniFfiTag> + From<UnexpectedUniFFICallbackError>,
{
    match call(object, method, args).await {
        Answer::Value(bytes) => Ok(bytes),
        Answer::Declared(error) => Err(read::<E, E>(&error)?),
        Answer::Unexpected(why) => Err(unexpected(String::from_utf8_lossy(&why))),
    }
}

fn read<T, E>(bytes: &[u8]) -> Result<T, E>
where
    T: Lift<UniFfiTag>,
    E: From<UnexpectedUniFFICallbackError>,
{
    let mut rest = bytes;
    T::try_read(&mut rest).map_err(|why| {
        // It is of what the host answered: left where it is, a later call would take it for one of its own argument.
        drop(take_lift_error());
        unexpected(why)
    })
}

fn unexpected<E: From<UnexpectedUniFFICallbackError>>(why: impl std::fmt::Display) -> E {
    E::from(UnexpectedUniFFICallbackError::new(why))
}
