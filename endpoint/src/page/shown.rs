//! What the pages of one app are made from, and the frame around them.

use jiff::tz::TimeZone;
use maud::Markup;

use super::layout;
use super::words::In;
use crate::config::App;
use crate::overview::Overview;
use crate::service::Service;

/// What a page of one app is made from.
pub(super) struct Shown<'a> {
    pub(super) service: &'a Service,
    pub(super) app: &'a App,
    pub(super) language: In,
    pub(super) zone: &'a TimeZone,
    pub(super) overview: &'a Overview,
    /// The token of its forms.
    pub(super) token: &'a str,
}

/// A page of one app with `body` in it.
pub(super) fn within(shown: &Shown<'_>, title: &str, body: &Markup) -> Markup {
    let apps: Vec<u64> = shown.service.config.apps.iter().map(|app| app.sdk_app_id).collect();
    let id = shown.app.sdk_app_id;
    let place = format!("/admin/apps/{id}");
    let bar = layout::Bar { token: shown.token, app: Some(id), apps: &apps, place: &place };
    layout::shell(shown.language, title, Some(&bar), body)
}
