//! What the models share: drawing orders, a store with a thread of its own, guards on it.

use planguard::client::Builder;
use planguard::lock::before_each_lock;
use planguard::port::BoxFuture;
use planguard::store::{Store, StoreError, Work};
use planguard::time::ManualClock;
use planguard::{DecisionPolicy, Enforcement, EnforcementByLimit, Planguard, SdkAppId, UserId};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};
use tokio::sync::{mpsc, oneshot};

/// How many orders of each kind a model tries.
const ORDERS: usize = 50;
const SEED: u64 = 20_261_126;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Runs `model` in orders that are drawn step by step, and in others in which few tasks are held up for long.
pub(crate) fn orders<F: Future<Output = ()> + 'static>(model: impl Fn() -> F + Send + Sync + 'static + Copy) {
    let orders = asked("PLANGUARD_MODEL_ORDERS").map_or(ORDERS, |orders| usize::try_from(orders).unwrap());
    let seed = asked("PLANGUARD_MODEL_SEED").unwrap_or(SEED);
    draw(RandomScheduler::new_from_seed(seed, orders), model);
    draw(PctScheduler::new_from_seed(seed, 3, orders), model);
}

fn draw<F: Future<Output = ()> + 'static>(
    scheduler: impl Scheduler + 'static,
    model: impl Fn() -> F + Send + Sync + 'static,
) {
    struct Unwatched;
    impl Drop for Unwatched {
        fn drop(&mut self) {
            before_each_lock(None);
        }
    }
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    let model = move || {
        before_each_lock(Some(shuttle::thread::yield_now));
        shuttle::future::block_on(model());
    };
    let _unwatched = Unwatched;
    Runner::new(scheduler, config).run(model);
}

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// A store with a thread of its own, as the one on SQLite has: works wait in line, are run one after the other whether or
/// not anybody waits for them, and are answered some time after their commit.
#[derive(Clone)]
pub(crate) struct Threaded(mpsc::UnboundedSender<(Work, Answer)>);

impl Threaded {
    pub(crate) fn over(inner: impl Store + 'static) -> Self {
        let (jobs, mut waiting) = mpsc::unbounded_channel::<(Work, Answer)>();
        shuttle::future::spawn(async move {
            while let Some((work, answer)) = waiting.recv().await {
                shuttle::future::yield_now().await;
                let ran = inner.transact(work).await;
                shuttle::future::yield_now().await;
                // Whoever does not wait does not want to know.
                let _ = answer.send(ran);
            }
        });
        Self(jobs)
    }
}

impl Store for Threaded {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((work, answer));
        Box::pin(async move {
            sent.map_err(|_| StoreError::Busy)?;
            answered.await.unwrap_or(Err(StoreError::Busy))
        })
    }
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::at("2024-08-10T04:00:00Z".parse().unwrap())
}

/// A guard of the app that keeps every limit.
pub(crate) fn builder(clock: &ManualClock) -> Builder {
    let enforcement = EnforcementByLimit::all(Enforcement::Enforce);
    Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
        .clock(clock.clone())
        .decisions(DecisionPolicy { enforcement, ..DecisionPolicy::default() })
}

pub(crate) fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}
