//! The keys that sign, and their rotation.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::see;
use super::caller::Caller;
use super::layout;
use super::shown::Shown;
use super::words::{field, from_field, local};
use crate::keys::{self, Key, LEAD_DAYS};
use crate::owner::add_key;
use crate::problem::Problem;
use crate::service::Service;

/// How long a new key is published before it signs, where the form is left as it is: time for apps to learn of it.
const DAYS: i64 = 30;

/// The keys of the endpoint.
pub(super) async fn read(service: &Service) -> Result<Vec<Key>, Problem> {
    let now = service.clock.now();
    Ok(service.db.read(move |queries| keys::list(queries, now)).await?)
}

pub(super) fn section(shown: &Shown<'_>, keys: &[Key]) -> Markup {
    let language = shown.language;
    let now = shown.overview.now;
    let later = now.as_millisecond() + DAYS * 86_400_000;
    html! {
        section.card #keys {
            h2 { (language.say("Signing keys", "签名密钥")) }
            @if keys.is_empty() {
                p.quiet { (language.say("Documents are not signed: there is no key.", "尚无密钥，文档未签名。")) }
            }
            ul.rows {
                @for key in keys {
                    li {
                        div {
                            strong { (key.kid) } " "
                            @if key.signs {
                                span.badge.good { (language.say("signs", "签名中")) }
                            } @else if key.signs_from > now {
                                span.badge { (language.say("signs from", "签名起始")) " " (local(shown.zone, key.signs_from.as_millisecond())) }
                            } @else {
                                span.badge { (language.say("signed before", "曾用于签名")) }
                            }
                        }
                        code { (key.public_key) }
                    }
                }
            }
            details {
                summary { (language.say("Rotate: add a key", "轮换：新增密钥")) }
                p.quiet {
                    (language.say(
                        "Apps trust the keys that they were built with. Ship the new public key to them before it signs.",
                        "应用只信任其内置的公钥。请在新密钥开始签名之前，随应用发布新的公钥。",
                    ))
                }
                form.grid method="post" action={ "/admin/apps/" (shown.app.sdk_app_id) "/keys" } {
                    input type="hidden" name="token" value=(shown.token);
                    div.field {
                        label for="kid-field" { (language.say("Name of the key (kid)", "密钥名称 (kid)")) }
                        input #kid-field name="kid" required maxlength="64" pattern="[A-Za-z0-9._\\-]+" autocomplete="off" spellcheck="false";
                    }
                    div.field {
                        label for="from-field" { (language.say("Signs from", "签名起始")) }
                        input #from-field type="datetime-local" name="signs_from" required value=(field(shown.zone, later));
                    }
                    @if !keys.is_empty() {
                        div.wide {
                            label.tick {
                                input type="checkbox" name="anyway" value="true";
                                span {
                                    (language.says(
                                        format!(
                                            "Let it sign within {LEAD_DAYS} days. Apps that do not know it yet refuse what it signs.",
                                        ),
                                        format!("允许在 {LEAD_DAYS} 天内开始签名。尚未内置该公钥的应用将拒绝其签名的文档。"),
                                    ))
                                }
                            }
                        }
                    }
                    div.wide { button type="submit" { (language.say("Add the key", "新增密钥")) } }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Rotation {
    token: String,
    kid: String,
    signs_from: String,
    anyway: Option<String>,
}

pub(super) async fn rotate(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(app): Path<u64>,
    headers: HeaderMap,
    Form(rotation): Form<Rotation>,
) -> Response {
    if !caller.made(&service, &headers, &rotation.token) {
        return layout::refused(caller.language);
    }
    let zone = match service.app(app) {
        Ok(app) => app.billing_zone.time_zone().clone(),
        Err(problem) => return layout::failed(caller.language, &problem),
    };
    let from =
        from_field(&zone, &rotation.signs_from).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let Some(from) = from else {
        let problem = Problem::field("signs_from", "a date and a time are needed");
        return layout::failed(caller.language, &problem.in_chinese("需要日期和时间。"));
    };
    match add_key(&service, &rotation.kid, from, rotation.anyway.is_some()).await {
        Ok(_) => see(&format!("/admin/apps/{app}?done=rotated#keys")),
        Err(problem) => layout::failed(caller.language, &problem),
    }
}
