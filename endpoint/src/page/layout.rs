//! What surrounds each page: the head, the bar at the top, and what is shown when something is wrong.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{DOCTYPE, Markup, html};
use planguard::Locale;

use super::answer::page;
use super::words::In;
use crate::problem::Problem;

/// What the bar at the top offers to who is signed in.
pub(super) struct Bar<'a> {
    /// The token of the form that signs out.
    pub(super) token: &'a str,
    /// The app that is shown.
    pub(super) app: Option<u64>,
    /// All apps.
    pub(super) apps: &'a [u64],
    /// Where a switch of the language comes back to.
    pub(super) place: &'a str,
}

/// A whole page.
pub(super) fn shell(language: In, title: &str, bar: Option<&Bar<'_>>, body: &Markup) -> Markup {
    let place = bar.map_or("/admin", |bar| bar.place);
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · planguard" }
                link rel="icon" type="image/svg+xml" href="/admin/icon.svg";
                link rel="stylesheet" href="/admin/page.css";
                script src="/admin/page.js" defer {}
            }
            body {
                a.skip href="#main" { (language.say("Skip to the content", "跳到正文")) }
                header.top {
                    a.brand href="/admin" {
                        svg aria-hidden="true" viewBox="0 0 24 24" width="24" height="24" {
                            path d="M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5z" {}
                            path.mark d="M8 15V12M12 15V9M16 15v-4" {}
                        }
                        span { "planguard" }
                    }
                    @if let Some(bar) = bar { (apps(language, bar)) }
                    nav.languages aria-label=(language.say("Language", "语言")) {
                        @for &locale in Locale::ALL {
                            a href={ "/admin/language?to=" (locale) "&back=" (place) } lang=(locale) hreflang=(locale)
                                aria-current=[(locale == language.0).then_some("true")] {
                                (match locale { Locale::En => "English", Locale::ZhHans => "中文" })
                            }
                        }
                    }
                    @if let Some(bar) = bar {
                        form method="post" action="/admin/sign-out" {
                            input type="hidden" name="token" value=(bar.token);
                            button.quiet type="submit" { (language.say("Sign out", "退出登录")) }
                        }
                    }
                }
                main #main tabindex="-1" { (body) }
            }
        }
    }
}

fn apps(language: In, bar: &Bar<'_>) -> Markup {
    html! {
        nav.apps aria-label=(language.say("Apps", "应用")) {
            @for &app in bar.apps {
                a href={ "/admin/apps/" (app) } aria-current=[(Some(app) == bar.app).then_some("page")] {
                    span.small { (language.say("App", "应用")) } " " (app)
                }
            }
        }
    }
}

/// A message of the page itself: what was done, or what is wrong.
pub(super) fn message(tone: &str, title: &str, text: &str) -> Markup {
    html! {
        div.message data-tone=(tone) role=(if tone == "bad" { "alert" } else { "status" }) {
            strong { (title) }
            @if !text.is_empty() { p { (text) } }
        }
    }
}

/// A page with a message and a way back.
pub(super) fn only(language: In, status: StatusCode, title: &str, text: &str) -> Response {
    let body = html! {
        section.card.narrow {
            h1 { (title) }
            p { (text) }
            p { a.button href="/admin" { (language.say("Back to the overview", "返回概览")) } }
        }
    };
    page((status, shell(language, title, None, &body)))
}

/// Something failed, and its words are for a person who runs the endpoint.
pub(super) fn failed(language: In, problem: &Problem) -> Response {
    let title = language.say("This did not work", "操作未成功");
    let detail = language.say(problem.detail(), problem.detail_in_chinese().unwrap_or(problem.detail()));
    only(language, problem.status(), title, detail)
}

/// A form that another page, or an older session, made.
pub(super) fn refused(language: In) -> Response {
    let title = language.say("This form is not valid any more", "此表单已失效");
    let text = language.say(
        "It was made for another session, or by another site. Nothing was changed. Open the page anew and try again.",
        "该表单属于其他会话或其他网站，未作任何更改。请重新打开页面后再试。",
    );
    only(language, StatusCode::FORBIDDEN, title, text)
}
