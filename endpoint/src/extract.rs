//! Who asks: extractors that admit the owner, or the devices of the app in the path.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use crate::contract::{token, without_bom};
use crate::credentials::{self, Credential, Kind};
use crate::problem::Problem;
use crate::service::Service;

/// The owner: a call with an admin credential that holds.
#[derive(Clone, Debug)]
pub struct Admin {
    /// Which credential it was.
    pub credential: Credential,
}

/// A device or a service of the app that the path names as `{sdk_app_id}`.
#[derive(Clone, Debug)]
pub struct Device {
    /// Which app: one that is served, and that the credential is for.
    pub app: u64,
}

impl FromRequestParts<Arc<Service>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let credential = service.credential(token(&parts.headers)).await?;
        match credential.kind {
            Kind::Admin => Ok(Self { credential }),
            Kind::Device { .. } | Kind::Metrics => {
                Err(Problem::forbidden("this path takes an admin credential"))
            }
        }
    }
}

impl FromRequestParts<Arc<Service>> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let app = app_of_path(parts, service).await?;
        service.admit(token(&parts.headers), app).await?;
        Ok(Self { app })
    }
}

/// The app that an owner's path names as `{sdk_app_id}`: a number, served or not.
#[derive(Clone, Copy, Debug)]
pub struct AppId(pub u64);

/// The body of an owner's call as JSON. What is wrong with it is said without what it says.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

/// The query of an owner's call.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl FromRequestParts<Arc<Service>> for AppId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        app_of_path(parts, service).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let detail = "send the body as application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let body =
            Bytes::from_request(request, service).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long")
                }
                _ => Problem::field("", "the body broke off; send it again"),
            })?;
        let wrong = |error: serde_json::Error| {
            let what =
                if error.is_data() { "not as docs/openapi-admin.yaml describes it" } else { "not JSON" };
            Problem::field("", format!("{what}, at line {} column {}", error.line(), error.column()))
        };
        serde_json::from_slice(without_bom(&body)).map(Self).map_err(wrong)
    }
}

impl<T: DeserializeOwned> FromRequestParts<Arc<Service>> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Service>) -> Result<Self, Problem> {
        let read = axum::extract::Query::try_from_uri(&parts.uri);
        let wrong = |_| Problem::field("", "the query is not as docs/openapi-admin.yaml describes it");
        read.map(|axum::extract::Query(query)| Self(query)).map_err(wrong)
    }
}

async fn app_of_path(parts: &mut Parts, service: &Arc<Service>) -> Result<u64, Problem> {
    let path: Path<BTreeMap<String, String>> =
        Path::from_request_parts(parts, service).await.map_err(|_| no_app())?;
    let app = path.get("sdk_app_id").and_then(|text| text.parse().ok()).filter(|app| *app > 0);
    app.ok_or_else(no_app)
}

impl Service {
    /// The credential of a token.
    ///
    /// # Errors
    /// 401 where it is missing or not taken, 429 where it was shown too often.
    pub async fn credential(&self, token: Option<&str>) -> Result<Credential, Problem> {
        let Some(token) = token.map(str::to_owned) else { return Err(Problem::unauthorized()) };
        let now = self.clock.now();
        let found = self.db.read(move |queries| credentials::verify(queries, &token, now)).await?;
        self.taken(found)
    }

    /// The credential that was found for a token, counted.
    ///
    /// # Errors
    /// 401 where there is none, 429 where it was shown too often.
    pub(crate) fn taken(&self, found: Option<Credential>) -> Result<Credential, Problem> {
        let credential = found.ok_or_else(Problem::unauthorized)?;
        self.rates.credential(&credential.id)?;
        Ok(credential)
    }

    /// Whether a token may speak for the devices of an app.
    ///
    /// # Errors
    /// 401 where it is missing or not taken, 403 where it is for something else, 404 where the app is not served.
    pub async fn admit(&self, token: Option<&str>, app: u64) -> Result<(), Problem> {
        self.admit_as(&self.credential(token).await?, app)
    }

    /// Whether a credential may speak for the devices of an app.
    ///
    /// # Errors
    /// 403 where it is for something else, 404 where the app is not served.
    pub(crate) fn admit_as(&self, credential: &Credential, app: u64) -> Result<(), Problem> {
        match credential.kind {
            Kind::Device { app: of } if of == app => self.app(app).map(|_| ()),
            Kind::Device { .. } => {
                Err(Problem::forbidden(format!("this credential may not speak for app {app}")))
            }
            Kind::Admin => Err(Problem::forbidden(
                "an admin credential is not for devices; send one from `credentials add --app`",
            )),
            Kind::Metrics => Err(only_metrics()),
        }
    }

    /// Whether a token may read what is served to the devices of any app: price lists.
    ///
    /// # Errors
    /// 401 where it is missing or not taken, 403 where it is for figures alone.
    pub async fn admit_to_any(&self, token: Option<&str>) -> Result<(), Problem> {
        match self.credential(token).await?.kind {
            Kind::Admin | Kind::Device { .. } => Ok(()),
            Kind::Metrics => Err(only_metrics()),
        }
    }

    /// Whether a token may read the figures.
    ///
    /// # Errors
    /// 401 where it is missing or not taken, 403 where it is for devices.
    pub async fn admit_to_metrics(&self, token: Option<&str>) -> Result<(), Problem> {
        match self.credential(token).await?.kind {
            Kind::Admin | Kind::Metrics => Ok(()),
            Kind::Device { .. } => Err(Problem::forbidden(
                "this path takes a credential for metrics; send one from `credentials add --metrics`",
            )),
        }
    }
}

fn only_metrics() -> Problem {
    Problem::forbidden("a credential for metrics reads /metrics and nothing else")
}

fn no_app() -> Problem {
    Problem::not_found("sdk_app_id: not a number above 0; it is the app's number in the console")
}
