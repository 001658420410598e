//! `GET /metrics`: for who calls from this machine, and for whoever has a credential for metrics or an admin one.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Gauges, encode};
use crate::contract::token;
use crate::overview::{self, Overview};
use crate::peer::Peer;
use crate::problem::Problem;
use crate::service::Service;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The route.
pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !from_here(service.config.behind_proxy, &extensions) {
        service.admit_to_metrics(token(&headers)).await?;
    }
    let mut apps = Vec::new();
    for app in &service.config.apps {
        match overview::read(&service, app).await {
            Ok(overview) => apps.push(gauges(&overview)),
            // The other figures are wanted most when the database fails.
            Err(error) => service.metrics.database_error(error.cause()),
        }
    }
    let text = encode(&service.metrics, &apps)
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the figures cannot be written"))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS), (header::CACHE_CONTROL, "no-store")], text).into_response())
}

/// Whether the caller is on this machine. Behind a proxy everybody seems to be.
fn from_here(behind_proxy: bool, extensions: &Extensions) -> bool {
    let peer = extensions.get::<Peer>();
    !behind_proxy && peer.is_some_and(|peer| peer.0.ip().is_loopback())
}

fn gauges(overview: &Overview) -> Gauges {
    let count = |figure: Option<u64>| figure.and_then(|figure| i64::try_from(figure).ok());
    let (usage, report, pending) = (overview.usage, &overview.drift, overview.pending);
    let figures = overview.figures();
    let forward = overview.forward;
    let values = vec![
        ("mau", "Active users of the billing month, by webhooks", count(usage.mau)),
        ("mau_included", "Active users that the plan includes", count(overview.included())),
        ("mau_forecast", "Active users at the end of the month, at this pace", count(figures.forecast)),
        ("dau", "Active users of the billing day, by webhooks", count(usage.dau)),
        ("groups_new_today", "Groups created less groups dissolved today", usage.groups_today),
        ("groups_new_quota", "Net new groups that a day allows", count(overview.group_quota())),
        ("groups_non_av", "Groups other than audio-video groups", count(usage.non_av_groups)),
        ("groups_av", "Audio-video groups", count(usage.av_groups)),
        ("devices_mau", "Active users of the billing month, by devices", Some(report.users.devices)),
        (
            "devices_logins",
            "Logins that devices sent to the chat SDK this month",
            Some(overview.devices.executed),
        ),
        ("devices_deferred", "Logins that devices put off this month", Some(overview.devices.deferred)),
        ("drift_users", "Users that only one side counts this month", count(overview.differing())),
        (
            "document_revision",
            "Revision of the document",
            count(overview.terms.as_ref().map(|terms| terms.revision)),
        ),
        (
            "plan_expires_seconds",
            "When the plan ends, in seconds since 1970",
            figures.expires_at.map(|at| at / 1000),
        ),
        (
            "webhook_last_seconds",
            "When the latest webhook was, in seconds since 1970",
            usage.last_webhook_at.map(|at| at / 1000),
        ),
        ("notices_pending", "Notices that wait to be taken", Some(pending.waiting)),
        ("notices_given_up", "Notices that were tried to the end", Some(pending.given_up)),
        ("forward_waiting", "Usage events that wait to be forwarded", forward.map(|state| state.waiting)),
        (
            "forward_dropped",
            "Usage events that the full backlog did not take",
            forward.map(|state| state.dropped),
        ),
        ("forward_refused", "Usage events that the receiver refused", forward.map(|state| state.refused)),
    ];
    Gauges { app: overview.app, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_without_a_proxy_needs_no_credential() {
        let from = |address: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(Peer(address.parse().unwrap()));
            extensions
        };
        assert!(from_here(false, &from("127.0.0.1:9")) && from_here(false, &from("[::1]:9")));
        assert!(!from_here(false, &from("192.0.2.1:9")) && !from_here(true, &from("127.0.0.1:9")));
        assert!(!from_here(false, &Extensions::new()));
    }
}
