//! One fault, once to a fetch and once to a batch of usage events, and all that has to hold besides what the row says.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use planguard::Lifecycle;
use planguard::client::{Flushed, SyncError};
use planguard::net::TransportError;
use planguard::time::Clock as _;
use planguard_endpoint_faults::{Clock, Endpoint, Fault, FaultKind, Faults, On, Options, default_document};
use support::{HOUR, MINUTE};

use super::careless::Careless;
use crate::sync::rig::{APP, Build, Rig, SECRET, image, stored};

/// What a call of the contract may take by the guard's clock, all waits together.
const ONE_CALL: Duration = Duration::from_secs(60);

/// As much as the system took of an answer, at most, where the call ends by itself: the client's megabyte, what it reads
/// at once, and the buffers of two sockets, which grow to some 36 MiB on Linux.
const MOST_TAKEN: u64 = 48 << 20;

/// No test waits so long unless it is broken.
const WATCHDOG: Duration = Duration::from_secs(60);

/// By which transport the guard speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Default,
    Careless,
}

/// An endpoint on the rig's clock, and what a rig is built from.
pub(crate) async fn both(options: Options) -> (Endpoint, Build) {
    let build = Build::new("http://127.0.0.1:1");
    let time = build.clock.clone();
    let clock = Clock::from_fn(move || jiff::Timestamp::from_millisecond(time.now().as_millis()).unwrap());
    let document = default_document(APP, clock.now());
    let options = Options { document, credential: Some(SECRET.to_owned()), clock, ..options };
    let endpoint = Endpoint::start(options).await.unwrap();
    let url = endpoint.url();
    (endpoint, Build { url, ..build })
}

/// The outcome of a call, as the table names it.
pub(crate) fn named(error: &SyncError) -> String {
    let variant = |debug: String| debug.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned();
    match error {
        SyncError::Unreachable { why, .. } => match why {
            TransportError::Unreachable(_) => "`Unreachable`".to_owned(),
            why => format!("`Unreachable`, `{}`", variant(format!("{why:?}"))),
        },
        error => format!("`{}`", variant(format!("{error:?}"))),
    }
}

/// A guard that holds revision 42, while the endpoint serves 43.
pub(crate) struct World {
    by: By,
    pub(crate) endpoint: Endpoint,
    pub(crate) rig: Arc<Rig>,
}

impl World {
    pub(crate) async fn new(by: By) -> Self {
        let (endpoint, build) = both(Options::default()).await;
        let build = match by {
            By::Default => build,
            By::Careless => Build { transport: Some(Arc::new(Careless)), ..build },
        };
        let rig = Arc::new(build.open().await);
        rig.fetch().await.unwrap();
        // What the first document already warns of.
        assert_eq!(rig.guard.flush().await.waiting, 0);
        rig.clock.advance(MINUTE);
        endpoint.edit(APP, |document| document["edition"] = "premium".into()).unwrap();
        Self { by, endpoint, rig }
    }

    /// Waits for `call`; where the endpoint never comes to an end, it does so for the one deadline of the call.
    async fn bounded<T: Send + 'static>(
        &self,
        without_end: bool,
        call: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let before = self.endpoint.requests().total;
        let mut call = Box::pin(tokio::time::timeout(WATCHDOG, tokio::spawn(call)));
        if without_end {
            tokio::select! {
                _ = &mut call => panic!("it came to an end by itself"),
                () = self.endpoint.requests_reached(before + 1) => {}
            }
            while self.rig.clock.sleepers() == 0 {
                tokio::task::yield_now().await;
            }
            self.rig.clock.advance(ONE_CALL.saturating_sub(Duration::from_millis(1)));
            for _ in 0..64 {
                tokio::task::yield_now().await;
            }
            assert!((&mut call).now_or_never().is_none(), "ended before its deadline");
            self.rig.clock.advance(Duration::from_millis(1));
        }
        call.await.expect("the call outlasts its deadline").unwrap()
    }

    /// How a fetch ends under that fault, and whether what was taken is right.
    pub(crate) async fn fetch(&self, fault: FaultKind, without_end: bool) -> String {
        let Self { endpoint, rig, .. } = self;
        endpoint.faults(Fault::from(fault).on(On::Get));
        let events = image_events(rig);
        let fetching = Arc::clone(rig);
        let fetched = self.bounded(without_end, async move { fetching.fetch().await }).await;
        let revision = if fetched.is_ok() { 43 } else { 42 };
        assert_eq!(rig.revision(), Some(revision), "{fetched:?}");
        assert_eq!(stored(&rig.store).revision, revision, "{fetched:?}");
        assert_eq!(image_events(rig), events);
        self.unharmed(without_end).await;
        let Err(error) = fetched else { return "taken".to_owned() };
        // Nothing else than a pause keeps it from the next.
        endpoint.faults(Faults::none());
        rig.advance_to(error.retry_at().unwrap());
        rig.fetch().await.unwrap();
        assert_eq!(rig.revision(), Some(43));
        named(&error)
    }

    /// How a flush of one event ends under that fault; and that it arrives once, whatever comes before.
    pub(crate) async fn flush(&self, fault: FaultKind, without_end: bool) -> String {
        let Self { endpoint, rig, .. } = self;
        rig.reject(1..2).await;
        endpoint.faults(Fault::from(fault).on(On::Post));
        let flushing = Arc::clone(rig);
        let flushed = self.bounded(without_end, async move { flushing.guard.flush().await }).await;
        let ended = flushed.stopped.as_ref().map_or_else(|| "delivered".to_owned(), named);
        let kept = u64::from(flushed.stopped.is_some());
        let Flushed { delivered, refused, waiting, dropped, .. } = flushed;
        assert_eq!((delivered, refused, waiting, dropped), (1 - kept, 0, kept, 0), "{ended}");
        self.unharmed(without_end).await;
        endpoint.faults(Faults::none());
        rig.clock.advance(HOUR);
        let flushed = rig.guard.flush().await;
        assert_eq!((flushed.delivered, flushed.waiting, flushed.dropped), (kept, 0, 0), "{ended}");
        assert_eq!(rejections(endpoint), 1, "{ended}: recorded once");
        ended
    }

    /// The plan is in force, time is right, and no answer goes on.
    async fn unharmed(&self, without_end: bool) {
        let Self { endpoint, rig, .. } = self;
        assert_eq!(rig.guard.lifecycle(), Lifecycle::Active);
        assert_eq!(rig.guard.now(), rig.wall());
        let over = endpoint.raw_answers_reached(|seen| seen.ended == seen.begun);
        let seen = tokio::time::timeout(WATCHDOG, over).await.expect("the connection is still open");
        // Interim answers are thrown away as they come; what a careless transport reads is the host's own affair.
        assert!(
            without_end || self.by == By::Careless || seen.bytes <= MOST_TAKEN,
            "{} bytes were taken of an answer",
            seen.bytes
        );
    }
}

/// How many refusals by the provider the endpoint has recorded.
pub(crate) fn rejections(endpoint: &Endpoint) -> usize {
    let events = endpoint.events().received;
    events.iter().filter(|received| received.event["type"] == "planguard.rejection").count()
}

/// How many usage events were dropped, which no fault of the endpoint may change.
fn image_events(rig: &Rig) -> u64 {
    image(&rig.store).image.outbox_dropped
}
