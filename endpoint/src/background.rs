//! What the endpoint does by itself: looks at thresholds, sends notices, forwards events.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::App;
use crate::db::{DbError, Queries};
use crate::forward::Forwarder;
use crate::notices::{self, Courier};
use crate::outgoing::Outgoing;
use crate::overview;
use crate::service::{Bounds, Service};

/// How often thresholds are looked at that time alone can cross, and those that two transactions crossed together.
const LOOK: Duration = Duration::from_secs(60);

/// How long what became due may wait to be seen.
const POLL: Duration = Duration::from_secs(2);

/// How long a database that fails is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// Runs until `stop` says so or is dropped. A request that runs is let finish.
pub async fn run(service: Arc<Service>, outgoing: Outgoing, stop: watch::Receiver<bool>) {
    let mut tasks = JoinSet::new();
    for app in &service.config.apps {
        let id = app.sdk_app_id.cast_signed();
        for receiver in &app.notices.receivers {
            let courier = Courier::new(id, Arc::new(receiver.clone()), outgoing.clone(), service.db.clone());
            tasks.spawn(repeat(Arc::clone(&service), stop.clone(), Sender::Notices(courier)));
        }
        if let Some(config) = &app.forward {
            let forwarder =
                Forwarder::new(id, Arc::new(config.clone()), outgoing.clone(), service.db.clone());
            tasks.spawn(repeat(Arc::clone(&service), stop.clone(), Sender::Events(forwarder)));
        }
        let (service, app, mut stop) = (Arc::clone(&service), app.clone(), stop.clone());
        tasks.spawn(async move {
            loop {
                if let Err(error) = look(&service, &app).await {
                    service.metrics.database_error(error.cause());
                    tracing::warn!(why = %error, "thresholds were not looked at");
                }
                if ended(&mut stop, LOOK).await {
                    break;
                }
            }
        });
    }
    tasks.join_all().await;
}

/// What sends by turns.
enum Sender {
    Notices(Courier),
    Events(Forwarder),
}

impl Sender {
    /// Sends what is due. When the next is.
    async fn turn(&self, now: i64) -> Result<Option<i64>, DbError> {
        match self {
            Self::Notices(courier) => Ok(courier.turn(now).await?.next),
            Self::Events(forwarder) => Ok(forwarder.turn(now).await?.next),
        }
    }
}

/// Turns as often as something is due.
async fn repeat(service: Arc<Service>, mut stop: watch::Receiver<bool>, sender: Sender) {
    loop {
        let now = service.clock.now().as_millisecond();
        let pause = match sender.turn(now).await {
            Ok(Some(due)) if due <= now => Duration::ZERO,
            Ok(_) => POLL,
            Err(error) => {
                service.metrics.database_error(error.cause());
                tracing::warn!(why = %error, "nothing was sent");
                PAUSE
            }
        };
        if ended(&mut stop, pause).await {
            break;
        }
    }
}

/// Waits, or less: true once the endpoint stops.
async fn ended(stop: &mut watch::Receiver<bool>, wait: Duration) -> bool {
    if *stop.borrow() {
        return true;
    }
    tokio::time::timeout(wait, stop.wait_for(|stopped| *stopped)).await.is_ok()
}

/// Looks at the thresholds of an app and remembers what its plan allows.
///
/// # Errors
/// [`DbError`]; the next look makes up for it.
pub async fn look(service: &Service, app: &App) -> Result<usize, DbError> {
    let overview = overview::read(service, app).await?;
    service.remember(
        app.sdk_app_id,
        Bounds { included: overview.included(), group_quota: overview.group_quota() },
    );
    let (figures, config) = (overview.figures(), app.notices.clone());
    let (id, at) = (app.sdk_app_id.cast_signed(), overview.now.as_millisecond());
    let look = move |queries: &mut dyn Queries| notices::check(queries, &config, id, &figures, at);
    service.db.write(look).await
}
