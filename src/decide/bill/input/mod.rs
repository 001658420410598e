//! The JSON form of a request.

mod fields;

use jiff::civil::Date;
use serde_json::Value;

use crate::model::{
    BillingMonth, BillingZone, Catalogs, EditionId, LimitId, Max, Timestamp, UnknownZone, json,
};

use super::error::BillError;
use super::request::{BillRequest, MonthUsage, PlanPurchase, ServicePurchase};
use fields::{Fields, bad, count};

const TOP: &[&str] = &[
    "catalog",
    "edition",
    "month",
    "currency",
    "zone",
    "plan",
    "value_added",
    "usage",
    "limits",
    "suspended_at",
];
const EDITIONS: &str = "an edition of the price list, such as standard";
const USAGE_OBJECT: &str = "an object; null is not zero: leave the field out where no usage is known";
const PLAN: &[&str] = &["starts_at", "months", "ends_at", "from"];
const SERVICE: &[&str] = &["id", "tier", "quantity", "starts_at", "months", "ends_at"];
const USAGE: &[&str] = &[
    "mau",
    "peak_dau",
    "peak_groups",
    "push_calls_by_day",
    "push_messages",
    "search_stored",
    "search_requests",
];

impl BillRequest {
    /// Reads a request from JSON: `catalog`, `edition` and `month` are required, the rest is as in
    /// [`BillRequest`].
    ///
    /// An instant is RFC 3339, or a date, which is its first instant in the zone. A field that does not exist is
    /// an error: a misspelt one would otherwise be billed as nothing. So is a number that is `null`; a date, a tier
    /// or a count of months may be. A byte order mark before the document is passed over.
    ///
    /// ```
    /// use planguard::billing::BillRequest;
    /// let request = BillRequest::from_json(
    ///     r#"{"catalog":"intl-2024","edition":"standard","month":"2024-08","usage":{"mau":12000}}"#,
    /// )?;
    /// assert_eq!(request.usage.mau, Some(12_000));
    /// # Ok::<(), planguard::billing::BillError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, BillError> {
        Self::from_json_of(text, &Catalogs::default())
    }

    /// As [`Self::from_json`], with the price lists of `catalogs` to name.
    pub fn from_json_of(text: &str, catalogs: &Catalogs) -> Result<Self, BillError> {
        let value =
            json::parse(text.as_bytes()).map_err(|error| BillError::Syntax { reason: error.to_string() })?;
        let mut top = Fields::new("", value, TOP)?;
        let id = top.name("catalog")?;
        let id = id.ok_or_else(|| top.missing("catalog", "the id of a price list, such as intl-2024"))?;
        let catalog = catalogs
            .get(id)
            .ok_or_else(|| BillError::UnknownCatalog { catalog: id, known: catalogs.ids().collect() })?;
        let edition: Option<EditionId> = top.name("edition")?;
        let edition = edition.ok_or_else(|| top.missing("edition", EDITIONS))?;
        let month = month(&mut top)?;
        let zone = zone(&mut top)?;
        Ok(Self {
            month,
            currency: top.id("currency")?,
            plan: top.take("plan").map(|value| plan(value, &zone)).transpose()?,
            value_added: top
                .list("value_added")?
                .into_iter()
                .enumerate()
                .map(|(index, value)| service(index, value, &zone))
                .collect::<Result<_, _>>()?,
            usage: top.given("usage", USAGE_OBJECT)?.map_or_else(|| Ok(MonthUsage::default()), usage)?,
            limits: limits(&mut top)?,
            suspended_at: instant(&mut top, "suspended_at", &zone)?,
            zone,
            ..Self::new(catalog, edition, month)
        })
    }
}

fn month(top: &mut Fields) -> Result<BillingMonth, BillError> {
    const EXPECTED: &str = "a month such as 2024-08";
    let text = top.text("month", EXPECTED)?.ok_or_else(|| top.missing("month", EXPECTED))?;
    text.parse().map_err(|_| bad("month", &Value::String(text), EXPECTED))
}

fn zone(top: &mut Fields) -> Result<BillingZone, BillError> {
    const EXPECTED: &str = "a fixed offset such as +08:00 or an IANA zone such as Asia/Shanghai";
    let Some(text) = top.text("zone", EXPECTED)? else { return Ok(BillingZone::default()) };
    text.parse().map_err(|error| {
        let expected = match error {
            UnknownZone::NotAZone { .. } => EXPECTED,
            UnknownZone::NoDatabase { .. } => {
                "a fixed offset such as +08:00; an IANA zone needs planguard's feature `zones`"
            }
        };
        bad("zone", &Value::String(text), expected)
    })
}

/// An RFC 3339 instant, or a date: its first instant in the zone.
fn instant(fields: &mut Fields, name: &str, zone: &BillingZone) -> Result<Option<Timestamp>, BillError> {
    const EXPECTED: &str =
        "an instant such as 2024-08-01T00:00:00Z or a date such as 2024-08-01, from 1970 on";
    let Some(text) = fields.text(name, EXPECTED)? else { return Ok(None) };
    let at = text.parse().ok().or_else(|| date(&text).map(|day| zone.start_of(day)));
    // What lies outside the calendar was clamped to its ends, which no purchase is at.
    let at = at.filter(|at| *at > Timestamp::MIN && *at < Timestamp::MAX);
    at.map(Some).ok_or_else(|| bad(&fields.at(name), &Value::String(text), EXPECTED))
}

/// The end of a purchase, which lies after its start.
fn end(
    fields: &mut Fields,
    starts_at: Option<Timestamp>,
    zone: &BillingZone,
) -> Result<Option<Timestamp>, BillError> {
    let end = instant(fields, "ends_at", zone)?;
    match (starts_at, end) {
        (Some(start), Some(end)) if end <= start => {
            let value = Value::String(end.to_string());
            Err(bad(&fields.at("ends_at"), &value, "an instant after `starts_at`"))
        }
        _ => Ok(end),
    }
}

/// A date alone. The parser would also take a time of day without an offset, and lose it.
fn date(text: &str) -> Option<Date> {
    let bare = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| bare && text.len() == "2024-08-01".len())
}

fn months(fields: &mut Fields) -> Result<Option<u32>, BillError> {
    let Some(value) = fields.take("months") else { return Ok(None) };
    let field = fields.at("months");
    let months = count(&field, &value)?;
    let months = u32::try_from(months)
        .map_err(|_| bad(&field, &Value::from(months), "a number of months that can be bought at once"))?;
    if months == 0 {
        return Err(bad(
            &field,
            &Value::from(0),
            "a number of months from 1 on; leave it out if there is none",
        ));
    }
    Ok(Some(months))
}

fn plan(value: Value, zone: &BillingZone) -> Result<PlanPurchase, BillError> {
    let mut plan = Fields::new("plan", value, PLAN)?;
    let starts_at = instant(&mut plan, "starts_at", zone)?;
    let starts_at = starts_at.ok_or_else(|| plan.missing("starts_at", "the instant of purchase"))?;
    let ends_at = end(&mut plan, Some(starts_at), zone)?;
    Ok(PlanPurchase { starts_at, months: months(&mut plan)?, ends_at, from: plan.name("from")? })
}

fn service(index: usize, value: Value, zone: &BillingZone) -> Result<ServicePurchase, BillError> {
    let mut service = Fields::new(&format!("value_added[{index}]"), value, SERVICE)?;
    let id = service.name("id")?.ok_or_else(|| service.missing("id", "a value-added service"))?;
    let tier = match service.take("tier") {
        None => None,
        Some(Value::String(tier)) => Some(tier),
        // Tiers in days read naturally as numbers.
        Some(Value::Number(days)) => Some(days.to_string()),
        Some(other) => return Err(bad(&service.at("tier"), &other, "a tier such as \"90\" or \"group\"")),
    };
    let starts_at = instant(&mut service, "starts_at", zone)?;
    Ok(ServicePurchase {
        id,
        tier,
        quantity: service.count("quantity")?.unwrap_or(1),
        starts_at,
        months: months(&mut service)?,
        ends_at: end(&mut service, starts_at, zone)?,
    })
}

fn usage(value: Value) -> Result<MonthUsage, BillError> {
    let mut usage = Fields::new("usage", value, USAGE)?;
    let mut of = |name: &str| usage.count(name);
    let (mau, peak_dau, peak_groups) = (of("mau")?, of("peak_dau")?, of("peak_groups")?);
    let push_messages = of("push_messages")?;
    let (search_stored, search_requests) = (of("search_stored")?, of("search_requests")?);
    let push_calls_by_day = usage
        .list("push_calls_by_day")?
        .iter()
        .enumerate()
        .map(|(day, value)| count(&format!("usage.push_calls_by_day[{day}]"), value))
        .collect::<Result<_, _>>()?;
    Ok(MonthUsage {
        mau,
        peak_dau,
        peak_groups,
        push_calls_by_day,
        push_messages,
        search_stored,
        search_requests,
    })
}

fn limits(top: &mut Fields) -> Result<std::collections::BTreeMap<LimitId, Max>, BillError> {
    let mut limits = std::collections::BTreeMap::new();
    let Some(value) = top.given("limits", "an object; leave it out where nothing is overridden")? else {
        return Ok(limits);
    };
    let fields = Fields::new("limits", value, LimitId::IDS)?;
    for (name, value) in fields.entries() {
        let (id, max) = limit(&fields.at(name), name, value)?;
        limits.insert(id, max);
    }
    Ok(limits)
}

fn limit(field: &str, name: &str, value: &Value) -> Result<(LimitId, Max), BillError> {
    let id = name.parse().map_err(|cause| BillError::UnknownId { field: field.to_owned(), cause })?;
    let max = match value {
        Value::String(text) if text == "unlimited" => Max::Unlimited,
        Value::Number(_) => Max::Of(count(field, value)?),
        other => return Err(bad(field, other, "a whole number, or \"unlimited\"")),
    };
    Ok((id, max))
}
