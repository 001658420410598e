//! The key under which devices name users, and its rotation.

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
use crate::accounts::Listed;
use crate::service::Service;

/// The card; nothing where devices get no key.
pub(super) fn section(shown: &Shown<'_>, keys: &[Listed]) -> Markup {
    if keys.is_empty() {
        return html! {};
    }
    let (language, month) = (shown.language, shown.overview.month);
    let counts = keys.iter().rposition(|key| key.from.is_none_or(|from| from <= month));
    let next = keys.iter().any(|key| key.from.is_some_and(|from| from > month));
    html! {
        section.card #account-key {
            h2 { (language.say("Key of accounts", "用户假名密钥")) }
            p.quiet {
                (language.say(
                    "Under it devices and webhooks name the same user alike, without an id being kept.",
                    "设备与回调据此对同一用户使用相同的假名，无需保存用户 ID。",
                ))
            }
            ul.rows {
                @for (at, key) in keys.iter().enumerate() {
                    li {
                        div {
                            strong { (key.key_id) } " "
                            @if Some(at) == counts { span.badge.good { (language.say("counts now", "使用中")) } " " }
                            @match key.from {
                                Some(from) => span.quiet { (language.say("from", "起始月份")) " " (from.to_string()) },
                                None => span.quiet { (language.say("from the beginning", "自始使用")) },
                            }
                        }
                    }
                }
            }
            @if next {
                p.quiet { (language.say("The next key is there already.", "下一个密钥已就绪。")) }
            } @else {
                details {
                    summary { (language.say("Rotate: a new key from the next month on", "轮换：自下个月起使用新密钥")) }
                    p.quiet {
                        (language.say(
                            "Do this when a document leaked. At the turn of the month devices that still hold the old document cannot be compared until they have fetched the new one.",
                            "文档泄露时请轮换。月份更替时，仍持有旧文档的设备在取得新文档之前无法参与对比。",
                        ))
                    }
                    form method="post" action={ "/admin/apps/" (shown.app.sdk_app_id) "/account-key" } {
                        input type="hidden" name="token" value=(shown.token);
                        button type="submit" { (language.say("Rotate the key", "轮换密钥")) }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Rotation {
    token: String,
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
    match service.rotate_account_key(app).await {
        Ok(_) => see(&format!("/admin/apps/{app}?done=account-key#account-key")),
        Err(problem) => layout::failed(caller.language, &problem),
    }
}
