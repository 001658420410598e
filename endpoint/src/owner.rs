//! What owners do, by the page and by the admin API alike: keys, credentials, changes of the plan.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use planguard::Locale;
use serde_json::{Map, Value};

use crate::credentials::{self, Kind, Token};
use crate::db::Queries;
use crate::keys;
use crate::overview::{self, Overview};
use crate::plan_view::PlanView;
use crate::problem::Problem;
use crate::service::Service;

/// Adds a key that signs from an instant on, [`keys::LEAD_DAYS`] ahead unless the owner means it `anyway`. Returns its
/// public half.
pub(crate) async fn add_key(
    service: &Service,
    kid: &str,
    from: Timestamp,
    anyway: bool,
) -> Result<String, Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if kid.is_empty() || kid.len() > 64 || !kid.bytes().all(plain) {
        return Err(Problem::field(
            "/kid",
            "1 to 64 letters, digits, dots, dashes and underscores are needed",
        )
        .in_chinese("密钥名称需为 1 至 64 个字母、数字、点、连字符或下划线。"));
    }
    let (sealed, key) = keys::sealed(&service.secret).map_err(|error| {
        tracing::error!(why = %error, "no key can be made");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no key can be made; the log says why")
            .in_chinese("无法生成密钥，原因见服务日志。")
    })?;
    let (kid, public, now) = (kid.to_owned(), key.public_key(), service.clock.now());
    let kept = public.clone();
    let keep = move |queries: &mut dyn Queries| {
        if !anyway && keys::is_early(queries, from, now)? {
            return Ok(None);
        }
        keys::add(queries, &kid, &sealed, &kept, from, now).map(Some)
    };
    match service.db.write(keep).await? {
        Some(true) => Ok(public),
        Some(false) => {
            let taken = Problem::new(StatusCode::CONFLICT, "kid: the name is taken; choose another one");
            Err(taken.in_chinese("该密钥名称已被使用，请另选一个。"))
        }
        None => {
            let early = Problem::field("/signs_from", keys::early());
            Err(early.in_chinese(keys::early_in_chinese()))
        }
    }
}

/// Makes a credential that holds for so many days. Returns its token and its id.
pub(crate) async fn add_credential(
    service: &Service,
    kind: Kind,
    name: &str,
    days: Option<u32>,
) -> Result<(Arc<Token>, String), Problem> {
    let name = credentials::name(name).ok_or_else(|| {
        let problem = Problem::field("/name", "1 to 64 characters on one line are needed");
        problem.in_chinese("名称需为一行，1 至 64 个字符。")
    })?;
    if days.is_some_and(|days| !(1..=3650).contains(&days)) {
        let problem = Problem::field("/days", "1 to 3650 days, or none for no end");
        return Err(problem.in_chinese("有效天数需为 1 至 3650，留空为无期限。"));
    }
    let token = Token::generate().map_err(|error| {
        tracing::error!(why = %error, "no token can be made");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no token can be made; the log says why")
            .in_chinese("无法生成凭证，原因见服务日志。")
    })?;
    let token = Arc::new(token);
    let now = service.clock.now();
    let end = days.and_then(|days| now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let kept = Arc::clone(&token);
    let keep = move |queries: &mut dyn Queries| credentials::add(queries, &kept, kind, &name, end, now);
    let id = service.db.write(keep).await?;
    Ok((token, id))
}

/// Why terms are of no use to devices.
pub(crate) enum Unusable {
    /// The document cannot be read.
    Open(planguard::OpenError),
    /// The document is read, and says this of what could not be used.
    Findings(Vec<planguard::plan::Finding>),
    /// It names no price list and edition that are known here.
    NoEdition,
}

impl Unusable {
    /// Why, in sentences for a screen.
    pub(crate) fn explain(&self, locale: Locale) -> String {
        match self {
            Self::Open(error) => error.explain(locale),
            Self::Findings(findings) => {
                findings.iter().map(|finding| finding.explain(locale)).collect::<Vec<_>>().join(" ")
            }
            Self::NoEdition => match locale {
                Locale::En => "No such edition is known; choose one of a price list.".to_owned(),
                Locale::ZhHans => "没有这个版本，请从价目表中选择。".to_owned(),
            },
        }
    }
}

/// The plan as devices would read these terms, with the usage that is known now.
pub(crate) async fn planned(overview: &Overview, terms: &Map<String, Value>) -> Result<PlanView, Unusable> {
    let revision = overview.terms.as_ref().map_or(1, |terms| terms.revision + 1);
    let document = overview::document(overview.app, revision, terms, overview.section.as_ref(), overview.now);
    let at = planguard::time::Timestamp::from_millis(overview.now.as_millisecond());
    let view = PlanView::open(&document, &overview.catalogs, overview.zone.clone(), at).await;
    let view = view.map_err(Unusable::Open)?;
    let held = view.entitlements();
    match held.document.as_ref().map(|document| document.findings.clone()) {
        Some(findings) if !findings.is_empty() => Err(Unusable::Findings(findings)),
        _ if held.edition.is_none() || held.price_list.is_none() => Err(Unusable::NoEdition),
        _ => Ok(view),
    }
}
