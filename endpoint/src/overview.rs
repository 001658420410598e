//! Everything that the page, the admin API, `/metrics` and notices show of one app, read at one instant.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use planguard::catalog::Catalog;
use planguard::time::{BillingMonth, BillingZone};
use planguard::{LimitId, Locale};
use serde_json::{Map, Value};

use crate::config::App;
use crate::db::{DbError, Queries};
use crate::decisions::{self, Counted, Kind, day_number};
use crate::documents::{self, Terms};
use crate::ledger::period::month_number;
use crate::ledger::{pulse, tally};
use crate::notices::{self, Figures, Pending, Told};
use crate::plan_view::PlanView;
use crate::service::Service;
use crate::{drift, forward, hooks, ledger};

/// What is known of one app.
#[derive(Debug)]
pub struct Overview {
    /// Which app.
    pub app: u64,
    /// When it was read.
    pub now: Timestamp,
    /// The billing zone.
    pub zone: BillingZone,
    /// The billing day.
    pub day: Date,
    /// The billing month.
    pub month: BillingMonth,
    /// What the owner wrote; `None` where there is no document yet.
    pub terms: Option<Terms>,
    /// The price lists that the owner serves.
    pub catalogs: Vec<Arc<Catalog>>,
    /// The plan as planguard reads it, or why it cannot be read.
    pub plan: Option<Result<PlanView, planguard::OpenError>>,
    /// The whole app's usage, as far as it is known.
    pub usage: Usage,
    /// The same as the document's section.
    pub section: Option<Value>,
    /// Devices' counts beside the provider's, this month.
    pub drift: drift::Report,
    /// What devices reported of logins this month.
    pub devices: Devices,
    /// What devices decided in the last seven days.
    pub decisions: Vec<Counted>,
    /// The latest notices.
    pub notices: Vec<Told>,
    /// How notices stand.
    pub pending: Pending,
    /// How forwarding stands; `None` where nothing is forwarded.
    pub forward: Option<forward::State>,
}

/// The whole app's usage. `None` is not known, which is not 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Monthly active users.
    pub mau: Option<u64>,
    /// Users of the day.
    pub dau: Option<u64>,
    /// Groups created less groups dissolved today.
    pub groups_today: Option<i64>,
    /// Groups other than audio-video groups.
    pub non_av_groups: Option<u64>,
    /// Audio-video groups.
    pub av_groups: Option<u64>,
    /// When the latest webhook was.
    pub last_webhook_at: Option<i64>,
}

/// What devices reported of the month's logins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Devices {
    /// Users whose login devices reported.
    pub mau: i64,
    /// Logins that were sent to the chat SDK.
    pub executed: i64,
    /// Logins that were put off. Deferred is not avoided: the user may become active later.
    pub deferred: i64,
    /// Users for whom a login was put off.
    pub deferred_users: i64,
    /// Those of them whom nobody has seen active in this month so far.
    pub not_active_so_far: i64,
}

impl Usage {
    fn of(section: Option<&Value>) -> Self {
        let Some(section) = section else { return Self::default() };
        let count = |name: &str| section[name].as_u64();
        Self {
            mau: count("mau"),
            dau: count("dau"),
            groups_today: section["net_new_groups_today"].as_i64(),
            non_av_groups: count("non_av_groups"),
            av_groups: count("av_groups"),
            last_webhook_at: None,
        }
    }
}

/// What one transaction reads.
struct Read {
    terms: Option<Terms>,
    usage: Option<Value>,
    catalogs: Vec<Arc<Catalog>>,
    drift: drift::Report,
    devices: Devices,
    decisions: Vec<Counted>,
    notices: Vec<Told>,
    pending: Pending,
    forward: Option<forward::State>,
    last_webhook_at: Option<i64>,
}

/// Reads everything of one app.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub async fn read(service: &Service, app: &App) -> Result<Overview, DbError> {
    let now = service.clock.now();
    let id = app.sdk_app_id;
    let zone = app.billing_zone.billing();
    let at = planguard::time::Timestamp::from_millis(now.as_millisecond());
    let (day, month) = (zone.date(at), zone.month(at));
    let (forwards, config, ledger) = (app.forward.is_some(), app.clone(), ledger::App::of(app));
    let read = service.db.read(move |queries: &mut dyn Queries| {
        let today = day_number(day);
        let week = day_number(day.saturating_sub(6.days()));
        Ok(Read {
            terms: documents::terms(queries, id)?,
            usage: hooks::usage(queries, &config, now)?,
            catalogs: catalogs(queries)?,
            drift: drift::report(queries, &ledger, month, at.as_millis())?,
            devices: devices(queries, id, month, today)?,
            decisions: decisions::counted(queries, id, week, today)?,
            notices: notices::recent(queries, id.cast_signed(), 12)?,
            pending: notices::pending(queries, id.cast_signed())?,
            forward: if forwards { Some(forward::state(queries, id.cast_signed())?) } else { None },
            last_webhook_at: pulse::of(queries, id)?.map(|pulse| pulse.last_at),
        })
    });
    let Read {
        terms,
        usage,
        catalogs,
        drift,
        devices,
        decisions,
        notices,
        pending,
        forward,
        last_webhook_at,
    } = read.await?;
    let plan = match &terms {
        Some(terms) => {
            let document = document(id, terms.revision, &terms.members, usage.as_ref(), now);
            Some(PlanView::open(&document, &catalogs, zone.clone(), at).await)
        }
        None => None,
    };
    let section = usage;
    let usage = Usage { last_webhook_at, ..Usage::of(section.as_ref()) };
    Ok(Overview {
        app: id,
        now,
        zone,
        day,
        month,
        terms,
        catalogs,
        plan,
        usage,
        section,
        drift,
        devices,
        decisions,
        notices,
        pending,
        forward,
    })
}

/// A document as devices would be served it at `now`.
pub(crate) fn document(
    app: u64,
    revision: u64,
    terms: &Map<String, Value>,
    usage: Option<&Value>,
    now: Timestamp,
) -> Value {
    let mut members = terms.clone();
    members.insert("schema".into(), 1.into());
    members.insert("sdk_app_id".into(), app.into());
    members.insert("revision".into(), revision.into());
    members.insert("issued_at".into(), now.to_string().into());
    if let Some(usage) = usage {
        let mut usage = usage.clone();
        if usage["as_of"].is_null() {
            usage["as_of"] = now.to_string().into();
        }
        members.insert("usage".into(), usage);
    }
    Value::Object(members)
}

/// The price lists that the owner serves. One that planguard cannot read was refused when it was pushed.
pub(crate) fn catalogs(queries: &mut dyn Queries) -> Result<Vec<Arc<Catalog>>, DbError> {
    let damaged = |why: String| DbError::Damaged { table: "catalogs".into(), why };
    let rows = queries.query("SELECT body FROM catalogs ORDER BY id", &[])?;
    let read = |row: &crate::db::Row| {
        let body: String = row.get(0)?;
        Catalog::from_json(body.as_bytes()).map(Arc::new).map_err(|error| damaged(error.to_string()))
    };
    rows.iter().map(read).collect()
}

impl Overview {
    /// The plan, where it can be read.
    pub fn view(&self) -> Option<&PlanView> {
        self.plan.as_ref()?.as_ref().ok()
    }

    /// How many active users the month includes; `None` where that is not known or without bound.
    pub fn included(&self) -> Option<u64> {
        self.view()?.allowed(LimitId::FreeMau)
    }

    /// How many new groups a day allows.
    pub fn group_quota(&self) -> Option<u64> {
        self.view()?.allowed(LimitId::NetNewGroupsPerDay)
    }

    /// The active users at the end of the month, at this pace.
    pub fn forecast_mau(&self) -> Option<u64> {
        self.view()?.forecast().ok()?.linear_usage.mau
    }

    /// What thresholds are compared with.
    pub fn figures(&self) -> Figures {
        let held = self.view().map(PlanView::entitlements);
        let document = held.as_ref().and_then(|held| held.document.as_ref());
        let expires = document.and_then(|document| document.subscription?.expires_at);
        Figures {
            month: self.month.to_string(),
            day: self.day.to_string(),
            mau: self.usage.mau,
            included: self.included(),
            forecast: self.forecast_mau(),
            groups_today: self.usage.groups_today,
            group_quota: self.group_quota(),
            expires_at: expires.map(planguard::time::Timestamp::as_millis),
            arrears_since: document
                .and_then(|document| document.arrears_since)
                .map(planguard::time::Timestamp::as_millis),
            differing: self.differing(),
            last_webhook_at: self.usage.last_webhook_at,
        }
    }

    /// How many users only one side counts, beside those whom the edge of the month explains; `None` where the sides
    /// cannot be compared: webhooks told only part of the month, or no device has ever reported anything.
    pub fn differing(&self) -> Option<u64> {
        let users = self.drift.users;
        users.provider.filter(|_| users.devices_report)?;
        let differing = users.only_provider.max(0).saturating_add(users.only_devices.max(0));
        u64::try_from(differing.saturating_sub(users.at_the_edge).max(0)).ok()
    }

    /// The edition's name.
    pub fn edition(&self, locale: Locale) -> Option<String> {
        let held = self.view()?.entitlements();
        let (catalog, edition) = (held.price_list.as_ref()?, held.edition?);
        catalog.edition(edition).map(|edition| edition.name_in(locale))
    }
}

/// What devices reported of a month's logins, 0 where nothing was counted.
fn devices(queries: &mut dyn Queries, app: u64, month: BillingMonth, today: i64) -> Result<Devices, DbError> {
    let counted = tally::of_period(queries, app, month_number(month))?;
    let decided = decisions::counted(queries, app, day_number(month.first_date()), today)?;
    let logins = |kind| decided.iter().filter(|one| one.kind == kind).map(|one| one.count).sum();
    let of = |name: &str| counted.get(name).copied().unwrap_or(0);
    Ok(Devices {
        mau: of(tally::what::DEVICE_MAU),
        executed: logins(Kind::Executed),
        deferred: logins(Kind::Deferred),
        deferred_users: of(tally::what::DEFERRED_USERS),
        not_active_so_far: of(tally::what::AVOIDED),
    })
}
