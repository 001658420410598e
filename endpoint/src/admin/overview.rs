//! What is known of an app, what a change would do, and notices.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use planguard::{EditionId, Locale};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::extract::{self, Admin, AppId};
use crate::notices::Told;
use crate::overview::{self, Overview};
use crate::owner::planned;
use crate::plan_view::PlanView;
use crate::problem::Problem;
use crate::service::Service;

pub(super) async fn apps(State(service): State<Arc<Service>>, _: Admin) -> Json<Value> {
    let one = |app: &crate::config::App| json!({"sdk_app_id": app.sdk_app_id, "billing_zone": app.billing_zone.billing().to_string()});
    Json(json!({"apps": service.config.apps.iter().map(one).collect::<Vec<_>>()}))
}

pub(super) async fn overview(
    State(service): State<Arc<Service>>,
    _: Admin,
    AppId(app): AppId,
) -> Result<Json<Value>, Problem> {
    let overview = overview::read(&service, service.app(app)?).await?;
    Ok(Json(shown(&overview)))
}

fn shown(overview: &Overview) -> Value {
    let usage = overview.usage;
    let plan = match &overview.plan {
        None => Value::Null,
        Some(Ok(view)) => plan(view),
        Some(Err(error)) => json!({"error": error.explain(Locale::En)}),
    };
    let (pending, users) = (overview.pending, overview.drift.users);
    json!({
        "sdk_app_id": overview.app,
        "read_at": overview.now.to_string(),
        "month": overview.month.to_string(),
        "day": overview.day.to_string(),
        "revision": overview.terms.as_ref().map(|terms| terms.revision),
        "plan": plan,
        "usage": {
            "mau": usage.mau, "mau_included": overview.included(), "mau_forecast": overview.forecast_mau(),
            "dau": usage.dau, "net_new_groups_today": usage.groups_today,
            "net_new_groups_per_day": overview.group_quota(), "non_av_groups": usage.non_av_groups,
            "av_groups": usage.av_groups,
        },
        "logins": overview.devices,
        "drift": {
            "provider": users.provider, "devices": users.devices, "differing": overview.differing(),
            "sentences": overview.drift.differences.iter().map(|one| &one.text).collect::<Vec<_>>(),
        },
        "decisions": overview.decisions,
        "notices": {"waiting": pending.waiting, "given_up": pending.given_up},
        "forward": overview.forward.map(|state| json!({
            "waiting": state.waiting, "forwarded": state.forwarded, "refused": state.refused, "dropped": state.dropped,
        })),
    })
}

fn plan(view: &PlanView) -> Value {
    let held = view.entitlements();
    let lifecycle = view.lifecycle();
    let forecast = match view.forecast() {
        Ok(forecast) => json!({"text": forecast.to_string(), "bills": forecast}),
        Err(error) => json!({"error": error.to_string()}),
    };
    json!({
        "catalog": held.catalog.map(|catalog| catalog.to_string()),
        "edition": held.edition.map(|edition| edition.to_string()),
        "lifecycle": lifecycle,
        "lifecycle_text": lifecycle.to_string(),
        "forecast": forecast,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Preview {
    /// Another edition of the price list in force.
    edition: Option<String>,
    /// Or a whole document, without what the endpoint fills in.
    terms: Option<Map<String, Value>>,
}

pub(super) async fn preview(
    State(service): State<Arc<Service>>,
    _: Admin,
    AppId(app): AppId,
    extract::Json(wanted): extract::Json<Preview>,
) -> Result<Json<Value>, Problem> {
    let overview = overview::read(&service, service.app(app)?).await?;
    let unprocessable = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let now = overview.view();
    let (edition, next) = match (wanted.edition, wanted.terms) {
        (Some(edition), None) => (Some(edition), None),
        (None, Some(terms)) => {
            let next =
                planned(&overview, &terms).await.map_err(|why| unprocessable(why.explain(Locale::En)))?;
            let edition = next.entitlements().edition.map(|edition| edition.to_string());
            (edition, Some(next))
        }
        _ => return Err(Problem::field("", "`edition` or `terms` is needed, one of the two")),
    };
    let to = edition.map(EditionId::new).transpose();
    let to = to.map_err(|error| Problem::field("/edition", error.to_string()))?;
    let held = now.and_then(|view| view.entitlements().edition);
    let change = now.zip(to.filter(|to| Some(*to) != held)).and_then(|(view, to)| view.preview(to));
    let refund = change.as_ref().and_then(|_| now.and_then(PlanView::refund_at_list_price));
    Ok(Json(json!({
        "change": change.as_ref().map(|change| json!({"text": change.explain(Locale::En), "preview": change})),
        "refund_at_list_price": refund,
        "next": next.as_ref().map(plan),
    })))
}

pub(super) async fn notices(
    State(service): State<Arc<Service>>,
    _: Admin,
    AppId(app): AppId,
) -> Result<Json<Value>, Problem> {
    let id = service.app(app)?.sdk_app_id.cast_signed();
    let told = service.db.read(move |queries| crate::notices::recent(queries, id, 200)).await?;
    let one = |one: &Told| {
        json!({
            "id": one.id, "rule": one.rule, "crossed_at_ms": one.crossed_at_ms, "text": one.body.sent(),
            "receiver": one.receiver, "state": one.state, "tries": one.tries, "answer": one.answer,
        })
    };
    Ok(Json(json!({"notices": told.iter().map(one).collect::<Vec<_>>()})))
}
