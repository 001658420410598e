//! Credentials: list, add, revoke. A token is shown once, on the page that made it.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{page, see};
use super::caller::Caller;
use super::layout;
use super::shown::{Shown, within};
use super::words::local;
use crate::credentials::{self, Credential, Kind};
use crate::db::Queries;
use crate::overview;
use crate::owner::add_credential;
use crate::problem::Problem;
use crate::service::Service;

/// The credentials of an app's devices, and those that are for all apps.
pub(super) async fn read(service: &Service, app: u64) -> Result<Vec<Credential>, Problem> {
    let all = service.db.read(|queries| credentials::list(queries)).await?;
    let shown = |one: &Credential| match one.kind {
        Kind::Device { app: of } => of == app,
        Kind::Admin | Kind::Metrics => true,
    };
    Ok(all.into_iter().filter(shown).collect())
}

pub(super) fn section(shown: &Shown<'_>, credentials: &[Credential]) -> Markup {
    let (language, now) = (shown.language, shown.overview.now);
    let place = format!("/admin/apps/{}/credentials", shown.app.sdk_app_id);
    html! {
        section.card #credentials {
            h2 { (language.say("Credentials", "凭证")) }
            ul.rows {
                @for one in credentials {
                    li {
                        div {
                            strong { (one.name) } " "
                            span.badge { (kind(shown, one.kind)) } " "
                            @if one.revoked_at.is_some() {
                                span.badge.bad { (language.say("revoked", "已吊销")) }
                            } @else if !one.holds(now) {
                                span.badge.bad { (language.say("expired", "已过期")) }
                            }
                            // A line of its own, so that the button stays beside it on a phone.
                            p.quiet { code { (one.id) } }
                            p.quiet {
                                (language.say("made", "创建于")) " " time { (local(shown.zone, one.created_at.as_millisecond())) }
                                // The end of one that was revoked before is no matter any more.
                                @if let Some(at) = one.revoked_at {
                                    ", " (language.say("revoked", "吊销于")) " " time { (local(shown.zone, at.as_millisecond())) }
                                } @else if let Some(end) = one.expires_at {
                                    ", " (language.say("until", "有效至")) " " time { (local(shown.zone, end.as_millisecond())) }
                                }
                            }
                        }
                        @if one.holds(now) {
                            form method="post" action={ (place) "/revoke" } {
                                input type="hidden" name="token" value=(shown.token);
                                input type="hidden" name="id" value=(one.id);
                                button.danger type="submit" aria-label={ (language.say("Revoke", "吊销")) " " (one.name) } {
                                    (language.say("Revoke", "吊销"))
                                }
                            }
                        }
                    }
                }
            }
            details {
                summary { (language.say("Add a credential", "新增凭证")) }
                form.grid method="post" action=(place) {
                    input type="hidden" name="token" value=(shown.token);
                    div.field {
                        label for="name-field" { (language.say("Name", "名称")) }
                        input #name-field name="name" required maxlength="64" autocomplete="off";
                    }
                    div.field {
                        label for="kind-field" { (language.say("For", "用途")) }
                        select #kind-field name="kind" {
                            option value="device" { (language.say("devices of this app", "此应用的设备")) }
                            option value="admin" { (language.say("owners: this page and its API", "管理员：本页面及其 API")) }
                            option value="metrics" { (language.say("a Prometheus server: /metrics alone", "Prometheus：仅 /metrics")) }
                        }
                    }
                    div.field {
                        label for="days-field" { (language.say("Days it is valid (empty: no end)", "有效天数（留空为无期限）")) }
                        input #days-field name="days" type="number" min="1" max="3650" inputmode="numeric";
                    }
                    div.wide { button type="submit" { (language.say("Add the credential", "新增凭证")) } }
                }
            }
        }
    }
}

fn kind(shown: &Shown<'_>, kind: Kind) -> &'static str {
    match kind {
        Kind::Admin => shown.language.say("owner", "管理员"),
        Kind::Device { .. } => shown.language.say("devices", "设备"),
        Kind::Metrics => shown.language.say("metrics", "指标"),
    }
}

#[derive(Deserialize)]
pub(super) struct New {
    token: String,
    name: String,
    kind: String,
    days: String,
}

pub(super) async fn add(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(app): Path<u64>,
    headers: HeaderMap,
    Form(new): Form<New>,
) -> Response {
    if !caller.made(&service, &headers, &new.token) {
        return layout::refused(caller.language);
    }
    match added(&service, &caller, app, &new).await {
        Ok(markup) => page((StatusCode::CREATED, markup)),
        Err(problem) => layout::failed(caller.language, &problem),
    }
}

async fn added(service: &Service, caller: &Caller, app: u64, new: &New) -> Result<Markup, Problem> {
    let config = service.app(app)?;
    let of = (new.kind == "device").then_some(app);
    let kind = Kind::of(&new.kind, of)
        .ok_or_else(|| Problem::field("/kind", "`device`, `admin` or `metrics` is needed"))
        .map_err(|problem| problem.in_chinese("用途需为 device、admin 或 metrics。"))?;
    let days = match new.days.trim() {
        "" => None,
        days => Some(days.parse::<u32>().map_err(|_| {
            Problem::field("/days", "a whole number is needed").in_chinese("有效天数需为整数。")
        })?),
    };
    let (token, _) = add_credential(service, kind, &new.name, days).await?;
    let overview = overview::read(service, config).await?;
    let (language, zone) = (caller.language, config.billing_zone.time_zone());
    let form_token = caller.session.form_token(service);
    let shown = Shown { service, app: config, language, zone, overview: &overview, token: &form_token };
    let title = language.say("The new credential", "新凭证");
    let body = html! {
        section.card.narrow {
            h1 { (title) }
            p { (language.say("It is shown this once. Copy it to where it is needed.", "仅显示这一次，请复制到需要的地方。")) }
            p { code #secret.secret { (token.reveal()) } }
            p {
                button.copy type="button" data-copy="secret" data-done=(language.say("Copied", "已复制")) hidden {
                    (language.say("Copy", "复制"))
                }
            }
            p { a.button href={ "/admin/apps/" (app) "#credentials" } { (language.say("Back to the overview", "返回概览")) } }
        }
    };
    Ok(within(&shown, title, &body))
}

#[derive(Deserialize)]
pub(super) struct Old {
    token: String,
    id: String,
}

pub(super) async fn revoke(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(app): Path<u64>,
    headers: HeaderMap,
    Form(old): Form<Old>,
) -> Response {
    if !caller.made(&service, &headers, &old.token) {
        return layout::refused(caller.language);
    }
    let now = service.clock.now();
    let revoke = move |queries: &mut dyn Queries| credentials::revoke(queries, &old.id, now);
    match service.db.write(revoke).await {
        Ok(true) => see(&format!("/admin/apps/{app}?done=revoked#credentials")),
        Ok(false) => {
            let none = Problem::not_found("there is no such credential that holds");
            layout::failed(caller.language, &none.in_chinese("没有这个有效的凭证。"))
        }
        Err(error) => layout::failed(caller.language, &Problem::from(error)),
    }
}
