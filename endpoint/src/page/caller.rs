//! Who is signed in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;

use super::answer::see;
use super::layout;
use super::session::{self, Session};
use super::words::In;
use crate::problem::Problem;
use crate::service::Service;

/// Who calls, and in which language; an answer where nobody is signed in.
pub(super) struct Caller {
    pub(super) session: Session,
    pub(super) language: In,
}

impl Caller {
    /// Who a request says it is from.
    pub(super) async fn of(service: &Service, headers: &HeaderMap) -> Result<Self, Response> {
        let language = In(session::language(headers));
        match Session::of(service, headers).await {
            Ok(Some(session)) => Ok(Self { session, language }),
            Ok(None) => Err(see("/admin")),
            Err(error) => Err(layout::failed(language, &Problem::from(error))),
        }
    }

    /// Whether a form was made for this session, by us.
    pub(super) fn made(&self, service: &Service, headers: &HeaderMap, token: &str) -> bool {
        self.session.made(service, token, headers)
    }
}

/// Who calls is looked at before a form is read.
impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Response> {
        Self::of(service, &parts.headers).await
    }
}
