//! Figures for Prometheus: what this process counts, and what the database knows of each app.
//!
//! Labels are words of fixed lists and apps' numbers; none is about a user.

mod gauges;
mod layer;
mod route;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub use gauges::{Gauges, encode};
pub use layer::measure;
pub(crate) use layer::method;
pub use route::routes;

/// The upper ends of the histogram of latencies, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;

/// What this process counts. Clones share it.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: RwLock<Registry>,
    events: Counters<1>,
    webhooks: Counters<2>,
    requests: Counters<3>,
    seconds: Family<Labels<1>, Histogram, fn() -> Histogram>,
    database_errors: Counters<1>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let inner = Inner {
            registry: RwLock::new(Registry::with_prefix("planguard")),
            events: Family::default(),
            webhooks: Family::default(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            database_errors: Family::default(),
        };
        let mut registry = inner.registry.write();
        let named = "Usage events, by what became of them";
        registry.register("usage_events", named, inner.events.clone());
        let named = "Webhooks of the provider, by command and by what became of them";
        registry.register("webhooks", named, inner.webhooks.clone());
        let named = "HTTP requests, by route and status, those that were turned away included";
        registry.register("http_requests", named, inner.requests.clone());
        let named = "How long requests took, by route";
        registry.register("http_request_duration_seconds", named, inner.seconds.clone());
        let named = "Operations that the database did not do, by cause";
        registry.register("database_errors", named, inner.database_errors.clone());
        drop(registry);
        Self(Arc::new(inner))
    }
}

impl Metrics {
    /// A batch of usage events was taken: so many were new, so many had been taken before.
    pub fn events(&self, accepted: u64, duplicates: u64) {
        self.0.events.get_or_create(&[("outcome", "accepted".into())]).inc_by(accepted);
        self.0.events.get_or_create(&[("outcome", "duplicate".into())]).inc_by(duplicates);
    }

    /// A batch of usage events was refused.
    pub fn events_refused(&self) {
        self.0.events.get_or_create(&[("outcome", "batch_refused".into())]).inc();
    }

    /// A webhook came. `command` and `outcome` are words of fixed lists; a command that is not known is `other`.
    pub fn webhook(&self, command: &'static str, outcome: &'static str) {
        self.0.webhooks.get_or_create(&[("command", command.into()), ("outcome", outcome.into())]).inc();
    }

    /// A request was answered. `route` is the pattern, not the path.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [("method", method.into()), ("route", route.into()), ("status", status.to_string())];
        self.0.requests.get_or_create(&labels).inc();
        self.0.seconds.get_or_create(&[("route", route.into())]).observe(took.as_secs_f64());
    }

    /// The database did not do what was asked, by [`DbError::cause`](crate::db::DbError::cause).
    pub fn database_error(&self, cause: &'static str) {
        self.0.database_errors.get_or_create(&[("cause", cause.into())]).inc();
    }
}
