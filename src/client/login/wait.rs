//! Waiting for one thing while a timer runs, on any executor.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::lead::Lead;
use crate::port::BoxFuture;

/// `future`, or `None` once the caller's time is up.
pub(super) async fn or_timeout<F: Future>(
    future: F,
    timer: &mut BoxFuture<'static, ()>,
) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        timer.as_mut().poll(cx).map(|()| None)
    })
    .await
}

/// The upstream login, its lease prolonged at a third of its life; `None` once the caller's time is up.
pub(super) async fn upstream<F: Future>(
    lead: &Lead,
    login: F,
    timer: &mut BoxFuture<'static, ()>,
) -> Option<F::Output> {
    let clock = &lead.shared.core.clock;
    let third = (lead.shared.policy.lease_ttl / 3).max(Duration::from_millis(1));
    let mut login = pin!(login);
    let mut tick = clock.sleep(third);
    poll_fn(|cx| {
        if let Poll::Ready(output) = login.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        while tick.as_mut().poll(cx).is_ready() {
            lead.renew_lease();
            tick = clock.sleep(third);
        }
        timer.as_mut().poll(cx).map(|()| None)
    })
    .await
}
