//! The overview of one app.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::page;
use super::caller::Caller;
use super::cards::{Figure, figure};
use super::shown::{Shown, within};
use super::words::{In, local};
use super::{account_key, credentials, drift, form, keys, layout, plan};
use crate::decisions::Counted;
use crate::numbers::{counted, number};
use crate::overview;
use crate::problem::Problem;
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(app): Path<u64>,
    Query(done): Query<Done>,
    headers: HeaderMap,
) -> Response {
    let caller = match Caller::of(&service, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    match whole(&service, &caller, app, done.done.as_deref()).await {
        Ok(markup) => page(markup),
        Err(problem) => layout::failed(caller.language, &problem),
    }
}

async fn whole(service: &Service, caller: &Caller, app: u64, done: Option<&str>) -> Result<Markup, Problem> {
    let app = service.app(app)?;
    let overview = overview::read(service, app).await?;
    let (keys, credentials) = (keys::read(service).await?, credentials::read(service, app.sdk_app_id).await?);
    let account_keys = service.account_keys(app.sdk_app_id).await?;
    let token = caller.session.form_token(service);
    let (language, zone) = (caller.language, app.billing_zone.time_zone());
    let shown = Shown { service, app, language, zone, overview: &overview, token: &token };
    let body = html! {
        h1.hidden { (language.say("Overview", "概览")) }
        @if let Some(message) = done.and_then(|done| said(language, done)) { (message) }
        (plan::card(&shown))
        div.figures { (figures(&shown)) }
        div.columns {
            (plan::cost(&shown))
            (plan::savings(&shown))
            (drift::card(&shown))
            (decisions(&shown))
        }
        (form::section(&shown, None))
        div.columns {
            (keys::section(&shown, &keys))
            (credentials::section(&shown, &credentials))
            (account_key::section(&shown, &account_keys))
        }
        (notices(&shown))
        p.foot.quiet {
            (language.say("Times are in the billing zone", "时间均按计费时区")) " "
            (overview.zone.to_string()) ". "
            (language.say("Read at", "读取于")) " " time { (local(zone, overview.now.as_millisecond())) } ". "
            (language.say("Signed in with the credential", "登录凭证")) " " (caller.session.name) "."
        }
    };
    Ok(within(&shown, language.say("Overview", "概览"), &body))
}

/// What a form that was just sent did.
fn said(language: In, done: &str) -> Option<Markup> {
    let (english, chinese) = match done {
        "changed" => (
            "The plan was changed. Devices take it over with their next sync.",
            "套餐已更改，设备将在下次同步时生效。",
        ),
        "same" => ("Nothing differed, so nothing was changed.", "没有差异，未作更改。"),
        "rotated" => (
            "The new key is published. It signs from the time shown on.",
            "新密钥已发布，将从所示时间起用于签名。",
        ),
        "account-key" => (
            "The new key of accounts is there. It counts from the month shown on.",
            "新的用户假名密钥已生成，将从所示月份起使用。",
        ),
        "revoked" => ("The credential is revoked.", "凭证已吊销。"),
        _ => return None,
    };
    Some(layout::message("good", language.say(english, chinese), ""))
}

fn figures(shown: &Shown<'_>) -> Markup {
    let (language, overview) = (shown.language, shown.overview);
    let usage = overview.usage;
    let unknown = || {
        language
            .say("The provider's webhooks have not told all of this period.", "服务商回调尚未覆盖整个周期。")
            .to_owned()
    };
    let (included, ahead) = (overview.included(), overview.forecast_mau());
    let mau = Figure {
        name: language.say("Active users this month", "本月活跃用户 (MAU)"),
        value: usage.mau,
        of: included,
        beside: included.map_or_else(String::new, |of| {
            language.says(format!("of {} included", number(of)), format!("/ 含 {}", number(of)))
        }),
        below: match (usage.mau, ahead) {
            (None, _) => unknown(),
            (Some(_), Some(ahead)) => language.says(
                format!("{} at the end of the month, at this pace", number(ahead)),
                format!("按当前速度，月底将达 {}", number(ahead)),
            ),
            (Some(_), None) => String::new(),
        },
        ahead,
    };
    let dau = Figure {
        name: language.say("Active users today", "今日活跃用户 (DAU)"),
        value: usage.dau,
        of: overview.view().and_then(|view| view.allowed(planguard::LimitId::FreeDau)),
        beside: String::new(),
        below: if usage.dau.is_none() { unknown() } else { String::new() },
        ahead: None,
    };
    let quota = overview.group_quota();
    let groups =
        Figure {
            name: language.say("Net new groups today", "今日净增群组"),
            value: usage.groups_today.map(|groups| u64::try_from(groups).unwrap_or(0)),
            of: quota,
            beside: quota.map_or_else(String::new, |of| {
                language.says(format!("of {} a day", number(of)), format!("/ 每日 {}", number(of)))
            }),
            below: match usage.groups_today {
                None => unknown(),
                Some(groups) if groups < 0 => language.says(
                    format!(
                        "{} dissolved than created",
                        counted(groups.unsigned_abs(), "more was", "more were"),
                    ),
                    format!("解散比新建多 {}", number(groups.unsigned_abs())),
                ),
                Some(_) => String::new(),
            },
            ahead: None,
        };
    let both = usage.non_av_groups.zip(usage.av_groups);
    let standing = Figure {
        name: language.say("Groups", "群组"),
        value: both.map(|(other, av)| other.saturating_add(av)),
        of: None,
        beside: String::new(),
        below: both.map_or_else(
            || {
                language
                    .say(
                        "How many stood before the webhooks began is not configured.",
                        "未配置回调开始前已有的群组数。",
                    )
                    .to_owned()
            },
            |(_, av)| {
                language.says(
                    format!("audio-video groups among them: {}", number(av)),
                    format!("其中音视频群 {}", number(av)),
                )
            },
        ),
        ahead: None,
    };
    html! { @for one in [mau, dau, groups, standing] { (figure(language, &one)) } }
}

fn decisions(shown: &Shown<'_>) -> Markup {
    let language = shown.language;
    html! {
        section.card {
            h2 { (language.say("What devices decided in seven days", "近七天设备的决定")) }
            @if shown.overview.decisions.is_empty() {
                p.quiet { (language.say("No device has reported a decision.", "尚无设备上报。")) }
            } @else {
                table {
                    thead { tr {
                        th scope="col" { (language.say("Decision", "决定")) }
                        th.number scope="col" { (language.say("Times", "次数")) }
                        th scope="col" { (language.say("Last", "最近")) }
                    } }
                    tbody { @for one in shown.overview.decisions.iter().take(12) { (decision(shown, one)) } }
                }
            }
        }
    }
}

fn decision(shown: &Shown<'_>, one: &Counted) -> Markup {
    let language = shown.language;
    html! {
        tr {
            th scope="row" { (language.decision(one.kind)) " " span.quiet { (language.word(&one.word)) } }
            td.number { (number(one.count)) }
            td { time { (local(shown.zone, one.last_at_ms)) } }
        }
    }
}

/// The latest notices, and how forwarding stands.
fn notices(shown: &Shown<'_>) -> Markup {
    let (language, overview) = (shown.language, shown.overview);
    let receivers = shown.app.notices.receivers.len();
    html! {
        section.card {
            h2 { (language.say("Notices", "通知")) }
            @if receivers == 0 {
                p.quiet {
                    (language.say(
                        "Nobody is told: the configuration names no receiver under [[app.notices.receiver]].",
                        "未通知任何人：配置中没有 [[app.notices.receiver]]。",
                    ))
                }
            }
            @if overview.notices.is_empty() {
                p.quiet { (language.say("No threshold was crossed.", "尚未越过任何阈值。")) }
            } @else {
                ul.log {
                    @for told in &overview.notices {
                        li data-tone=(match told.state.as_deref() { Some("given_up") => "bad", Some("waiting") => "warn", _ => "good" }) {
                            p { (told.body.text(language.0)) }
                            p.quiet {
                                time { (local(shown.zone, told.crossed_at_ms)) }
                                @if let (Some(receiver), Some(state)) = (&told.receiver, &told.state) {
                                    " · " (receiver) ": " (delivery(language, state, told.tries))
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(forward) = &overview.forward {
                h3 { (language.say("Forwarding of usage events", "用量事件转发")) }
                p {
                    (language.says(
                        format!(
                            "{} forwarded, {} waiting, {} refused by the receiver, {} not queued because the backlog was full.",
                            number(forward.forwarded), number(forward.waiting), number(forward.refused), number(forward.dropped),
                        ),
                        format!(
                            "已转发 {}，等待 {}，被接收方拒绝 {}，因积压已满未排队 {}。",
                            number(forward.forwarded), number(forward.waiting), number(forward.refused), number(forward.dropped),
                        ),
                    ))
                }
            }
        }
    }
}

fn delivery(language: In, state: &str, tries: Option<i64>) -> String {
    let tries = tries.unwrap_or(0);
    let (counted, number) = (counted(tries, "try", "tries"), number(tries));
    match state {
        "sent" => language.say("sent", "已送达").to_owned(),
        "given_up" => language.says(format!("given up after {counted}"), format!("尝试 {number} 次后放弃")),
        _ => language.says(format!("waiting, {counted} so far"), format!("等待中，已尝试 {number} 次")),
    }
}
