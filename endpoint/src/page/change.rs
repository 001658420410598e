//! A change of the plan: what it would do, and making it.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::{page, see};
use super::caller::Caller;
use super::diff::{Difference, differences};
use super::form::{Fields, Wrong};
use super::shown::{Shown, within};
use super::words::In;
use super::{form, layout, preview};
use crate::db::Queries;
use crate::documents::{self, Put};
use crate::overview::{self, Overview};
use crate::owner::planned;
use crate::problem::Problem;
use crate::service::Service;

pub(super) async fn preview(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(app): Path<u64>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if !caller.made(&service, &headers, &fields.token) {
        return layout::refused(caller.language);
    }
    match previewed(&service, &caller, app, &fields).await {
        Ok((status, markup)) => page((status, markup)),
        Err(problem) => layout::failed(caller.language, &problem),
    }
}

async fn previewed(
    service: &Service,
    caller: &Caller,
    app: u64,
    fields: &Fields,
) -> Result<(StatusCode, Markup), Problem> {
    let config = service.app(app)?;
    let overview = overview::read(service, config).await?;
    let (language, zone) = (caller.language, config.billing_zone.time_zone());
    let token = caller.session.form_token(service);
    let shown = Shown { service, app: config, language, zone, overview: &overview, token: &token };
    let (revision, held) = held(&overview);
    if fields.revision != revision {
        return Ok((StatusCode::CONFLICT, conflict(&shown)));
    }
    let terms = match fields.terms(&held, zone, language) {
        Ok(terms) => terms,
        Err(wrong) => return Ok(again(&shown, fields, &wrong)),
    };
    let next = match planned(&overview, &terms).await {
        Ok(next) => next,
        Err(why) => {
            let wrong = Wrong { field: "rest", why: why.explain(language.0) };
            return Ok(again(&shown, fields, &[wrong]));
        }
    };
    let different = differences(&held, &terms);
    let title = language.say("Preview of the change", "更改预览");
    let body = html! {
        h1 { (title) }
        @if different.is_empty() {
            (layout::message("good", language.say("Nothing differs from what is in force.", "与当前内容没有差异。"), ""))
        } @else {
            section.card {
                h2 { (language.say("What changes", "更改内容")) }
                (table(language, &different))
                (confirm_form(&shown, revision, &terms))
            }
            (preview::sections(&shown, &next))
        }
        (form::section(&shown, Some((fields, &[]))))
    };
    Ok((StatusCode::OK, within(&shown, title, &body)))
}

/// What is in force, with its revision; 0 and nothing where there is no document.
fn held(overview: &Overview) -> (u64, Map<String, Value>) {
    let held = overview.terms.as_ref();
    held.map_or((0, Map::new()), |terms| (terms.revision, terms.members.clone()))
}

/// The form once more, with what is wrong in it.
fn again(shown: &Shown<'_>, fields: &Fields, wrong: &[Wrong]) -> (StatusCode, Markup) {
    let title = shown.language.say("The change cannot be made so", "无法这样更改");
    let why: Vec<&str> = wrong.iter().map(|one| one.why.as_str()).collect();
    let body = html! {
        h1 { (title) }
        (layout::message("bad", title, &why.join(" ")))
        (form::section(shown, Some((fields, wrong))))
    };
    (StatusCode::UNPROCESSABLE_ENTITY, within(shown, title, &body))
}

pub(super) fn table(language: In, different: &[Difference]) -> Markup {
    let value = |value: &Option<String>| {
        html! {
            @if let Some(text) = value { (text) } @else { span.quiet { (language.say("none", "无")) } }
        }
    };
    html! {
        table.diff {
            thead { tr {
                th scope="col" { (language.say("Member", "成员")) }
                th scope="col" { (language.say("Now", "当前")) }
                th scope="col" { (language.say("After", "更改后")) }
            } }
            tbody {
                @for one in different {
                    tr {
                        th scope="row" { code { (one.member) } }
                        td data-label=(language.say("Now", "当前")) { del { (value(&one.before)) } }
                        td data-label=(language.say("After", "更改后")) { ins { (value(&one.after)) } }
                    }
                }
            }
        }
    }
}

fn confirm_form(shown: &Shown<'_>, revision: u64, terms: &Map<String, Value>) -> Markup {
    let id = shown.app.sdk_app_id;
    html! {
        form.confirm method="post" action={ "/admin/apps/" (id) "/change" } {
            input type="hidden" name="token" value=(shown.token);
            input type="hidden" name="revision" value=(revision);
            input type="hidden" name="terms" value=(Value::Object(terms.clone()));
            button.primary #confirm type="submit" { (shown.language.say("Make this change", "确认更改")) }
            a.button href={ "/admin/apps/" (id) } { (shown.language.say("Cancel", "取消")) }
        }
    }
}

/// Somebody else changed the plan since the form was made.
fn conflict(shown: &Shown<'_>) -> Markup {
    let title = shown.language.say("Somebody else changed the plan meanwhile", "套餐已被他人更改");
    let text = shown.language.say(
        "Nothing of yours was changed. Below is the plan as it is now; make your change from there.",
        "您的更改未生效。下面是套餐的当前内容，请在此基础上更改。",
    );
    let body = html! {
        h1 { (title) }
        (layout::message("bad", title, text))
        (form::section(shown, None))
    };
    within(shown, title, &body)
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    token: String,
    revision: u64,
    terms: String,
}

pub(super) async fn confirm(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(app): Path<u64>,
    headers: HeaderMap,
    Form(confirmed): Form<Confirmed>,
) -> Response {
    if !caller.made(&service, &headers, &confirmed.token) {
        return layout::refused(caller.language);
    }
    match change(&service, &caller, app, &confirmed).await {
        Ok(answer) => answer,
        Err(problem) => layout::failed(caller.language, &problem),
    }
}

async fn change(
    service: &Service,
    caller: &Caller,
    app: u64,
    confirmed: &Confirmed,
) -> Result<Response, Problem> {
    let config = service.app(app)?;
    let terms: Map<String, Value> = serde_json::from_str(&confirmed.terms)
        .map_err(|error| Problem::field("/terms", format!("not an object: {error}")))?;
    let overview = overview::read(service, config).await?;
    // What the form of the preview carries is checked again: it has been out of our hands.
    if let Err(why) = planned(&overview, &terms).await {
        return Err(Problem::field("/terms", why.explain(caller.language.0)));
    }
    // And by the rule of documents that are pushed.
    let findings = service.check(app, confirmed.terms.as_bytes()).await?;
    if let Some(finding) = findings.first() {
        return Err(Problem::field("/terms", finding.to_string()));
    }
    match put(service, app, terms, confirmed.revision, overview.now).await? {
        Put::Changed(_) => Ok(see(&format!("/admin/apps/{app}?done=changed"))),
        Put::Same(_) => Ok(see(&format!("/admin/apps/{app}?done=same"))),
        Put::Outdated(_) => {
            let overview = overview::read(service, config).await?;
            let (language, zone) = (caller.language, config.billing_zone.time_zone());
            let token = caller.session.form_token(service);
            let shown = Shown { service, app: config, language, zone, overview: &overview, token: &token };
            Ok(page((StatusCode::CONFLICT, conflict(&shown))))
        }
    }
}

/// Keeps terms that were written from a revision; 0 stands for none.
async fn put(
    service: &Service,
    app: u64,
    terms: Map<String, Value>,
    from: u64,
    now: Timestamp,
) -> Result<Put, Problem> {
    let keep = move |queries: &mut dyn Queries| {
        let held = documents::terms(queries, app)?.map_or(0, |held| held.revision);
        if held != from {
            return Ok(Put::Outdated(held));
        }
        documents::put(queries, app, &terms, (from > 0).then_some(from), now)
    };
    Ok(service.db.write(keep).await?)
}
