//! `POST /tencent/callback`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Query, Request, State};
use axum::http::{StatusCode, Uri};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use super::apply::{self, Taken, apply};
use super::callback::{self, BadCallback, Callback, Happening};
use super::delivery::Delivery;
use super::{answer, signature};
use crate::ledger::App;
use crate::problem::Problem;
use crate::service::Service;
use crate::{accounts, hooks};

/// The longest body that is taken. A group of 6,000 members, each with an id of 32 bytes, fits.
pub const BODY_BYTES: usize = 1024 * 1024;

/// How long the provider's question is kept waiting; it gives up after two seconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// The provider's route.
pub fn routes() -> Router<Arc<Service>> {
    Router::new().route(PATH, post(webhook)).layer(DefaultBodyLimit::max(BODY_BYTES))
}

type Parameters = Query<Vec<(String, String)>>;

const PATH: &str = "/tencent/callback";

/// Whether a call is a webhook that an app's provider signed within the last minute.
pub fn is_signed(service: &Service, uri: &Uri) -> bool {
    let signed = || {
        let Query(parameters) = Parameters::try_from_uri(uri).ok()?;
        let delivery = Delivery::read(&parameters).ok()?;
        let tokens = &service.config.app(delivery.app)?.webhooks.as_ref()?.tokens;
        let (sign, time) = (delivery.sign.as_deref(), delivery.request_time.as_deref());
        signature::check(tokens, sign, time, service.clock.now().as_millisecond()).ok()
    };
    uri.path() == PATH && signed().is_some()
}

async fn webhook(
    State(service): State<Arc<Service>>,
    parameters: Result<Parameters, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let bad = |why: &dyn std::fmt::Display| Problem::new(StatusCode::BAD_REQUEST, why.to_string());
    let Query(parameters) = parameters.map_err(|_| bad(&"the URL's parameters cannot be read"))?;
    let delivery = Delivery::read(&parameters).map_err(|why| bad(&why))?;
    let app = service.ledger_app(delivery.app)?;
    let Some(settings) = &app.provider else {
        let detail = format!("app {} takes no webhooks here; give it a section [app.webhooks]", app.id);
        return Err(Problem::not_found(detail));
    };
    let now = service.clock.now().as_millisecond();
    let (sign, time) = (delivery.sign.as_deref(), delivery.request_time.as_deref());
    let signed = signature::check(&settings.tokens, sign, time, now);
    // Nothing that is unsigned costs the database anything, nor is its body read.
    let command = word(&delivery.command);
    let signed_at = signed.map_err(|why| {
        service.metrics.webhook(command, "unsigned");
        Problem::new(StatusCode::UNAUTHORIZED, why.to_string())
    })?;
    let callback = match Bytes::from_request(request, &()).await {
        Ok(body) => callback::read(&delivery.command, &body),
        Err(rejection) => {
            service.metrics.webhook(command, "unreadable");
            count_unreadable(&service, &app, now).await?;
            return Err(too_large(&rejection));
        }
    };
    match callback {
        Ok(callback) => {
            let question = callback.happening == Happening::BeforeCreateGroup;
            let counted = count(&service, &app, delivery.command, callback, signed_at * 1_000, now);
            if question { Ok(answer_in_time(counted).await) } else { counted.await.map(answer_to) }
        }
        Err(why) => {
            service.metrics.webhook(command, "unreadable");
            count_unreadable(&service, &app, now).await?;
            Err(unreadable(why))
        }
    }
}

async fn count(
    service: &Service,
    app: &App,
    command: String,
    callback: Callback,
    signed_at: i64,
    now: i64,
) -> Result<Taken, Problem> {
    let (config, bounds) = (service.app(app.id)?.clone(), service.bounds(app.id));
    let name = word(&command);
    let (app, secret) = (app.clone(), accounts::root(&service.secret));
    let work = service.db.write(move |queries| {
        let taken = apply(queries, &secret, &app, &command, &callback, signed_at, now)?;
        if taken == Taken::Counted {
            hooks::counted(queries, &config, bounds, now)?;
        }
        Ok(taken)
    });
    let taken = work.await?;
    service.metrics.webhook(name, outcome(taken));
    Ok(taken)
}

/// A command as a word of a fixed list, for the metrics: whoever calls can write anything.
fn word(command: &str) -> &'static str {
    const COMMANDS: [&str; 10] = [
        "State.StateChange",
        "Group.CallbackAfterCreateGroup",
        "Group.CallbackAfterGroupDestroyed",
        "Group.CallbackOnDailyGroupQuotaAlarm",
        "Sns.CallbackFriendAdd",
        "Sns.CallbackFriendDelete",
        "Group.CallbackAfterNewMemberJoin",
        "Group.CallbackAfterMemberExit",
        "Group.CallbackAfterGroupFull",
        "Group.CallbackBeforeCreateGroup",
    ];
    COMMANDS.into_iter().find(|known| *known == command).unwrap_or("other")
}

const fn outcome(taken: Taken) -> &'static str {
    match taken {
        Taken::Counted => "counted",
        Taken::Repeated => "repeated",
        Taken::TooOld => "too_old",
        Taken::Unknown => "unknown",
        Taken::Refused => "group_refused",
    }
}

async fn count_unreadable(service: &Service, app: &App, now: i64) -> Result<(), Problem> {
    let app = app.clone();
    Ok(service.db.write(move |queries| apply::unreadable(queries, &app, 0, now)).await?)
}

/// Whether a group may be created: in doubt it may.
async fn answer_in_time(counted: impl Future<Output = Result<Taken, Problem>>) -> Json<Value> {
    if let Ok(Ok(taken)) = tokio::time::timeout(PATIENCE, counted).await {
        return answer_to(taken);
    }
    tracing::warn!("a new group was let through unasked: the database gave no answer in time");
    Json(answer::ok())
}

fn answer_to(taken: Taken) -> Json<Value> {
    Json(match taken {
        Taken::Refused => answer::refused("the app's new groups of today are used up"),
        Taken::Counted | Taken::Repeated | Taken::TooOld | Taken::Unknown => answer::ok(),
    })
}

fn unreadable(why: BadCallback) -> Problem {
    Problem::field(why.pointer(), why.to_string())
}

fn too_large(rejection: &BytesRejection) -> Problem {
    let status = rejection.status();
    let detail = if status == StatusCode::PAYLOAD_TOO_LARGE {
        format!("the body is longer than {BODY_BYTES} bytes")
    } else {
        "the body broke off".to_owned()
    };
    Problem::new(status, detail)
}

impl Service {
    /// An app as the ledger knows it.
    ///
    /// # Errors
    /// 404 where it is not served.
    pub fn ledger_app(&self, sdk_app_id: u64) -> Result<App, Problem> {
        self.app(sdk_app_id).map(App::of)
    }
}
