//! Events: what the guard reports without being asked.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::lock::Mutex;
use tokio::sync::broadcast;

use super::endpoint::SyncError;
use super::endpoint::usage_event::UsageEvent;
use super::login::outcome::ActiveUserEffect;
use super::user::User;
use crate::decide::login::{DeferReason, FailureClass, IdentityWarning, LoginIntent};
use crate::model::{
    ClockJump, Evidence, Finding, LimitId, Max, Pseudonym, RejectionClass, Subject, Timestamp,
};
use crate::port::MaybeSendSync;
use crate::store::Corruption;

/// How many events a stream holds for a reader that falls behind.
const CAPACITY: usize = 256;

/// Something the app may want to know. Carries pseudonyms, never user ids.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The entitlements were replaced; a host-side table of answers is out of date.
    EntitlementsChanged {
        /// The snapshot generation that holds them.
        generation: u64,
        /// The document's revision; `None` for a fallback.
        revision: Option<u64>,
    },
    /// Entries of the entitlements document were not usable. They were kept aside, nothing else is affected.
    DocumentFindings(Arc<[Finding]>),
    /// Usage reached a threshold of a limit: once per threshold and period.
    LimitWarning {
        /// The limit.
        limit: LimitId,
        /// The user or group whose counter it is, or the app.
        subject: Subject,
        /// The threshold, in percent of the limit.
        threshold: u8,
        /// What this rests on.
        evidence: Evidence,
    },
    /// An action was denied because it does not fit a limit. Reported where room was asked for, not by a mere check.
    LimitDenied {
        /// The tightest limit.
        limit: LimitId,
        /// The user or group whose counter it is, or the app.
        subject: Subject,
        /// How many more the action asked for.
        requested: u64,
        /// What this rests on.
        evidence: Evidence,
    },
    /// The provider refused a call.
    Rejected {
        /// The provider's code.
        code: i32,
        /// What kind of refusal it was.
        class: RejectionClass,
    },
    /// A refusal puts the entitlements in doubt: sync soon. Reported once until that is done.
    SyncWanted,
    /// A sync of [`keep_fresh`](crate::Planguard::keep_fresh) failed; the last good entitlements stay. Reported once until
    /// one succeeds.
    SyncFailed {
        /// Why the sync failed.
        error: Arc<SyncError>,
    },
    /// The wall clock was found behind time already seen, or the endpoint corrected a clock that ran ahead.
    ClockJumped(ClockJump),
    /// The store was corrupt: it was set aside and a new one was started.
    StoreSetAside(Corruption),
    /// The store failed: the guard goes on with what it holds in memory, and keeps what must be written. Reported once
    /// until the store is back.
    StoreFailed {
        /// The store's error.
        why: String,
    },
    /// The store is back, and what was kept for it is written.
    StoreRecovered {
        /// How many writes were kept and are written now.
        replayed: u64,
        /// How many were more than could be kept, and are lost.
        dropped: u64,
    },
    /// A user was counted as active for the first time in the billing month or on the billing day.
    ActiveUserCounted {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// New in the month.
        new_in_month: bool,
        /// New on the day.
        new_on_day: bool,
    },
    /// A login reached the chat SDK and succeeded.
    LoginExecuted {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// Why it was asked for.
        intent: LoginIntent,
        /// What it did to the count of active users.
        effect: ActiveUserEffect,
    },
    /// A login was put off.
    LoginDeferred {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// Why it was asked for.
        intent: LoginIntent,
        /// Why it was put off.
        reason: DeferReason,
        /// The first time in this billing month that this user's login would have made an active user.
        first_in_month: bool,
    },
    /// A login reached the chat SDK and failed.
    LoginFailed {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// What kind of failure.
        class: FailureClass,
        /// The provider's code.
        code: i32,
        /// When the next one can be carried out, where waiting is what it takes.
        retry_at: Option<Timestamp>,
    },
    /// Too many logins of one user in a short time: something in the app logs in over and over.
    LoginLoopBroken {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// Until when none is carried out.
        until: Timestamp,
    },
    /// User ids look as if they made active users without people. Once a month and kind.
    IdentityChurn(IdentityWarning),
    /// Usage events were dropped because the billing endpoint named them as ones it can never accept.
    UsageEventsRefused {
        /// How many were dropped.
        count: u64,
    },
    /// Usage events were dropped because the outbox was full.
    OutboxDropped {
        /// How many were dropped.
        count: u64,
    },
}

impl Event {
    /// Whether this is about `user`, whom [`Planguard::user`](crate::Planguard::user) looked up: events carry pseudonyms,
    /// never ids.
    pub fn is_about(&self, user: &User) -> bool {
        self.subject().is_some_and(|subject| user.pseudonym().map(Subject::User) == Some(subject))
    }

    /// Whose event this is: a user's or a group's; `None` for one that is about the whole app.
    const fn subject(&self) -> Option<Subject> {
        match self {
            Self::LimitWarning { subject, .. } | Self::LimitDenied { subject, .. } => Some(*subject),
            Self::ActiveUserCounted { user, .. }
            | Self::LoginExecuted { user, .. }
            | Self::LoginDeferred { user, .. }
            | Self::LoginFailed { user, .. }
            | Self::LoginLoopBroken { user, .. } => Some(Subject::User(*user)),
            _ => None,
        }
    }

    /// What is sent to the billing endpoint of it, if anything.
    pub(super) fn usage(&self) -> Option<UsageEvent> {
        match self {
            Self::LimitWarning { limit, threshold, evidence, .. } => Some(UsageEvent::LimitWarned {
                limit: *limit,
                used: evidence.used,
                max: evidence.max.and_then(Max::number)?,
                threshold_percent: *threshold,
            }),
            Self::LimitDenied { limit, requested, evidence, .. } => Some(UsageEvent::LimitDenied {
                limit: *limit,
                used: evidence.used.saturating_add(evidence.reserved),
                max: evidence.max.and_then(Max::number)?,
                requested: *requested,
            }),
            Self::LoginExecuted { user, intent, effect } => Some(UsageEvent::LoginExecuted {
                user: *user,
                intent: intent.as_str(),
                new_mau: effect.new_in_month,
            }),
            Self::LoginDeferred { user, intent, reason, first_in_month: true } => {
                Some(UsageEvent::LoginDeferred {
                    user: *user,
                    intent: intent.as_str(),
                    reason: reason.as_str(),
                })
            }
            Self::Rejected { code, class } => {
                Some(UsageEvent::Rejection { code: *code, class: class.as_str() })
            }
            _ => None,
        }
    }
}

/// A stream fell behind and lost this many events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event stream fell behind and lost {0} events; read it more often")]
pub struct Lagged(pub u64);

#[cfg(not(target_arch = "wasm32"))]
type Listener = Arc<dyn Fn(&Event) + Send + Sync>;
#[cfg(target_arch = "wasm32")]
type Listener = Arc<dyn Fn(&Event)>;

/// Hands events to listeners and streams. No listener is called under a lock, and one that panics does not
/// disturb the guard or the others.
///
/// What happens before anybody listens, such as a corrupt store found while opening, is kept for the first
/// listener or stream.
pub(crate) struct Events {
    sender: broadcast::Sender<Event>,
    audience: Mutex<Audience>,
}

struct Audience {
    listeners: Arc<[Listener]>,
    /// Events from before the first listener or stream; `None` once there is one.
    unheard: Option<Unheard>,
}

/// Events that wait for somebody to hear of them, and how many older ones were more than could wait.
#[derive(Debug, Default)]
struct Unheard {
    waiting: VecDeque<Event>,
    lost: u64,
}

impl Unheard {
    fn keep(&mut self, event: Event) {
        if self.waiting.len() == CAPACITY {
            self.waiting.pop_front();
            self.lost += 1;
        }
        self.waiting.push_back(event);
    }

    /// What comes next: first, that some are lost.
    fn next(&mut self) -> Option<Result<Event, Lagged>> {
        match std::mem::take(&mut self.lost) {
            0 => self.waiting.pop_front().map(Ok),
            lost => Some(Err(Lagged(lost))),
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events")
            .field("listeners", &self.audience.lock().listeners.len())
            .finish_non_exhaustive()
    }
}

impl Default for Events {
    fn default() -> Self {
        let audience = Audience { listeners: Arc::new([]), unheard: Some(Unheard::default()) };
        Self { sender: broadcast::channel(CAPACITY).0, audience: Mutex::new(audience) }
    }
}

impl Events {
    /// Calls `listener` for every event from now on, on the thread that caused it. It must return quickly.
    pub(crate) fn listen(&self, listener: impl Fn(&Event) + MaybeSendSync + 'static) {
        let listener: Listener = Arc::new(listener);
        let unheard = {
            let mut audience = self.audience.lock();
            audience.listeners = audience.listeners.iter().cloned().chain([Arc::clone(&listener)]).collect();
            audience.unheard.take()
        };
        for event in unheard.into_iter().flat_map(|unheard| unheard.waiting) {
            tell(&listener, &event);
        }
    }

    /// A stream of every event from now on; the first listener or stream also gets what happened before.
    pub(crate) fn subscribe(&self) -> EventStream {
        let receiver = self.sender.subscribe();
        let unheard = self.audience.lock().unheard.take().unwrap_or_default();
        EventStream { unheard, receiver }
    }

    pub(crate) fn emit(&self, event: Event) {
        let listeners = {
            let mut audience = self.audience.lock();
            if let Some(unheard) = &mut audience.unheard {
                unheard.keep(event);
                return;
            }
            Arc::clone(&audience.listeners)
        };
        for listener in listeners.iter() {
            tell(listener, &event);
        }
        // No receiver is not an error.
        let _ = self.sender.send(event);
    }
}

fn tell(listener: &Listener, event: &Event) {
    if catch_unwind(AssertUnwindSafe(|| listener(event))).is_err() {
        tracing::warn!("an event listener panicked; the event went to the others");
    }
}

/// A stream of events for one reader.
#[derive(Debug)]
pub struct EventStream {
    unheard: Unheard,
    receiver: broadcast::Receiver<Event>,
}

impl EventStream {
    /// The next event; `None` once the guard is gone. [`Lagged`] says that events were lost, and reading goes on.
    pub async fn next(&mut self) -> Option<Result<Event, Lagged>> {
        if let Some(next) = self.unheard.next() {
            return Some(next);
        }
        match self.receiver.recv().await {
            Ok(event) => Some(Ok(event)),
            Err(broadcast::error::RecvError::Lagged(lost)) => Some(Err(Lagged(lost))),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// The next event if one is waiting.
    pub fn try_next(&mut self) -> Option<Result<Event, Lagged>> {
        if let Some(next) = self.unheard.next() {
            return Some(next);
        }
        match self.receiver.try_recv() {
            Ok(event) => Some(Ok(event)),
            Err(broadcast::error::TryRecvError::Lagged(lost)) => Some(Err(Lagged(lost))),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_panicking_listener_disturbs_nobody() {
        let events = Events::default();
        let heard = Arc::new(AtomicUsize::new(0));
        events.listen(|_| panic!("host bug"));
        let count = Arc::clone(&heard);
        events.listen(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let mut stream = events.subscribe();
        events.emit(Event::OutboxDropped { count: 3 });
        assert_eq!(heard.load(Ordering::SeqCst), 1);
        assert_eq!(stream.try_next(), Some(Ok(Event::OutboxDropped { count: 3 })));
        assert_eq!(stream.try_next(), None);
    }

    #[test]
    fn what_happens_before_anybody_listens_is_kept_for_the_first() {
        let events = Events::default();
        events.emit(Event::OutboxDropped { count: 1 });
        let mut first = events.subscribe();
        let mut second = events.subscribe();
        events.emit(Event::OutboxDropped { count: 2 });
        assert_eq!(first.try_next(), Some(Ok(Event::OutboxDropped { count: 1 })));
        assert_eq!(first.try_next(), Some(Ok(Event::OutboxDropped { count: 2 })));
        assert_eq!(second.try_next(), Some(Ok(Event::OutboxDropped { count: 2 })));
    }

    #[test]
    fn a_slow_stream_is_told_what_it_lost_and_the_first_one_what_was_lost_before_it() {
        for is_first in [true, false] {
            let events = Events::default();
            let slow = (!is_first).then(|| events.subscribe());
            for count in 0..300 {
                events.emit(Event::OutboxDropped { count });
            }
            let mut stream = slow.unwrap_or_else(|| events.subscribe());
            assert_eq!(stream.try_next(), Some(Err(Lagged(44))));
            assert_eq!(stream.try_next(), Some(Ok(Event::OutboxDropped { count: 44 })));
        }
    }
}
