//! Signing in and out, and the language.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use super::answer::{page, see};
use super::caller::Caller;
use super::layout;
use super::session::{self, Session};
use super::words::In;
use crate::peer::caller;
use crate::problem::Problem;
use crate::service::Service;

/// The first page: the app's, or the form that signs in.
pub(super) async fn start(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    match Caller::of(&service, &headers).await {
        Ok(_) => match service.config.apps.first() {
            Some(app) => see(&format!("/admin/apps/{}", app.sdk_app_id)),
            None => form(In(session::language(&headers)), StatusCode::OK, None),
        },
        // Nobody is signed in, which is no error here.
        Err(answer) if answer.status().is_redirection() => {
            form(In(session::language(&headers)), StatusCode::OK, None)
        }
        Err(answer) => answer,
    }
}

fn form(language: In, status: StatusCode, wrong: Option<&str>) -> Response {
    let title = language.say("Sign in", "登录");
    let body = html! {
        section.card.narrow {
            h1 { (title) }
            p.quiet {
                (language.say("With an admin credential: the one that `init` printed, or one made by", "请使用 init 打印的管理凭证，或用以下命令创建：")) " "
                code { "planguard-endpoint credentials add NAME --admin" }
            }
            @if let Some(wrong) = wrong { (layout::message("bad", wrong, "")) }
            form.stack method="post" action="/admin/sign-in" {
                // For password managers, which keep a secret under a name.
                input type="text" name="username" value="planguard" autocomplete="username" hidden;
                label for="credential" { (language.say("Admin credential", "管理凭证")) }
                input #credential type="password" name="credential" autocomplete="current-password" required autofocus
                    spellcheck="false" autocapitalize="off" maxlength="200"
                    aria-invalid=[wrong.is_some().then_some("true")];
                button.primary type="submit" { (title) }
            }
        }
    };
    page((status, layout::shell(language, title, None, &body)))
}

#[derive(Deserialize)]
pub(super) struct Given {
    credential: String,
}

pub(super) async fn sign_in(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Response {
    let language = In(session::language(&headers));
    if !session::same_origin(&headers) {
        return layout::refused(language);
    }
    let (from, now) = (caller(&service, &extensions, &headers), service.clock.now().as_millisecond());
    if !service.sign_ins.may(from, now) {
        let text = language.say("Too many tries. Wait a minute.", "尝试次数过多，请一分钟后再试。");
        let mut answer = form(language, StatusCode::TOO_MANY_REQUESTS, Some(text));
        answer.headers_mut().insert(header::RETRY_AFTER, 60.into());
        return answer;
    }
    match session::sign_in(&service, &given.credential).await {
        Ok(Some(cookie)) => {
            let mut answer = see("/admin");
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            answer
        }
        Ok(None) => {
            service.sign_ins.failed(from, now);
            let text = language.say(
                "This is no admin credential, or it has expired or been revoked.",
                "该凭证不是管理凭证，或已过期、已吊销。",
            );
            form(language, StatusCode::FORBIDDEN, Some(text))
        }
        Err(error) => layout::failed(language, &Problem::from(error)),
    }
}

#[derive(Deserialize)]
pub(super) struct Token {
    token: String,
}

pub(super) async fn sign_out(
    State(service): State<Arc<Service>>,
    caller: Caller,
    headers: HeaderMap,
    Form(given): Form<Token>,
) -> Response {
    if !caller.made(&service, &headers, &given.token) {
        return layout::refused(caller.language);
    }
    match end(&service, &caller.session).await {
        Ok(answer) => answer,
        Err(problem) => layout::failed(caller.language, &problem),
    }
}

async fn end(service: &Service, session: &Session) -> Result<Response, Problem> {
    let cookie = session::sign_out(service, session).await?;
    let mut answer = see("/admin");
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

#[derive(Deserialize)]
pub(super) struct Switch {
    to: String,
    back: Option<String>,
}

/// Switches the language, and goes back to a page of ours.
pub(super) async fn language(Query(switch): Query<Switch>) -> Response {
    let ours = |place: &String| {
        place.starts_with("/admin/apps/")
            && place.bytes().all(|byte| byte.is_ascii_graphic())
            && !place.contains("//")
            && !place.contains('\\')
    };
    let back = switch.back.filter(ours).unwrap_or_else(|| "/admin".to_owned());
    let mut answer = see(&back);
    if let Some(cookie) = switch.to.parse().ok().and_then(session::chosen) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
