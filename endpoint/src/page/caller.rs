//! Who is signed in.

use axum::http::HeaderMap;
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

    /// The same, for a form: it has to be one that was made for this session.
    pub(super) async fn of_form(
        service: &Service,
        headers: &HeaderMap,
        token: &str,
    ) -> Result<Self, Response> {
        let caller = Self::of(service, headers).await?;
        if caller.session.made(service, token, headers) {
            return Ok(caller);
        }
        Err(layout::refused(caller.language))
    }
}
