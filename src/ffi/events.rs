//! Streams of events, and listeners.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::{Mutex, watch};

use super::error::PlanguardError;
use super::event::Event;
use super::guard::{Planguard, is_over};
use super::host::{HostError, Silence, bounded};
use crate::client::{EventStream as Core, Lagged};
use crate::port::MaybeSendSync;

/// How long a listener is waited for.
const LISTENER_WAIT: Duration = Duration::from_secs(10);

/// What a stream brings next.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Next {
    /// An event.
    Happened {
        /// Which.
        event: Event,
    },
    /// The stream fell behind, and lost events. Read it more often.
    Lagged {
        /// How many.
        lost: u64,
    },
}

impl From<Result<crate::client::Event, Lagged>> for Next {
    fn from(next: Result<crate::client::Event, Lagged>) -> Self {
        match next {
            Ok(event) => Self::Happened { event: Event::from(&event) },
            Err(Lagged(lost)) => Self::Lagged { lost },
        }
    }
}

/// Every event from the moment it was asked for. The first stream also brings what happened before.
#[derive(Debug, uniffi::Object)]
pub struct EventStream {
    stream: Mutex<Core>,
    /// Read already, and not taken yet. Filled by who holds the stream.
    read: crate::lock::Mutex<Option<Next>>,
    over: watch::Receiver<bool>,
    stopped: watch::Sender<bool>,
}

impl EventStream {
    /// What `work` brings; none once the guard was shut down or the stream stopped. What happened before comes first.
    async fn unless_over<T>(&self, work: impl Future<Output = Option<T>>) -> Option<T> {
        let over = std::pin::pin!(is_over(self.over.clone()));
        let stopped = std::pin::pin!(is_over(self.stopped.subscribe()));
        match select(std::pin::pin!(work), select(over, stopped)).await {
            Either::Left((brought, _)) => brought,
            Either::Right(_) => None,
        }
    }
}

#[uniffi::export]
impl EventStream {
    /// Waits for the next event; none once the guard was shut down or the stream stopped. Cancelling it ends with the
    /// event it was about to give: whoever goes on reading waits by [`Self::ready`].
    pub async fn next(&self) -> Option<Next> {
        let next = async {
            let mut stream = self.stream.lock().await;
            let read = self.read.lock().take();
            match read {
                Some(read) => Some(read),
                None => stream.next().await.map(Next::from),
            }
        };
        self.unless_over(next).await
    }

    /// Waits until [`Self::try_next`] has something to give; `false` once the guard was shut down or the stream stopped.
    /// It takes nothing, so cancelling it loses nothing.
    pub async fn ready(&self) -> bool {
        let look = async {
            let mut stream = self.stream.lock().await;
            let is_read = self.read.lock().is_some();
            if !is_read {
                let next = Next::from(stream.next().await?);
                *self.read.lock() = Some(next);
            }
            Some(())
        };
        self.unless_over(look).await.is_some()
    }

    /// The next event, if there is one already.
    pub fn try_next(&self) -> Option<Next> {
        let read = self.read.lock().take();
        read.or_else(|| self.stream.try_lock().ok()?.try_next().map(Next::from))
    }

    /// Ends whoever waits for the next event.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }
}

/// Hears of events, one after the other.
#[uniffi::export(with_foreign)]
#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
pub trait Listener: MaybeSendSync {
    /// An event happened. The next one comes once this has returned, or after ten seconds.
    async fn on_event(&self, event: Event) -> Result<(), HostError>;

    /// The listener fell behind, and lost so many events.
    async fn on_lagged(&self, lost: u64) -> Result<(), HostError>;
}

#[uniffi::export]
impl Planguard {
    /// A stream of every event from now on. The first listener or stream also gets what happened before.
    pub fn subscribe(&self) -> Result<Arc<EventStream>, PlanguardError> {
        let stream = Mutex::new(self.core()?.subscribe());
        let read = crate::lock::Mutex::new(None);
        Ok(Arc::new(EventStream { stream, read, over: self.over(), stopped: watch::Sender::new(false) }))
    }

    /// Calls `listener` for every event from now on, until the guard is shut down. Run it as a task; cancelling it ends
    /// it, too. A listener that throws or does not return misses that event only.
    pub async fn on_event(&self, listener: Arc<dyn Listener>) -> Result<(), PlanguardError> {
        let clock = self.core()?.clock();
        let stream = self.subscribe()?;
        while let Some(next) = stream.next().await {
            let called = Arc::clone(&listener);
            let answered = bounded(&*clock, LISTENER_WAIT, || async move {
                match next {
                    Next::Happened { event } => called.on_event(event).await,
                    Next::Lagged { lost } => called.on_lagged(lost).await,
                }
            });
            match answered.await {
                Ok(()) => {}
                Err(Silence::Failed) => {
                    tracing::warn!("an event listener failed; it missed one event");
                }
                Err(Silence::TimeUp) => {
                    tracing::warn!("an event listener did not return; it is called again");
                }
            }
        }
        Ok(())
    }
}
